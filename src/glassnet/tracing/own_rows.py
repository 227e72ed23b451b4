"""Rows that somebody hands over to see what the network does with them: values instead of row numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..errors import GlassnetError
from ..experiment import Training
from ..layers import Passed
from ..runs import inputs_of
from ..training.epochs import Snapshot
from ..wording import count
from .steps import refuse_too_much
from .witness import Seen, WatchedLayer

Array = NDArray[Any]


def are_values(rows: Any) -> bool:
    """Whether these are rows themselves and no numbers of rows: a table, or a row of it, with values in it."""
    if rows is None or isinstance(rows, int | str):
        return False
    if hasattr(rows, "iloc") or hasattr(rows, "to_frame"):  # a table, or a row of one
        return True
    try:
        values = np.asarray(rows)
    except ValueError:
        return True  # uneven rows: whoever prepares them says so
    return values.ndim > 1 or (values.ndim == 1 and len(values) > 0 and values.dtype.kind not in "iub")


def own_rows(training: Training, what: Any, X: Any, y: Any) -> Rows:
    """The rows as the network sees them, numbered -1, -2, ...; without y their targets are empty."""
    if hasattr(X, "to_frame") and not hasattr(X, "columns"):  # a row of a table, on its side
        X = X.to_frame().T.infer_objects()
    elif not hasattr(X, "iloc"):
        X = _as_rows(X)
    prepared = training.data.features.transform(inputs_of(what, X))
    index = -1 - np.arange(len(prepared))
    if y is None:
        nothing = np.empty((len(prepared), 0), training.data.dtype)
        return Rows(prepared, nothing, nothing, None, index)
    answers = np.atleast_1d(np.asarray(y, dtype=object) if isinstance(y, str) else y)
    if len(answers) != len(prepared):
        raise GlassnetError(f"{count(len(prepared), 'row')} and {count(len(answers), 'answer')}: give y one for each")
    targets = training.data.targets
    return Rows(prepared, targets.encode(answers), targets.target(answers), None, index)


def _as_rows(X: Any) -> Array:
    try:
        values = np.asarray(X)
    except ValueError:
        raise GlassnetError(
            "these rows are not all of one length: give as many values a row as were trained on"
        ) from None
    return values[None, :] if values.ndim == 1 else values


def forward_alone(training: Training, rows: Rows) -> Seen:
    """What becomes of rows without an answer: forward, as in prediction, so that nothing is dropped out."""
    if training.network.batch_norm:
        raise GlassnetError(
            "with batch normalisation a step mixes its rows, and it needs their answers: trace(..., rows=X, y=answers)"
        )
    refuse_too_much(training, rows, 1)
    network, diary, z = training.network.like(dropout=0.0, input_dropout=0.0), list[Passed](), rows.X
    for layer in network.layers:
        z = WatchedLayer(layer, diary).forward(z, False, None)[0]
    nothing = np.empty(0)
    return Seen(
        Snapshot.of(network), rows.X, rows.t, None, z.copy(), diary, nothing, nothing, 0.0,
        step=training.progress.step, epoch=len(training.progress.epochs), index=rows.index,
    )  # fmt: skip
