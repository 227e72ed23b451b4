"""What Keras calls the parts of glassnet: each entry turns the options of a part into Keras's own words.

A part that is not in these tables, or an option that Keras has no equal for, is refused by name.
"""

from collections.abc import Callable, Mapping
from typing import Any

from glassnet import Recipe, engines
from glassnet.engines import Rule

Words = tuple[str, Mapping[str, Any]]
LIBRARY = "Keras"


def activation(words: Words) -> str:
    """What a layer takes as its `activation`, as source."""
    return str(_known("activation", ACTIVATIONS, words)(**words[1]))


def optimizer(words: Words) -> Rule:
    """The optimizer, as source, with what has to be set before each step."""
    found: Rule = _known("optimizer", OPTIMIZERS, words)(**words[1])
    return found


def schedule(words: Words, total: int) -> str:
    """Lines that find `factor`, what the rate is multiplied by, from `step` and `epochs`; empty where it is 1."""
    return str(_known("schedule", SCHEDULES, words)(total=total, **words[1]))


def loss(recipe: Recipe) -> str:
    """The loss of each row as an expression of scores z, targets t and `output`."""
    return engines.loss_source(LIBRARY, LOSSES, FROM_SCORES, recipe)


def _known(kind: str, table: Mapping[str, Any], words: Words) -> Callable[..., Any]:
    found: Callable[..., Any] = engines.known(LIBRARY, kind, table, words[0])
    return found


# --- activations --------------------------------------------------------------------------------------------


def _swish(beta: float) -> str:
    if beta != 1:
        raise ValueError(f"Keras's silu is swish:beta=1, not swish:beta={beta:g}: write --activation silu")
    return '"silu"'


ACTIVATIONS: dict[str, Callable[..., str]] = {
    "glassnet/identity": lambda: '"linear"',
    "glassnet/sigmoid": lambda: '"sigmoid"',
    "glassnet/tanh": lambda: '"tanh"',
    "glassnet/relu": lambda: '"relu"',
    "glassnet/leaky_relu": lambda slope: f"keras.layers.LeakyReLU(negative_slope={slope!r})",
    "glassnet/elu": lambda alpha: f"keras.layers.ELU(alpha={alpha!r})",
    "glassnet/softplus": lambda: '"softplus"',
    "glassnet/silu": lambda: '"silu"',
    "glassnet/gelu": lambda: '"gelu"',
    "glassnet/softmax": lambda: '"softmax"',
    "glassnet-swish/swish": _swish,
    "glassnet-swish/mish": lambda: '"mish"',
    "glassnet-swish/hard_swish": lambda: '"hard_silu"',
}


# --- losses -------------------------------------------------------------------------------------------------


def _times(factor: float, source: str) -> str:
    return source if factor == 1 else f"{factor!r} * {source}"


def _binary_cross_entropy(y: str, tiny: str) -> str:
    # Keras's own keeps outputs between 1e-7 and 1 - 1e-7.
    yes, no = (f"ops.log(ops.maximum({p}, {tiny}))" for p in (y, f"1 - {y}"))
    return f"-ops.mean(t * {yes} + (1 - t) * {no}, axis=-1)"


#: With the natural output, exponential and logarithm cancel: these take the scores and can't overflow.
FROM_SCORES: dict[tuple[str, str], str] = {
    ("glassnet/cross_entropy", "glassnet/softmax"): "keras.losses.categorical_crossentropy(t, z, from_logits=True)",
    ("glassnet/binary_cross_entropy", "glassnet/sigmoid"): "keras.losses.binary_crossentropy(t, z, from_logits=True)",
}

LOSSES: dict[str, Callable[..., str]] = {
    "glassnet/squared_error": lambda y, tiny, factor: _times(factor, f"keras.losses.mean_squared_error(t, {y})"),
    "glassnet/absolute_error": lambda y, tiny: f"keras.losses.mean_absolute_error(t, {y})",
    "glassnet/huber": lambda y, tiny, delta: f"keras.losses.huber(t, {y}, delta={delta!r})",
    "glassnet/hinge": lambda y, tiny: f"ops.mean(ops.relu(1 - (2 * t - 1) * {y}), axis=-1)",
    "glassnet/binary_cross_entropy": _binary_cross_entropy,
    "glassnet/cross_entropy": lambda y, tiny: f"-ops.sum(t * ops.log(ops.maximum({y}, {tiny})), axis=-1)",
    # Keras's own poisson adds 1e-7 to the output.
    "glassnet/poisson": lambda y, tiny: f"ops.mean({y} - t * ops.log(ops.maximum({y}, {tiny})), axis=-1)",
    "glassnet-robust/log_cosh": lambda y, tiny: f"keras.losses.log_cosh(t, {y})",
}


# --- optimizers ---------------------------------------------------------------------------------------------


def _optimizer(name: str, settings: str, inertia: bool = False) -> Rule:
    return Rule(f"keras.optimizers.{name}({settings})", inertia=inertia)


def _momentum(lr: float, momentum: float, lr_place: str) -> Rule:
    # Keras has the rate inside of the velocity; while it stays the same, the steps are the same.
    return _optimizer("SGD", f"learning_rate={lr!r}, momentum={momentum!r}", inertia=True)


