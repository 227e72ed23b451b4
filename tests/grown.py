"""One part more in copies of our parts files, added as CONTRIBUTING says: one function, and its name in the list."""

from pathlib import Path
from textwrap import dedent

ADDED = {
    "activations": (
        "softsign",
        """
        def softsign() -> Activation:
            '''A gentle sigmoid from -1 to 1.

            f(z) = z / (1 + |z|)
            '''
            return Activation(f=lambda z: z / (1 + np.abs(z)), df=lambda z, a: 1 / (1 + np.abs(z)) ** 2)
        """,
    ),
    "losses": (
        "quartic",
        """
        def quartic() -> Loss:
            '''The mean fourth power of the differences.

            value = mean over the columns of (y - t)^4
            '''
            def value(y, t):
                return ((y - t) ** 4).mean(axis=1)

            return Loss(value, lambda y, t: 4 * (y - t) ** 3 / y.shape[1], "identity", "regression")
        """,
    ),
    "optimizers": (
        "sign_descent",
        """
        def sign_descent(lr: float = 0.01) -> Optimizer:
            '''Steps of one length, downhill.

            w = w - lr sign(g)
            '''
            return Optimizer(init=lambda w: {}, update=lambda w, g, state, step: (lr * np.sign(g), state))
        """,
    ),
    "initializers": (
        "wide_uniform",
        """
        def wide_uniform() -> Initializer:
            '''Uniform from -1 to 1.

            W ~ U(-1, 1)
            '''
            return Initializer(weights=lambda i, o, rng: rng.uniform(-1, 1, (i, o)), biases=_no_bias)
        """,
    ),
    "schedules": (
        "straight_line",
        """
        def straight_line() -> Schedule:
            '''Straight down, to almost 0.

            factor = 1 - (step - 1) / total
            '''
            return Schedule(factor=lambda step, total, epochs: 1.0 - (step - 1) / total)
        """,
    ),
    "metrics": (
        "mean_fourth_power",
        """
        def mean_fourth_power() -> Metric:
            '''The mean fourth power of the errors.

            mean of (y - t)^4
            '''
            def value(y, t, weight):
                return float(_column_mean((y - t) ** 4, weight).mean())

            return Metric(value, better="lower", sees="numbers")
        """,
    ),
    "datasets/generated": (
        "nor_gate",
        """
        def nor_gate(*, repeat: Count = 1, noise: Spread = 0.0, rng: np.random.Generator) -> Dataset:
            '''NOR gate: true where no input is.

            X (4 repeat, 2): a and b, 0 or 1. y: 0 or 1.
            repeat: how often the four rows appear. noise: standard deviation of what is added to the inputs.
            '''
            return _gate([1, 0, 0, 0], repeat, noise, rng)
        """,
    ),
}


def grow(folder: Path, file: str) -> None:
    """Add its part to one of the copied files: the function, and its name in the list at the bottom."""
    (name, function), home = ADDED[file], folder / f"stranger_{file}.py"
    text = home.read_text(encoding="utf-8")
    head, mark, tail = text.partition("@hookimpl\n")
    home.write_text(f"{head}{dedent(function).strip()}\n\n\n{mark}{tail}", encoding="utf-8")
    if not mark:  # a file of a package, whose list is in __init__
        home = home.with_name("__init__.py")
        head, _, tail = home.read_text(encoding="utf-8").partition("from .")
        home.write_text(f"{head}from .{Path(file).name} import {name}\nfrom .{tail}", encoding="utf-8")
    before, end, after = home.read_text(encoding="utf-8").rpartition("    ]\n")
    assert end and not after
    home.write_text(f"{before}        {name},\n{end}", encoding="utf-8")
