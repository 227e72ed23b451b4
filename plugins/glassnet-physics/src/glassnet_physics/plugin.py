"""Rows from physics whose truth is known: a surface, a chain of spins, a pendulum on a pendulum, and nuclei.

`rng` is the only source of chance; the same generator gives the same rows.
"""

from typing import Annotated, Literal

import numpy as np
from glassnet import Dataset, Range, hookimpl

Count = Annotated[int, Range(10, 100_000)]
Spread = Annotated[float, Range(0)]
LICENCE = "CC0 1.0"


def franke(*, size: Count = 3000, noise: Spread = 0.05, rng: np.random.Generator) -> Dataset:
    """Franke's surface: two hills, a slope and a dip over the unit square, the old test of every fit.

    z = 3/4 exp(-(9 x - 2)^2 / 4 - (9 y - 2)^2 / 4) + 3/4 exp(-(9 x + 1)^2 / 49 - (9 y + 1) / 10)
      + 1/2 exp(-(9 x - 7)^2 / 4 - (9 y - 3)^2 / 4) - 1/5 exp(-(9 x - 4)^2 - (9 y - 7)^2) + noise

    X (size, 2): x and y, uniform from 0 to 1. The target is z, from about 0 to 1.2.

    Options:
        size: number of points
        noise: standard deviation of what is added to z, in units of z

    Source: Franke (1979), A critical comparison of some methods for interpolation of scattered data. Naval
    Postgraduate School, report NPS53-79-003.
    """
    x, y = rng.uniform(size=(2, size))
    z = (
        0.75 * np.exp(-((9 * x - 2) ** 2) / 4 - (9 * y - 2) ** 2 / 4)
        + 0.75 * np.exp(-((9 * x + 1) ** 2) / 49 - (9 * y + 1) / 10)  # the last one is no square in the report
        + 0.5 * np.exp(-((9 * x - 7) ** 2) / 4 - (9 * y - 3) ** 2 / 4)
        - 0.2 * np.exp(-((9 * x - 4) ** 2) - (9 * y - 7) ** 2)
    )
    return Dataset(
        np.column_stack([x, y]),
        z + noise * rng.standard_normal(size),
        task="regression",
        feature_names=("x", "y"),
        target_names=("z",),
        source="computed from Franke's function (1979)",
        licence=LICENCE,
    )


def ising(
    *,
    size: Count = 3000,
    spins: Annotated[int, Range(3, 100)] = 20,
    coupling: float = 1.0,
    products: Literal["all", "nearest", "none"] = "all",
    noise: Spread = 0.0,
    rng: np.random.Generator,
) -> Dataset:
    """Energies of a ring of spins: which pairs of neighbours matter has to be found among all pairs.

    E = -coupling (s_1 s_2 + s_2 s_3 + ... + s_spins s_1) + noise, each s being -1 or 1 with equal chance

    X (size, columns) holds products of two spins, as the energy is a straight line in these: all pairs s_j s_k with
    j < k, spins (spins - 1) / 2 columns; or those of nearest neighbours alone, one column a spin; or with none the
    spins themselves, from which no straight line leads to the energy. The target is E.

    Without a hidden layer the weights of the fit are the couplings: try --hidden none. The exercise has 40 spins and
    10000 states, and keeps every product twice beside the constants s_j s_j: spins^2 columns. Here each pair is there
    once.

    Options:
        size: number of states
        spins: length of the ring
        coupling: the energy that two neighbours gain by being equal, in any unit of energy; below 0 they avoid it
        products: which products are columns: all, nearest or none
        noise: standard deviation of what is added to E, in the unit of coupling

    Source: Ising (1925), Beitrag zur Theorie des Ferromagnetismus. The exercise is section VI D of Mehta and
    others (2019), A high-bias, low-variance introduction to machine learning for physicists, arXiv 1803.08823.
    """
    states = rng.choice([-1.0, 1.0], size=(size, spins))
    bonds = states * np.roll(states, -1, axis=1)
    energy = -coupling * bonds.sum(axis=1) + noise * rng.standard_normal(size)
    j, k = np.triu_indices(spins, 1)
    neighbour = np.roll(np.arange(spins), -1)
    columns, names = {
        "all": (states[:, j] * states[:, k], [f"s{a} s{b}" for a, b in zip(j + 1, k + 1, strict=True)]),
        "nearest": (bonds, [f"s{a + 1} s{b + 1}" for a, b in enumerate(neighbour)]),
        "none": (states, [f"s{a + 1}" for a in range(spins)]),
    }[products]
    return Dataset(
        columns,
        energy,
        task="regression",
        feature_names=names,
        target_names=("energy",),
        source="computed from Ising's model in one dimension (1925)",
        licence=LICENCE,
    )


_GRAVITY = 9.81  # m/s^2


