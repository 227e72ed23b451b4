"""How to do a run again: the command as it was typed, and one with every default spelled out."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from ..data.reading import option_of
from ..installs import origin_of, version_of
from . import telling
from .rules import SWITCHES, flag
from .settings import differing
from .words import Experiment

#: Fields that are said in another way than `--name value`.
_OTHERWISE = ("dataset", "plugins", "hidden", *SWITCHES)
LONG = 88  # letters of a line of a program
_TABLE = ("target", "drop", "category", "keep", "group", "order", "reading")


def program(experiment: Experiment) -> str:
    """`glassnet`, with the one-file plugins that must be named again."""
    return shlex.join(["glassnet", *(word for path, _ in experiment.plugins for word in ("--plugin", path))])


def command_of(experiment: Experiment, *, short: bool = False) -> str:
    """A `glassnet train` that leaves nothing to defaults: it means the same with any later version.

    The short one says only what differs from the defaults, as somebody would type it.
    """
    names = list(differing(experiment)) if short else [field.name for field in fields(experiment)]
    words = ["train", telling.need_words(experiment.dataset, "a command") if short else str(experiment.dataset)]
    if "hidden" in names:
        words += ["--hidden", ",".join(map(str, experiment.hidden)) or "none"]
    for name in names:
        if name not in _OTHERWISE:
            value = getattr(experiment, name)
            words += _option(name, telling.need_words(value, "a command") if short else value)
    words += [
        flag(name) if getattr(experiment, name) else flag(name).replace("--", "--no-")
        for name in SWITCHES if name in names
    ]  # fmt: skip
    return f"{program(experiment)} {shlex.join(words)}"


def python_of(experiment: Experiment, changes: Sequence[tuple[int, str]] = ()) -> str:
    """The program in Python that trains the same, and says only what differs from the defaults.

    With the `changes` that were made by hand after so many epochs each, to an experiment as it was `begun`, it makes
    them as well: `python_of(training.begun, training.changes)`.
    """
    files = [path for path, _ in experiment.plugins]
    values = {name: getattr(experiment, name) for name in dict.fromkeys(["dataset", *differing(experiment)])}
    words = [f"{name}={telling.in_python(value)}" for name, value in values.items()]
    names = ["Catalog"] * bool(files) + ["Experiment", "run"]
    lines = [f"from glassnet import {', '.join(names)}", "", _call("experiment = Experiment", words)]
    catalog = f", Catalog.discover(files={json.dumps(files, ensure_ascii=False)})" if files else ""
    lines.append(f"training = run(experiment{catalog})")
    if changes:
        each = (f"    ({epoch}, {json.dumps(setting, ensure_ascii=False)})," for epoch, setting in changes)
        lines += ["changes = [  # after so many epochs", *each, "]", "for epoch, setting in changes:"]
        lines.append("    training = training.until(epoch).changed(setting)")
    return "\n".join([*lines, "training.finish()", "print(training.scores())", ""])


def _call(name: str, words: Sequence[str]) -> str:
    """A call in one line, or with an argument a line where that would be too long."""
    line = f"{name}({', '.join(words)})"
    return line if len(line) <= LONG else "\n".join([f"{name}(", *(f"    {word}," for word in words), ")"])


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
