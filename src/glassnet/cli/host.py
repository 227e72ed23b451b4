"""What the global options say about plugins, and the catalog that follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError, join
from .edge import say, style

if TYPE_CHECKING:
    from ..catalog import Catalog, Guest, Part


class StrictPlugins(GlassnetError):
    """A plugin can't be used and `--strict-plugins` was given."""

    exit_code = 3


@dataclass
class Host:
    """The plugins that this call of glassnet works with; commands get it as `ctx.obj`."""

    files: tuple[Path, ...] = ()
    without: tuple[str, ...] = ()
    guests: bool = True
    strict: bool = False
    running: Part | None = None  # the plugin's command that this call is
    _catalog: Catalog | None = field(default=None, init=False, repr=False)

    def discover(self, load: bool = True) -> Catalog:
        """The catalog, without a word about what is wrong with it."""
        from ..catalog import Catalog
        from ..process import output_kept

        with output_kept():
            return Catalog.discover(self.files, self.without, self.guests, load)

    def catalog(self) -> Catalog:
        """The catalog; the first call names each guest that can't be used, one line each, on stderr."""
        if self._catalog is None:
            self._catalog = self.discover()
            for guest in unusable(self._catalog):
                say(style(warning(guest), fg="yellow"), err=True)
            self.enforce(self._catalog)
        return self._catalog

    def enforce(self, catalog: Catalog) -> None:
        """With `--strict-plugins` a guest that can't be used is an error, exit code 3."""
        lost = unusable(catalog)
        if self.strict and lost:
            raise StrictPlugins(f"--strict-plugins: not every plugin can be used: {join(lost)}")


def host_of(ctx: click.Context) -> Host:
    """The host of a command, made of the global options that were typed when it is first asked for."""
    root = ctx.find_root()
    if not isinstance(root.obj, Host):
        typed = root.params
        files, without = tuple(typed.get("plugin") or ()), tuple(typed.get("without") or ())
        root.obj = Host(files, without, not typed.get("no_plugins"), bool(typed.get("strict_plugins")))
    return root.obj


def unusable(catalog: Catalog) -> list[Guest]:
    """The guests that were meant to be used and can't be."""
    return [guest for guest in catalog.guests if guest.state in ("quarantined", "incompatible")]


def warning(guest: Guest) -> str:
    """One line: who, which version, what went wrong where, what to do."""
    line = f"Plugin {guest} is {guest.state}: {guest.reason}. What to do: {guest.remedy}."
    if guest.file:
        return line
    return f"{line} More: `glassnet doctor`; to leave it out: --without {guest.distribution}"
