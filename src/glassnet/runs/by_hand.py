"""What was changed by hand while a run was trained: its experiment alone is not the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GlassnetError
from ..experiment import Experiment, Training, python_of


def told(training: Training) -> dict[str, Any]:
    """For provenance.json: the experiment as it was begun, where words can say it, and each change after its epoch."""
    if not training.changes:
        return {}
    changes = [{"epoch": epoch, "setting": setting} for epoch, setting in training.changes]
    try:
        return {"by_hand": {"begun": training.begun.settings(), "changes": changes}}
    except GlassnetError:  # a function or a table in memory
        return {"by_hand": {"changes": changes}}


def take_up(training: Training, provenance: Mapping[str, Any], epochs: int | None) -> None:
    """Let a training that goes on know what was changed before; another number of epochs is one more change."""
    if found := provenance.get("by_hand"):
        training.begun, training.changes = _begun(provenance), _changes(found)
        if epochs is not None:
            training.changes.append((len(training.progress.epochs), f"epochs={epochs}"))


def program_of(provenance: Mapping[str, Any]) -> str:
    """The program in Python that makes the changes as well; empty without any, or where words can't say it."""
    found = provenance.get("by_hand", {})
    return python_of(_begun(provenance), _changes(found)) if "begun" in found else ""


def _begun(provenance: Mapping[str, Any]) -> Experiment:
    begun = Experiment().with_settings(provenance["by_hand"].get("begun", []))
    return begun.replace(plugins=tuple(map(tuple, provenance.get("plugins", []))))


def _changes(found: Mapping[str, Any]) -> list[tuple[int, str]]:
    return [(one["epoch"], one["setting"]) for one in found["changes"]]
