"""Commands that guests bring: one more word after `glassnet`, never in the way of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import GlassnetError
from ..kinds import COMMANDS
from .parts import Part

if TYPE_CHECKING:
    import click


def refusal(part: Part) -> str:
    """Why a command can't be called: it has the name of one of ours, which keeps its meaning. Empty if it can."""
    if part.kind != "command" or part.name not in COMMANDS:
        return ""
    return (
        f"command {part.full_name} ({part.where}) has the name of glassnet's own command {part.name!r}, which is the "
        f"one that is called: give the plugin's another name"
    )


def typed(part: Part) -> str:
    """The word by which a command is called: `two_words` is `two-words`."""
    return part.name.replace("_", "-")


def command_of(part: Part) -> click.Command:
    """The command of a part, with the part's docstring as its help where it has none of its own."""
    command = as_command(part.build().command)
    if command is None:
        raise GlassnetError(
            f"{part.full_name} holds no command ({part.where}): give `Command(...)` what @click.command() makes of a "
            f"function"
        )
    if not command.help:
        first, *others = part.doc.split("\n\n")
        command.help = "\n\n".join([first, *(f"\b\n{paragraph}" for paragraph in others)])  # \b keeps its lines
    return command


def as_command(thing: Any) -> click.Command | None:
    """The thing itself where it is a command of click's, else None."""
    import click  # here: a script that trains has no use for it

    return thing if isinstance(thing, click.Command) else None
