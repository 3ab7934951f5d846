"""An IntegrationId as somebody typed it in; whether it arrives and is right out, and what arrives instead.

It reads every environment and all that was loaded, and nothing outside of the lake.
"""
