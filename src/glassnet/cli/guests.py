"""`glassnet plugins` and `glassnet doctor`: whose plugins are here, how they are, and what to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError, did_you_mean, join
from ..tables import Table, width_of_output
from ..wording import duration, significant
from .edge import say, style
from .host import Host
from .sections import command
from .types import PluginType

if TYPE_CHECKING:
    from ..catalog import Catalog, Guest

_STATE_COLOURS = {"ok": "green", "quarantined": "red", "incompatible": "red", "blocked": "yellow"}


PLUGINS_EXAMPLES = """\b
Examples:
  glassnet plugins
  glassnet plugins --no-load
  glassnet --without glassnet-lion plugins --json
"""


@command(epilog=PLUGINS_EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects for machines.")
@click.option("--no-load", is_flag=True, help="Look at metadata alone: import nothing.")
@click.pass_obj
def plugins(host: Host, as_json: bool, no_load: bool) -> None:
    """List installed plugins and whether each could be loaded."""
    catalog = host.discover(load=not no_load)
    if as_json:
        import json

        say(json.dumps([_as_json(guest) for guest in catalog.guests], indent=2))
    elif catalog.guests:
        _print_guests(catalog.guests)
    else:
        say("No plugins are installed. One file of your own is one already: glassnet --plugin FILE.py list")
    host.enforce(catalog)


DOCTOR_EXAMPLES = """\b
Examples:
  glassnet doctor
  glassnet doctor glassnet-lion
  glassnet --plugin bent.py doctor
