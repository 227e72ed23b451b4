"""Keras as an engine of glassnet: it trains the same network from the same weights on the same batches.

Keras itself is imported when a network is built, not when this module is: to list an engine takes no backend.
"""

from collections.abc import Callable

from glassnet import Engine, Recipe, Session, hookimpl


def keras() -> Engine:
    """Keras 3: a Sequential model of Dense layers, on the backend that is installed.

    The network is the module text that `glassnet export RUN --to keras` writes; here it is run. KERAS_BACKEND
    chooses TensorFlow, JAX or PyTorch; where it is not set and TensorFlow is absent, the first of PyTorch and JAX
    that is there is taken. With PyTorch and JAX, Keras rounds the products of a float64 network to float32.

    Raises ValueError naming the part or setting that Keras has no equal for, and for dropout, whose random masks are
    each library's own (a script has it all the same).
    Source: Chollet and others (2015), Keras.
    """

    def begin(recipe: Recipe) -> Session:
        from .session import begin

        return begin(recipe)

    def script(recipe: Recipe) -> str:
        from .script import script

        return script(recipe)

    return Engine(begin=begin, version=_version, script=script, limit=1e-6)


def _version() -> str:
    from importlib.metadata import version

    return version("keras")


@hookimpl
def engines() -> list[Callable[..., Engine]]:
    return [keras]
