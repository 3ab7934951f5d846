"""The Delta tables and their ledger: what was decided, which files hold it, and how both stay whole.

In come staged rows and decisions; out go snapshots. Only this room and `load` write below a lake's folder, and it knows neither
log formats nor what lines mean.
"""
