"""The command line: one command per job, no logic."""

from __future__ import annotations


def main() -> None:
    """Run one command."""


if __name__ == "__main__":
    main()
