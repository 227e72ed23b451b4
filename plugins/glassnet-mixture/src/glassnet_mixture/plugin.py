"""A loss for questions that have several right answers: outputs say a whole distribution, as a sum of bells.

Each target column wants three outputs for each bell: `width` says so. `predict` gives the mean, which scores go by, and
`further` names the bells themselves.
"""

from typing import Annotated

import numpy as np
from glassnet import Loss, Range, hookimpl

BOUND = 20.0  # of a log-spread: beyond it a bell is a needle or a plain, and its slope there is 0


def mixture(bells: Annotated[int, Range(1, 20)] = 2) -> Loss:
    """Minus the log-density of a sum of normal distributions, whose shares, centres and spreads are outputs.

    Of each target column, with outputs a, m and s for each bell k, s kept from -20 to 20:
    pi_k = e^(a_k) / sum over j of e^(a_j)
    log p_k = log pi_k - s_k - (t - m_k)^2 / (2 e^(2 s_k)) - log(2 pi) / 2
    value = mean over columns of -log sum over k of p_k

    With r_k = p_k / sum over j of p_j, what bell k has to answer for:
    grad = [pi_k - r_k, r_k (m_k - t) / e^(2 s_k), r_k (1 - (t - m_k)^2 / e^(2 s_k))] / columns

    Options:
        bells: how many answers there may be; 1 is a mean with its spread

    Source: Bishop (1994), Mixture density networks, Aston University, NCRG/94/004.
    """

    def split(y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """a, m and s, each (n, bells, c): in y all a stand first, those of a bell side by side, then all m, then s."""
        a, m, s = y.reshape(len(y), 3, bells, -1).swapaxes(0, 1)
        return a, m, s

    def logs(y: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log pi and log p, (n, bells, c)."""
        a, m, s = split(y)
        log_pi = a - _log_sum(a)
        s = np.clip(s, -BOUND, BOUND)
        return log_pi, log_pi - s - (t[:, None] - m) ** 2 / 2 * np.exp(-2 * s) - float(np.log(2 * np.pi)) / 2

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return -_log_sum(logs(y, t)[1])[:, 0].mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        log_pi, log_p = logs(y, t)
        _, m, s = split(y)
        r = np.exp(log_p - _log_sum(log_p))
        free, sharp = np.abs(s) <= BOUND, np.exp(-2 * np.clip(s, -BOUND, BOUND))
        error = m - t[:, None]
        slopes = np.stack([np.exp(log_pi) - r, r * error * sharp, r * (1 - error**2 * sharp) * free], axis=1)
        return slopes.reshape(y.shape) / t.shape[1]

    def predict(y: np.ndarray) -> np.ndarray:
        a, m, _ = split(y)
        return (np.exp(a - _log_sum(a)) * m).sum(axis=1)

    def further(y: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> dict[str, np.ndarray]:
        a, m, s = split(y)
        columns = {
            "share": np.exp(a - _log_sum(a)),
            "centre": m * scale + mean,
            "spread": np.exp(np.clip(s, -BOUND, BOUND)) * scale,
        }
        named = [(f" of {c + 1}" if len(mean) > 1 else "", c) for c in range(len(mean))]
        return {
            f"{word} {k + 1}{of}": values[:, k, c]
            for of, c in named
            for k in range(bells)
            for word, values in columns.items()
        }

    return Loss(value, grad, "identity", "regression", width=lambda c: 3 * bells * c, predict=predict, further=further)


def _log_sum(x: np.ndarray) -> np.ndarray:
    """log of the sum of e^x over the bells, (n, 1, c): no exponent is above 0."""
    largest = x.max(axis=1, keepdims=True)
    return largest + np.log(np.exp(x - largest).sum(axis=1, keepdims=True))


@hookimpl
def losses() -> list:
    """Every loss of this package."""
    return [mixture]
