"""Every place where another package can add something to glassnet.

A plugin is a module with one or more functions that are called like a hook and decorated with `@hookimpl`. Each
takes nothing and returns a list of parts; a part is a function that returns one of the bags in `glassnet.kinds`.
There is one hook for each kind of the table there.
"""

from collections.abc import Callable
from typing import Any

import pluggy

from .kinds import KINDS, Kind
from .wording import a

PROJECT = "glassnet"
ENTRY_POINT_GROUP = "glassnet"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Part = Callable[..., Any]


def _hook(kind: Kind) -> Callable[[], list[Part]]:
    def hook() -> list[Part]:
        raise NotImplementedError("this only says how a hook looks: pluggy calls those of plugins")

    hook.__name__ = hook.__qualname__ = kind.plural
    hook.__doc__ = f"Functions that return {a(f'`{kind.bag.__name__}`')}: {kind.sentence}."
    return hookspec(hook)


#: What a plugin manager has to know: the hook of each kind, by its name.
SPECIFICATIONS = type("Specifications", (), {kind.plural: _hook(kind) for kind in KINDS.values()})
