"""What to try, as something that can be pasted: the run's own command with the change, or the same in Python."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..catalog import Phrase
from ..errors import GlassnetError, join
from ..experiment import SWITCHES, Experiment, flag
from ..findings import Finding, Remedy, Severity
from ..runs import Run

_ROWS_OF_FULL = 1e12  # more than any batch


def finding(
    name: str, severity: Severity, number: float, words: str, remedies: Sequence[Remedy], run: Run, command: bool = True
) -> Finding:
    """A finding whose remedies are told: each in words with its options, the first as a whole command."""
    return Finding(name, severity, number, words, told(remedies, run, command), remedies=tuple(remedies))


def told(remedies: Sequence[Remedy], run: Run, command: bool = True) -> str:
    """`--dropout 0.2 (0.1 to 0.5 is usual), or ...: glassnet train ... --dropout 0.2`."""
    said = ", or ".join(in_words(remedy, run) for remedy in remedies)
    changes = remedies[0].changes if remedies else {}
    pasted = again(run, changes) if command and changes else ""
    return f"{said}: {pasted}" if pasted else said


def in_words(remedy: Remedy, run: Run) -> str:
    """Its options, and why these in brackets."""
    options = " ".join(_options(remedy.changes) if run.said_by is None else run.said_by(remedy.changes))
    return f"{options} ({remedy.words})" if options and remedy.words else options or remedy.words


def again(run: Run, changes: Mapping[str, str]) -> str:
    """The command that trains once more with these changes; in Python where no command was typed."""
    if run.said_by is not None:
        return ""
    typed = shlex.split(str(run.provenance.get("command", "")))
    if "train" not in typed or "--resume" in typed:
        return f"run(experiment.with_settings({settings_of(run.experiment, changes)}))"
    return f"{shlex.join(_without(typed, changes))} {' '.join(_options(changes))}"


def _options(changes: Mapping[str, str]) -> list[str]:
    """The changes as options of `glassnet train`."""
    words = []
    for name, value in changes.items():
        if name in SWITCHES:
            words.append(flag(name) if value == "true" else flag(name).replace("--", "--no-"))
        elif "." in name or value == "none":
            words.append(f"--set {name}={value}")
        else:
            words.append(f"{flag(name)} {shlex.quote(value)}")
    return words


def _without(typed: list[str], changes: Mapping[str, str]) -> list[str]:
    """The words of a command without what the changes say anew, and without what came of it."""
    fields = {name.partition(".")[0] for name in changes}
    flags = {flag(name) for name in changes if "." not in name}
    switches = {word for name in fields if name in SWITCHES for word in (flag(name), flag(name).replace("--", "--no-"))}
    kept, words = [], iter(typed)
    for word in words:
        name, equals, value = word.partition("=")
        if word in switches:
            continue
        if name in flags:
            if not equals:
                next(words, None)
        elif name == "--set":
            setting = value if equals else next(words, "")
            if setting.partition("=")[0] not in changes:
                kept += ["--set", setting]
        else:
            kept.append(word)
    return kept


def changed(experiment: Experiment, remedy: Remedy) -> Experiment:
    """The experiment with a remedy's changes."""
    return experiment.with_settings(settings_of(experiment, remedy.changes))


def settings_of(experiment: Experiment, changes: Mapping[str, str]) -> list[str]:
    """The changes as `--set` writes them. With another number of layers, what is chosen layer by layer is chosen anew:
    one activation for all, and its own initial weights."""
    settings = [f"{name}={value}" for name, value in changes.items()]
    layers = 0 if changes.get("hidden") == "none" else len(changes.get("hidden", "").split(","))
    if "hidden" in changes and layers != len(experiment.hidden):
        first = [str(one) for one in experiment.activation[:1]] or ["relu"]
        settings += [f"activation={first[0] if layers else 'none'}"] * ("activation" not in changes)
        settings += ["initializer=none"] * ("initializer" not in changes)
    return settings


# --- remedies that go together -------------------------------------------------------------------------------


def consistent(findings: Sequence[Finding], run: Run) -> list[Finding]:
    """The findings without remedies that undo what is said further up: the cause has the first word.

    A number can't be wanted larger and smaller at once, nor two parts in one place.
    """
    said: dict[str, float | str] = {}
    kept = []
    for one in findings:
        agreed = tuple(remedy for remedy in one.remedies if _agrees(remedy, said, run.experiment))
        for remedy in agreed:
            for name, value in remedy.changes.items():
                said.setdefault(name, direction(run.experiment, name, value))
        if len(agreed) < len(one.remedies):
            words = told(agreed, run, ": " in one.what_to_try) if agreed else "what is said above first"
            one = replace(one, remedies=agreed, what_to_try=words)
        kept.append(one)
    return kept


def _agrees(remedy: Remedy, said: dict[str, float | str], experiment: Experiment) -> bool:
    ways = {name: direction(experiment, name, value) for name, value in remedy.changes.items()}
    return all(said.get(name, way) == way for name, way in ways.items())


def direction(experiment: Experiment, name: str, value: str) -> float | str:
    """1.0 where a change makes a number larger, -1.0 where smaller; of a part, what it is changed to."""
    before, after = size(experiment, name), _size(value)
    if before is None or after is None:
        return value
    return 1.0 if after > before else -1.0


def size(experiment: Experiment, name: str) -> float | None:
    """A setting of the experiment as one number, where it is one: the widths by their product."""
    field, _, option = name.partition(".")
    value = getattr(experiment, field)
    if option:
        return _size(Phrase.parse(str(value)).option(option))
    return 0.0 if value is None and field.startswith(("l1", "l2", "drop")) else _size(value)


def _size(value: object) -> float | None:
    if value in (None, "none", ()):
        return None
    if value == "full":
        return _ROWS_OF_FULL
    parts = value if isinstance(value, tuple) else str(value).split(",")
    try:
        product = 1.0
        for part in parts:
            product *= float(part)
        return product
    except (TypeError, ValueError):
        return None


def possible(run: Run, remedies: Iterable[Remedy]) -> Iterator[Remedy]:
    """Those whose words an experiment takes, and that change something."""
    for remedy in remedies:
        try:
            if not remedy.changes or changed(run.experiment, remedy) != run.experiment:
                yield remedy
        except GlassnetError:
            continue


def names_of(findings: Iterable[Finding]) -> str:
    """`dead units, underfit`."""
    return join([one.name for one in findings])
