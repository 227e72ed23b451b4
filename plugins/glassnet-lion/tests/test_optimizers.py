"""The four optimizers against the papers' rules for one weight in plain Python, worked-out steps, and PyTorch."""

import math

import numpy as np
import pytest
from glassnet import Catalog

from glassnet_lion import plugin

E = 0.05  # so large that its place shows


def walk(optimizer, w, gradients):
    """The weights after each gradient in turn, as the trainer moves them."""
    w, state, path = w.copy(), optimizer.init(w), []
    for step, g in enumerate(gradients, start=1):
        change, state = optimizer.update(w, g, state, step)
        w -= change
        path.append(w.copy())
    return np.array(path)


def slopes_of(steps=40, size=23, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(steps, size)) * rng.lognormal(0, 2, size=size)


def paper_lion(w, slopes):
    """Chen and others, Algorithm 2."""
    m = 0.0
    for g in slopes:
        c = 0.8 * m + (1 - 0.8) * g
        w = w - 0.1 * (math.copysign(1, c) + 0.3 * w)
        m = 0.95 * m + (1 - 0.95) * g
        yield w


def paper_nadam(w, slopes):
    """Dozat's rule, with m kept by beta1 as PyTorch does."""
    m = v = 0.0
    share = [0.8 * (1 - 0.5 * 0.96 ** (0.1 * k)) for k in range(len(slopes) + 2)]
    for t, g in enumerate(slopes, start=1):
        m = 0.8 * m + (1 - 0.8) * g
        v = 0.95 * v + (1 - 0.95) * g**2
        so_far, ahead = math.prod(share[1 : t + 1]), math.prod(share[1 : t + 2])
        m_hat = share[t + 1] * m / (1 - ahead) + (1 - share[t]) * g / (1 - so_far)
        w = w - 0.1 * m_hat / (math.sqrt(v / (1 - 0.95**t)) + E)
        yield w


def paper_amsgrad(w, slopes):
    """Reddi and others, Algorithm 2, with Adam's two corrections."""
    m = v = top = 0.0
    for t, g in enumerate(slopes, start=1):
        m = 0.8 * m + (1 - 0.8) * g
        v = 0.95 * v + (1 - 0.95) * g**2
        top = max(top, v)
        w = w - 0.1 * (m / (1 - 0.8**t)) / (math.sqrt(top / (1 - 0.95**t)) + E)
        yield w


def paper_radam(w, slopes):
    """Liu and others, Algorithm 2, with PyTorch's limit of 5."""
    m = v = 0.0
    longest = 2 / (1 - 0.95) - 1
    for t, g in enumerate(slopes, start=1):
        m = 0.8 * m + (1 - 0.8) * g
        v = 0.95 * v + (1 - 0.95) * g**2
        m_hat = m / (1 - 0.8**t)
        length = longest - 2 * t * 0.95**t / (1 - 0.95**t)
        if length > 5:
            up, down = (length - 4) * (length - 2) * longest, (longest - 4) * (longest - 2) * length
            w = w - 0.1 * m_hat * math.sqrt(up / down) * math.sqrt(1 - 0.95**t) / (math.sqrt(v) + E)
        else:
            w = w - 0.1 * m_hat
        yield w


