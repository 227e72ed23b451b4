"""`glassnet index`: a package index on this machine, to practise publishing by PyPI's rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from .edge import say
from .sections import Family

if TYPE_CHECKING:
    from ..publish.serving import Served

PORT = click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on  [the last, or any].")
EXAMPLES = """\b
Examples:
  glassnet index start
  glassnet release --to local      from the folder of a package
  glassnet index status
  glassnet index stop
"""


@click.group(cls=Family, epilog=EXAMPLES)
def index() -> None:
    """Practise publishing: a package index on this machine.

    It answers uploads and installs by PyPI's rules and is reachable from this machine only. What is published
    stays in one folder (GLASSNET_INDEX chooses it) until it is removed.
    """


@index.command()
@PORT
def serve(port: int) -> None:
    """Run the index here, until Ctrl-C."""
    import logging

    from ..publish.serving import serve

    handler = logging.StreamHandler()
    logger = logging.getLogger("glassnet.index")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)

    def ready(served: Served) -> None:
        _show(served)
        say("running until Ctrl-C or: glassnet index stop")

    try:
        serve(port=port, ready=ready)
    finally:
        logger.removeHandler(handler)
    say("stopped; what was published is kept")


@index.command()
@PORT
def start(port: int) -> None:
    """Run the index in the background until `glassnet index stop`."""
    from ..publish.serving import start

    _show(start(port=port))
    say("stop with  glassnet index stop")


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
            say(f"\n{name}")
            if served:
                version = newest(entry.version for entry in files)
                say(f"  install    {served.install_command(name, version, guests_of(store, name, version))}")
            for entry in files:
                say(f"  {entry.version:<9}  {store.path(entry)}")
        if projects:
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


@index.command()
@click.argument("file")
def remove(file: str) -> None:
    """Delete the published FILE, such as bent-0.1.0-py3-none-any.whl. As on PyPI its name stays used up."""
    from ..publish.serving import index_folder
    from ..publish.store import Store

    entry = Store(index_folder()).remove(file)
    say(f"removed {entry.file}. Its name stays used up: the next upload needs another version than {entry.version}")


def _show(served: Served) -> None:
    say(f"practice index at {served.url}, kept in {served.folder}")
    say(f"upload     python -P -m twine upload --config-file {served.pypirc} -r local FILES")
    say(f"install    {served.install_command('NAME', 'VERSION')}")
