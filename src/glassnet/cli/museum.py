"""`glassnet museum`: mistakes that are easily made, what they give, what is true, and which check finds them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from .edge import say, style
from .host import Host
from .sections import command
from .types import PartType

if TYPE_CHECKING:
    from ..catalog import Catalog, Part

EXAMPLES = """\b
Examples:
  glassnet museum                        the exhibits
  glassnet museum slope_at_the_output    the wrong one, the mended one, what tells them apart
  glassnet museum --check                measure all of them
"""


@command(epilog=EXAMPLES)
@click.argument("name", type=PartType("exhibit"), required=False)
@click.option("--check", "measure", is_flag=True, help="Measure: the wrong number, the right one, and what finds it.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects for machines.")
@click.pass_context
def museum(ctx: click.Context, name: str | None, measure: bool, as_json: bool) -> None:
    """Mistakes that are easily made, and what finds them.

    Each stands beside its mended form, with the number that is wrong, the true one, and the check that finds it.
    Without NAME, all exhibits. Exit code 1 where --check finds one that is not caught.
    """
    catalog = ctx.ensure_object(Host).catalog()
    parts = [catalog.find("exhibit", name)] if name else catalog.parts("exhibit")
    if as_json or measure:
        _measured(catalog, parts, as_json)
    elif name:
        _show(parts[0])
    else:
        _list(catalog, parts)


def _list(catalog: Catalog, parts: list[Part]) -> None:
    from ..tables import Table, width_of_output
    from ..wording import count

    rows = [(catalog.short_name(part), part.help) for part in parts]
    for line in Table(("EXHIBIT", "WHAT IS WRONG IN IT"), rows).lines(width_of_output()):
        say(line)
    say(f"\n{count(len(parts), 'exhibit')}. One of them: glassnet museum NAME; all measured: glassnet museum --check")


def _row(part: Part) -> dict[str, Any]:
    from ..lessons.museum import agrees, caught, differs, measured

    exhibit = part.build()
    wrong, mended, truth = measured(exhibit, exhibit.wrong), measured(exhibit, exhibit.mended), float(exhibit.truth())
    found, quiet = caught(exhibit, exhibit.wrong), caught(exhibit, exhibit.mended)
    fine = bool(found) and not quiet and differs(exhibit, wrong, truth) and agrees(exhibit, mended, truth)
    return {
        "exhibit": part.full_name,
        "wrong": wrong,
        "mended": mended,
        "truth": truth,
        "unit": exhibit.unit,
        "caught_by": found,
        "ok": fine,
    }


def _measured(catalog: Catalog, parts: list[Part], as_json: bool) -> None:
    from ..files import plain
    from ..tables import Table, width_of_output
    from ..wording import count, exact

    found = [_row(part) for part in parts]
    if as_json:
        say(json.dumps(plain(found), indent=2))
    else:
        rows = [
            (catalog.short_name(part), exact(row["wrong"], 4), exact(row["mended"], 4), row["unit"], row["caught_by"])
            for part, row in zip(parts, found, strict=True)
        ]
        for line in Table(("EXHIBIT", "WRONG", "MENDED", "UNIT", "WHAT FINDS IT"), rows).lines(width_of_output()):
            say(line)
        good = sum(row["ok"] for row in found)
        say(f"\n{count(len(found), 'exhibit')} measured, {good} of them caught and mended.")
    if not all(row["ok"] for row in found):
        raise SystemExit(1)


def _show(part: Part) -> None:
    from ..lessons.exercises.functions import source_of

    exhibit = part.build()
    row = _row(part)
    say(style(part.doc, bold=False))
    for title, function in (("What is shown", exhibit.wrong), ("Mended", exhibit.mended)):
        say()
        say(style(title, bold=True))
        for line in source_of(function).rstrip().split("\n"):
            say(f"    {line}".rstrip())
    from ..wording import exact

    say()
    say(style("What tells them apart", bold=True))
    if exhibit.unit:
        say(f"    measured: {exhibit.unit}")
    say(f"    wrong: {exact(row['wrong'])}   mended: {exact(row['mended'])}   true: {exact(row['truth'])}")
    say(f"    found by: {row['caught_by']}")
    say(f"    where it comes from: {exhibit.source}")
