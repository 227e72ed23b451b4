"""Mistakes in outputs and losses."""

import numpy as np

from glassnet import Exhibit


def softmax_over_rows() -> Exhibit:
    """Softmax over the rows in place of the classes: columns add up to 1, and rows do not.

    The mended one is e^z_k / sum_j e^z_j for each row.
    """

    def wrong(z):
        e = np.exp(z - z.max(axis=0))
        return e / e.sum(axis=0)

    def mended(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    scores = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])

    def first_row(softmax):
        return softmax(scores)[0].sum()

    def rows_add_up(softmax):
        sums = softmax(scores).sum(axis=1)
        return "" if np.allclose(sums, 1) else f"the rows add up to {sums.round(2).tolist()}, and each should to 1"

    return Exhibit(
        wrong,
        mended,
        measure=first_row,
        truth=lambda: 1.0,
        apart=0.1,
        caught_by=rows_add_up,
        source="A softmax written for one row, used on a batch.",
        unit="sum of the first row's probabilities",
    )
