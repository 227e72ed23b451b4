"""Which library Keras computes with, and how to leave its global settings as they were."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

BACKENDS = ("tensorflow", "torch", "jax")


def chosen() -> str:
    """The backend of a Keras that is loaded already; else KERAS_BACKEND; else the one that Keras's own file names,
    where it is installed; else the first that is, and tensorflow, Keras's own choice, where none is.
    """
    if "keras" in sys.modules:
        import keras

        return str(keras.backend.backend())
    if os.environ.get("KERAS_BACKEND"):
        return os.environ["KERAS_BACKEND"]
    # Keras writes that file itself, with tensorflow in it: it only counts where it can be followed.
    for name in (_in_file(), *BACKENDS):
        if name and find_spec(name):
            return name
    return BACKENDS[0]


def _required() -> str:
    name = chosen()
    if name in BACKENDS and not find_spec(name):
        raise ValueError(f"Keras needs a library to compute with, and {name} is not installed: pip install torch")
    return name


def _in_file() -> str:
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    try:
        found = json.loads((home / "keras.json").read_text(encoding="utf-8"))
        return str(found.get("backend", ""))
    except (OSError, ValueError, AttributeError):
        return ""


@contextmanager
def computing_in(dtype: str) -> Iterator[Any]:
    """Keras, with that default dtype for a moment.

    Its settings, KERAS_BACKEND and Python's random module, from which it draws seeds, are put back at the end.

    Keras casts whatever it is given to the default dtype, and keeps its rate in it. With PyTorch and JAX it still
    rounds each product to float32 on the way; the weights themselves are then kept in float64.
    """
    before, state = os.environ.get("KERAS_BACKEND"), random.getstate()
    os.environ["KERAS_BACKEND"] = _required()
    try:
        import keras

        floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)  # the dtype of layers, which the first one of a process settles
        try:
            yield keras
        finally:
            keras.config.set_floatx(floatx)
            keras.config.set_dtype_policy(policy)
    finally:
        random.setstate(state)
        if before is None:
            del os.environ["KERAS_BACKEND"]
        else:
            os.environ["KERAS_BACKEND"] = before
