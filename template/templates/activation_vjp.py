"""An activation for glassnet. This module is the plugin: it is all that glassnet imports of the package.

An activation bends the scores z of a layer into its outputs a, both (n rows, width). Here the columns of a row mix, so
that there is no slope for each element: `vjp` brings the loss's slope from a back to z instead. Put your own formula in
the place of this one; `make check` says whether its way back is right.
"""

from typing import Annotated

import numpy as np
from glassnet import Activation, Range, hookimpl


def {{ part }}(epsilon: Annotated[float, Range(1e-30)] = 1e-5) -> Activation:
    """Each row over its root mean square: only the direction of the scores goes on, not their size.

    f(z)_j = z_j / r, where r = sqrt(mean over j of z_j^2 + epsilon)

    Columns mix. With u the loss's slope in a, its slope in z is (u_j - a_j mean over k of a_k u_k) / r

    Options:
        epsilon: keeps the division away from 0, in units of z^2; a row far below its root fades

    Source: Zhang and Sennrich (2019), Root mean square layer normalization, arXiv:1910.07467; here without gains.
    """

    def size(z: np.ndarray) -> np.ndarray:
        return np.sqrt((z * z).mean(axis=1, keepdims=True) + epsilon)

    def vjp(z: np.ndarray, a: np.ndarray, upstream: np.ndarray) -> np.ndarray:
        return (upstream - a * (a * upstream).mean(axis=1, keepdims=True)) / size(z)

    return Activation(f=lambda z: z / size(z), vjp=vjp)


@hookimpl
def activations() -> list:
    """Every activation of this package: write a second one above and add its name here."""
    return [{{ part }}]
