"""The names in a question in; those that no call carries out, with the nearest known names.

It asks the warehouse, whatever the scope, and the vendor's lists. A filter offers `filter_values` and `frequent_values`.
"""