OPTIONS = {
    "lion": {"beta1": 0.8, "beta2": 0.95, "weight_decay": 0.3},
    "nadam": {"beta1": 0.8, "beta2": 0.95, "epsilon": E, "momentum_decay": 0.1},
    "amsgrad": {"beta1": 0.8, "beta2": 0.95, "epsilon": E},
    "radam": {"beta1": 0.8, "beta2": 0.95, "epsilon": E},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_forty_steps_of_one_weight_are_the_papers(name):
    slopes = [float(g) for g in slopes_of(size=1)[:, 0]]
    ours = walk(getattr(plugin, name)(lr=0.1, **OPTIONS[name]), np.array([0.7]), np.array(slopes)[:, None])
    expected = list(globals()[f"paper_{name}"](0.7, slopes))
    np.testing.assert_allclose(ours[:, 0], expected, rtol=1e-12, atol=1e-13)


def test_lions_steps_have_one_length_however_steep_it_is():
    path = walk(plugin.lion(lr=0.01), np.zeros(4), np.tile([5.0, -1e-6, 1e6, 0.0], (3, 1)))
    np.testing.assert_allclose(path, np.outer([0.01, 0.02, 0.03], [-1, 1, -1, 0]), rtol=1e-12)


def test_lion_remembers_longer_than_it_looks():
    """After nine slopes of 1, m is 0.086. One of -3 turns it, as 0.9 * 0.086 - 0.3 < 0, and it is forgiven at once."""
    steps = np.diff(walk(plugin.lion(lr=1.0), np.zeros(1), np.array([[1.0]] * 9 + [[-3.0], [0.0]]))[:, 0], prepend=0)
    np.testing.assert_array_equal(steps, [-1] * 9 + [1, -1])


def test_nadams_first_step_by_hand():
    """b(1) and b(2) are nearly 0.45: m / (1 - b(1) b(2)) has 0.1 g, and g / (1 - b(1)) has (1 - b(1)) g = g."""
    b1, b2 = (0.9 * (1 - 0.5 * 0.96 ** (0.004 * k)) for k in (1, 2))
    path = walk(plugin.nadam(lr=0.02), np.zeros(2), np.array([[5.0, -300.0]]))
    np.testing.assert_allclose(path[0], 0.02 * (1 + b2 * 0.1 / (1 - b1 * b2)) * np.array([-1, 1]), rtol=1e-7)


def test_nadam_keeps_to_the_rate_under_a_constant_gradient_in_the_long_run():
    path = walk(plugin.nadam(lr=0.01, momentum_decay=4.0), np.zeros(1), np.full((2000, 1), 2.0))
    np.testing.assert_allclose(np.diff(path[-10:, 0]), -0.01, rtol=1e-6)


def test_amsgrad_is_adam_while_slopes_grow_and_more_careful_after_a_steep_one():
    adam = Catalog.discover().choose("optimizer", "glassnet/adam").build()
    growing = np.outer(np.geomspace(1, 100, 30), [1.0, -0.01])
    ours, theirs = (walk(optimizer, np.zeros(2), growing) for optimizer in (plugin.amsgrad(), adam))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    steep = np.concatenate([[[1000.0]], np.ones((3000, 1))])
    ends = [abs(np.diff(walk(optimizer, np.zeros(1), steep)[-2:, 0])[0]) for optimizer in (plugin.amsgrad(), adam)]
    # sqrt(v) is that of the slope of 1000 to the end, sqrt(0.001) 1000 = 31.6; Adam's has sunk to 7.1.
    np.testing.assert_allclose(ends[0], 0.001 / (31.62 / math.sqrt(1 - 0.999**3001)), rtol=1e-3)
    assert ends[1] > 4 * ends[0]


def test_amsgrad_goes_right_where_adam_goes_wrong():
    """Reddi and others, section 3: slopes 3, -1, -1 again and again want -1, and Adam goes to +1 of [-1, 1]."""
    adam = Catalog.discover().choose("optimizer", "glassnet/adam:lr=0.01,beta1=0,beta2=0.1").build()
    ends = []
    for optimizer in (adam, plugin.amsgrad(lr=0.01, beta1=0.0, beta2=0.1)):
        w = np.zeros(1)
        state = optimizer.init(w)
        for step in range(1, 3001):
            change, state = optimizer.update(w, np.array([3.0 if step % 3 == 1 else -1.0]), state, step)
            w = np.clip(w - change, -1, 1)
        ends.append(w[0])
    assert ends[0] > 0.95
    assert ends[1] < -0.95


def test_radam_begins_as_momentum_and_ends_as_adam():
    """Under a constant slope of 4 five steps are 4 times the rate; the sixth is small, and they grow to the rate."""
    path = walk(plugin.radam(lr=0.01), np.zeros(1), np.full((20_000, 1), 4.0))
    steps = -np.diff(path[:, 0], prepend=0)
    np.testing.assert_allclose(steps[:5], 0.04, rtol=1e-12)
    R, r = 1999, 1999 - 12 * 0.999**6 / (1 - 0.999**6)
    np.testing.assert_allclose(steps[5], 0.01 * math.sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r)), rtol=1e-6)
    assert (np.diff(steps[5:]) > -1e-12).all()
    assert steps[-1] == pytest.approx(0.01, rel=1e-3)


def test_radam_with_a_short_memory_stays_momentum():
    path = walk(plugin.radam(lr=0.1, beta1=0.0, beta2=0.6), np.zeros(1), np.full((50, 1), 3.0))
    np.testing.assert_allclose(np.diff(path[:, 0]), -0.3, rtol=1e-9)


@pytest.mark.parametrize("name", ["nadam", "amsgrad", "radam"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pytorch_walks_the_same_way(name, dtype):
    torch = pytest.importorskip("torch")
    classes = {"nadam": torch.optim.NAdam, "amsgrad": torch.optim.Adam, "radam": torch.optim.RAdam}
    more = {"amsgrad": {"amsgrad": True}, "nadam": {"momentum_decay": 0.004}}.get(name, {})
    start, slopes = np.linspace(-1, 1, 23).astype(dtype), slopes_of(steps=100).astype(dtype)
    weights = torch.nn.Parameter(torch.tensor(start))
    optimizer = classes[name]([weights], lr=0.01, betas=(0.9, 0.999), eps=1e-8, **more)
    ours = walk(getattr(plugin, name)(lr=0.01), start, slopes)
    tolerance = 1e-5 if dtype == np.float32 else 1e-8 if name == "nadam" else 1e-11  # its product is float32 there
    for g, expected in zip(slopes, ours, strict=True):
        weights.grad = torch.tensor(g)
        optimizer.step()
        np.testing.assert_allclose(weights.detach().numpy(), expected, rtol=0, atol=tolerance)


def test_the_defaults_are_pytorchs_where_it_has_the_optimizer():
    torch = pytest.importorskip("torch")
    for name, theirs in (("nadam", torch.optim.NAdam), ("amsgrad", torch.optim.Adam), ("radam", torch.optim.RAdam)):
        known = theirs([torch.nn.Parameter(torch.zeros(1))]).defaults
        part = next(part for part in Catalog.discover().parts("optimizer") if part.name == name)
        ours = {option.name: option.default for option in part.options}
        assert (ours["lr"], (ours["beta1"], ours["beta2"]), ours["epsilon"]) == (
            known["lr"], known["betas"], known["eps"],
        )  # fmt: skip
        assert ours.get("momentum_decay") == known.get("momentum_decay")
