"""The ids in the vendor's documentation."""

from __future__ import annotations

EXAMPLE_IDS = ("12345_123456", "12345_678900")
"""Who sends one of these has copied it, so it is nobody's."""
