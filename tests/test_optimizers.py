"""Optimizers, step by step against the papers' formulas in plain Python numbers, and against scikit-learn."""

import math
from itertools import pairwise

import numpy as np
import pytest
import scipy.optimize
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from glassnet.builtin import optimizers as module
from glassnet.kinds import Optimizer

PARTS = module.optimizers()
FIRST_ORDER = [part for part in PARTS if part().update]
PLACES = {
    "momentum": ("lr_place", ["inside", "outside"]),
    "nesterov": ("lr_place", ["inside", "outside"]),
    "adagrad": ("epsilon_place", ["outside", "inside"]),
    "adagrad_momentum": ("epsilon_place", ["outside", "inside"]),
    "rmsprop": ("epsilon_place", ["outside", "inside"]),
    "adam": ("epsilon_place", ["corrected", "uncorrected", "inside"]),
    "adamw": ("epsilon_place", ["corrected", "uncorrected", "inside"]),
}
CASES = [("sgd", {})] + [(name, {option: place}) for name, (option, places) in PLACES.items() for place in places]


def built(name: str, **options: object) -> Optimizer:
    return getattr(module, name)(**options)


def walk(optimizer: Optimizer, w: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """The weights after each gradient in turn, as the trainer moves them."""
    w, state, path = w.copy(), optimizer.init(w), []
    for step, g in enumerate(gradients, start=1):
        change, state = optimizer.update(w, g, state, step)
        w -= change
        path.append(w.copy())
    return np.array(path)


def gradients(steps: int = 30, size: int = 23, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(steps, size)) * rng.lognormal(0, 2, size=size)


# The papers' rules for ONE weight, in Python floats. A large epsilon makes its place visible.
E = 0.05


def paper_sgd(w, slopes):
    for g in slopes:
        w = w - 0.1 * g
        yield w


def paper_momentum(w, slopes, lr_place):
    v = 0.0
    for g in slopes:
        if lr_place == "inside":  # Keras, scikit-learn
            v = 0.8 * v - 0.1 * g
            w = w + v
        else:  # PyTorch
            v = 0.8 * v + g
            w = w - 0.1 * v
        yield w


def paper_nesterov(w, slopes, lr_place):
    # Sutskever and others (2013), eq. 3 and 4: the gradient is taken at w + mu v. What is trained here is
    # that point ahead, so the slopes belong to it and the path is w + mu v.
    v, w = 0.0, w
    for g in slopes:
        v = 0.8 * v - 0.1 * g
        w = w + v
        yield w + 0.8 * v


def paper_adagrad(w, slopes, epsilon_place):
    s = 0.2
    for g in slopes:
        s = s + g**2
        w = w - 0.1 * g / (math.sqrt(s) + E if epsilon_place == "outside" else math.sqrt(s + E))
        yield w


def paper_adagrad_momentum(w, slopes, epsilon_place):
    s, v = 0.2, 0.0
    for g in slopes:
        s = s + g**2
        v = 0.8 * v - 0.1 * g / (math.sqrt(s) + E if epsilon_place == "outside" else math.sqrt(s + E))
        w = w + v
        yield w


def paper_rmsprop(w, slopes, epsilon_place):
    s = 0.0
    for g in slopes:
        s = 0.7 * s + (1 - 0.7) * g**2
        w = w - 0.1 * g / (math.sqrt(s) + E if epsilon_place == "outside" else math.sqrt(s + E))
        yield w


def paper_adam(w, slopes, epsilon_place, decay=0.0):
    m = v = 0.0
    for t, g in enumerate(slopes, start=1):
        w = w - 0.1 * decay * w  # PyTorch's order: the decay first, then Adam's step
        m = 0.8 * m + (1 - 0.8) * g
        v = 0.95 * v + (1 - 0.95) * g**2
        m_hat, v_hat = m / (1 - 0.8**t), v / (1 - 0.95**t)
        if epsilon_place == "corrected":  # Algorithm 1
            w = w - 0.1 * m_hat / (math.sqrt(v_hat) + E)
        elif epsilon_place == "uncorrected":  # end of section 2: alpha_t m / (sqrt(v) + epsilon_hat)
            w = w - 0.1 * math.sqrt(1 - 0.95**t) / (1 - 0.8**t) * m / (math.sqrt(v) + E)
        else:
            w = w - 0.1 * m_hat / math.sqrt(v_hat + E)
        yield w


def paper_adamw(w, slopes, epsilon_place):
    return paper_adam(w, slopes, epsilon_place, decay=0.3)


OPTIONS = {
    "sgd": {},
    "momentum": {"momentum": 0.8},
    "nesterov": {"momentum": 0.8},
    "adagrad": {"epsilon": E, "start": 0.2},
    "adagrad_momentum": {"epsilon": E, "start": 0.2, "momentum": 0.8},
    "rmsprop": {"epsilon": E, "rho": 0.7},
    "adam": {"epsilon": E, "beta1": 0.8, "beta2": 0.95},
    "adamw": {"epsilon": E, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.3},
}


@pytest.mark.parametrize(("name", "place"), CASES)
def test_thirty_steps_of_one_weight_are_the_papers(name, place):
    slopes = [float(g) for g in gradients(size=1)[:, 0]]
    expected = list(globals()[f"paper_{name}"](0.7, slopes, *place.values()))
    ours = walk(built(name, lr=0.1, **OPTIONS[name], **place), np.array([0.7]), np.array(slopes)[:, None])
    np.testing.assert_allclose(ours[:, 0], expected, rtol=1e-12, atol=1e-13)


def test_the_places_of_epsilon_differ():
    adams = [built("adam", epsilon=E, epsilon_place=place) for place in PLACES["adam"][1]]
    ends = [walk(optimizer, np.zeros(5), gradients(size=5))[-1] for optimizer in adams]
    assert all(np.abs(one - other).max() > 1e-5 for one, other in pairwise(ends))


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_the_place_of_the_rate_changes_nothing_while_the_rate_is_constant(name):
    inside, outside = (walk(built(name, lr_place=place), np.zeros(23), gradients()) for place in PLACES[name][1])
    np.testing.assert_allclose(inside, outside, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "options", "theirs"),
    [
        ("momentum", {}, lambda w: SGDOptimizer(w, 0.01, momentum=0.9, nesterov=False)),
        ("nesterov", {}, lambda w: SGDOptimizer(w, 0.01, momentum=0.9, nesterov=True)),
        ("sgd", {}, lambda w: SGDOptimizer(w, 0.01, momentum=0.0, nesterov=False)),
        ("adam", {"epsilon_place": "uncorrected"}, lambda w: AdamOptimizer(w, 0.01)),
    ],
)
def test_thirty_steps_are_scikit_learns(name, options, theirs):
    slopes = gradients()
    w = np.linspace(-1, 1, 23)
    ours = walk(built(name, lr=0.01, **options), w, slopes)
    params = [w.copy()]
    optimizer = theirs(params)
    for g, expected in zip(slopes, ours, strict=True):
        optimizer.update_params(params, [g])
        np.testing.assert_allclose(expected, params[0], rtol=0, atol=1e-12)


