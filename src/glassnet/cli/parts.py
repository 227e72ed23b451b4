"""`glassnet list` and `glassnet show`: which parts there are, and what one of them is."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError, did_you_mean, join
from ..tables import Table, width_of_output
from .edge import say, style
from .host import Host
from .sections import command
from .types import KindType, PartType

if TYPE_CHECKING:
    from ..catalog import Catalog, Choice, Part


_LONGEST = 20_000  # letters of a docstring that are shown

LIST_EXAMPLES = """\b
Examples:
  glassnet list
  glassnet list optimizers
  glassnet list dataset --json
"""


@command("list", epilog=LIST_EXAMPLES)
@click.argument("kind", type=KindType(), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects for machines.")
@click.pass_obj
def list_parts(host: Host, kind: str | None, as_json: bool) -> None:
    """List parts: all, or those of one KIND."""
    catalog = host.catalog()
    parts = catalog.parts(kind)
    if as_json:
        import json

        say(json.dumps([_as_json(part) for part in parts], indent=2, allow_nan=False))
        return
    _print_table(catalog, parts, width_of_output())


SHOW_EXAMPLES = """\b
Examples:
  glassnet show gelu
  glassnet show leaky_relu:slope=0.2 --png leaky.png
  glassnet show constant --kind schedule
  glassnet show glassnet-bent/bent_identity
"""


@command(epilog=SHOW_EXAMPLES)
@click.argument("name", type=PartType())
@click.option("--kind", type=KindType(), metavar="KIND", help="Which kind NAME is, where several have it.")
@click.option(
    "--png", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Save the drawing as a picture."
)
@click.pass_obj
def show(host: Host, name: str, kind: str | None, png: Path | None) -> None:
    """Show one part: formula, options, source, drawing.

    NAME is a name or a phrase with options.
    """
    choice = choose_part(host.catalog(), name, kind)
    if png is not None:
        from ..files import refuse_existing  # it brings NumPy

        refuse_existing(png, "--png")
    for line in _description(choice):
        say(line)
    _show_drawing(choice, png)


def _print_table(catalog: Catalog, parts: list[Part], width: int | None) -> None:
    rows = [(part.kind, _marked(catalog, part), part.distribution, part.version, part.help) for part in parts]
    header = ("KIND", "  NAME", "PROVIDER", "VERSION", "HELP")
    if width is None:  # each line says all, for grep
        lines = Table(header, rows, left=("VERSION",)).lines(width)
    else:  # the kind becomes a heading, which leaves more room for the help
        lines = Table(header[1:], [row[1:] for row in rows], left=("VERSION",)).lines(width)
    say(style(lines[0], bold=True))
    above = None
    for part, line in zip(parts, lines[1:], strict=True):
        if width is not None and part.kind != above:
            say(style(part.kind, bold=True))
        above = part.kind
        say(style(line, fg="cyan") if _is_guest(part) else line)
    if any(_is_guest(part) for part in parts):
        say("\n* comes from a plugin; PROVIDER/NAME always means that one.")


def _as_json(part: Part) -> dict[str, Any]:
    options = [
        {"name": option.name, "type": option.type.__name__, "default": _finite(option.default)}
        for option in part.options
    ]
    return {
        "kind": part.kind,
        "name": part.name,
        "full_name": part.full_name,
        "distribution": part.distribution,
        "version": part.version,
        "help": part.help,
        "options": options,
        "file": part.file,
        "line": part.line,
    }


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value  # JSON has no infinity


def _is_guest(part: Part) -> bool:
    return part.distribution != "glassnet"


def _marked(catalog: Catalog, part: Part) -> str:
    return ("* " if _is_guest(part) else "  ") + catalog.short_name(part)


def choose_part(catalog: Catalog, text: str, kind: str | None) -> Choice:
    """The part that a phrase means, of any kind; where several kinds have its name, `kind` says which."""
    from ..catalog import Phrase

    phrase = Phrase.parse(text)
    if kind is not None:
        return catalog.choose(kind, phrase)
    kinds = catalog.kinds_of(phrase.name)
    if len(kinds) > 1:
        options = " or ".join(f"--kind {kind}" for kind in kinds)
        raise GlassnetError(f"{phrase.name!r} is the name of several kinds: {join(kinds)}. Say which: {options}")
    if not kinds:
        raise GlassnetError(_unknown(catalog, phrase.name))
    return catalog.choose(kinds[0], phrase)


def _unknown(catalog: Catalog, name: str) -> str:
    names = [catalog.short_name(part) for part in catalog.parts()]
    every = [*names, *(part.name for part in catalog.parts())]
    known = f"Known names: {join(names, '`glassnet list`')}"
    from ..kinds import KINDS

    kinds = [word for kind in KINDS.values() for word in (kind, kind.plural)]
    is_kind = f" It is a kind of parts: glassnet list {name}." if name in kinds else ""
    return f"there is no part {name!r}.{is_kind or did_you_mean(name, every)} {known}.{catalog.absent(name)}"


def _description(choice: Choice) -> list[str]:
    part = choice.part
    text = part.doc if len(part.doc) <= _LONGEST else f"{part.doc[:_LONGEST]} …\n\nMore: {part.where}"
    first, _, rest = text.partition("\n")
    provider = f"{part.distribution} {part.version}".strip() + (" (a plugin)" if _is_guest(part) else "")
    lines = [style(f"{part.name}", bold=True) + f"  {part.kind} from {provider}", "", first or "(no help)"]
    lines += ["", *rest.strip("\n").splitlines()] if rest.strip() else []
    lines += ["", *_options_table(choice), ""]
    lines += [_how_to_use(choice), f"Source  {part.where}"]
    return lines


def _how_to_use(choice: Choice) -> str:
    from ..catalog import typed

    return f"Type    glassnet {typed(choice.part)} --help" if choice.part.kind == "command" else f"Phrase  {choice}"


def _options_table(choice: Choice) -> list[str]:
    if not choice.part.options:
        return ["It takes no options."]
    from ..catalog import options_table

    heading, *rows = options_table(choice.part.options).lines(width_of_output())
    return [heading.upper(), *rows]


def _show_drawing(choice: Choice, png: Path | None) -> None:
    from ..catalog import DRAWN, curve_of
    from .drawing import draw, save_png

    if png is None and choice.part.kind not in DRAWN:
        return
    try:
        curve = curve_of(choice)
    except GlassnetError as error:
        if png is not None:
            raise
        say(f"\n(no drawing: {error})")
        return
    say("\n" + draw(curve, width_of_output() or 80))
    if png is not None:
        save_png(curve, png)
        say(f"\nSaved {png}")
