"""A plugin package for glassnet; its parts are in `plugin.py`."""

from importlib.metadata import PackageNotFoundError, version

try:
    # The version is written once, in pyproject.toml; an installation carries it as metadata.
    __version__ = version("glassnet-penguins")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
