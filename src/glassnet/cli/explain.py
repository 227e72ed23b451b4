"""`glassnet explain`: what a word means, what else it is called, which lesson teaches it, which command shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ..errors import GlassnetError, join
from .edge import say, style
from .host import Host
from .sections import command

if TYPE_CHECKING:
    from ..glossary import Word

EXAMPLES = """\b
Examples:
  glassnet explain                       all words, with their other names
  glassnet explain "learning rate"       quotes are not needed
  glassnet explain coefficient           a word of statistics leads to that of networks
  glassnet explain dropout --json
"""
_WIDEST = 100


class WordType(click.ParamType):
    """A word of the glossary, or a piece of one; the command looks it up."""

    name = "word"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Words that begin as typed."""
        from ..glossary import words

        found = [word.name for word in words() if word.name.lower().startswith(incomplete.lower())]
        return [CompletionItem(name) for name in found]


@command(epilog=EXAMPLES)
@click.argument("word", nargs=-1, type=WordType())
@click.option("--json", "as_json", is_flag=True, help="Print the word, or all of them, for machines.")
@click.pass_context
def explain(ctx: click.Context, word: tuple[str, ...], as_json: bool) -> None:
    """What a word means, and where it is taught.

    With its other names, its formula, the lesson that teaches it and a command that shows it. Without WORD, all words.
    What a run's numbers mean is in its report: `glassnet report last`.
    """
    from ..glossary import words

    if word:
        found = _found(ctx.ensure_object(Host), " ".join(word))
        _print_json(_plain(found)) if as_json else _show(found)
    elif as_json:
        _print_json([_plain(one) for one in words()])
    else:
        _list(words())


def _found(host: Host, typed: str) -> Word:
    """The word that was typed; what is a run or a part instead is told so."""
    from ..glossary import look_up

    try:
        return look_up(typed)
    except GlassnetError:
        if typed == "last" or typed.isdigit() or (Path(typed) / "experiment.json").is_file():
            what = "explain is for words; what stands out about a run, and what to try, is in its report"
            raise GlassnetError(f"{what}: glassnet report {typed}") from None
        kinds = [part.kind for part in host.catalog().parts() if part.name == typed]
        if not kinds:
            raise
        raise GlassnetError(
            f"{typed} is no word but a part ({join(kinds)}), with a page: glassnet show {typed}"
        ) from None


def _show(word: Word) -> None:
    from ..lessons.mathematics import as_text
    from ..tables import width_of_output, wrapped

    width = min(width_of_output() or _WIDEST, _WIDEST)
    say(style(word.name, bold=True))
    if word.also:
        say(wrapped(f"also: {', '.join(word.also)}", width))
    say()
    say(wrapped(word.says, width))
    if word.formula:
        say(f"\n    {as_text(word.formula)}")
    say(f"\nLearn it  glassnet lesson {word.lesson}")
    say(f"See it    {word.command}")


def _list(words: Sequence[Word]) -> None:
    from ..tables import Table, width_of_output

    rows = [(word.name, ", ".join(word.also)) for word in sorted(words, key=lambda word: word.name.lower())]
    for line in Table(("WORD", "ALSO CALLED"), rows, left=("WORD", "ALSO CALLED")).lines(width_of_output()):
        say(line)
    say(f"\n{len(rows)} words. One of them: glassnet explain WORD")


def _plain(word: Word) -> dict[str, Any]:
    from dataclasses import asdict

    return {"word": word.name, **{name: value for name, value in asdict(word).items() if name != "name"}}


def _print_json(what: Any) -> None:
    import json

    say(json.dumps(what, indent=2, ensure_ascii=False))
