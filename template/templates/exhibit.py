"""An exhibit for glassnet. This module is the plugin: it is all that glassnet imports of the package.

An exhibit is code that is wrong in one instructive way, beside its mended form: a measure tells them apart, the true
number comes from outside of both, and a test that a student could run finds the wrong one. Put your own mistake in the
place of this one; `make check` says whether it is seen, mended and caught.
"""

from typing import Any

import numpy as np
from glassnet import hookimpl


def {{ part }}() -> Any:
    """The mean of the batches' roots in place of the root of the mean: an error that depends on the cut.

    rmse = sqrt(mean of (y - t)^2 over all rows), one root for all of them
    """
    from glassnet import Exhibit

    def wrong(errors, batch_size):
        batches = np.split(errors, range(batch_size, len(errors), batch_size))
        return np.mean([np.sqrt(np.mean(batch**2)) for batch in batches])

    def mended(errors, batch_size):
        batches = np.split(errors, range(batch_size, len(errors), batch_size))
        return np.sqrt(sum(np.sum(batch**2) for batch in batches) / len(errors))

    errors = np.array([1.0, 1.0, 7.0, 7.0])

    def the_cut_does_not_matter(rmse):
        whole, cut = rmse(errors, 4), rmse(errors, 2)
        return "" if np.isclose(whole, cut) else f"one batch of four rows gives {whole:.2f}, two of two {cut:.2f}"

    return Exhibit(
        wrong,
        mended,
        measure=lambda rmse: rmse(errors, 2),
        truth=lambda: 5.0,  # by hand: (1 + 1 + 49 + 49) / 4 is 25
        apart=0.5,
        caught_by=the_cut_does_not_matter,
        source="A loop over batches that adds up what each of them reports.",
        unit="root mean squared error",
    )


@hookimpl(optionalhook=True)  # a glassnet without exhibits keeps the package's other parts
def exhibits() -> list:
    """Every exhibit of this package: write a second one above and add its name here."""
    return [{{ part }}]
