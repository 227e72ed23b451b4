"""What PyTorch calls the parts of glassnet: each entry turns the options of a part into PyTorch's own words.

A part that is not in these tables, or an option that PyTorch has no equal for, is refused by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from glassnet import Recipe, engines
from glassnet.engines import Rule

Words = tuple[str, Mapping[str, Any]]
LIBRARY = "PyTorch"


def activation(words: Words) -> str:
    """The module of an activation, as source."""
    return str(_known("activation", ACTIVATIONS, words)(**words[1]))


def optimizer(words: Words) -> Rule:
    """The optimizer, as source, with what has to be set before each step."""
    found: Rule = _known("optimizer", OPTIMIZERS, words)(**words[1])
    return found


def schedule(words: Words, total: int) -> "Rates | None":
    """The schedule, as source; None where the rate stays the same."""
    found: Rates | None = _known("schedule", SCHEDULES, words)(total=total, **words[1])
    return found


def loss(recipe: Recipe) -> str:
    """The mean loss of a batch as an expression of scores z, targets t and `output`."""
    return engines.loss_source(LIBRARY, LOSSES, FROM_SCORES, recipe)


def _known(kind: str, table: Mapping[str, Any], words: Words) -> Callable[..., Any]:
    found: Callable[..., Any] = engines.known(LIBRARY, kind, table, words[0])
    return found


# --- activations --------------------------------------------------------------------------------------------


def _swish(beta: float) -> str:
    if beta != 1:
        raise ValueError(f"PyTorch's SiLU is swish:beta=1, not swish:beta={beta:g}: write --activation silu")
    return "nn.SiLU()"


ACTIVATIONS: dict[str, Callable[..., str]] = {
    "glassnet/identity": lambda: "nn.Identity()",
    "glassnet/sigmoid": lambda: "nn.Sigmoid()",
    "glassnet/tanh": lambda: "nn.Tanh()",
    "glassnet/relu": lambda: "nn.ReLU()",
    "glassnet/leaky_relu": lambda slope: f"nn.LeakyReLU({slope!r})",
    "glassnet/elu": lambda alpha: f"nn.ELU({alpha!r})",
    # From 20 on PyTorch's softplus is z itself, unless told otherwise: 2e-9 away.
    "glassnet/softplus": lambda: "nn.Softplus(threshold=40)",
    "glassnet/silu": lambda: "nn.SiLU()",
    "glassnet/gelu": lambda: "nn.GELU()",
    "glassnet/softmax": lambda: "nn.Softmax(dim=1)",
    "glassnet-swish/swish": _swish,
    "glassnet-swish/mish": lambda: "nn.Mish()",
    "glassnet-swish/hard_swish": lambda: "nn.Hardswish()",
}


# --- losses -------------------------------------------------------------------------------------------------


def _times(factor: float, source: str) -> str:
    return source if factor == 1 else f"{factor!r} * {source}"


#: With the natural output, exponential and logarithm cancel: these take the scores and can't overflow.
FROM_SCORES: dict[tuple[str, str], str] = {
    ("glassnet/cross_entropy", "glassnet/softmax"): "F.cross_entropy(z, t)",
    ("glassnet/binary_cross_entropy", "glassnet/sigmoid"): "F.binary_cross_entropy_with_logits(z, t)",
}

LOSSES: dict[str, Callable[..., str]] = {
    "glassnet/squared_error": lambda y, tiny, factor: _times(factor, f"F.mse_loss({y}, t)"),
    "glassnet/absolute_error": lambda y, tiny: f"F.l1_loss({y}, t)",
    "glassnet/huber": lambda y, tiny, delta: f"F.huber_loss({y}, t, delta={delta!r})",
    "glassnet/hinge": lambda y, tiny: f"F.relu(1 - (2 * t - 1) * {y}).mean()",
    "glassnet/binary_cross_entropy": lambda y, tiny: f"F.binary_cross_entropy({y}, t)",
    "glassnet/cross_entropy": lambda y, tiny: f"-(t * torch.log({y}.clamp(min={tiny}))).sum(dim=1).mean()",
    "glassnet/poisson": lambda y, tiny: f"F.poisson_nll_loss({y}, t, log_input=False, eps=0)",
}


# --- optimizers ---------------------------------------------------------------------------------------------


def _optimizer(name: str, settings: str) -> Rule:
    return Rule(f"torch.optim.{name}(model.parameters(), {settings})")


def _momentum(lr: float, momentum: float, lr_place: str) -> Rule:
    # PyTorch has the rate outside of the velocity. The schedule scales the change, so that both are the same.
    return _optimizer("SGD", f"lr={lr!r}, momentum={momentum!r}")


def _nesterov(lr: float, momentum: float, lr_place: str) -> Rule:
    if momentum == 0:  # PyTorch refuses it; without momentum there is nothing to look ahead
        return _optimizer("SGD", f"lr={lr!r}")
    return _optimizer("SGD", f"lr={lr!r}, momentum={momentum!r}, nesterov=True")


def _adagrad(lr: float, epsilon: float, epsilon_place: str, start: float) -> Rule:
    _refuse_inside("Adagrad", "adagrad", epsilon_place, "outside")
    return _optimizer("Adagrad", f"lr={lr!r}, eps={epsilon!r}, initial_accumulator_value={start!r}")


def _rmsprop(lr: float, rho: float, epsilon: float, epsilon_place: str) -> Rule:
    _refuse_inside("RMSprop", "rmsprop", epsilon_place, "outside")
    return _optimizer("RMSprop", f"lr={lr!r}, alpha={rho!r}, eps={epsilon!r}")


def _refuse_inside(theirs: str, ours: str, epsilon_place: str, instead: str) -> None:
    if epsilon_place == "inside":
        raise engines.epsilon_elsewhere(LIBRARY, theirs, f"{ours}:epsilon_place=inside", instead)


def _adam(lr: float, beta1: float, beta2: float, epsilon: float, epsilon_place: str) -> Rule:
    _refuse_inside("Adam", "adam", epsilon_place, "corrected")
    return _like_adam("Adam", lr, beta1, beta2, epsilon, epsilon_place)


def _adamw(
    lr: float, beta1: float, beta2: float, epsilon: float, epsilon_place: str, weight_decay: float
) -> Rule:  # fmt: skip
    _refuse_inside("AdamW", "adamw", epsilon_place, "corrected")
    return _like_adam("AdamW", lr, beta1, beta2, epsilon, epsilon_place, f", weight_decay={weight_decay!r}")


def _amsgrad(lr: float, beta1: float, beta2: float, epsilon: float) -> Rule:
    return _like_adam("Adam", lr, beta1, beta2, epsilon, more=", amsgrad=True")


def _nadam(lr: float, beta1: float, beta2: float, epsilon: float, momentum_decay: float) -> Rule:
    return _like_adam("NAdam", lr, beta1, beta2, epsilon, more=f", momentum_decay={momentum_decay!r}")


def _radam(lr: float, beta1: float, beta2: float, epsilon: float) -> Rule:
    return _like_adam("RAdam", lr, beta1, beta2, epsilon)


def _like_adam(
    name: str, lr: float, beta1: float, beta2: float, epsilon: float, place: str = "corrected", more: str = ""
) -> Rule:
    source = _optimizer(name, f"lr={lr!r}, betas=({beta1!r}, {beta2!r}), eps={epsilon!r}{more}").source
    if place == "corrected":
        return Rule(source)
    return Rule(
        source,
        "# PyTorch adds epsilon to the corrected root. Where it belongs to the uncorrected one it is converted.\n"
        f'optimizer.param_groups[0]["eps"] = {epsilon!r} / (1 - {beta2!r}**step) ** 0.5',
    )


OPTIMIZERS: dict[str, Callable[..., Rule]] = {
    "glassnet/sgd": lambda lr: _optimizer("SGD", f"lr={lr!r}"),
    "glassnet/momentum": _momentum,
    "glassnet/nesterov": _nesterov,
    "glassnet/adagrad": _adagrad,
    "glassnet/rmsprop": _rmsprop,
    "glassnet/adam": _adam,
    "glassnet/adamw": _adamw,
    "glassnet-lion/amsgrad": _amsgrad,
    "glassnet-lion/nadam": _nadam,
    "glassnet-lion/radam": _radam,
}


# --- schedules ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rates:
    """A scheduler of `optimizer` as source, the functions it needs, and after what it moves on."""

    source: str
    each: str  # "batch" or "epoch"
    functions: str = ""


def _of_steps(expression: str) -> Rates:
    """A factor that depends on `done`, the updates that are behind."""
    return Rates("torch.optim.lr_scheduler.LambdaLR(optimizer, factor)", "batch", _factor(expression))


def _factor(body: str) -> str:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f'def factor(done):\n    """What the rate is multiplied by after so many updates."""\n{lines}'


def _glide(floor: float) -> str:
    """Half a cosine wave from 1 to the floor, where p goes from 0 to 1."""
    return f"return {f'{floor!r} + {1 - floor!r} * ' if floor else ''}(1 + math.cos(math.pi * p)) / 2"


def _cosine(total: int, floor: float) -> Rates:
    return _of_steps(f"p = min(done / {total}, 1)\n{_glide(floor)}")


def _warmup_cosine(total: int, warmup: float, floor: float) -> Rates:
    climb = round(warmup * total)
    if climb == 0:
        return _cosine(max(total, 1), floor)
    return _of_steps(
        f"if done < {climb}:\n    return (done + 1) / {climb}\n"
        f"p = min((done - {climb}) / {max(total - climb, 1)}, 1)\n{_glide(floor)}"
    )


SCHEDULES: dict[str, Callable[..., Rates | None]] = {
    "glassnet/constant": lambda total: None,
    "glassnet/step_decay": lambda total, drop, every: Rates(
        f"torch.optim.lr_scheduler.StepLR(optimizer, step_size={every}, gamma={drop!r})", "epoch"
    ),
    "glassnet/exponential_decay": lambda total, rate: Rates(
        f"torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma={rate!r})", "epoch"
    ),
    "glassnet/inverse_scaling": lambda total, power: _of_steps(f"return (done + 1) ** -{power!r}"),
    "glassnet/cosine": _cosine,
    "glassnet/warmup_cosine": _warmup_cosine,
}
