"""A lake at a platform's size, made by DuckDB: no log is read, and the lake is the product's own.

shape.sql     the platform: programs, what they call, customers, and who uses what
day.sql       the calls of one day as numbers; calls.sql: as the lake keeps them
registry.sql  the vendor's lists
writing.py    a lake of them, decided day by day through the product's own protocol
"""
