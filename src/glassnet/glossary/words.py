"""The glossary: what a word of networks or of statistics means, what else it is called, and where it is taught.

The words themselves are in `words.toml`, to be read and mended by anybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import GlassnetError, did_you_mean


@dataclass(frozen=True)
class Word:
    """A word with its `also`, other names for the same; `formula` as on a page between dollar signs, where it has one.

    `lesson` is the lesson of our course that teaches it, `command` a line that shows it at work.
    """

    name: str
    says: str
    lesson: str
    command: str
    also: Sequence[str] = ()
    formula: str = ""


@cache
def words() -> tuple[Word, ...]:
    """Every word, in the order of the course."""
    return tuple(Word(**entry) for entry in _read()["word"])


@cache
def terms() -> dict[str, Word]:
    """Every word by each name that means it wherever it stands: `row` does, and `step` is too common for that."""
    common = everyday()
    return {name: word for word in words() for name in (word.name, *word.also) if name not in common}


def everyday() -> frozenset[str]:
    """The names that are everyday words as well, which no page links."""
    return frozenset(_read()["everyday"])


@cache
def _read() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def look_up(word: str) -> Word:
    """The word of that name or other name, or with that word in it; an unknown one is an error with a guess."""
    known = _index()
    wanted = key(word)
    found = known.get(wanted) or known.get(wanted.removesuffix("s")) or _only_one_with(wanted)
    if found is None:
        spelled = [name for entry in words() for name in (entry.name, *entry.also)]
        inside = _longest_inside(wanted)
        guess = f" Did you mean {inside!r}?" if inside else did_you_mean(word, spelled)
        raise GlassnetError(
            f"the glossary has no word {word!r}.{guess} `glassnet explain` lists its {len(words())} words"
        )
    return found


def _only_one_with(wanted: str) -> Word | None:
    """The one word in whose names that word stands, `vanishing` in vanishing gradient; None for several."""
    holding = {entry.name: entry for name, entry in _index().items() if wanted in name.split()}
    return next(iter(holding.values())) if len(holding) == 1 else None


def _longest_inside(wanted: str) -> str:
    """The name of most words in what was asked, `cross entropy` of cross entropy loss; the first of equal ones."""
    asked = wanted.split()
    runs = [" ".join(asked[i:j]) for i in range(len(asked)) for j in range(i + 1, len(asked) + 1)]
    return max((run for run in runs if run in _index()), key=lambda run: run.count(" "), default="")


@cache
def _index() -> dict[str, Word]:
    """Every word by each of its names; a name of its own goes before another's other name, singular before plural."""
    known: dict[str, Word] = {}
    for entry in words():
        known.setdefault(key(entry.name), entry)
    for entry in words():
        for name in (*entry.also, *(f"{one}s" for one in (entry.name, *entry.also))):
            known.setdefault(key(name), entry)
    return known


def key(name: str) -> str:
    """A name without what is only a way to write it: capitals, hyphens, underscores."""
    return re.sub(r"[\s_-]+", " ", name.strip().lower())
