"""Rows and figures in, drawings out: cards, charts, tables. They read nothing, and know of the other rooms only the words."""
