"""`glassnet index`: a package index on this machine, to practise publishing by PyPI's rules, alone or as a class."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from ..wording import first_of
from .class_index import COMMANDS
from .edge import say
from .sections import Family, section

if TYPE_CHECKING:
    from ..publish.classroom.opening import Opening
    from ..publish.serving import Served

PORT = click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on  [the last, or any].")
ADDRESS = click.option(
    "--name", "names", multiple=True, metavar="HOST", help="A name or address by which students reach this machine."
)
PYPI = "https://pypi.org/simple/"
FOR_A_CLASS = section(
    "A class",
    click.option("--class", "is_class", is_flag=True, help="Open it to this network: students upload and install."),
    ADDRESS,
    click.option("--bind", default="0.0.0.0", metavar="ADDRESS", show_default=True, help="Where to listen."),
    click.option("--wheels", type=click.Path(path_type=Path), metavar="DIR", help="Wheels for what nobody published."),
    click.option("--pass-on", "elsewhere", default=PYPI, metavar="URL", show_default=True,
                 help="Where pip is sent for names that nobody here owns."),
    click.option("--no-pass-on", is_flag=True, help="Send nobody anywhere: a room without a network."),
    click.option("--tls", nargs=2, type=click.Path(path_type=Path), metavar="CERT KEY",
                 help="Speak HTTPS with this certificate and its key."),
    click.option("--yes", is_flag=True, help="Don't ask before it is opened."),
)  # fmt: skip
EXAMPLES = """\b
Examples:
  glassnet index start
  glassnet release --to local      from the folder of a package
  glassnet index status
  glassnet index stop
\b
For a class:
  glassnet index serve --class --name teacher.local
  glassnet index student ada
"""
OPENS = (
    "Anybody on this network can then see and install what is published here. Only who has a token can publish, under "
    "names that are still free or their own, and nobody can change or remove what is there but you."
)
PLAIN = (
    "It speaks plain HTTP: who listens on this network can read what goes by, tokens among it. They are worth nothing "
    "elsewhere; with a certificate, --tls CERT KEY closes that."
)


@click.group(cls=Family, epilog=EXAMPLES)
def index() -> None:
    """Practise publishing: a package index on this machine.

    It answers uploads and installs by PyPI's rules and is reachable from this machine only, or with --class by a whole
    class. What is published stays in one folder (GLASSNET_INDEX chooses it) until it is removed.
    """


@index.command()
@PORT
@FOR_A_CLASS
def serve(port: int, **words: Any) -> None:
    """Run the index here, until Ctrl-C; with --class for everybody on this network."""
    import logging

    from ..publish.serving import serve

    opening = _opening(**words)
    handler = logging.StreamHandler()
    logger = logging.getLogger("glassnet.index")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # it warns of what clients send, who are told so

    def ready(served: Served) -> None:
        _show(served)
        _say_what_is_taken(served)
        say("running until Ctrl-C or: glassnet index stop")

    try:
        serve(port=port, ready=ready, opening=opening)
    finally:
        logger.removeHandler(handler)
    say("stopped; what was published is kept")


@index.command()
@PORT
@FOR_A_CLASS
def start(port: int, **words: Any) -> None:
    """Run the index in the background until `glassnet index stop`."""
    from ..publish.serving import start

    served = start(port=port, opening=_opening(**words))
    _show(served)
    _say_what_is_taken(served)
    say("stop with  glassnet index stop")


def _say_what_is_taken(served: Served) -> None:
    """A class may begin on an index that somebody practised on, whose names are then no student's."""
    from ..publish.store import Store

    names = list(Store(served.folder).projects())
    if served.names and names:
        say(f"holds      {first_of(names)} already: whose names these are stays as it is. To begin with an empty one: "
            "glassnet index wipe")  # fmt: skip


def _opening(
    is_class: bool,
    names: tuple[str, ...],
    bind: str,
    wheels: Path | None,
    elsewhere: str,
    no_pass_on: bool,
    tls: tuple[Path, Path] | None,
    yes: bool,
) -> Opening:
    """How far it is to be opened, asked for once."""
    from ..publish.classroom.opening import HERE, Opening, opening

    if not is_class:
        if names or wheels or no_pass_on or tls:
            raise GlassnetError("--name, --wheels, --no-pass-on and --tls are for a class: add --class")
        return Opening()
    found = opening(names, bind, wheels, "" if no_pass_on else elsewhere, tls)
    if not yes and bind != HERE:
        if not sys.stdin.isatty():
            raise GlassnetError("--class opens this machine to its network, and nobody can be asked here: add --yes")
        say(OPENS if found.tls else f"{OPENS} {PLAIN}")
        click.confirm("Open it?", abort=True)
    return found


@index.command()
@click.option("--json", "as_json", is_flag=True, help="For machines; never shows the token.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say whether an index runs, where, and what it holds. Exit code 1 if none runs."""
    from ..publish.chains import guests_of
    from ..publish.installing import newest
    from ..publish.serving import index_folder, running
    from ..publish.store import Store

    served, store = running(), Store(index_folder())
    projects = store.projects()
    if as_json:
        state = {
            "running": served is not None,
            "url": served.url if served else None,
            "pid": served.pid if served else None,
            "folder": str(store.folder),
            "projects": {name: [str(store.path(entry)) for entry in files] for name, files in projects.items()},
        }
        say(json.dumps(state, indent=2))
    else:
        if served:
            _show(served)
        else:
            say(f"no practice index runs on {store.folder}. Start it with: glassnet index start")
        for name, files in projects.items():
            say(f"\n{name}{f', of {files[0].owner}' if files[0].owner else ''}")
            if served:
                version = newest(entry.version for entry in store.offered(files))
                say(f"  install    {served.install_command(name, version, guests_of(store, name, version))}")
            for entry in files:
                say(f"  {entry.version:<9}  {store.path(entry)}")
        if projects and not (served and served.names):
            say("\nA classmate on another machine can't reach this index: hand over a .whl from the list,")
            say("then there: pip install FILE.whl")
    ctx.exit(0 if served else 1)


@index.command()
def stop() -> None:
    """End the index that works on the folder; what was published is kept."""
    from ..publish.serving import index_folder, stop

    served = stop()
    if served:
        say(f"stopped the practice index at {served.url}; what was published is kept in {served.folder}")
    else:
        say(f"no practice index runs on {index_folder()}")


for one in COMMANDS:
    index.add_command(one)


def _show(served: Served) -> None:
    if served.names:
        from ..publish.installing import short_lines

        say(f"class index at {served.public}/, kept in {served.folder}")
        say("students   glassnet index student NAME   gives each a token")
        say(f"yours      {served.public}/-/teacher   asks for the token in {served.pypirc}")
        say(f"install    {served.install_command('NAME', 'VERSION')}")
        for line in short_lines(f"{served.public}/simple/"):
            say(f"once       {line}")
        say(OPENS)
        if served.url.startswith("http:"):
            say(PLAIN)
        return
    say(f"practice index at {served.url}, kept in {served.folder}")
    say(f"upload     python -P -m twine upload --config-file {served.pypirc} -r local FILES")
    say(f"install    {served.install_command('NAME', 'VERSION')}")