def _nesterov(lr: float, momentum: float, lr_place: str) -> Rule:
    return _optimizer("SGD", f"learning_rate={lr!r}, momentum={momentum!r}, nesterov=True", inertia=True)


def _adagrad(lr: float, epsilon: float, epsilon_place: str, start: float) -> Rule:
    _refuse_outside("Adagrad", "adagrad", epsilon_place)
    return _optimizer("Adagrad", f"learning_rate={lr!r}, initial_accumulator_value={start!r}, epsilon={epsilon!r}")


def _rmsprop(lr: float, rho: float, epsilon: float, epsilon_place: str) -> Rule:
    _refuse_outside("RMSprop", "rmsprop", epsilon_place)
    return _optimizer("RMSprop", f"learning_rate={lr!r}, rho={rho!r}, epsilon={epsilon!r}")


def _refuse_outside(theirs: str, ours: str, epsilon_place: str) -> None:
    if epsilon_place == "outside":
        raise engines.epsilon_elsewhere(LIBRARY, theirs, f"{ours}:epsilon_place=outside", "inside")


def _adam(lr: float, beta1: float, beta2: float, epsilon: float, epsilon_place: str) -> Rule:
    return _like_adam("Adam", "adam", lr, beta1, beta2, epsilon, epsilon_place)


def _adamw(
    lr: float, beta1: float, beta2: float, epsilon: float, epsilon_place: str, weight_decay: float
) -> Rule:  # fmt: skip
    more = f", weight_decay={weight_decay!r}"
    return _like_adam("AdamW", "adamw", lr, beta1, beta2, epsilon, epsilon_place, more)


def _amsgrad(lr: float, beta1: float, beta2: float, epsilon: float) -> Rule:
    return _like_adam("Adam", "amsgrad", lr, beta1, beta2, epsilon, "corrected", ", amsgrad=True")


def _like_adam(
    theirs: str, ours: str, lr: float, beta1: float, beta2: float, epsilon: float, place: str, more: str = ""
) -> Rule:
    if place == "inside":
        raise engines.epsilon_elsewhere(LIBRARY, theirs, f"{ours}:epsilon_place=inside", "uncorrected")
    settings = f"learning_rate={lr!r}, beta_1={beta1!r}, beta_2={beta2!r}, epsilon={epsilon!r}{more}"
    if place == "uncorrected":
        return _optimizer(theirs, settings)
    return Rule(
        f"keras.optimizers.{theirs}({settings})",
        "# Keras adds epsilon to the uncorrected root. Where it belongs to the corrected one it is converted.\n"
        f"optimizer.epsilon = {epsilon!r} * (1 - {beta2!r}**step) ** 0.5",
    )


def _nadam(lr: float, beta1: float, beta2: float, epsilon: float, momentum_decay: float) -> Rule:
    if momentum_decay != 1:
        raise ValueError(
            f"Keras's Nadam is nadam:momentum_decay=1, not nadam:momentum_decay={momentum_decay:g}: write 1 there"
        )
    return _optimizer("Nadam", f"learning_rate={lr!r}, beta_1={beta1!r}, beta_2={beta2!r}, epsilon={epsilon!r}")


def _lion(lr: float, beta1: float, beta2: float, weight_decay: float) -> Rule:
    decay = f", weight_decay={weight_decay!r}" if weight_decay else ""
    return _optimizer("Lion", f"learning_rate={lr!r}, beta_1={beta1!r}, beta_2={beta2!r}{decay}")


OPTIMIZERS: dict[str, Callable[..., Rule]] = {
    "glassnet/sgd": lambda lr: _optimizer("SGD", f"learning_rate={lr!r}"),
    "glassnet/momentum": _momentum,
    "glassnet/nesterov": _nesterov,
    "glassnet/adagrad": _adagrad,
    "glassnet/rmsprop": _rmsprop,
    "glassnet/adam": _adam,
    "glassnet/adamw": _adamw,
    "glassnet-lion/amsgrad": _amsgrad,
    "glassnet-lion/lion": _lion,
    "glassnet-lion/nadam": _nadam,
}


# --- schedules ----------------------------------------------------------------------------------------------


def _glide(done: str, total: int, floor: float) -> str:
    """Half a cosine wave from 1 to the floor."""
    wave = "(1 + math.cos(math.pi * p)) / 2"
    return f"p = min({done} / {total}, 1)\nfactor = {f'{floor!r} + {1 - floor!r} * ' if floor else ''}{wave}"


def _warmup_cosine(total: int, warmup: float, floor: float) -> str:
    climb = round(warmup * total)
    glide = _glide(f"(step - {1 + climb})", max(total - climb, 1), floor)
    return f"{glide}\nif step <= {climb}:\n    factor = step / {climb}" if climb else glide


SCHEDULES: dict[str, Callable[..., str]] = {
    "glassnet/constant": lambda total: "",
    "glassnet/step_decay": lambda total, drop, every: f"factor = {drop!r} ** (epochs // {every})",
    "glassnet/exponential_decay": lambda total, rate: f"factor = {rate!r}**epochs",
    "glassnet/inverse_scaling": lambda total, power: f"factor = step**-{power!r}",
    "glassnet/cosine": lambda total, floor: _glide("(step - 1)", total, floor),
    "glassnet/warmup_cosine": _warmup_cosine,
}
