"""The example ids in the vendor's documentation."""

from __future__ import annotations

EXAMPLE_IDS = ("12345_123456", "12345_678900")
"""A program that sends one of these copied it, so the id says nothing about whose the call is."""
