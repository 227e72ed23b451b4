"""`glassnet conventions`: where libraries mean different things by one word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError, join
from .edge import say, style
from .sections import command

if TYPE_CHECKING:
    from ..conventions import Convention


@command(epilog="\b\nExamples:\n  glassnet conventions\n  glassnet conventions epsilon\n  glassnet conventions --json")
@click.argument("word", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects for machines.")
def conventions(word: str | None, as_json: bool) -> None:
    """Where libraries mean different things by one word.

    glassnet, scikit-learn, PyTorch and Keras are held beside each other. With WORD, only the topics that mention it.
    """
    from dataclasses import asdict

    from ..conventions import CONVENTIONS
    from ..tables import width_of_output

    rows = [row for row in CONVENTIONS if not word or word.lower() in " ".join(asdict(row).values()).lower()]
    if not rows:
        raise GlassnetError(f"no topic mentions {word!r}; topics: {join(row.topic for row in CONVENTIONS)}")
    if as_json:
        import json

        say(json.dumps([asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        for line in topic_lines(row, min(width_of_output() or 100, 100)):
            say(line)


def topic_lines(row: Convention, width: int) -> Iterator[str]:
    """What everybody does about one topic, and how to convert, within that width."""
    from textwrap import wrap

    yield style(row.topic, bold=True)
    sides = {"glassnet": row.glassnet, "scikit-learn": row.sklearn, "PyTorch": row.torch, "Keras": row.keras}
    for name, words in (sides | {"to convert": row.convert}).items():
        first, *rest = wrap(words, max(width - 16, 20), break_long_words=False, break_on_hyphens=False)
        yield f"  {name:<12}  {first}"
        yield from (f"{'':<16}{line}" for line in rest)
    yield ""
