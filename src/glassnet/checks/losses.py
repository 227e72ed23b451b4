"""What a loss promises: one number a row, a gradient that is the slope of exactly that number, and words where it
can't be computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..kinds import TASKS, Loss
from ..probes import minds_company
from ..slopes import RULE, own_slopes
from ..wording import exact
from .cases import Call, Case, NotApplicable, Refused, require_functions, require_points
from .running import Promise

Array = NDArray[Any]

_ROWS = 12
#: task -> how many target columns it is tried with; what it is meant for comes first.
_COLUMNS = {"binary": (1, 3), "multiclass": (3, 1), "multilabel": (3, 1), "regression": (1, 3)}


@dataclass(frozen=True)
class Sample:
    """Scores z and outputs y = output(z), both (n, k), beside targets t (n, c)."""

    z: Array
    y: Array
    t: Array


def _samples(case: Case, size: float = 2.0, dtype: Any = np.float64) -> list[Sample]:
    """Rows as the loss meets them in training, for each number of target columns that it takes."""
    bag: Loss = case.bag
    output = case.activation(bag.output).f
    found: list[Sample] = []
    for columns in _COLUMNS[bag.task]:
        if bag.task == "multiclass" and columns == 1 and bag.width(1) == 1:
            continue  # one class in one column: there is nothing to tell apart
        rng = np.random.default_rng(7)
        z = (size * rng.standard_normal((_ROWS, bag.width(columns)))).astype(dtype)
        sample = Sample(z, np.asarray(output(z.copy())), _targets(bag, columns, rng).astype(dtype))
        try:
            bag.value(sample.y.copy(), sample.t.copy())
        except (ValueError, GlassnetError):
            if not found:  # not even what it is meant for
                raise
            continue
        found.append(sample)
    return found


def _targets(bag: Loss, columns: int, rng: np.random.Generator) -> Array:
    if bag.task == "regression":
        numbers = rng.standard_normal((_ROWS, columns))
        return rng.poisson(2, (_ROWS, columns)) if bag.targets == "nonnegative" else numbers
    if bag.task == "multiclass" and columns > 1:
        return np.eye(columns)[np.arange(_ROWS) % columns]
    return rng.integers(0, 2, (_ROWS, columns))


def whole(case: Case, bag: Loss) -> None:
    """It has both functions, a task, and an output layer that exists."""
    if bag.task not in TASKS:
        raise Refused(f"its task is {bag.task!r}: expected one of {join(TASKS)}")
    require_functions(value=bag.value, grad=bag.grad)
    _require_answer(bag)
    try:
        case.activation(bag.output)
    except GlassnetError as error:
        raise Refused(f"its output is {bag.output!r}: {error}") from error


def _require_answer(bag: Loss) -> None:
    """Outputs of which there are more, or fewer, than target columns are no numbers until predict makes them so."""
    if bag.task != "regression" or bag.predict is not None:
        return
    for columns in _COLUMNS[bag.task]:
        if (outputs := bag.width(columns)) != columns:
            raise Refused(
                f"width({columns}) is {outputs} and there is no predict: expected predict=, from outputs "
                f"(n, {outputs}) to the point prediction (n, {columns})"
            )


def calls(case: Case, bag: Loss) -> Iterator[Call]:
    """Every function of the bag, for each number of target columns."""
    for sample in _samples(case):
        for name, function, inputs in _functions(bag, sample):
            first = "z" if name.startswith("score") else "y"
            yield Call(f"{name}({first}, t)", function, {first: inputs, "t": sample.t})
        if bag.predict is not None:
            yield Call("predict(y)", bag.predict, {"y": sample.y})
        if bag.further is not None:
            units = {"mean": np.arange(sample.t.shape[1]) + 1.0, "scale": np.arange(sample.t.shape[1]) + 2.0}
            yield Call("further(y, mean, scale)", bag.further, {"y": sample.y} | units)


def _functions(bag: Loss, sample: Sample) -> Iterator[tuple[str, Callable[[Array, Array], Array], Array]]:
    yield "value", bag.value, sample.y
    yield "grad", bag.grad, sample.y
    if bag.score_value is not None:
        yield "score_value", bag.score_value, sample.z
    if bag.score_grad is not None:
        yield "score_grad", bag.score_grad, sample.z


#: What every column twice makes of a row's number, where it is made of its columns in that way.
_TWICE = {"mean": 1.0, "sum": 2.0, "root of the sum": 2**0.5}


def rowwise(case: Case) -> str:
    """Averages and weights belong to the trainer: a row has its own number, the mean over its columns or their sum.

    Which of them is seen from what it does, and not from how its docstring says so; `gradient` sees to the rest.
    """
    ways: set[str] = set()
    for sample in _samples(case):
        for name, function, inputs in _functions(case.bag, sample):
            whole = np.asarray(function(inputs.copy(), sample.t.copy()))
            wanted = (_ROWS,) if name.endswith("value") else inputs.shape
            if whole.shape != wanted:
                raise Refused(f"{name} of {_ROWS} rows has shape {whole.shape}, expected {wanted}")
            for row in range(_ROWS):
                alone = np.asarray(function(inputs[row : row + 1].copy(), sample.t[row : row + 1].copy()))
                if not np.allclose(alone[0], whole[row], rtol=1e-9, atol=1e-12):
                    raise Refused(
                        f"{name} of row y = {_row(sample.y[row])}, t = {_row(sample.t[row])} is {_row(alone[0])} alone "
                        f"and {_row(whole[row])} among {_ROWS} rows: rows mix, or it was divided by their number"
                    )
        ways |= _over_columns(case.bag, sample)
        _require_prediction(case.bag, sample)
    if len(ways) > 1:
        raise Refused(
            f"a row's number is the {' and the '.join(sorted(ways))} over its columns, depending on how many there are"
        )
    return "".join(f"the {way} over columns" for way in ways)


def _over_columns(bag: Loss, sample: Sample) -> set[str]:
    """How a row's number is made of its columns; nothing is asked where columns share one truth."""
    if bag.task == "multiclass" or sample.y.shape != sample.t.shape:
        return set()
    once = np.asarray(bag.value(sample.y.copy(), sample.t.copy()))
    twice = np.asarray(bag.value(np.hstack([sample.y, sample.y]), np.hstack([sample.t, sample.t])))
    ways = {way for way, factor in _TWICE.items() if np.allclose(factor * once, twice, rtol=1e-9, atol=1e-12)}
    if not ways:
        raise Refused(
            f"value of y = {_row(sample.y[0])}, t = {_row(sample.t[0])} is {exact(once[0])}, "
            f"and {exact(twice[0])} with every column twice: a row's number is the mean over its columns, or their sum"
        )
    return ways if len(ways) == 1 else set()  # all of them where the numbers are 0


