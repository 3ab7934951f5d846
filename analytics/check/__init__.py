"""An IntegrationId as a user typed it in; out come whether it arrives and is right, and which similar ids arrive.

It reads every environment and everything that was loaded, and nothing outside of the lake.
"""
