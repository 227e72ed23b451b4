"""`glassnet check`: whether a part keeps its promises, and where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError
from ..tables import Table, width_of_output
from .edge import say, style
from .host import Host
from .sections import command
from .types import KindType, PartType

if TYPE_CHECKING:
    from ..catalog import Catalog
    from ..checks import Finding, Report

EXAMPLES = """\b
Examples:
  glassnet check bent.py
  glassnet check relu
  glassnet check leaky_relu:slope=0.2
  glassnet check glassnet-swish
  glassnet check --all --kind optimizer
  glassnet check bent.py --json
"""

_COLOURS = {"passed": "green", "failed": "red", "expected failure": "yellow"}


@command(epilog=EXAMPLES)
@click.argument("name", type=PartType(files=True), required=False)
@click.option("--all", "everything", is_flag=True, help="Check every part on this machine.")
@click.option("--kind", type=KindType(), metavar="KIND", help="Only parts of that kind.")
@click.option("--download", is_flag=True, help="Let data sets fetch their rows; else only what is here is checked.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects for machines.")
@click.pass_context
def check(
    ctx: click.Context, name: str | None, everything: bool, kind: str | None, download: bool, as_json: bool
) -> None:
    """Check that parts keep their promises.

    Slopes, shapes, dtypes, memory, docstrings and more are tried. NAME is a part or a phrase, a plugin's
    distribution, a FILE.py, or a lesson's page, FILE.md. Nothing is trusted: a slope is held against differences
    of the formula, and what fails is shown with its input. Exit code 1 if a required check fails.
    """
    if (name is None) is not everything:
        raise GlassnetError("what is to be checked? Give one of: a NAME, a plugin, a FILE.py, or --all")
    from ..checks import run_checks, select

    catalog = _catalog(ctx.ensure_object(Host), name)
    selection = select(name, catalog, kind)
    report = run_checks(selection, catalog, download=download)
    if as_json:
        import json

        say(json.dumps([finding.to_dict() for finding in report.findings], indent=2))
    else:
        show_report(report, in_full=len(report.by_part()) == 1)
    if not report.ok:
        ctx.exit(1)


def _catalog(host: Host, name: str | None) -> Catalog:
    """The catalog, with the file in it if one is to be checked; a broken plugin is a finding, not a warning."""
    from ..checks import is_file

    if name is not None and is_file(name):
        if not Path(name).is_file():
            raise GlassnetError(f"there is no file {name!r}: give the path of an existing .py file")
        host.files = (*host.files, Path(name))
    catalog = host.discover()
    host.enforce(catalog)
    return catalog


def show_report(report: Report, in_full: bool) -> None:
    """Every check of one part, or what stands out in those of several."""
    for first, findings in report.by_part():
        failed = [one for one in findings if one in report.failures]
        heading = f"{first.kind} {first.part}" + (f"  ({first.where})" if first.where and (in_full or failed) else "")
        if in_full:
            say(style(heading, bold=True) + "\n")
            _show_every(findings)
        elif failed:
            say(style("FAILED  ", fg="red", bold=True) + heading)
        else:
            _show_line(heading, findings)
        for one in failed:
            _show_failure(one)
    if in_full:
        say("")
    say(style(report.summary, fg="green" if report.ok else "red", bold=True))


def _show_every(findings: list[Finding]) -> None:
    """All checks of one part in a table, which a narrow terminal cuts; failures follow in full."""
    rows = [
        (one.check, _result(one), "see below" if one.result in ("failed", "not tried") else one.message)
        for one in findings
    ]
    for number, line in enumerate(Table(("CHECK", "RESULT", "WHAT WAS FOUND"), rows).lines(width_of_output())):
        colour = None if number == 0 else _COLOURS.get(_result(findings[number - 1]))
        say(style(line, fg=colour, bold=number == 0))
    for one in findings:
        if one.result == "failed" and not one.required:
            say(f"\nAdvice, {one.check}: {one.message}")
        elif one.result == "not tried":
            say(f"\nNot tried, {one.check}: {one.message}")


def _result(one: Finding) -> str:
    return "advice" if one.result == "failed" and not one.required else one.result


def _show_line(heading: str, findings: list[Finding]) -> None:
    passed = sum(one.result == "passed" for one in findings)
    idle = {one.check: one.message for one in findings if one.result == "not applicable"}
    counts = f"{heading}: {passed} passed, {len(idle)} not applicable"
    untried = next((one for one in findings if one.result == "not tried"), None)
    if untried:
        say(style("UNTRIED ", fg="red", bold=True) + f"{heading}, {untried.check}: {untried.message}")
    elif "loads" in idle:
        say(style("partly  ", fg="yellow") + f"{counts}, because {idle['loads']}")
    else:
        say(style("ok      ", fg="green") + counts)


def _show_failure(one: Finding) -> None:
    say(style(f"\n  {one.check}", fg="red", bold=True) + f": {one.message}")
    say(f"  Why it matters: {one.why}")
