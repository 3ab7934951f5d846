"""Whom a change concerns."""
