"""`glassnet release`: build, prove and publish a package, and say each step in words."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from ..tables import Table, width_of_output
from ..wording import memory
from .edge import say, style
from .sections import command

if TYPE_CHECKING:
    from ..publish.release import Said

EXAMPLES = """\b
Examples:
  glassnet release                        the package in this folder, on a practice index of your own
  glassnet release --dry-run              everything up to the upload; no connection is opened
  glassnet release plugins/glassnet-lion --to testpypi
  glassnet release --to class             the index of a class that you have joined
  glassnet release --rooms                what clean rooms keep, and how much it is
  glassnet release --resume               finish a release that broke off, with the same files
"""

_LOOKS = {
    "step": ("\n", {"bold": True}),
    "skipped": ("", {"fg": "bright_black"}),
    "why": ("    why: ", {"fg": "bright_black"}),
    "command": ("    $ ", {"fg": "cyan"}),
    "note": ("    ", {}),
    "remark": ("    remark: ", {"fg": "yellow"}),
    "problem": ("    problem: ", {"fg": "red"}),
    "done": ("    ok, ", {"fg": "green"}),
}


def _rooms(ctx: click.Context, option: click.Parameter, asked: bool) -> None:
    """Tell what is kept for clean rooms, or remove it; no release is made."""
    if not asked or ctx.resilient_parsing:
        return
    from ..publish.release import MOST, clear, kept, rooms_folder

    clearing = option.name == "clear_rooms"
    found = clear() if clearing else kept()
    rows = [
        (one.folder.name, one.purpose, one.packages, memory(one.size), memory(one.linked), _day(one.used))
        for one in found
    ]
    headings = ("FOLDER", "WHAT FOR", "PACKAGES", "SIZE", "LINKED", "LAST USED")
    for line in Table(headings, rows, left=("WHAT FOR", "LAST USED")).lines(width_of_output()) if rows else []:
        say(line)
    if not rows:
        say(f"Nothing is kept for clean rooms in {rooms_folder()}.")
    elif clearing:
        say(f"\nRemoved from {rooms_folder()}. The next release makes anew what it needs.")
    else:
        say(f"\nIn {rooms_folder()}, each for a month and {memory(MOST)} together at most. What is linked is shared")
        say("with an environment and takes no place of its own. Remove them: glassnet release --clear-rooms")
    ctx.exit()


#: An option that is a command of its own.
_ALONE: dict[str, Any] = {"is_flag": True, "is_eager": True, "expose_value": False, "callback": _rooms}


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d %H:%M")


@command(epilog=EXAMPLES)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--to",
    metavar="INDEX",
    default="local",
    show_default=True,
    help="local (a practice index), testpypi, pypi, an address, or a name in ~/.pypirc.",
)
@click.option("--dry-run", is_flag=True, help="Stop before the upload, and open no connection at all.")
@click.option("--resume", is_flag=True, help="Send the files of the last release, unchanged, and go on from there.")
@click.option("--yes", is_flag=True, help="Don't ask before PyPI.")
@click.option("--rooms", help="List what clean rooms keep, and end.", **_ALONE)
@click.option("--clear-rooms", help="Remove what clean rooms keep, and end.", **_ALONE)
def release(folder: Path, to: str, dry_run: bool, resume: bool, yes: bool) -> None:
    """Publish the package in DIR, step by step.

    Check, test, build, prove, upload, install it back. Each step says what it does, why, and the command that
    you could type instead. Tokens are read from TESTPYPI_TOKEN, PYPI_TOKEN or GLASSNET_INDEX_TOKEN, from a keyring,
    or for another index from ~/.pypirc. Exit code 1 if
    a step fails, 2 if an index sends what is no answer.
    """
    from ..publish.release import StepFailed, check_word, release

    check_word(to)
    if dry_run and resume:
        raise GlassnetError("--resume is about the upload, and --dry-run leaves that out: give one of the two")
    if to == "pypi" and not (dry_run or yes or sys.stdin.isatty()):
        raise GlassnetError(
            "--to pypi can't be undone, and there is no terminal to ask at: add --yes if that is what you want. "
            "Better for machines: Trusted Publishing (glassnet docs publish)"
        )
    remarks = 0
    try:
        for said in release(folder, to, dry_run=dry_run, resume=resume, ask=None if yes else _ask):
            _show(said)
            remarks += said.manner == "remark"
    except StepFailed as failed:
        for line in failed.output.splitlines():
            say(style(f"    | {line}", fg="bright_black"))
        raise
    end = "The dry run is through: nothing was sent." if dry_run else "Released."
    noted = f" {'1 remark' if remarks == 1 else f'{remarks} remarks'}, above." if remarks else ""
    say(f"\n{end}{noted}")


def _show(said: Said) -> None:
    lead, look = _LOOKS[said.manner]
    say(style(f"{lead}{said.text}", **look))  # type: ignore[arg-type]  # one style a manner


def _ask(question: str) -> str:
    return str(click.prompt(f"\n{question}", default="", show_default=False))