"""


@command(epilog=DOCTOR_EXAMPLES)
@click.argument("name", type=PluginType(), required=False)
@click.pass_obj
def doctor(host: Host, name: str | None) -> None:
    """Say what is wrong with plugins, and what to do.

    And what glassnet runs on; with NAME, one plugin in full.
    """
    catalog = host.discover()
    lines = _environment() + _health(catalog) if name is None else _one_guest(catalog, name)
    for line in lines:
        say(line)
    host.enforce(catalog)


def _as_json(guest: Guest) -> dict[str, object]:
    return {
        "distribution": guest.distribution,
        "version": guest.version,
        "entry_points": list(guest.entry_points),
        "state": guest.state,
        "reason": guest.reason,
        "ms": guest.ms,
    }


def _print_guests(guests: list[Guest]) -> None:
    rows = [
        (
            guest.distribution,
            guest.version,
            guest.state or "not loaded",
            significant(guest.ms),
            guest.reason or guest.file,
        )
        for guest in guests
    ]
    lines = Table(("DISTRIBUTION", "VERSION", "STATE", "MS", "REASON"), rows, left=("VERSION",)).lines(
        width_of_output()
    )
    say(style(lines[0], bold=True))
    for guest, line in zip(guests, lines[1:], strict=True):
        say(style(line, fg=_STATE_COLOURS.get(guest.state or "")))
    if any(guest.state in ("quarantined", "incompatible") for guest in guests):
        say("\nWhat to do about each: glassnet doctor")


def _environment() -> list[str]:
    import platform

    import numpy as np

    from .. import __version__

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versions = [("glassnet", __version__), ("Python", f"{platform.python_version()} on {platform.platform()}")]
    versions += [("NumPy", f"{np.__version__} with {blas.get('name')} {blas.get('version')}")]
    versions += [(package, _version(package)) for package in ("click", "pluggy")]
    versions += _folders()
    return [style("Environment", bold=True), *(f"  {name:<13} {value}" for name, value in versions)]


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _folders() -> list[tuple[str, str]]:
    from ..data.downloads import cache_folder

    mirror = os.environ.get("GLASSNET_DATA_MIRROR") or "none: data come from their publishers"
    runs = Path(os.environ.get("GLASSNET_RUNS") or "runs").resolve()
    return [("data cache", str(cache_folder())), ("data mirror", mirror), ("runs folder", str(runs))]


def _health(catalog: Catalog) -> list[str]:
    lines = ["", style("Plugins", bold=True)]
    counts = {state: sum(guest.state == state for guest in catalog.guests) for state in _STATE_COLOURS}
    summary = join(f"{count} {state}" for state, count in counts.items() if count)
    lines.append(f"  {summary or 'none installed'}")
    for guest in catalog.guests:
        if guest.reason and guest.state != "blocked":
            lines.append(f"  {guest} is {guest.state}: {guest.reason}. What to do: {guest.remedy}.")
    return lines + _near_misses() + _clashes(catalog)


def _near_misses() -> list[str]:
    from ..catalog import near_miss_groups

    return [
        f"  {miss.distribution} declares entry points in the group {miss.group!r}, which glassnet does not read: "
        f"write [project.entry-points.glassnet] in its pyproject.toml and install it again."
        for miss in near_miss_groups()
    ]


def _clashes(catalog: Catalog) -> list[str]:
    from ..catalog import ambiguous_names, refusal

    lines = []
    for group in ambiguous_names(catalog):
        first = group[0]
        names = join(part.full_name for part in group)
        meaning = f"{first.name!r} alone means ours" if first.distribution == "glassnet" else "write the full name"
        lines.append(f"  {first.kind} {first.name!r} has {len(group)} providers ({names}): {meaning}.")
    return lines + [f"  {words}." for part in catalog.parts("command") if (words := refusal(part))]


def _one_guest(catalog: Catalog, name: str) -> list[str]:
    from ..catalog import canonical

    found = [guest for guest in catalog.guests if guest.distribution == canonical(name)]
    if not found:
        names = [guest.distribution for guest in catalog.guests]
        known = f"Installed: {join(names)}" if names else "None is installed"
        raise GlassnetError(f"there is no plugin {name!r}.{did_you_mean(name, names)} {known}")
    lines: list[str] = []
    for guest in found:
        lines += [style(str(guest), bold=True), f"  state         {guest.state} ({duration(guest.ms / 1000)})"]
        lines += [f"  entry point   {point}" for point in guest.entry_points]
        lines += [f"  sha256        {guest.sha256}"] if guest.sha256 else []
        lines += [f"  reason        {guest.reason}", f"  what to do    {guest.remedy}"] if guest.reason else []
    lines += [] if found[0].file else _contents(found[0])
    provided = [part for part in catalog.parts() if part.distribution == found[0].distribution]
    return lines + [f"  {part.kind:<13} {part.full_name}  ({part.where})" for part in provided]


def _contents(guest: Guest) -> list[str]:
    """Where a package's files are, its modules, and what those that are loaded offer: names without an underscore."""
    lines = [f"  installed     {_how(guest.distribution)}"]
    packages = {point.partition(" = ")[2].partition(":")[0].partition(".")[0] for point in guest.entry_points}
    for package in sorted(packages):
        for module in _modules(package):
            lines.append(f"  module        {module}{_members(module)}")
    return lines


def _how(distribution: str) -> str:
    """From a folder, whose files count as they are now, or as a copy of what was built."""
    import json

    from ..installs import origin_of

    try:
        origin = json.loads(origin_of(distribution) or "{}")
    except (ValueError, ImportError):
        origin = {}
    folder = str(origin.get("url", "")).removeprefix("file://")
    if origin.get("dir_info", {}).get("editable"):
        return f"editable: what changes in {folder} counts at once"
    return (
        f"a copy{f', made from {folder}' if folder else ''}: what changes elsewhere counts once it is installed again"
    )


def _modules(package: str) -> list[str]:
    """Its modules by name, in any depth; nothing is imported for that."""
    import sys
    from pkgutil import walk_packages

    module = sys.modules.get(package)
    if module is None:
        return []
    inside = walk_packages(getattr(module, "__path__", []), f"{package}.", onerror=lambda name: None)
    return [package, *sorted(one.name for one in inside)]


def _members(name: str) -> str:
    """Its own public names; empty for a module that was not loaded."""
    import sys

    module = sys.modules.get(name)
    if module is None:
        return "  (not loaded)"
    own = [
        word for word, value in vars(module).items()
        if not word.startswith("_") and getattr(value, "__module__", None) == name
    ]  # fmt: skip
    return f": {join(own)}" if own else ""
