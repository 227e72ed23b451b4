"""The one bar that a terminal shows while something takes its time: how far, how long still, what came last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import ProgressColumn

WIDE = 90  # columns of a terminal that has room for a bar beside the figures


@contextmanager
def bar(screen: Console, what: str, total: int, done: int = 0) -> Iterator[Callable[[str], None]]:
    """A bar over `total` of what is counted, of which `done` are finished; it hands over `move(words)`, one further."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[ProgressColumn] = [
        TextColumn(what),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
    ]
    if screen.width >= WIDE:  # what came last is whole, and the rest gives way
        columns[2:2] = [BarColumn(bar_width=20), TimeRemainingColumn(compact=True)]
    with Progress(*columns, console=screen) as progress:
        task = progress.add_task("", total=total, completed=done)
        yield lambda words: progress.update(task, advance=1, description=words)
