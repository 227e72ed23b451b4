"""Exhibits: mistakes that are easily made, each beside its mended form and the check that finds it."""

from collections.abc import Callable

from glassnet import Exhibit, hookimpl

from .outputs import softmax_over_rows


@hookimpl
def exhibits() -> list[Callable[..., Exhibit]]:
    return [softmax_over_rows]
