"""The word after `glassnet`: one of our commands, else one that a plugin brings.

Plugins are asked only for a word that is none of ours: `--help` and our own commands never wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError, did_you_mean, join
from .table import TABLE

if TYPE_CHECKING:
    from ..catalog import Catalog, Part
    from .host import Host


def guest_command(host: Host, word: str) -> tuple[Part, click.Command]:
    """The command that a plugin brings under that short or full name; an unknown word is an error with a guess."""
    from ..catalog import command_of, refusal

    owner, slash, short = word.rpartition("/")
    name = f"{owner}{slash}{short.replace('-', '_')}"
    catalog = host.catalog()
    if not catalog.matches("command", name):
        raise GlassnetError(_unknown(catalog, word))
    part = catalog.find("command", name)
    if refusal(part):
        raise GlassnetError(refusal(part))
    return part, command_of(part)


def guest_words(host: Host) -> dict[str, str]:
    """The words of plugins' commands, each with its help."""
    from ..catalog import refusal, typed

    try:
        parts = host.discover().parts("command")
    except GlassnetError:
        return {}
    return {typed(part): part.help for part in parts if not refusal(part)}


def failure(part: Part, error: Exception) -> str:
    """A plugin's command that raised, in one line: who, what, where, and what to do."""
    from ..catalog import explain

    reason, remedy = explain(error, part.distribution, part.file)
    return f"command {part.full_name} failed: {reason}. What to do: {remedy}."


def _unknown(catalog: Catalog, word: str) -> str:
    from .. import synonyms
    from ..catalog import refusal, typed

    theirs = [typed(part) for part in catalog.parts("command") if not refusal(part)]
    known = [*TABLE, *theirs]
    guess = synonyms.command(word) or _misplaced(catalog, word) or did_you_mean(word, known)
    return f"there is no command {word!r}.{guess} Commands: {join(known)}.{catalog.absent(word)}"


def _misplaced(catalog: Catalog, word: str) -> str:
    """A word that is none of a command's, but known: what is it, and what may be typed with it?"""
    from ..experiment import is_table
    from ..kinds import KINDS

    name = word.lower().replace("-", "_")
    if name == "glassnet":
        return " That word is typed once."
    if catalog.matches("dataset", name) or is_table(word):
        return f" {word} is data, and a command comes first: glassnet train {word}."
    if name in (*KINDS, *(kind.plural for kind in KINDS.values())):
        return f" It is a kind of parts: glassnet list {name}."
    kind = next((kind for kind in KINDS if catalog.matches(kind, name)), "")
    return f" It is the name of a part ({kind}): glassnet show {name}." if kind else ""
