"""How the shell completes what glassnet's arguments stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ..errors import GlassnetError
from ..wording import visible
from .host import host_of

if TYPE_CHECKING:
    from ..catalog import Part


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
        """Short names that begin as typed, full names once something is typed, and behind a colon a part's options."""
        try:
            catalog = host_of(ctx).discover()
            parts = catalog.parts(self.kind or ctx.params.get("kind"))
        except GlassnetError:
            return []
        name, colon, options = incomplete.partition(":")
        if colon:
            known = [part for part in parts if name in (catalog.short_name(part), part.full_name)]
            return [item for part in known[:1] for item in _options(part, name, options)]
        found = {catalog.short_name(part): part.help for part in parts}
        if incomplete:
            found |= {part.full_name: part.help for part in parts}
        items = [
            CompletionItem(name, help=visible(words)) for name, words in found.items() if name.startswith(incomplete)
        ]
        return [*items, CompletionItem(incomplete, type="file")] if self.files else items


def _options(part: Part, name: str, typed: str) -> list[CompletionItem]:
    """What may follow `adam:lr=0.1,`: the options that are not there yet, and the values of one that has a choice."""
    before, comma, last = typed.rpartition(",")
    given = f"{name}:{before}{comma}"
    key, equals, value = last.partition("=")
    there = {one.partition("=")[0] for one in before.split(",")}
    found = []
    for option in part.options:
        if equals and option.name == key:
            values = option.choices or ((True, False) if option.type is bool else ())
            found += [CompletionItem(f"{given}{key}={one}") for one in values if str(one).startswith(value)]
        elif not equals and option.name.startswith(last) and option.name not in there:
            found.append(CompletionItem(f"{given}{option.name}=", help=f"default {option.default}"))
    return found


class RunType(click.ParamType):
    """A run, or a sweep: its folder, its number, or last; it is read by the command, not here."""

    name = "run"

    def __init__(self, option: str = "runs", also: click.ParamType | None = None) -> None:
        """Complete folders of the place that an option names, "runs" or "sweeps", and what may stand there `also`."""
        self.option, self.also = option, also

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """`last` and the runs, by number where a number is typed, else by name."""
        from ..folders import number_of
        from ..runs import FOLDERS as RUNS
        from ..sweeps import FOLDERS as SWEEPS

        home = Path(str(ctx.params.get(self.option) or os.environ.get(f"GLASSNET_{self.option.upper()}", self.option)))
        folders = (RUNS if self.option == "runs" else SWEEPS).all(home)
        words = ["last", *(folder.name for folder in folders), *map(str, folders)]
        if incomplete.isdigit():
            words += [str(number_of(folder)) for folder in folders]
        found = [CompletionItem(word) for word in words if word.startswith(incomplete)]
        return found + (self.also.shell_complete(ctx, param, incomplete) if self.also else [])


class ColumnType(click.ParamType):
    """A column of the table that the command is about."""

    name = "column"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names in the table's header."""
        from ..experiment import Experiment, look

        given = ctx.params.get("dataset") or next(
            iter(ctx.params.get("words") or ctx.args), None
        )  # of an unfinished line the words are there
        if not given or not Path(str(given)).is_file() or Path(str(given)).stat().st_size > LARGEST_TABLE:
            return []
        try:
            names = [column.name for column in look(Experiment(dataset=str(given))).columns]
        except GlassnetError:
            return []
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


LARGEST_TABLE = 20_000_000  # bytes that are read while somebody waits for a word


class PluginType(click.ParamType):
    """The name of an installed plugin; it is known from metadata alone, nothing is imported."""

    name = "name"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Installed plugins that begin as typed."""
        from ..catalog import Catalog

        names = [guest.distribution for guest in Catalog.discover(load=False).guests]
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]
