"""PyTorch as an engine of glassnet: it trains the same network from the same weights on the same batches.

PyTorch itself is imported when a network is built, not when this module is: to list an engine takes no gigabyte.
"""

from collections.abc import Callable
from typing import Literal

from glassnet import Engine, Recipe, Session, hookimpl


def torch(device: Literal["auto", "cpu", "cuda"] = "auto") -> Engine:
    """PyTorch: a Sequential of Linear layers, autograd for the slopes, and an optimizer of torch.optim.

    The network is the module text that `glassnet export RUN --to torch` writes; here it is run.

    Options:
        device: where it computes; auto is cuda where PyTorch finds one, else cpu

    Raises ValueError naming the part or setting that PyTorch has no equal for, and for dropout, whose random masks
    are each library's own (a script has it all the same).
    Source: Paszke and others (2019), PyTorch: an imperative style, high-performance deep learning library.
    """

    def begin(recipe: Recipe) -> Session:
        from .session import begin

        return begin(recipe, device)

    def script(recipe: Recipe) -> str:
        from .script import script

        return script(recipe, device)

    return Engine(begin=begin, version=_version, script=script)


def _version() -> str:
    from importlib.metadata import version

    return version("torch")


@hookimpl
def engines() -> list[Callable[..., Engine]]:
    return [torch]
