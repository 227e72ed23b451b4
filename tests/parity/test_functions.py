"""Activations and losses beside torch.nn.functional: values and slopes, from scores near 0 to scores of a thousand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glassnet import Catalog

torch = pytest.importorskip("torch", reason="PyTorch is not installed: see `make parity`")
F = torch.nn.functional

CATALOG = Catalog.discover(guests=False)
# A fine grid where the functions bend, a coarse one to ±1000, and numbers so small that their squares vanish.
WIDE = np.unique(np.r_[np.linspace(-12, 12, 1201), np.linspace(-1000, 1000, 401), [-1e-200, 1e-200, -1e-9, 1e-9]])

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z * 1,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "leaky_relu:slope=0.2": lambda z: F.leaky_relu(z, 0.2),
    "elu": F.elu,
    "elu:alpha=0.5": lambda z: F.elu(z, 0.5),
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),  # F.softplus loses its digits below -30
    "silu": F.silu,
    "gelu": F.gelu,
    "softmax": lambda z: F.softmax(z, dim=1),
}
NOT_IN_TORCH = {"step"}


def test_every_activation_of_ours_has_its_peer() -> None:
    ours = {part.name for part in CATALOG.parts("activation")}
    assert {phrase.partition(":")[0] for phrase in ACTIVATIONS} | NOT_IN_TORCH == ours


@pytest.mark.parametrize("phrase", ACTIVATIONS)
def test_an_activation_and_its_way_back(phrase: str) -> None:
    bag = CATALOG.choose("activation", phrase).build()
    rng = np.random.default_rng(1)
    z = WIDE[:, None] if phrase != "softmax" else rng.choice(WIDE, (2000, 5))
    upstream = rng.normal(size=z.shape)
    a = bag.f(z)
    slope = bag.vjp(z, a, upstream) if bag.vjp else upstream * bag.df(z, a)
    peer_z = torch.tensor(z, requires_grad=True)
    peer = ACTIVATIONS[phrase](peer_z)
    peer.backward(torch.tensor(upstream))
    np.testing.assert_allclose(a, peer.detach().numpy(), rtol=1e-12, atol=1e-14)
    smooth = z != 0 if phrase.startswith(("relu", "leaky_relu", "elu")) else np.ones_like(z, bool)  # the kink
    np.testing.assert_allclose(slope[smooth], peer_z.grad.numpy()[smooth], rtol=1e-10, atol=1e-13)


def _numbers(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=(400, 3)) * np.logspace(-3, 3, 400)[:, None], rng.normal(size=(400, 3))


def _yes_or_no(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.choice(WIDE, (400, 3)), rng.integers(0, 2, (400, 3)).astype(float)


def _margins(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """No score on the kink itself, where any slope between the two is right."""
    return rng.normal(size=(400, 3)) * np.logspace(-3, 3, 400)[:, None], rng.integers(0, 2, (400, 3)).astype(float)


def _one_of_five(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.choice(WIDE, (400, 5)), np.eye(5)[rng.integers(0, 5, 400)]


def _shares(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.choice(WIDE, (400, 5)), rng.dirichlet(np.ones(5), 400)


def _counts(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.uniform(-30, 1000, (400, 2)), rng.poisson(3, (400, 2)).astype(float)


def _mean(losses: Any) -> Any:
    return losses.mean(dim=1)


#: phrase -> (scores and targets, the loss of each row as a function of the scores)
LOSSES: dict[str, tuple[Callable[..., Any], Callable[[Any, Any], Any]]] = {
    "squared_error": (_numbers, lambda z, t: _mean(F.mse_loss(z, t, reduction="none"))),
    "squared_error:factor=0.5": (_numbers, lambda z, t: _mean(F.mse_loss(z, t, reduction="none")) / 2),
    "absolute_error": (_numbers, lambda z, t: _mean(F.l1_loss(z, t, reduction="none"))),
    "huber": (_numbers, lambda z, t: _mean(F.huber_loss(z, t, reduction="none"))),
    "huber:delta=0.3": (_numbers, lambda z, t: _mean(F.huber_loss(z, t, reduction="none", delta=0.3))),
    "hinge": (
        _margins,  # for the target -1 PyTorch's hinge_embedding_loss is max(0, margin - x)
        lambda z, t: _mean(F.hinge_embedding_loss((2 * t - 1) * z, -torch.ones_like(z), reduction="none")),
    ),
    "binary_cross_entropy": (
        _yes_or_no,
        lambda z, t: _mean(F.binary_cross_entropy_with_logits(z, t, reduction="none")),
    ),
    "cross_entropy": (_one_of_five, lambda z, t: F.cross_entropy(z, t, reduction="none")),
    "cross_entropy:": (_shares, lambda z, t: F.cross_entropy(z, t, reduction="none")),
    "poisson": (
        _counts,
        lambda z, t: _mean(
            F.poisson_nll_loss(torch.logaddexp(z, torch.zeros_like(z)), t, log_input=False, eps=0, reduction="none")
        ),
    ),
}


def test_every_loss_of_ours_has_its_peer() -> None:
    assert {phrase.partition(":")[0] for phrase in LOSSES} == {part.name for part in CATALOG.parts("loss")}


@pytest.mark.parametrize("phrase", LOSSES)
def test_a_loss_and_its_slope_in_scores(phrase: str) -> None:
    draw, peer_loss = LOSSES[phrase]
    bag = CATALOG.choose("loss", phrase.rstrip(":")).build()
    z, t = draw(np.random.default_rng(2))
    value, grad = bag.score_value or bag.value, bag.score_grad or bag.grad
    peer_z = torch.tensor(z, requires_grad=True)
    peer = peer_loss(peer_z, torch.tensor(t))
    peer.sum().backward()
    np.testing.assert_allclose(value(z, t), peer.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(grad(z, t), peer_z.grad.numpy(), rtol=1e-10, atol=1e-13)


def test_a_loss_that_is_off_by_a_constant_factor_is_seen() -> None:
    with pytest.raises(AssertionError):
        z, t = _numbers(np.random.default_rng(2))
        ours = CATALOG.choose("loss", "squared_error:factor=0.5").build()
        np.testing.assert_allclose(ours.value(z, t), ((z - t) ** 2).mean(axis=1), rtol=1e-12)
