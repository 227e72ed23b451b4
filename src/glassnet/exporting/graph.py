"""The network as an ONNX graph: what phones, browsers and servers run without any of the libraries that train.

The graph computes in float32, as such programs do. Where all inputs are numbers it scales them itself, in float64,
and a regression ends in the target's own units.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..data import Features, Targets
from ..errors import GlassnetError, join
from ..libraries import Recipe, Words
from ..wording import ours

OPSET, IR_VERSION = 20, 10  # what onnxruntime reads since 1.18; the newest Gelu is of that age

SCRIPT = '''"""A network {shape} as ONNX, run by onnxruntime, with the weights that it had in glassnet."""

import onnxruntime

session = onnxruntime.InferenceSession(Path(__file__).with_name("model.onnx"))


def outputs(X):
    """What the graph puts out for inputs X, a row each."""
    return session.run(None, {{"rows": X}})[0]
'''


class _Graph:
    """Nodes in order, and the constants that they take. Each call adds one and returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any, name: str) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, *inputs: str, result: str = "", **attributes: Any) -> str:
        from onnx import helper

        result = result or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [result], name=result, **attributes))
        return result


def graph(recipe: Recipe, features: Features | None, targets: Targets) -> bytes:
    """The ONNX file of a network; with `features`, all of them numbers, it begins at the raw columns.

    Raises `GlassnetError` naming an activation that has no operators here, and where onnx is not installed.
    """
    try:
        from onnx import TensorProto, checker, helper
    except ImportError as error:
        raise GlassnetError("writing ONNX needs the package onnx: pip install 'glassnet[onnx]'") from error
    _refuse_unknown(recipe)
    made = _Graph()
    double = features is not None or recipe.dtype == "float64"
    x = "rows" if features is None else _scaled(made, features)
    y = _network(made, recipe, made.node("Cast", x, result="inputs", to=TensorProto.FLOAT) if double else x)
    regression = recipe.task == "regression"
    result = _in_own_units(made, y, targets) if regression else made.node("Identity", y, result="outputs")
    kind = TensorProto.DOUBLE if double else TensorProto.FLOAT
    inputs = [helper.make_tensor_value_info("rows", kind, ["n", recipe.widths[0]])]
    kind = TensorProto.DOUBLE if regression else TensorProto.FLOAT
    outputs = [helper.make_tensor_value_info(result, kind, ["n", recipe.widths[-1]])]
    whole = helper.make_graph(made.nodes, "glassnet", inputs, outputs, made.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _refuse_unknown(recipe: Recipe) -> None:
    for name, _ in (*recipe.activations, recipe.output):
        if name not in ACTIVATIONS:
            known = join(map(ours, ACTIVATIONS))
            raise GlassnetError(f"activation {name} can't be written as ONNX; these can: {known}")


def _scaled(made: _Graph, features: Features) -> str:
    """Gaps filled and columns scaled, in float64."""
    used = [column for column in features.columns if column.measured]
    fill, shift, scale = np.array([(column.fill, column.shift, column.scale) for column in used]).T
    gaps = made.node("IsNaN", "rows")
    x = made.node("Where", gaps, made.constant(fill, "input_fill"), "rows")
    x = made.node("Sub", x, made.constant(shift, "input_shift"))
    return made.node("Div", x, made.constant(scale, "input_scale"))


def _network(made: _Graph, recipe: Recipe, x: str) -> str:
    last = len(recipe.start)
    for number, layer in enumerate(recipe.start, start=1):
        arrays = {name: made.constant(array.astype(np.float32), f"{name}{number}") for name, array in layer.items()}
        x = made.node("Gemm", x, arrays["W"], arrays["b"])
        if "scale" in arrays:
            x = made.node(
                "BatchNormalization", x, *(arrays[n] for n in ("scale", "shift", "mean", "var")), epsilon=1e-5
            )
        x = _activate(made, x, recipe.output if number == last else recipe.activations[number - 1])
    return x


def _activate(made: _Graph, z: str, words: Words) -> str:
    return ACTIVATIONS[words[0]](made, z, **words[1])


def _in_own_units(made: _Graph, y: str, targets: Targets) -> str:
    from onnx import TensorProto

    y = made.node("Cast", y, to=TensorProto.DOUBLE)
    y = made.node("Mul", y, made.constant(targets.scale, "target_scale"))
    return made.node("Add", y, made.constant(targets.mean, "target_mean"), result="numbers")


# --- activations in ONNX's operators ------------------------------------------------------------------------


def _plain(op: str) -> Callable[[_Graph, str], str]:
    return lambda made, z: made.node(op, z)


def _step(made: _Graph, z: str) -> str:
    from onnx import TensorProto

    reached = made.node("GreaterOrEqual", z, made.constant(np.float32(0), f"zero_{len(made.nodes)}"))
    return made.node("Cast", reached, to=TensorProto.FLOAT)


def _swish(made: _Graph, z: str, beta: float = 1.0) -> str:
    sharp = z if beta == 1 else made.node("Mul", z, made.constant(np.float32(beta), f"beta_{len(made.nodes)}"))
    return made.node("Mul", z, made.node("Sigmoid", sharp))


ACTIVATIONS: dict[str, Callable[..., str]] = {
    "glassnet/identity": lambda made, z: z,
    "glassnet/step": _step,
    "glassnet/sigmoid": _plain("Sigmoid"),
    "glassnet/tanh": _plain("Tanh"),
    "glassnet/relu": _plain("Relu"),
    "glassnet/leaky_relu": lambda made, z, slope: made.node("LeakyRelu", z, alpha=slope),
    "glassnet/elu": lambda made, z, alpha: made.node("Elu", z, alpha=alpha),
    "glassnet/softplus": _plain("Softplus"),
    "glassnet/silu": _swish,
    "glassnet/gelu": _plain("Gelu"),
    "glassnet/softmax": lambda made, z: made.node("Softmax", z, axis=1),
    "glassnet-swish/swish": _swish,
    "glassnet-swish/mish": _plain("Mish"),
    "glassnet-swish/hard_swish": _plain("HardSwish"),
}
