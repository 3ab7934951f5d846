"""The version of koppelzicht that is running."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("koppelzicht")
except PackageNotFoundError:  # a checkout that is not installed
    VERSION = "0"
