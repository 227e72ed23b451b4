"""What is said to a command line that can't be read: one line with what was given, the nearest guess, what to do.

Loaded only when something was mistyped.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from ..errors import did_you_mean, join
from ..synonyms import aside, setting
from .edge import Failure
from .sections import typed_after
from .table import TABLE


def told(error: click.ClickException) -> click.ClickException:
    """An error of click's about something that was typed, as one line; a word of another library's is said in ours."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError) or not isinstance(error, click.UsageError):
        return error
    guessing = isinstance(error, click.NoSuchOption | click.NoSuchCommand)  # click's own guesses are left out
    said = (error.message if guessing else error.format_message()).rstrip(".")
    for kind, explain in _EXPLANATIONS:
        if isinstance(error, kind) and (words := explain(error)):
            return Failure(f"{said}.{words}", error.exit_code)
    more = f". More: {error.ctx.command_path} --help" if error.ctx is not None and not said.endswith("?") else ""
    return Failure(said + more, error.exit_code)


# --- options that there are not ---------------------------------------------------------------------------------


def _no_option(error: click.NoSuchOption) -> str:
    """What an option of others is called here, how it is written, or the nearest one."""
    if error.ctx is None:
        return ""
    name = error.option_name.lstrip("-")
    known = _options(error.ctx)

    def called(field: str) -> str:
        return _typed(field, error.ctx)

    if ours := _QUIET.get(name) or setting(name, called) or aside(name, called):
        return ours
    if name in known:
        return f" Here it is --{name}, with two dashes."
    if name in TABLE and error.ctx.parent is None:
        return f" A command has no dashes: glassnet {name}."
    begin = [f"--{one}" for one in known if one.startswith(name.lower())]
    if len(begin) == 1 and len(name) > 1:
        return f" Did you mean {begin[0]!r}?"
    if begin:
        return f" Options are written out: {join(begin)}."
    if len(name) == 1:
        return ""
    return did_you_mean(name, known).replace("'", "'--", 1)


_QUIET = dict.fromkeys(("verbose", "verbosity"), " A training tells what it does, unless it is given --quiet.")


def _options(ctx: click.Context) -> dict[str, click.Parameter]:
    """The options of a command, by name without dashes."""
    params = ctx.command.get_params(ctx)
    return {
        name.lstrip("-"): param
        for param in params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }


def _typed(field: str, ctx: click.Context | None) -> str:
    """How the command that was typed calls a field of an experiment or a choice of its own; empty if it does not."""
    for param in ctx.command.params if ctx is not None else ():
        if param.name == field and ctx is not None:
            first = f"a word without dashes, {ctx.command_path} {param.human_readable_name}"
            return first if isinstance(param, click.Argument) else param.opts[-1]
    return ""


def _no_value(error: click.BadOptionUsage) -> str:
    """What an option wants that stands without a value."""
    param = _options(error.ctx).get(error.option_name.lstrip("-")) if error.ctx is not None else None
    if not isinstance(param, click.Option) or error.ctx is None:
        return ""
    about = f" {param.help.rstrip('.')}." if param.help else ""
    return f" It is typed so: {error.option_name} {param.make_metavar(error.ctx)}.{about}"


# --- words that are too many or too few -------------------------------------------------------------------------


def _missing(error: click.MissingParameter) -> str:
    if error.param is not None and error.param.type.name == "run":
        return " Name a run: its folder, its number, or last (`glassnet runs` lists them)."
    return _usage(error.ctx)


def _usage(ctx: click.Context | None) -> str:
    """How a command is typed, and its first example."""
    if ctx is None:
        return ""
    usage = " ".join([ctx.command_path, *ctx.command.collect_usage_pieces(ctx)])
    examples = re.findall(rf"^ *({re.escape(ctx.command_path)}.*?)(?:   .*)?$", ctx.command.epilog or "", re.MULTILINE)
    example = f", for example: {examples[0]}" if examples else ""
    return f" It is typed so: {usage}{example}"


def _too_many(error: click.UsageError) -> str:
    """Why a word is none that the command takes: mostly it belongs to an option."""
    found = _EXTRA.search(error.message or "")
    if found is None or error.ctx is None:
        return ""
    typed, extra = typed_after(error.ctx), found[1].split(" ")[0]
    at = max((place for place, word in enumerate(typed) if word.split(" ")[0] == extra), default=0)
    return _without_dashes(error.ctx, typed, at) or _beside_option(error.ctx, typed, at) or _usage(error.ctx)


_EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)", re.DOTALL)
_ASSIGNED = re.compile(r"([a-z]\w*(?:-\w+)*)=(.+)")
_LONG_DASH = re.compile("[\u2010-\u2015\u2212]+([a-z].*)")


def _without_dashes(ctx: click.Context, typed: list[str], extra: int) -> str:
    """An option without its dashes: `epochs=50`, `epochs 50`, or with the long dash of a printed page."""
    known = _options(ctx)
    for place, word in enumerate(typed):
        if long := _LONG_DASH.fullmatch(word):
            return f" That dash is a printed one, an option has two of the keyboard's: --{long[1]}"
        before = known.get(typed[place - 1].lstrip("-")) if place else None
        found = _ASSIGNED.fullmatch(word)
        if found is None or (isinstance(before, click.Option) and not before.is_flag and typed[place - 1][0] == "-"):
            continue
        if found[1].replace("_", "-") in known:
            return f" An option has dashes: --{found[1].replace('_', '-')} {found[2]}"
    return dashes(ctx, *typed[extra : extra + 2])


def dashes(ctx: click.Context, word: str = "", *value: str) -> str:
    """Of a word that is an option's name: that it has dashes, and what may stand behind it."""
    name = word.replace("_", "-")
    return " ".join([f" An option has dashes: --{name}", *value]) if name in _options(ctx) else ""


def _beside_option(ctx: click.Context, typed: list[str], extra: int) -> str:
    """A second value after an option that takes one, or a value after one that takes none."""
    known = _options(ctx)
    back = [known.get(word.lstrip("-")) if word.startswith("-") else None for word in typed[max(extra - 2, 0) : extra]]
    flag, wanting = (back[-1] if back else None), (back[-2] if len(back) > 1 else None)
    if isinstance(flag, click.Option) and flag.is_flag:
        return f" {typed[extra - 1]} takes no value{': ' + ' or '.join(both) if (both := _both(flag)) else ''}."
    if isinstance(wanting, click.Option) and "=" in typed[extra] and wanting.make_metavar(ctx) == "PHRASE":
        option, value, word = typed[extra - 2 : extra + 1]
        return f" Options of a part follow a colon: {option} {value}{',' if ':' in value else ':'}{word}"
    return _one_word(typed, extra) or _setting(ctx, typed[extra])


def _one_word(typed: list[str], extra: int) -> str:
    """Of numbers that stand apart behind an option, `--hidden 64 32`, how they are given."""
    start = end = extra
    while start > 0 and _WIDTH.fullmatch(typed[start - 1]):
        start -= 1
    while end < len(typed) and _WIDTH.fullmatch(typed[end]):
        end += 1
    listed = ",".join(one.strip("[](),") for one in typed[start:end])
    apart = start < extra < end and start > 0 and typed[start - 1].startswith("--")
    return f" Several values are one word: {typed[start - 1]} {listed}" if apart else ""


_WIDTH = re.compile(r"[\[(]?[\d.]+,?[\])]?")


def _both(flag: click.Option) -> list[str]:
    return [*flag.opts, *flag.secondary_opts] if flag.secondary_opts else []


def _setting(ctx: click.Context, word: str) -> str:
    """What `lr=0.1` is here, where an option of others stands without dashes."""
    name, equals, _ = word.partition("=")
    return setting(name, lambda field: _typed(field, ctx)) if equals else ""


def _no_command(error: click.UsageError) -> str:
    """The commands below one, where a word is none of them."""
    if error.ctx is None or not isinstance(error.ctx.command, click.Group):
        return ""
    known = error.ctx.command.list_commands(error.ctx)
    word = str(getattr(error, "command_name", ""))
    return f"{did_you_mean(word, known)} Commands: {join(f'{error.ctx.command_path} {one}' for one in known)}."


_EXPLANATIONS: tuple[tuple[type[click.UsageError], Callable[..., str]], ...] = (
    (click.NoSuchOption, _no_option),
    (click.BadOptionUsage, _no_value),
    (click.MissingParameter, _missing),
    (click.NoSuchCommand, _no_command),
    (click.UsageError, _too_many),
)