def _require_prediction(bag: Loss, sample: Sample) -> None:
    if bag.predict is None:
        return
    found = np.asarray(bag.predict(sample.y.copy()))
    columns = sample.t.shape[1]
    expected = [sample.t.shape] if bag.task == "regression" and columns > 1 else [(_ROWS,), sample.t.shape]
    if found.shape not in expected:
        raise Refused(f"predict of {_ROWS} rows has shape {found.shape}, expected {' or '.join(map(str, expected))}")
    if bag.further is None:
        return
    for name, values in bag.further(sample.y.copy(), np.zeros(columns), np.ones(columns)).items():
        if np.shape(values) != (_ROWS,) or not np.isfinite(values).all():
            raise Refused(
                f"further of {_ROWS} rows has {name!r} of shape {np.shape(values)}: expected {(_ROWS,)}, finite"
            )


def gradient(case: Case) -> str:
    """Training goes down `grad`, so it has to be the slope of `value`: a factor too many changes every result."""
    points = sum(_hold(case.bag.value, case.bag.grad, sample.y, sample.t, "grad", "y") for sample in _samples(case))
    return f"{points} points"


def _hold(value: Any, grad: Any, x: Array, t: Array, name: str, letter: str) -> int:
    found = np.asarray(grad(x.copy(), t.copy()))
    if found.shape != x.shape:
        raise Refused(f"{name} has shape {found.shape} for {letter} of shape {x.shape}")
    slopes = own_slopes(lambda moved: value(moved, t.copy()), x)
    require_points(slopes, "the loss")
    worst = slopes.disagreement(found, x)
    if worst is not None:
        row, column = worst
        of = "score_value" if name == "score_grad" else "value"
        raise Refused(
            f"{name} at {letter} = {_row(x[row])}, t = {_row(t[row])}, column {column + 1}: it gives "
            f"{exact(found[worst])}, central differences of {of} give {exact(slopes.central[worst])}, "
            f"which is {RULE}"
        )
    return int((~slopes.kink).sum())


