"""The one bar that a terminal shows while something takes its time: how far, how long still, what came last."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


def with_bar(
    things: Iterable[T], screen: Console, what: str, total: int, *, done: int = 0, told: Callable[[T], str]
) -> Generator[T]:
    """The things as they come, behind a bar: `what` is counted, `done` are finished already, `told` says each one."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what), MofNCompleteColumn(), BarColumn(bar_width=20), TimeRemainingColumn(compact=True),
        TextColumn("{task.description}", markup=False),
    )  # fmt: skip
    with Progress(*columns, console=screen) as bar:
        task = bar.add_task("", total=total, completed=done)
        for thing in things:
            bar.update(task, advance=1, description=told(thing))
            yield thing
