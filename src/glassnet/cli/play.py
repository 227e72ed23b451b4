"""`glassnet play`: the page on which a network is built, trained and looked through by hand."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from .choices import choices, experiment_options
from .edge import say
from .sections import command, section

if TYPE_CHECKING:
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet play
  glassnet play spirals --hidden 32,32 --optimizer adam:lr=0.01
  glassnet play penguins.csv --target species
  glassnet --plugin swish.py play moons --activation swish
"""


@command(epilog=EXAMPLES)
@experiment_options
@section(
    "The page",
    click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on  [any]."),
    click.option("--no-open", is_flag=True, help="Only say where it is; open no browser."),
    click.option("--present", is_flag=True, help="Large type, one screen: for a projector."),
)
@click.pass_obj
def play(
    host: Host, dataset: str | None, config: Path | None, settings: tuple[str, ...], port: int, no_open: bool,
    present: bool, **words: Any,
) -> None:  # fmt: skip
    """Build and train a network on a page, and look through it.

    The page opens in the browser and is served from this machine alone, until Ctrl-C. DATASET and the other choices
    are those of `glassnet train`; without any it opens with two half moons.
    """
    from ..playground.processes import early
    from ..playground.serving import HOST, Serving
    from ..ports import listening

    given = choices(dataset, words)

    def opening() -> dict[str, Any]:
        return _opening(given, config, settings)

    typed = bool(opening())  # what can be seen to be wrong is said before a server begins
    start = {
        "files": [str(file) for file in host.files], "without": list(host.without), "guests": host.guests,
        "open": not no_open,
    }  # fmt: skip
    # Three begin at once: what serves is loaded here, what trains in its own process, and the browser in another.
    with suppress(KeyboardInterrupt), listening(HOST, port) as listener, early(start) as process:
        serving = Serving.at(listener)

        def ready() -> None:
            _say_where(serving.address(present), no_open)

        if not typed:
            ready()
        from ..playground.server import serve

        serve(start, opening, listener, serving, process, ready if typed else lambda: None)
    say("stopped")


def _say_where(address: str, no_open: bool) -> None:
    say(f"playground at {address}")
    say("running until Ctrl-C")
    if not no_open:
        import threading
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()  # some wait for their end


def _opening(given: dict[str, Any], config: Path | None, settings: tuple[str, ...]) -> dict[str, Any]:
    """What a new tab begins with, in plain data: what was typed, and the content of a table; empty for nothing."""
    if not (given or config or settings):
        return {}
    typed: dict[str, Any] = {"given": dict(given), "config": str(config) if config else None, "settings": settings}
    from ..data.sources import existing, is_table_path
    from ..playground.serving import LARGEST_TABLE

    dataset = str(given.get("dataset", ""))
    if not is_table_path(dataset):
        return {"typed": typed}
    path = existing(dataset)
    if path.stat().st_size > LARGEST_TABLE:
        raise GlassnetError(f"{path} has more than {LARGEST_TABLE // 1_000_000} MB, which is the most for a page")
    typed["table"] = typed["given"]["dataset"] = path.name
    return {"typed": typed, "content": path.read_bytes()}