def test_adams_first_step_is_the_rate_itself():
    path = walk(built("adam", lr=0.02), np.zeros(3), np.array([[5.0, -300.0, 1e-3]]))
    np.testing.assert_allclose(path[0], [-0.02, 0.02, -0.02], rtol=2e-5)


def test_adam_keeps_to_the_rate_under_a_constant_gradient():
    # Memory that is reset, or a step counter that runs apart from it, shows here as 0.48 or 3.08 times it.
    path = walk(built("adam", lr=0.01), np.zeros(1), np.full((3000, 1), 2.0))
    np.testing.assert_allclose(np.diff(path[:, 0]), -0.01, rtol=1e-6)


def test_adagrads_kth_step_under_a_constant_gradient_is_rate_over_root_k():
    path = walk(built("adagrad", lr=0.5), np.zeros(2), np.tile([3.0, -0.2], (50, 1)))
    lengths = np.abs(np.diff(path, axis=0, prepend=0))
    np.testing.assert_allclose(lengths, np.outer(0.5 / np.sqrt(np.arange(1, 51)), [1, 1]), rtol=1e-8)


def test_rmsprop_settles_at_the_rate():
    path = walk(built("rmsprop", lr=0.01), np.zeros(1), np.full((200, 1), -4.0))
    steps = np.diff(path[:, 0], prepend=0)
    assert steps[0] == pytest.approx(0.01 / math.sqrt(0.1), rel=1e-5)
    assert steps[-1] == pytest.approx(0.01, rel=1e-5)


def test_momentum_makes_steady_steps_ten_times_as_long():
    path = walk(built("momentum", lr=0.01), np.zeros(1), np.ones((300, 1)))
    assert path[-2, 0] - path[-1, 0] == pytest.approx(0.1)


