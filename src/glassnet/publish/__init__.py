"""From one file to a package that classmates install: an index's rules, a place to practise, the release itself."""

from importlib import import_module
from types import ModuleType

from ..errors import GlassnetError


def extra(module: str) -> ModuleType:
    """A module that the extra `publish` brings; where it is missing, one line that says how to get it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise GlassnetError(
            f"publishing needs {module}, which is not installed here. Install what it needs with: "
            "pip install 'glassnet[publish]', or in a clone pip install -e '.[publish]'"
        ) from error
