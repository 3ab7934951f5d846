"""Rows and figures in, drawings out: cards, charts, tables. They read no lake, and know no other room but `text`."""
