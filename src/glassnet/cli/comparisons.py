"""A comparison as plain data, for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..comparing import EngineComparison, RunComparison, Side


def engines_as_json(result: EngineComparison) -> dict[str, Any]:
    """All figures of every library, each step's among them."""
    import json

    return {
        "experiment": json.loads(result.experiment.to_json()),
        "steps": result.steps,
        "batch_size": result.batch_size,
        "judged": result.judged,
        "agrees": result.agrees,
        "engines": [_side_as_json(result, side) for side in (result.own, *result.others)],
        "remarks": result.remarks,
    }


def _side_as_json(result: EngineComparison, side: Side) -> dict[str, Any]:
    return {
        "engine": side.name,
        "version": side.version,
        "agrees": side.agrees,
        "limit": side.limit,
        "largest": {"loss": max(side.loss), "weights": max(side.weights), "outputs": side.outputs},
        "farthest_step": side.farthest_step,
        "steps": {"loss": side.loss, "weights": side.weights},
        "weights_at_end": side.end,
        "scores": dict(side.scores),
        "seconds": side.seconds,
        "seconds_an_epoch": side.seconds_an_epoch,
        "ratio": result.ratio(side),
        "remarks": side.remarks,
    }


def runs_as_json(result: RunComparison) -> dict[str, Any]:
    """Scores, intervals and differences of each run, and the settings in which they differ."""
    return {"runs": [_run_as_json(result, i) for i in range(len(result.runs))], "settings": result.settings}


def _run_as_json(result: RunComparison, number: int) -> dict[str, Any]:
    from dataclasses import asdict

    apart = {name: values[number] for name, values in result.differences.items()}
    return {
        "run": str(result.runs[number].folder),
        "judged": result.judged,
        "same_rows": result.same_rows[number],
        "scores": {name: values[number] for name, values in result.scores.items()},
        "intervals": {name: values[number] for name, values in result.intervals.items()},
        "differences": {name: one and asdict(one) | {"clear": one.exceeds} for name, one in apart.items()},
    }
