"""A verdict about an integration in, the logs that it misses out.

It rests on `completeness` and adds whose calls a log holds: `certification` and `customers` make no verdict without it.
"""
