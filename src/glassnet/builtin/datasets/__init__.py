"""Rows to learn from: drawn from a formula, in the box, or fetched once from their publishers."""

from collections.abc import Callable

from glassnet import Dataset, hookimpl

from .bundled import breast_cancer, diabetes, digits8x8, iris, wine_cultivars
from .fetched import california_housing, fashion_mnist, mnist, mnist_10k, pima, wine_quality
from .generated import (
    and_gate,
    blobs,
    circles,
    function,
    moons,
    nand_gate,
    or_gate,
    sine,
    skranke,
    spirals,
    step_function,
    toy6,
    xor,
)


@hookimpl
def datasets() -> list[Callable[..., Dataset]]:
    return [
        and_gate,
        or_gate,
        nand_gate,
        xor,
        toy6,
        sine,
        step_function,
        skranke,
        blobs,
        moons,
        circles,
        spirals,
        function,
        iris,
        wine_cultivars,
        breast_cancer,
        diabetes,
        digits8x8,
        pima,
        wine_quality,
        california_housing,
        mnist_10k,
        mnist,
        fashion_mnist,
    ]