def score_pair(case: Case) -> None:
    """`score_value` and `score_grad` are the same loss written in scores: they have to agree with value and grad."""
    bag: Loss = case.bag
    if bag.score_value is None and bag.score_grad is None:
        raise NotApplicable("it gives no score_value and score_grad")
    if bag.score_value is None or bag.score_grad is None:
        given = "score_grad" if bag.score_value is None else "score_value"
        raise Refused(f"it gives {given} alone: the two are used together, or not at all")
    for size in (1.0, 4.0):
        for sample in _samples(case, size):
            by_scores = np.asarray(bag.score_value(sample.z.copy(), sample.t.copy()))
            by_outputs = np.asarray(bag.value(sample.y.copy(), sample.t.copy()))
            apart = np.abs(by_scores - by_outputs) - (1e-9 + 1e-7 * np.abs(by_outputs))
            if not (apart <= 0).all():
                row = int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))
                raise Refused(
                    f"at z = {_row(sample.z[row])}, t = {_row(sample.t[row])}: score_value gives "
                    f"{exact(by_scores[row])}, value of {bag.output}(z) gives {exact(by_outputs[row])}"
                )
            _hold(bag.score_value, bag.score_grad, sample.z, sample.t, "score_grad", "z")


def finite(case: Case) -> None:
    """A confident network has outputs of exactly 0 and 1: numbers stay finite there, and outside of what the loss can
    take it raises ValueError in words."""
    bag: Loss = case.bag
    for wanted in (np.float64, np.float32):
        for size in (0.0, 30.0, 1000.0):
            for sample in _samples(case, size, wanted):
                _require_finite(bag, sample)
    _require_words(case)


def _require_finite(bag: Loss, sample: Sample) -> None:
    for name, function, inputs in _functions(bag, sample):
        result = np.asarray(function(inputs.copy(), sample.t.copy()))
        bad = ~np.isfinite(result)
        if bad.any():
            row = int(np.argwhere(bad)[0][0])
            raise Refused(
                f"{name} at z = {_row(sample.z[row])} (outputs {_row(sample.y[row])}), t = {_row(sample.t[row])} is "
                f"{_row(result[row])} in {sample.z.dtype}: expected finite numbers"
            )


def _require_words(case: Case) -> None:
    """Outside of its domain a loss may give a number or refuse; NaN, infinity and a riddle are neither."""
    sample = _samples(case)[0]
    for what, y, t in (
        ("y = -0.5", np.full_like(sample.y, -0.5), sample.t),
        ("y = 1.5", np.full_like(sample.y, 1.5), sample.t),
        ("t = -1", sample.y, np.full_like(sample.t, -1)),
        ("t = 7", sample.y, np.full_like(sample.t, 7)),
    ):
        for name, function in (("value", case.bag.value), ("grad", case.bag.grad)):
            try:
                result = np.asarray(function(y.copy(), t.copy()))
            except (ValueError, GlassnetError) as error:
                if len(str(error).split()) < 3:
                    raise Refused(f"{name} at {what} refuses with {str(error)!r}: say in words what it needs") from None
                continue
            if not np.isfinite(result).all():
                bad = result[~np.isfinite(result)].flat[0]
                raise Refused(
                    f"{name} at {what} is {bad}: expected a finite number, or ValueError that says what outputs or "
                    "targets it needs"
                )


def dtype(case: Case) -> None:
    """A float32 network that meets float64 loses its speed: the dtype that comes in goes out."""
    for wanted in (np.float32, np.float64):
        for sample in _samples(case, dtype=wanted):
            for name, function, inputs in _functions(case.bag, sample):
                found = np.asarray(function(inputs.copy(), sample.t.copy())).dtype
                if found != wanted:
                    raise Refused(f"{name} turns {np.dtype(wanted)} into {found}")


def _row(values: Any) -> str:
    values = np.asarray(values, dtype=float)
    return exact(float(values)) if values.ndim == 0 else "[" + ", ".join(exact(value, 4) for value in values) + "]"


def stackable(case: Case) -> None:
    """Networks side by side hand over their rows as one table: what is beside a row changes not a bit of its number."""
    for sample in _samples(case):
        for name, function, inputs in _functions(case.bag, sample):
            far = inputs * 100 if name.startswith("score") else inputs  # where outputs are 0 and 1 to the last digit
            rows = np.concatenate([inputs, far]), np.concatenate([sample.t, sample.t])
            if trouble := minds_company(function, rows[0], given=rows[1]):
                raise Refused(f"{name}: {trouble}")


PROMISES = tuple(Promise(test) for test in (rowwise, gradient, score_pair, finite, dtype, stackable))
