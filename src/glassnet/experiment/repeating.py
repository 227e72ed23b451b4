"""How to do a run again: the command as it was typed, and one with every default spelled out."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from ..data.reading import option_of
from ..installs import origin_of, version_of
from .words import SWITCHES, Experiment, flag

#: Fields that are said in another way than `--name value`.
_OTHERWISE = ("dataset", "plugins", "hidden", *SWITCHES)
_TABLE = ("target", "drop", "category", "keep", "group", "order", "reading")


def program(experiment: Experiment) -> str:
    """`glassnet`, with the one-file plugins that must be named again."""
    return shlex.join(["glassnet", *(word for path, _ in experiment.plugins for word in ("--plugin", path))])


def command_of(experiment: Experiment) -> str:
    """A `glassnet train` that leaves nothing to defaults: it means the same with any later version."""
    words = ["train", str(experiment.dataset), "--hidden", ",".join(map(str, experiment.hidden)) or "none"]
    for field in fields(experiment):
        if field.name not in _OTHERWISE:
            words += _option(field.name, getattr(experiment, field.name))
    words += [flag(name) if getattr(experiment, name) else flag(name).replace("--", "--no-") for name in SWITCHES]
    return f"{program(experiment)} {shlex.join(words)}"


def table_words(experiment: Experiment) -> list[str]:
    """What was said about a table: the words for its columns, and for how its file is written."""
    return [word for name in _TABLE for word in _option(name, getattr(experiment, name))]


def _option(name: str, value: Any) -> Iterator[str]:
    if name == "reading":
        yield from _reading(value)
        return
    for one in value if isinstance(value, tuple) else (value,):
        if one is not None:
            yield from (flag(name), str(one))


def _reading(words: tuple[str, ...]) -> Iterator[str]:
    """How a table is read, each word as its own option."""
    for word in words:
        name, _, value = word.partition("=")
        if name == "header":
            yield "--header" if value in ("yes", "true") else "--no-header"
        else:
            yield from (option_of(name), value)


def needed(provenance: Mapping[str, Any]) -> str:
    """What has to be installed first: glassnet and each guest that took part, as they are installed here where that is
    the version that was used, else that version."""
    versions = {"glassnet": provenance.get("versions", {}).get("glassnet", ""), **provenance.get("guests", {})}
    found = {name: _installed(name, version) for name, version in versions.items() if version and name != "local"}
    clones = [name for name, words in found.items() if words == CLONE]
    packages = [words for words in found.values() if words != CLONE]
    lines = [f"pip install -e .  # in a clone of {name} at {versions[name]}" for name in clones]
    return "\n".join([*lines, *[shlex.join(["pip", "install", *packages])] * bool(packages)])


CLONE = "."


def _installed(name: str, version: str) -> str:
    """What pip is given to install a distribution as it is installed here; `CLONE` where it came from a folder."""
    wanted = f"{name}=={version}"
    try:
        said = origin_of(name) if version_of(name) == version else ""
        found = json.loads(said) if said else {}
        url = str(found.get("url", ""))
    except (OSError, ValueError, AttributeError):
        return wanted
    if "dir_info" in found:
        return CLONE
    if vcs := found.get("vcs_info"):
        return f"{name} @ {vcs.get('vcs', 'git')}+{url}@{vcs.get('commit_id', '')}"
    return f"{name} @ {url}" if url.startswith("https://") else wanted
