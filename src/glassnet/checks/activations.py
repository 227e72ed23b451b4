"""What an activation promises: its slope is that of its formula, and it keeps shape, dtype and calm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..backward import derived_vjp
from ..errors import GlassnetError
from ..kinds import Activation
from ..probes import minds_company
from ..slopes import RULE, Slopes, own_slopes, slopes_of_sum
from ..wording import exact
from .cases import Call, Case, NotApplicable, Refused, require_functions, require_points
from .running import Promise

Array = NDArray[Any]

_FAR = [-20.0, -12.0, -10.0, -8.0, 8.0, 10.0, 12.0, 20.0]
SCORES = np.concatenate([np.linspace(-6, 6, 97), _FAR]).reshape(35, 3)
LARGE = np.array([[-1000.0, 1000.0, 0.0], [1000.0, 1000.0, -1000.0], [-1000.0, -1000.0, -1000.0], [100.0, -100.0, 1.0]])


def whole(case: Case, bag: Activation) -> None:
    """It has a formula, and one slope at most."""
    if bag.df is not None and bag.vjp is not None:
        raise Refused("it gives both df and vjp: only one of them can be its slope")
    require_functions(f=bag.f)


def calls(case: Case, bag: Activation) -> Iterator[Call]:
    """Every function of the bag, on scores of two sizes."""
    for words, z in (("z", SCORES), ("other z", SCORES[::-1] / 3 + 0.1)):
        yield Call(f"f({words})", bag.f, {"z": z})
        a = np.array(bag.f(z.copy()))
        if bag.df is not None:
            yield Call(f"df({words}, a)", bag.df, {"z": z, "a": a})
        if bag.vjp is not None:
            yield Call(f"vjp({words}, a, upstream)", bag.vjp, {"z": z, "a": a, "upstream": np.cos(z)})


def slope(case: Case) -> str:
    """Training follows the slope, so `df` has to be the slope of `f`: it is held against differences, off kinks."""
    bag: Activation = case.bag
    if bag.df is None:
        raise NotApplicable("it gives no df: see jacobian or derived-slope")
    found = np.asarray(bag.df(SCORES.copy(), bag.f(SCORES.copy())))
    if found.shape != SCORES.shape:
        raise Refused(f"df turns scores of shape {SCORES.shape} into slopes of shape {found.shape}")
    slopes = own_slopes(bag.f, SCORES)
    require_points(slopes, "f(z)")
    worst = slopes.disagreement(found, SCORES)
    if worst is not None:
        raise Refused(
            f"slope at z = {exact(SCORES[worst])}: df gives {exact(found[worst])}, central differences give "
            f"{exact(slopes.central[worst])}, which is {RULE}"
        )
    left_out = int(slopes.kink.sum())
    return f"{SCORES.size - left_out} points" + (f", {left_out} at kinks left out" if left_out else "")


def _held_against_jacobian(case: Case, vjp: Any, name: str) -> str:
    rng = np.random.default_rng(3)
    for size in (1.0, 4.0):
        z, upstream = size * rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
        a = case.bag.f(z.copy())
        found = np.asarray(vjp(z.copy(), a, upstream.copy()))
        if found.shape != z.shape:
            raise Refused(f"{name} turns an upstream of shape {z.shape} into one of shape {found.shape}")
        slopes = slopes_of_sum(case.bag.f, z, upstream)
        require_points(slopes, "f(z)")
        _compare_way_back(slopes, found, z, name)
    return "24 points"


def _compare_way_back(slopes: Slopes, found: Array, z: Array, name: str) -> None:
    worst = slopes.disagreement(found, z)
    if worst is not None:
        raise Refused(
            f"the slope of sum(upstream * f(z)) in column {worst[1] + 1} of the row z = {_row(z[worst[0]])}: {name} "
            f"gives {exact(found[worst])}, central differences give {exact(slopes.central[worst])}, "
            f"which is {RULE}"
        )


def _row(values: Array) -> str:
    return "[" + ", ".join(exact(value, 4) for value in values) + "]"


def jacobian(case: Case) -> str:
    """Where columns mix, `vjp` has to be the upstream slope times the whole Jacobian of `f`."""
    if case.bag.vjp is None:
        raise NotApplicable("it gives no vjp: its slope is one number for each element")
    return _held_against_jacobian(case, case.bag.vjp, "vjp")


def derived_slope(case: Case) -> str:
    """autograd derives the slope only of what is written with autograd.numpy; from the rest it can make a silent 0."""
    bag: Activation = case.bag
    if bag.df is not None or bag.vjp is not None:
        raise NotApplicable(f"it gives {'df' if bag.df is not None else 'vjp'}")
    try:
        return _held_against_jacobian(case, derived_vjp(bag.f), "autograd")
    except GlassnetError as error:
        raise Refused(str(error)) from error


def elementwise(case: Case) -> None:
    """With `df` each element stands alone: neither another column nor another row may change its output."""
    bag: Activation = case.bag
    if bag.df is None:
        raise NotApplicable("it gives no df, so its columns may mix")
    _refuse_mixed(bag.f, "f")
    _refuse_mixed(lambda z: bag.df(z, bag.f(z.copy())), "df")


def _refuse_mixed(function: Any, name: str) -> None:
    whole = np.asarray(function(SCORES.copy()), dtype=float)
    for index in ((2, 0), (7, 1), (20, 2), (33, 1)):
        alone = np.asarray(function(SCORES[index].reshape(1, 1)), dtype=float)
        if not np.allclose(alone, whole[index], rtol=1e-9, atol=1e-12):
            raise Refused(
                f"{name} of z = {exact(SCORES[index])} is {exact(alone.flat[0])} alone and {exact(whole[index])} among "
                "other rows and columns: elements mix; a part whose columns mix gives vjp(z, a, upstream)"
            )


def shape(case: Case) -> None:
    """A layer keeps its width: what comes out has the shape of what went in, for any number of rows and columns."""
    for rows, columns in ((5, 3), (1, 1), (1, 4), (64, 2)):
        z = np.random.default_rng(5).standard_normal((rows, columns))
        for name, result in _results(case.bag, z):
            if not isinstance(result, np.ndarray):
                raise Refused(f"{name} returns {type(result).__name__} for z of shape {z.shape}: an array is expected")
            if result.shape != z.shape:
                raise Refused(f"{name} turns z of shape {z.shape} into shape {result.shape}")


def dtype(case: Case) -> None:
    """A float32 network that meets float64 loses its speed: the dtype that comes in goes out."""
    for wanted in (np.float32, np.float64):
        for name, result in _results(case.bag, SCORES.astype(wanted)):
            found = np.asarray(result).dtype
            if found != wanted and not (name == "df" and found.kind == "b"):
                raise Refused(f"{name} turns z of {np.dtype(wanted)} into {found}")


def finite(case: Case) -> None:
    """Scores of 1000 occur on the way to a good network: formula and slope stay finite there, and far below 0."""
    for wanted in (np.float64, np.float32):
        for name, result in _results(case.bag, LARGE.astype(wanted)):
            bad = ~np.isfinite(np.asarray(result, dtype=float))
            if bad.any():
                index = tuple(np.argwhere(bad)[0])
                row = f" (row {_row(LARGE[index[0]])})" if case.bag.df is None else ""
                raise Refused(
                    f"{name} at z = {exact(LARGE[index])}{row} is {float(result[index])} in {np.dtype(wanted)}: "
                    "a finite number is expected"
                )


def _results(bag: Activation, z: Array) -> Iterator[tuple[str, Any]]:
    a = bag.f(z.copy())
    yield "f", a
    if bag.df is not None:
        yield "df", bag.df(z.copy(), np.array(a))
    if bag.vjp is not None:
        yield "vjp", bag.vjp(z.copy(), np.array(a), np.ones_like(z))
    if bag.df is None and bag.vjp is None:
        try:
            yield "the derived slope", derived_vjp(bag.f)(z.copy(), np.array(a), np.ones_like(z))
        except GlassnetError:
            return  # derived-slope says why


def stackable(case: Case) -> None:
    """Networks side by side hand over their rows as one table: what is beside a row changes not a bit of its answer."""
    for wanted in (np.float64, np.float32):
        z = np.concatenate([SCORES[::4], LARGE]).astype(wanted)
        a, upstream = case.bag.f(z.copy()), np.random.default_rng(5).standard_normal(z.shape).astype(wanted)
        asked: dict[str, tuple[Any, ...]] = {
            "f": (case.bag.f, z),
            "df": (case.bag.df, z, a),
            "vjp": (case.bag.vjp, z, a, upstream),
        }
        for name, (function, *tables) in asked.items():
            if function is not None and (trouble := minds_company(function, *tables)):
                raise Refused(f"{name} in {np.dtype(wanted)}: {trouble}")


PROMISES = tuple(
    Promise(test) for test in (slope, derived_slope, elementwise, jacobian, shape, dtype, finite, stackable)
)
