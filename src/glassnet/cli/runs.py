"""How a word becomes a run, in every command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError
from .edge import say

if TYPE_CHECKING:
    from ..runs import Run
    from .host import Host

runs_option = click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are.")
data_option = click.option("--data", metavar="FILE", help="Where the table of RUN is now, if it has moved.")


def runs_of(host: Host, words: Iterable[str], runs: str, data: str | None = None) -> list[Run]:
    """The runs that words mean: folders, names, numbers, or last. A word that is wrong is said before guests load.

    `data` is where their table is now, if it has moved: it is compared, and that is said.
    """
    from ..runs import Run

    folders = [_folder(word, Path(runs)) for word in words]
    opened = [Run(folder, host.catalog(), data_given=data) for folder in folders]
    for run in opened if data is not None else ():
        _ = run.table
        say(f"{data} holds the very rows that {run.folder} was trained on (by their checksum)", err=True)
    return opened


def _folder(word: str, runs: Path) -> Path:
    """The folder that a word means; one that means none may belong elsewhere on the line."""
    from ..experiment import is_table
    from ..runs import FOLDERS

    try:
        return FOLDERS.find(word, runs)
    except GlassnetError as error:
        from .mistyped import dashes

        ctx = click.get_current_context()
        order = f" The run comes before the file: {ctx.command_path} last {word}" if is_table(word) else ""
        hint = order or dashes(ctx, word)
        raise GlassnetError(f"{error}{'.' if hint else ''}{hint}") from None


def run_of(host: Host, word: str, runs: str, data: str | None = None) -> Run:
    """The run that a word means."""
    (run,) = runs_of(host, [word], runs, data)
    return run


def means_a_run(word: str, runs: str) -> bool:
    """Whether a word is a run, or a mistyped one, where a data set may stand as well.

    No data set is called like a folder beside the runs, or by a name such as 0001-xor.
    """
    from ..experiment import is_table
    from ..runs import FOLDERS

    path = Path(word)
    beside = len(path.parts) > 1 and (path.parent == Path(runs) or path.is_dir())
    like_one = not is_table(word) and (beside or bool(re.match(r"\d+-", path.name)))
    return like_one or FOLDERS.is_one(word, Path(runs))
