"""`glassnet report`, and the page that `glassnet train` leaves behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError
from .edge import say
from .runs import data_option, runs_of, runs_option
from .sections import command
from .types import RunType

if TYPE_CHECKING:
    from ..catalog import Catalog
    from ..pages import Finding
    from ..runs import Run
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet report last
  glassnet report last --open
  glassnet report 1 2 3                   several runs side by side
  glassnet report 3 --output course/moons.html
"""


@command(epilog=EXAMPLES)
@click.argument("names", metavar="RUN...", nargs=-1, required=True, type=RunType())
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE.html", help="Write there instead.")
@click.option("--open", "show", is_flag=True, help="Show the page in the browser.")
@runs_option
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the page and what stands out.")
@click.pass_obj
def report(
    host: Host, names: tuple[str, ...], output: Path | None, show: bool, runs: str, data: str | None, as_json: bool
) -> None:
    """Write one page about RUN, or about several.

    Scores, curves, pictures, a diagnosis, and how to repeat it. RUN is a folder, a number, or last. The page is
    report.html in the run's folder; several runs make a comparison, comparison.html beside their folders. It is
    a single file that loads nothing.
    """
    from ..files import refuse_existing
    from ..pages import diagnose

    refuse_existing(output, "--output")
    if output is not None and not output.parent.is_dir():
        raise GlassnetError(f"can't write to {output.parent}: there is no such folder; give another --output")
    opened = runs_of(host, names, runs, data)
    opened = list({run.folder: run for run in opened}.values())  # a run that is named twice is shown once
    path = _write(opened, output, host.catalog())
    findings = {str(run.folder): diagnose(run) for run in opened}
    if as_json:
        say(json.dumps({"report": str(path), "findings": _plain(findings)}))
    else:
        for line in _told(findings):
            say(line)
        say(f"report: {path}")
    if show:
        click.launch(str(path))


def _write(runs: list[Run], output: Path | None, catalog: Catalog) -> Path:
    from ..pages import write_comparison, write_report

    return write_report(runs[0], output) if len(runs) == 1 else write_comparison(runs, output, catalog)


def _told(findings: dict[str, list[Finding]]) -> Iterator[str]:
    """What stands out in each run, a line each; remarks are left to the page."""
    from ..pages import stands_out

    for folder, found in findings.items():
        for finding in stands_out(found):
            yield f"{folder}: {finding}" if len(findings) > 1 else f"What stands out: {finding}"


def _plain(findings: dict[str, list[Finding]]) -> dict[str, list[dict[str, object]]]:
    from dataclasses import asdict

    from ..files import plain

    return {folder: [plain(asdict(finding)) for finding in found] for folder, found in findings.items()}


# --- after a training ---------------------------------------------------------------------------------------


def found_in(run: Run) -> tuple[list[Finding], str]:
    """(what asks for a change, why there is no diagnosis): one of them is empty, or both."""
    from ..pages import diagnose, stands_out

    try:
        return stands_out(diagnose(run)), ""
    except Exception as error:
        return [], f"No diagnosis: {_why(error)}"


def standing_out(found: list[Finding], why_none: str = "") -> Iterator[str]:
    """What stands out, a line each; that training broke down is said as an error already."""
    if why_none:
        yield why_none
    for finding in found:
        if finding.name != "diverged":
            yield f"What stands out: {finding}"
        elif finding.remedies:  # of a trial of its own
            yield f"Likeliest to help: {finding.what_to_try}"


def left_behind(run: Run) -> Path | None:
    """The page of a run that has just ended. The run is kept whatever happens here; one line says what did."""
    from ..pages import write_report

    try:
        return write_report(run)
    except Exception as error:
        say(f"No report: {_why(error)}. The run is kept in {run.folder}", err=True)
        return None


def _why(error: Exception) -> str:
    """Any error in one line: a guest may have had its hands in it, and nothing of that may cost the run."""
    words = str(error) if isinstance(error, GlassnetError) else f"{type(error).__name__}: {error}"
    return " ".join(words.split())
