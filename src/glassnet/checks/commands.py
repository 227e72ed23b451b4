"""What a plugin's command promises: it explains itself, does nothing before it is called, and hides none of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import process
from ..catalog import as_command, command_of, refusal, typed
from ..errors import join
from ..kinds import Command
from .cases import Call, Case, Refused
from .running import Promise

EXEMPT = {
    "input-untouched": "it is handed nothing but words",
    "paper": "a command of one's own needs no source",
}


def whole(case: Case, bag: Command) -> None:
    """It is a command of click's, which has all the options."""
    if as_command(bag.command) is None:
        raise Refused(f"its command is {bag.command!r:.60}: expected what @click.command() makes of a function")
    if case.part.options:
        names = join(option.name for option in case.part.options)
        raise Refused(f"its function takes {names}: options of a command are click's, written with @click.option")


def calls(case: Case, bag: Command) -> Iterator[Call]:
    """Its help is all that may be asked of a command: to run it could do anything."""
    yield Call("its --help", lambda: _help(case).output)


def _help(case: Case) -> Any:
    from click.testing import CliRunner

    return CliRunner().invoke(command_of(case.part), ["--help"], prog_name=f"glassnet {typed(case.part)}")


def helps(case: Case) -> None:
    """Who does not know a command asks it: `--help` answers with its usage and ends well."""
    answer = _help(case)
    if answer.exit_code or not answer.output.startswith("Usage: "):
        said = " ".join(answer.output.split()) or repr(answer.exception)
        raise Refused(f"--help ends with exit code {answer.exit_code}: {said:.200}. Expected its usage and exit code 0")


def own_name(case: Case) -> None:
    """Our words keep their meaning: a plugin's command with the name of one of ours could never be called."""
    if refusal(case.part):
        raise Refused(refusal(case.part))


def quiet(case: Case) -> None:
    """A command is built to be listed and explained, too: nothing is said or done before it is called."""
    with process.heard() as said:
        case.fresh()
    if any(said):
        raise Refused(f"building it prints {''.join(said)!r:.60}: do so in the function of @click.command()")


PROMISES = (Promise(helps), Promise(own_name, built=False), Promise(quiet))
