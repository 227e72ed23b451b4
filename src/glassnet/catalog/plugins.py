"""One plugin object, ours or a stranger's, from its hooks to its parts.

pluggy calls hooks, but does not tell a beginner that `activation` is misspelt, that `@hookimpl` is missing or
that it came from another project. So a plugin's marks are looked at first, and every mistake has its words.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import pluggy

from ..errors import GlassnetError, did_you_mean, join, nearest
from ..hooks import PROJECT, SPECIFICATIONS
from ..kinds import KINDS
from .parts import Part, read_part, runs_later

_MARK = f"{PROJECT}_impl"
_NAMES = tuple(kind.plural for kind in KINDS.values())


def new_manager() -> pluggy.PluginManager:
    """A plugin manager that knows every hook of glassnet and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(SPECIFICATIONS)
    return manager


def read_plugin(manager: pluggy.PluginManager, plugin: Any, label: str, distribution: str, version: str) -> list[Part]:
    """Register one plugin and ask its hooks for their parts."""
    if manager.is_registered(plugin):
        raise GlassnetError(f"entry point {label!r} is a module that {manager.get_name(plugin)!r} already provides")
    _inspect_marks(plugin)
    manager.register(plugin, name=label)
    found: list[Part] = []
    for kind in KINDS.values():
        for implementation in getattr(manager.hook, kind.plural).get_hookimpls():
            if implementation.plugin is plugin:
                functions = _functions(kind.plural, implementation.function)
                origin = _where(implementation.function)
                found += [read_part(kind.name, function, distribution, version, origin) for function in functions]
    return found


def refuse_repeats(parts: list[Part]) -> None:
    """Within one distribution a name stands for one part of a kind."""
    seen: dict[tuple[str, str], Part] = {}
    for part in parts:
        first = seen.setdefault((part.kind, part.full_name), part)
        if first is not part:
            raise GlassnetError(f"{part.kind} {part.full_name} is provided twice: {first.where} and {part.where}")


def _functions(hook: str, implementation: Callable[[], Any]) -> list[Any]:
    found = implementation()
    if isinstance(found, list | tuple):
        return list(found)
    what = "nothing: end it with" if found is None else f"{type(found).__name__} instead of a list: write"
    raise GlassnetError(f"{hook}() returned {what} `return [...]` {_where(implementation)}")


def _inspect_marks(plugin: Any) -> None:
    hooked = False
    for name, function in _routines(plugin):
        mark = getattr(function, _MARK, None)
        if isinstance(mark, dict):
            hooked = _inspect_hook(name, function, mark) or hooked
        else:
            _inspect_look_alike(plugin, name, function)
    if not hooked:
        own = [name for name, function in _routines(plugin) if _is_own(plugin, function)]
        guesses = [f" (did you mean {guess!r} by {name}()?)" for name in own if (guess := nearest(name, _NAMES))]
        guess = guesses[0] if guesses else ""
        raise GlassnetError(
            f"{_title(plugin)} has no hook{guess}: write a function decorated with @hookimpl "
            f"that returns a list of parts, and call it one of {join(_NAMES)}"
        )


def _inspect_hook(name: str, function: Any, mark: dict[str, Any]) -> bool:
    hook = mark.get("specname") or name
    if hook not in _NAMES:
        if mark.get("optionalhook"):  # meant for another version of glassnet, as its author says
            return False
        raise GlassnetError(
            f"there is no hook {hook!r}.{did_you_mean(hook, _NAMES)} {_where(function)} Hooks: {join(_NAMES)}"
        )
    if mark.get("wrapper") or mark.get("hookwrapper"):
        raise GlassnetError(
            f"{hook}() wraps the hook of others: a plugin only returns its own parts {_where(function)}"
        )
    if later := runs_later(function):
        raise GlassnetError(f"hook {hook}() {later}, and nobody would wait for it {_where(function)}")
    if inspect.signature(function).parameters:
        given = inspect.signature(function)
        raise GlassnetError(f"hook {hook}{given} takes arguments, and a hook of glassnet takes none {_where(function)}")
    return True


def _inspect_look_alike(plugin: Any, name: str, function: Any) -> None:
    for mark in getattr(function, "__dict__", {}):
        project, _, role = mark.rpartition("_")
        # A module may well be a plugin of another project too: only a name that is meant for us is a mistake.
        if role in ("impl", "spec") and isinstance(getattr(function, mark), dict) and nearest(name, _NAMES):
            raise GlassnetError(
                f"{name}() is decorated with the hook{role} of {project!r}: "
                f"use `from glassnet import hookimpl` {_where(function)}"
            )
    if name in _NAMES and _is_own(plugin, function):
        raise GlassnetError(f"{name}() lacks its decorator: write @hookimpl above it {_where(function)}")


def _routines(plugin: Any) -> Iterator[tuple[str, Any]]:
    for name in sorted(dir(plugin)):
        # Looked up without running a property, or a module's own __getattr__.
        if isinstance(plugin, ModuleType):
            function = vars(plugin).get(name)
        else:
            function = inspect.getattr_static(plugin, name, None)
        if isinstance(function, FunctionType | staticmethod | classmethod):
            yield name, getattr(plugin, name)


def _is_own(plugin: Any, function: Any) -> bool:
    home = plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__
    return getattr(function, "__module__", None) == home


def _title(plugin: Any) -> str:
    if isinstance(plugin, ModuleType):
        return f"module {plugin.__name__!r} ({plugin.__file__})"
    return f"{type(plugin).__name__} object"


def _where(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"({code.co_filename}:{code.co_firstlineno})" if code else ""
