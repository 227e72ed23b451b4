"""`glassnet export`: a run as a program for another library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .edge import say
from .runs import run_of, runs_option
from .sections import command
from .types import PartType, RunType

if TYPE_CHECKING:
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet export last --to torch
  glassnet export 3 --to keras --output digits-in-keras
  glassnet export runs/0001-digits8x8 --to sklearn
  glassnet export last --to onnx
"""


@command(epilog=EXAMPLES)
@click.argument("run", type=RunType())
@click.option("--to", required=True, type=PartType("engine"), metavar="NAME", help="torch, keras, sklearn, onnx, ...")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="The folder to write  [export-NAME in the run's own].",
)
@runs_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_obj
def export(host: Host, run: str, to: str, output: Path | None, runs: str, as_json: bool) -> None:
    """Write the model of RUN as a program for another library.

    RUN is a folder, a number, or last. The folder gets a short model.py in the library's own words and the weights; it
    needs no glassnet: `python model.py rows.csv` prints a prediction for each row. torch and keras come with the
    plugins glassnet-torch and glassnet-keras. The part that a library has no equal for is named.
    """
    from ..exporting import export as write

    opened = run_of(host, run, runs)
    files = write(opened, to, output)
    program = files[0]
    if as_json:
        say(json.dumps({"run": str(opened.folder), "to": to, "files": [str(path) for path in files]}))
        return
    say(f"{program.parent}: {', '.join(path.name for path in files)}")
    say(f"A prediction for each row of a table is printed by:\n  python {program} rows.csv")
