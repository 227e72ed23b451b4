"""How the shell completes what glassnet's arguments stand for."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from ..errors import GlassnetError
from ..wording import visible
from .host import host_of


class KindType(click.ParamType):
    """A kind, singular or plural; commands get the singular."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind's own name, or an error with the nearest guess."""
        from ..catalog import known_kind

        return known_kind(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Kinds that begin as typed; the plurals only where no singular fits."""
        from ..kinds import KINDS

        fitting = [kind for kind in KINDS if kind.startswith(incomplete)]
        fitting = fitting or [kind.plural for kind in KINDS.values() if kind.plural.startswith(incomplete)]
        return [CompletionItem(kind) for kind in fitting]


class PartType(click.ParamType):
    """A phrase that names a part of one kind, or of any; it is read by the command, not here."""

    name = "phrase"

    def __init__(self, kind: str | None = None, files: bool = False) -> None:
        """Complete parts of that kind; None: of all, or of the one given as `--kind`. `files`: and file names."""
        self.kind = kind
        self.files = files

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Short names that begin as typed, and full names once something is typed."""
        try:
            catalog = host_of(ctx).discover()
            parts = catalog.parts(self.kind or ctx.params.get("kind"))
        except GlassnetError:
            return []
        found = {catalog.short_name(part): part.help for part in parts}
        if incomplete:
            found |= {part.full_name: part.help for part in parts}
        items = [
            CompletionItem(name, help=visible(words)) for name, words in found.items() if name.startswith(incomplete)
        ]
        return [*items, CompletionItem(incomplete, type="file")] if self.files else items


class PluginType(click.ParamType):
    """The name of an installed plugin; it is known from metadata alone, nothing is imported."""

    name = "name"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Installed plugins that begin as typed."""
        from ..catalog import Catalog

        names = [guest.distribution for guest in Catalog.discover(load=False).guests]
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]