def test_adamw_shrinks_without_a_gradient_and_adam_does_not():
    w, still = np.array([2.0, -4.0]), np.zeros((1, 2))
    np.testing.assert_allclose(walk(built("adamw", lr=0.1, weight_decay=0.5), w, still)[0], 0.95 * w)
    np.testing.assert_array_equal(walk(built("adam", lr=0.1), w, still)[0], w)


@pytest.mark.parametrize("part", FIRST_ORDER)
def test_without_a_gradient_nothing_moves_and_nothing_breaks(part):
    optimizer = part(weight_decay=0.0) if part.__name__ == "adamw" else part()
    path = walk(optimizer, np.ones(3, np.float32), np.zeros((2, 3), np.float32))
    np.testing.assert_array_equal(path, np.ones((2, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "place"), CASES)
def test_pieces_of_seven_equal_the_whole_bit_for_bit(name, place, dtype):
    optimizer, slopes = built(name, **place), gradients().astype(dtype)
    w = np.linspace(-1, 1, 23).astype(dtype)
    whole = walk(optimizer, w, slopes)
    pieces = [walk(optimizer, w[i : i + 7], slopes[:, i : i + 7]) for i in range(0, 23, 7)]
    assert optimizer.elementwise
    np.testing.assert_array_equal(whole, np.concatenate(pieces, axis=1))


@pytest.mark.parametrize("part", FIRST_ORDER)
def test_two_interleaved_trainings_do_not_disturb_each_other(part):
    optimizer, slopes = part(), gradients(12)
    alone = [walk(optimizer, np.zeros(23), slopes), walk(optimizer, np.ones(23), -slopes)]
    w = [np.zeros(23), np.ones(23)]
    states = [optimizer.init(w[0]), optimizer.init(w[1])]
    for step, g in enumerate(slopes, start=1):
        for i, sign in enumerate((1, -1)):
            change, states[i] = optimizer.update(w[i], sign * g, states[i], step)
            w[i] = w[i] - change
    np.testing.assert_array_equal(w, [path[-1] for path in alone])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("part", FIRST_ORDER)
def test_nothing_is_written_into_and_the_dtype_stays(part, dtype):
    optimizer = part()
    w, g = np.ones(4, dtype), np.array([1, -2, 0, 1e-3], dtype)
    w.setflags(write=False)
    g.setflags(write=False)
    state = optimizer.init(w)
    for step in (1, 2, 3):
        for array in state.values():
            array.setflags(write=False)
        change, state = optimizer.update(w, g, state, step)
        assert change.dtype == dtype and change.shape == (4,)
        assert all(array.dtype == dtype and not np.shares_memory(array, g) for array in state.values())


@pytest.mark.parametrize("part", FIRST_ORDER)
def test_each_goes_downhill(part):
    scale = np.array([1.0, 10.0, 0.1])
    optimizer = part(lr=0.02)
    w, state = np.array([1.0, -1.0, 2.0]), optimizer.init(np.zeros(3))
    start = (scale * w**2).sum()
    for step in range(1, 301):
        change, state = optimizer.update(w, 2 * scale * w, state, step)
        w = w - change
    assert (scale * w**2).sum() < 0.7 * start


# L-BFGS -----------------------------------------------------------------------------------------------------


def last(iterates, otherwise=None):
    for w in iterates:
        otherwise = w
    return otherwise


def quadratic(size: int, seed: int = 0):
    """A convex bowl with condition number 1000, its goal and its objective."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.normal(size=(size, size)))
    A = q @ np.diag(np.geomspace(1, 1000, size)) @ q.T
    goal = rng.normal(size=size)
    return goal, lambda w: (float((w - goal) @ A @ (w - goal)) / 2, A @ (w - goal))


def rosenbrock(w):
    return scipy.optimize.rosen(w), scipy.optimize.rosen_der(w)


def test_lbfgs_finds_the_bottom_of_a_bowl():
    goal, objective = quadratic(20)
    w = last(built("lbfgs", tolerance=1e-8).minimize(objective, np.zeros(20), 300))
    np.testing.assert_allclose(w, goal, atol=1e-7)


@pytest.mark.parametrize("size", [2, 10])
def test_lbfgs_solves_rosenbrock_in_about_as_many_steps_as_scipy(size):
    calls = []

    def objective(w):
        calls.append(1)
        return rosenbrock(w)

    start = np.tile([-1.2, 1.0], size // 2)
    path = list(built("lbfgs").minimize(objective, start, 500))
    theirs = scipy.optimize.minimize(
        rosenbrock, start, jac=True, method="L-BFGS-B", options={"gtol": 1e-5, "ftol": 0, "maxcor": 10}
    )
    np.testing.assert_allclose(path[-1], theirs.x, atol=1e-4)
    assert len(calls) <= 2 * theirs.nfev
    losses = [rosenbrock(w)[0] for w in path]
    assert all(after < before for before, after in pairwise(losses))


def test_lbfgs_stops_at_max_iter_and_where_it_is_flat():
    goal, objective = quadratic(20)
    assert len(list(built("lbfgs").minimize(objective, np.zeros(20), 5))) == 5
    assert list(built("lbfgs").minimize(objective, goal, 5)) == []


def test_lbfgs_keeps_float32_outside_and_float64_inside():
    goal, exact = quadratic(6)
    seen = set()

    def objective(w):
        seen.add(w.dtype)
        loss, g = exact(w.astype(float))
        return loss, g.astype(np.float32)

    start = np.zeros(6, np.float32)
    start.setflags(write=False)
    w = last(built("lbfgs").minimize(objective, start, 200))
    assert w.dtype == np.float32 and seen == {np.dtype(np.float32)}
    np.testing.assert_allclose(w, goal, atol=1e-3)


def test_lbfgs_copies_a_gradient_that_is_only_lent():
    goal, exact = quadratic(8)
    buffer = np.empty(8)

    def objective(w):
        loss, buffer[:] = exact(w)
        return loss, buffer

    w = last(built("lbfgs", tolerance=1e-8).minimize(objective, np.zeros(8), 300))
    np.testing.assert_allclose(w, goal, atol=1e-7)


def test_lbfgs_yields_arrays_of_their_own():
    _, objective = quadratic(8)
    path = []
    for w in built("lbfgs").minimize(objective, np.zeros(8), 30):
        path.append(w.copy())
        w[:] = np.nan  # a consumer that spoils what it got spoils nothing else
    assert np.isfinite(path).all() and len(path) > 5


def test_lbfgs_backs_away_from_where_the_loss_is_not_a_number():
    def objective(w):  # minus log: NaN beyond 0, the bottom at 1
        with np.errstate(invalid="ignore"):
            return float((w - np.log(w)).sum()), 1 - 1 / w

    w = last(built("lbfgs").minimize(objective, np.array([1e-3, 50.0]), 200))
    np.testing.assert_allclose(w, 1, atol=1e-4)


def reason(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_lbfgs_gives_up_with_a_reason_when_the_slope_lies():
    minimize = built("lbfgs").minimize
    liar, hole = lambda w: (float(w @ w), -2 * w), lambda w: (np.nan, np.full(3, np.nan))
    assert list(minimize(liar, np.ones(3), 10)) == list(minimize(hole, np.ones(3), 10)) == []
    assert reason(minimize(liar, np.ones(3), 10)) == "no step lowers the loss, though a slope is still 2"
    assert reason(minimize(hole, np.ones(3), 10)) == "no step lowers the loss, though a slope is still nan"
    assert reason(minimize(quadratic(3)[1], np.ones(3), 100)) is None


def test_lbfgs_goes_on_from_its_state_unless_the_weights_were_moved():
    _, objective = quadratic(20)
    minimize, state = built("lbfgs").minimize, {}
    path = list(minimize(objective, np.zeros(20), 6))
    first = list(minimize(objective, np.zeros(20), 3, state))
    np.testing.assert_array_equal([*first, *minimize(objective, first[-1], 3, dict(state))], path)
    moved = list(minimize(objective, first[-1] + 1, 3, dict(state)))
    np.testing.assert_array_equal(moved, list(minimize(objective, first[-1] + 1, 3)))


def test_what_kept_runs_name_is_there_and_each_is_one_of_two_sorts():
    names = [part.__name__ for part in PARTS]
    assert len(names) == len({*names}) and {"sgd", "lbfgs", *PLACES} <= {*names}
    assert all((part().minimize is None) != (part().update is None) for part in PARTS)


def test_lbfgs_is_a_whole_data_solver():
    assert built("lbfgs").minimize
    assert not built("lbfgs").elementwise and built("lbfgs").update is None
