"""A long `--help` in sections: which options are about the data, which about the network, which about the output.

An option says where it is declared under which title it stands, so that it stands there in every command that has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

MANY = 10  # options that are still found in one list
OUTPUT = "Output"
_TITLE = "section"  # where an option keeps its title


def section(title: str, *options: Callable[[F], F]) -> Callable[[F], F]:
    """Those options for a command, listed under that title; the first is listed first."""

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
            vars(function.__dict__["__click_params__"][-1]).setdefault(_TITLE, title)
        return function

    return add


def titled(params: list[click.Parameter]) -> dict[str, list[click.Option]]:
    """The options by title, in the order in which the titles come up; those without one, such as --help, stand with the
    output, or else last."""
    options = [param for param in params if isinstance(param, click.Option) and not param.hidden]
    titles = dict.fromkeys(vars(option).get(_TITLE, "") for option in options)
    found = {title: [one for one in options if vars(one).get(_TITLE, "") == title] for title in titles}
    rest = found.pop("", [])
    if found:
        found[OUTPUT if OUTPUT in found else [*found][-1]] += rest
    return found


class Helpful(click.Command):
    """What the help of each command has in common: examples that stay whole at a narrow terminal."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples; what one is for goes below it where there is no room beside it."""
        if self.epilog:
            from .fitting import fitted

            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(fitted(self.epilog, formatter.width - formatter.current_indent))


class Command(Helpful):
    """A command of ours: with more than `MANY` options its help lists them by title."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was typed, and remember it for the error that may come of it."""
        ctx.meta[_TYPED] = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:  # click names the first letter alone of `-lr`
            raise click.NoSuchOption(_whole(error.option_name, typed_after(ctx)), ctx=ctx) from None
        except click.BadOptionUsage as error:
            error.ctx = ctx  # the parser forgets it
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options as click writes them, in one list or in several."""
        params = self.get_params(ctx)
        found = titled(params)
        if sum(map(len, found.values())) <= MANY:
            super().format_options(ctx, formatter)
            return
        lists = {
            title: [record for one in some if (record := one.get_help_record(ctx))] for title, some in found.items()
        }
        longest = max(len(record[0]) for records in lists.values() for record in records if len(record[0]) <= WIDEST)
        for title, records in lists.items():
            with formatter.section(title):
                formatter.write_dl([(names.ljust(longest), words) for names, words in records])


WIDEST = 30  # letters of an option beside which its help begins on the same line; click's own


_TYPED = "glassnet.typed"


def typed_after(ctx: click.Context) -> list[str]:
    """The words that were typed after a command."""
    typed: list[str] = ctx.meta.get(_TYPED, [])
    return typed


def _whole(name: str, typed: list[str]) -> str:
    """The option as it was typed, of which click says the first letter."""
    longer = (word.partition("=")[0] for word in typed if word.startswith(name) and not name.startswith("--"))
    return next(longer, name)


class Family(Helpful, click.Group):
    """A command of ours that has commands below it."""

    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands below it, each with its whole line."""
        with formatter.section("Commands"):
            lines = {name: self.commands[name].help or "" for name in self.list_commands(ctx)}
            formatter.write_dl([(name, help_.partition("\n")[0]) for name, help_ in lines.items()])


def command(name: str | None = None, **more: Any) -> Callable[[Callable[..., Any]], Command]:
    """`click.command` for ours."""
    return click.command(name, cls=Command, **more)
