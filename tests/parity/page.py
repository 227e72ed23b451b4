"""Print docs/parity.md from a real comparison: `make parity-page` writes it."""

from collections.abc import Iterator
from importlib.metadata import version
from itertools import groupby

from cases import ALL, cases, compare, installed_engines

HEAD = """# Parity: the same numbers as the peers

Two libraries that compute the same thing agree to the last digits; two that differ in a convention don't agree at
all. So glassnet is held against scikit-learn, PyTorch and Keras in the strictest way: the same initial weights, the
same batches in the same order, float64, 30 steps, and then the largest difference of any single weight.

`make parity` installs the three and runs everything on this page as tests ({versions}).
PyTorch is large: its build can be chosen with pip's own arguments, `make parity PIP_ARGS="--index-url ..."`.
This page is written by `make parity-page`.

Networks have two hidden layers, 20 and 10, tanh, adam with epsilon on the uncorrected root, l2 0.001 and batches of
32, unless the row says otherwise; the data are digits8x8 (several classes), breast_cancer (two), diabetes (a number)
and, for poisson, the class numbers of iris. A dash means that the library has no equal; `glassnet conventions` says
what is converted, and how.
"""
LIMITS = """
Limits that the tests hold: 1e-10 for scikit-learn and PyTorch, 1e-6 for Keras. In float64 a number near 1 carries 16
digits, so 1e-15 is rounding alone. Keras keeps rates and constants in float32 whatever the weights are, which
shows from the seventh digit on.
"""
REST = """
## What else is compared

| what | with what | where |
|---|---|---|
| activations, losses and their slopes to scores of ±1000 | `torch.nn.functional` | tests/parity/test_functions.py |
| coefficients without a hidden layer, trained to the end | `LogisticRegression`, `Ridge` | tests/test_estimators.py |
| predictions of an exported network | PyTorch, Keras, scikit-learn, ONNX Runtime | tests/test_export.py |
| slopes of every part | central differences, autograd, SciPy | `glassnet check --all` |
"""


def lines() -> Iterator[str]:
    installed = installed_engines()
    if installed != ALL:
        raise SystemExit("the page needs scikit-learn, PyTorch and Keras: make parity-page installs them")
    names = {"scikit-learn": "scikit-learn", "PyTorch": "torch", "Keras": "keras"}
    yield HEAD.format(versions=", ".join(f"{name} {version(package)}" for name, package in names.items()))
    for topic, group in groupby(cases(), key=lambda case: case.topic):
        yield f"## By {topic}\n"
        yield f"| {topic} | data | scikit-learn | PyTorch | Keras |\n|---|---|---|---|---|"
        for case in group:
            far = {side.name: f"{max(side.weights):.0e}" for side in compare(case, installed).others}
            yield f"| {case.name} | {case.dataset} | {' | '.join(far.get(name, '-') for name in ALL)} |"
        yield ""
    yield LIMITS.strip() + "\n" + REST.rstrip()


print("\n".join(lines()))