def double_pendulum(
    *,
    size: Count = 2000,
    ahead: Annotated[float, Range(0.001, 5)] = 0.2,
    angle: Annotated[float, Range(0.01, 3.14)] = 1.5,
    speed: Annotated[float, Range(0, 20)] = 1.0,
    rng: np.random.Generator,
) -> Dataset:
    """Where will a pendulum on a pendulum be a moment later? Chaos, seen from so near that it can be foretold.

    With D = theta1 - theta2, rods of 1 m, masses of 1 kg at their ends and g = 9.81 m/s^2:
    theta1'' = -(3 g sin theta1 + g sin(theta1 - 2 theta2) + 2 sin D (omega2^2 + omega1^2 cos D)) / (3 - cos 2D)
    theta2'' = 2 sin D (2 omega1^2 + 2 g cos theta1 + omega2^2 cos D) / (3 - cos 2D)

    X (size, 4): theta1, theta2 in rad from hanging straight down, omega1, omega2 in rad/s; each row starts afresh,
    uniform up to angle and speed to both sides. y (size, 4): the same four after `ahead` seconds, by SciPy's
    Runge-Kutta method of order 8 with a relative tolerance of 1e-9. Angles are not wrapped at a full turn.

    Options:
        size: number of starts
        ahead: how far ahead the answer lies, in s. A small slow swing takes 2.6 s; after wide ones, starts that
            were neighbours part faster and faster, and the longer the look, the more rows it takes to learn
        angle: largest angle at the start, in rad
        speed: largest angular speed at the start, in rad/s

    Source: Landau and Lifshitz (1976), Mechanics, section 5, problem 1; chaos in it: Shinbrot, Grebogi, Wisdom
    and Yorke (1992), Chaos in a double pendulum. American Journal of Physics 60.
    """
    from scipy.integrate import solve_ivp

    limits = np.array([[angle], [angle], [speed], [speed]])
    start = limits * rng.uniform(-1, 1, (4, size))
    # All starts move as one system: the step suits them together.
    path = solve_ivp(_swing, (0, ahead), start.ravel(), method="DOP853", rtol=1e-9, atol=1e-10, t_eval=[ahead])
    names = ("theta1", "theta2", "omega1", "omega2")
    return Dataset(
        start.T,
        path.y[:, -1].reshape(4, size).T,
        task="regression",
        feature_names=names,
        target_names=tuple(f"{name} later" for name in names),
        source="computed from the equations of motion (Landau and Lifshitz, Mechanics)",
        licence=LICENCE,
    )


def _swing(time: float, state: np.ndarray) -> np.ndarray:
    """How fast the four numbers of every pendulum change; the state is flat, (4 n,)."""
    theta1, theta2, omega1, omega2 = state.reshape(4, -1)
    g, D = _GRAVITY, theta1 - theta2
    below = 3 - np.cos(2 * D)
    pull = 3 * g * np.sin(theta1) + g * np.sin(theta1 - 2 * theta2)
    alpha1 = -(pull + 2 * np.sin(D) * (omega2**2 + omega1**2 * np.cos(D))) / below
    alpha2 = 2 * np.sin(D) * (2 * omega1**2 + 2 * g * np.cos(theta1) + omega2**2 * np.cos(D)) / below
    return np.concatenate([omega1, omega2, alpha1, alpha2])


# MeV: volume, surface, repulsion of the protons, asymmetry, pairing (Krane, equation 3.28).
_VOLUME, _SURFACE, _COULOMB, _ASYMMETRY, _PAIRING = 15.5, 16.8, 0.72, 23.0, 34.0


def nuclear_binding(
    *,
    reach: Annotated[int, Range(1, 10)] = 5,
    heaviest: Annotated[int, Range(40, 300)] = 250,
    noise: Spread = 1.0,
    rng: np.random.Generator,
) -> Dataset:
    """How firmly a nucleus holds together: a drop with electric charge, in energy for each proton and neutron.

    With A = Z + N:
    B = 15.5 A - 16.8 A^(2/3) - 0.72 Z (Z - 1) / A^(1/3) - 23 (A - 2 Z)^2 / A + d + noise, in MeV, where
    d = 34 / A^(3/4) where Z and N are even, minus that where both are odd, else 0

    X (n, 2): Z protons and N neutrons, a row for each nucleus from A = 20 to heaviest whose Z is within `reach` of
    the best for its A, and which without noise loses neither a proton nor a neutron by itself. The target is B / A in
    MeV, highest near iron. The defaults give 2411 nuclei, about as many as have been weighed; they lie along a narrow
    bent valley, which takes a network more than 50 epochs: try --epochs 200.

    Options:
        reach: how many protons to each side of the valley of stability
        heaviest: largest A, in protons and neutrons
        noise: standard deviation of what is added to B, in MeV; real nuclei differ from the formula by a few MeV,
            not by chance but because of their shells

    Source: von Weizsäcker (1935), Zur Theorie der Kernmassen. Zeitschrift für Physik 96. The numbers are those of
    Krane (1988), Introductory nuclear physics, equation 3.28.
    """
    A = np.arange(20, heaviest + 1)
    offset = np.arange(-reach, reach + 1)
    A, Z = np.repeat(A, len(offset)), (_best_charge(A)[:, None] + offset).ravel()
    whole = _binding_energy(A, Z)
    holds = (whole > _binding_energy(A - 1, Z)) & (whole > _binding_energy(A - 1, Z - 1))
    A, Z, B = A[holds], Z[holds], whole[holds]
    return Dataset(
        np.column_stack([Z, A - Z]),
        (B + noise * rng.standard_normal(len(B))) / A,
        task="regression",
        feature_names=("Z", "N"),
        target_names=("B / A",),
        source="computed from the semi-empirical mass formula (von Weizsäcker 1935, Krane 1988)",
        licence=LICENCE,
    )


def _binding_energy(A: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """The semi-empirical mass formula, in MeV."""
    pairing = np.where(A % 2 == 1, 0, np.where(Z % 2 == 0, _PAIRING, -_PAIRING)) / A**0.75
    drop = _VOLUME * A - _SURFACE * A ** (2 / 3) - _COULOMB * Z * (Z - 1) / A ** (1 / 3)
    return drop - _ASYMMETRY * (A - 2 * Z) ** 2 / A + pairing


def _best_charge(A: np.ndarray) -> np.ndarray:
    """The Z that binds A nucleons most firmly: where the formula's slope in Z is 0, pairing apart."""
    push, pull = _COULOMB / A ** (1 / 3), 4 * _ASYMMETRY / A
    return np.rint((push + A * pull) / (2 * (push + pull)))


@hookimpl
def datasets() -> list:
    return [franke, ising, double_pendulum, nuclear_binding]
