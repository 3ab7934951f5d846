"""Names that somebody asks for in; those that no call carries out, and what is nearest to them.

It asks the warehouse, whatever the scope, and the vendor's lists. `filter_values` and `frequent_values` are what a filter offers.
"""
