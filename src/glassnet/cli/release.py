"""`glassnet release`: build, prove and publish a package, and say each step in words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError
from .edge import say, style
from .sections import command

if TYPE_CHECKING:
    from ..publish.release import Said

EXAMPLES = """\b
Examples:
  glassnet release                        the package in this folder, on a practice index of your own
  glassnet release --dry-run              everything up to the upload; no connection is opened
  glassnet release plugins/glassnet-lion --to testpypi
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


@command(epilog=EXAMPLES)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--to",
    type=click.Choice(["local", "testpypi", "pypi"]),
    default="local",
    show_default=True,
    help="The practice index, TestPyPI or PyPI.",
)
@click.option("--dry-run", is_flag=True, help="Stop before the upload, and open no connection at all.")
@click.option("--resume", is_flag=True, help="Send the files of the last release, unchanged, and go on from there.")
@click.option("--yes", is_flag=True, help="Don't ask before PyPI.")
def release(folder: Path, to: str, dry_run: bool, resume: bool, yes: bool) -> None:
    """Publish the package in DIR, step by step.

    Check, test, build, prove, upload, install it back. Each step says what it does, why, and the command that
    you could type instead. Tokens are read from TESTPYPI_TOKEN or PYPI_TOKEN, or from a keyring. Exit code 1 if
    a step fails, 2 if an index sends what is no answer.
    """
    from ..publish.release import StepFailed, release

    if dry_run and resume:
        raise GlassnetError("--resume is about the upload, and --dry-run leaves that out: give one of the two")
    if to == "pypi" and not (dry_run or yes or sys.stdin.isatty()):
        raise GlassnetError(
            "--to pypi can't be undone, and there is no terminal to ask at: add --yes if that is what you want. "
            "Better for machines: Trusted Publishing (.github/workflows/publish.yml)"
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
