"""The command line: each command parses what was typed, calls one function and prints.

Nothing heavy is imported here: `glassnet --help` must not wait for NumPy or for other people's plugins.
"""

from __future__ import annotations

import faulthandler
import os
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from .. import process
from ..errors import GlassnetError, GlassnetWarning, unusable
from .edge import Failure, open_closed_streams, say, unwritable
from .host import host_of
from .sections import Helpful
from .table import GROUPS, TABLE
from .types import PluginType
from .words import failure, guest_command, guest_words

__all__ = ["main"]


class Program(Helpful, click.Group):
    """The group of all commands, where every error that a user can put right becomes one line."""

    def __call__(self, *args: Any, **extra: Any) -> Any:
        """Run the program in a process of its own; what runs it inside another, as tests do, calls `main`."""
        process.short_lived()
        return self.main(*args, **extra)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the program; a stream that is closed is as good as empty."""
        open_closed_streams()
        if "_GLASSNET_COMPLETE" in os.environ:  # the shell asks
            import_module(".completing", __name__)
        return super().main(*args, **extra)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read what was typed before the command."""
        try:
            return super().make_context(*args, **extra)
        except click.ClickException as error:
            from .mistyped import told  # most commands are typed right

            raise told(error) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a `GlassnetError` in it ends in `Error: ...` and its own exit code.

        So does a path that nobody can enter or whose name is too long, wherever it was first looked at, output that
        can't be written, and whatever a plugin's command raises.
        """
        try:
            with process.warning_with(lambda words: say(f"warning: {words}", err=True), GlassnetWarning):
                return super().invoke(ctx)
        except GlassnetError as error:
            raise Failure(str(error), error.exit_code) from error
        except click.ClickException as error:
            from .mistyped import told  # most commands are typed right

            raise told(error) from None
        except (click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except MemoryError as error:
            what = f" ({' '.join(str(error).split())})" if str(error) else ""
            remedy = "take fewer rows or columns, smaller widths or smaller batches"
            raise Failure(f"there is not enough memory for this{what}: {remedy}", GlassnetError.exit_code) from error
        except Exception as error:
            if isinstance(error, OSError) and (full := unwritable(error)):
                raise full from error
            part = host_of(ctx).running
            if part is not None:
                raise Failure(failure(part, error), GlassnetError.exit_code) from error
            if not isinstance(error, OSError) or error.filename is None:
                raise
            raise Failure(unusable(error), GlassnetError.exit_code) from error
        except KeyboardInterrupt as error:
            raise Failure(f"interrupted {error}".rstrip(), 130) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our words, in the order of the help; those of plugins are not looked for."""
        return list(TABLE)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of our commands, imported now."""
        if name in TABLE and name not in self.commands:
            entry = TABLE[name]
            self.commands[name] = getattr(import_module(f".{entry.module}", __name__), entry.attribute)
        return self.commands.get(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what they are for, each with its line; none of them is loaded."""
        longest = max(map(len, TABLE))
        for title, entries in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(longest), entry.help) for name, entry in entries.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """One of our commands; a word that is none of ours may be a plugin's."""
        word = args[0]
        if word in TABLE or word.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        host = host_of(ctx)
        host.running, command = guest_command(host, word)
        return word, command, args[1:]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Our commands and options; those of plugins where nothing of ours begins so."""
        found = super().shell_complete(ctx, incomplete)
        if found or not incomplete:
            return found
        theirs = guest_words(host_of(ctx))
        return [CompletionItem(word, help=words) for word, words in theirs.items() if word.startswith(incomplete)]


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from .. import __version__  # read from the metadata, only when it is asked for

        say(f"glassnet {__version__}")
        ctx.exit()


PROGRAM_EXAMPLES = """\b
Examples:
  glassnet list                       every part on this machine
  glassnet show relu                  formula, options, source and drawing
  glassnet train digits8x8            train, save a run, print the scores
  glassnet --plugin bent.py train digits8x8 --activation bent_identity
  glassnet train --help
  glassnet list commands              more commands, from plugins
"""


#: Help is as wide as the terminal, as far as lines can be read; the commands below take it from here.
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


@click.group(cls=Program, context_settings=SETTINGS, epilog=PROGRAM_EXAMPLES)
@click.option(
    "--plugin",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE.py",
    help="Load one local file as a plugin. Repeatable.",
)
@click.option(
    "--without",
    multiple=True,
    type=PluginType(),
    metavar="NAME",
    help="Do not import that installed plugin. Repeatable.",
)
@click.option("--no-plugins", is_flag=True, help="Import no installed plugin at all.")
@click.option("--strict-plugins", is_flag=True, help="Exit with code 3 if a plugin can't be used.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def main(
    ctx: click.Context, plugin: tuple[Path, ...], without: tuple[str, ...], no_plugins: bool, strict_plugins: bool
) -> None:
    """A neural network you can see through.

    Every activation, loss, optimizer and dataset is a plugin: ours, that of a package you install, or one
    file of your own.
    """
    if sys.stderr is not None and not faulthandler.is_enabled():
        with suppress(OSError, ValueError):  # a stream without a file, as in a test
            faulthandler.enable()  # a library that crashes Python is named: by the frame from which it was loaded
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that an old terminal can't show must not end in a traceback
            stream.reconfigure(errors="replace")
    host_of(ctx)
