"""The same network as a module text in Keras's own words: to be read, to be run, and what the engine runs."""

from glassnet import Recipe, conventions, engines

from . import words
from .backend import chosen


def script(recipe: Recipe) -> str:
    """The module text. It expects the mapping `weights`: "W1" and "b1" of the first layer, and so on."""
    rule = words.optimizer(recipe.optimizer)
    factor = words.schedule(recipe.schedule, recipe.total_steps)
    if factor and rule.inertia:
        name = recipe.optimizer[0].rpartition("/")[2]
        raise ValueError(
            f"Keras's {name} has the rate inside the velocity, where a schedule moves it otherwise than here: "
            "write --schedule constant, or --optimizer sgd"
        )
    settings = _settings(recipe, rule, factor)
    compiled = _compiled(rule, _clipping(recipe), settings)
    sections = [_head(recipe, factor), _model(recipe), _handed_over(recipe), _loss(recipe), compiled]
    sections += [section for section in (settings, _train(settings), _outputs()) if section]
    return engines.spaced(sections)


def _head(recipe: Recipe, factor: str) -> str:
    maths = "import math\n" if "math." in factor else ""
    ops = "from keras import ops\n" if "ops." in words.loss(recipe) + _two_columns(recipe) else ""
    return (
        f"{engines.beginning(recipe, words.LIBRARY)}\n\n"
        f"{maths}import os\n\n"
        f'os.environ.setdefault("KERAS_BACKEND", "{chosen()}")  # or another that is installed; before the import\n\n'
        f"import keras\n{ops}\n"
        f'keras.config.set_floatx("{recipe.dtype}")\n'
        f"BATCH_SIZE = {recipe.batch_size}"
    )


def _model(recipe: Recipe) -> str:
    lines = [f"keras.Input(({recipe.widths[0]},))"]
    lines += [f"keras.layers.Dropout({recipe.input_dropout!r})"] if recipe.input_dropout else []
    for width, activation in zip(recipe.widths[1:-1], recipe.activations, strict=True):
        bend = words.activation(activation)
        if recipe.batch_norm:
            lines.append(_dense(recipe, width))
            lines.append(
                f"keras.layers.BatchNormalization(momentum={conventions.keras_momentum(0.1)!r}, epsilon=1e-05)"
            )
            lines.append(f"keras.layers.Activation({bend})" if bend.startswith('"') else bend)
        else:
            lines.append(_dense(recipe, width, f", activation={bend}"))
        lines += [f"keras.layers.Dropout({recipe.dropout!r})"] if recipe.dropout else []
    stack = "".join(f"        {line},\n" for line in [*lines, _dense(recipe, recipe.widths[-1])])
    output = words.activation(recipe.output)
    return (
        f"{_about_penalties(recipe)}"
        f"{_penalty(recipe)}"
        f"# From inputs to scores. What makes outputs of them stands apart, because the loss may have it inside.\n"
        f"model = keras.Sequential(\n    [\n{stack}    ]\n)\n"
        f"output = {output if '(' in output else 'keras.activations.' + output.strip(chr(34))}"
    )


def _dense(recipe: Recipe, width: int, more: str = "") -> str:
    regular = ", kernel_regularizer=penalty" if recipe.l1 or recipe.l2 else ""
    return f"keras.layers.Dense({width}{more}{regular})"


def _about_penalties(recipe: Recipe) -> str:
    return "# Keras's l2 has no half in it: it is half of glassnet's.\n" if recipe.l2 else ""


def _penalty(recipe: Recipe) -> str:
    if not (recipe.l1 or recipe.l2):
        return ""
    l2 = conventions.keras_l2(recipe.l2)
    both = recipe.l1 and recipe.l2
    settings = f"L1L2(l1={recipe.l1!r}, l2={l2!r})" if both else f"L2({l2!r})" if l2 else f"L1({recipe.l1!r})"
    return f"penalty = keras.regularizers.{settings}\n\n"


def _handed_over(recipe: Recipe) -> str:
    lines = [
        "dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]",
        "for number, layer in enumerate(dense, start=1):",
        '    layer.set_weights([weights[f"W{number}"], weights[f"b{number}"]])',
    ]
    if recipe.batch_norm:
        lines += [
            "# The running variance that is handed over divides by n - 1; Keras's own, if it is trained on, by n.",
            "normal = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]",
            "for number, layer in enumerate(normal, start=1):",
            '    layer.set_weights([weights[f"{name}{number}"] for name in ("scale", "shift", "mean", "var")])',
        ]
    return "\n".join(lines)


def _two_columns(recipe: Recipe) -> str:
    if recipe.loss[0] == "glassnet/cross_entropy" and recipe.task == "binary":
        return "    t = ops.concatenate([1 - t, t], axis=1)  # one column of 0 and 1 as a column for each class\n"
    return ""


def _loss(recipe: Recipe) -> str:
    source = words.loss(recipe)
    return (
        "def row_loss(t, z):\n"
        f'    """The loss of each row, from targets t and scores z{engines.inside(recipe, source)}."""\n'
        f"{_two_columns(recipe)}"
        f"    return {source}"
    )


def _clipping(recipe: Recipe) -> str:
    """Settings of the optimizer that clip the gradient."""
    if recipe.clip_norm is not None and recipe.clip_value is not None:
        raise ValueError("Keras clips a gradient in one way only, not in two: leave --clip-norm or --clip-value away")
    if recipe.clip_norm is not None:
        return f", global_clipnorm={recipe.clip_norm!r}"
    return "" if recipe.clip_value is None else f", clipvalue={recipe.clip_value!r}"


def _compiled(rule: engines.Rule, clipping: str, settings: str) -> str:
    eager = ", run_eagerly=True" if "optimizer.epsilon" in settings else ""
    about = "# Eagerly, because a compiled step would keep the first epsilon for ever.\n" if eager else ""
    return (
        f"optimizer = {rule.source[:-1]}{clipping})\n{about}"
        f"model.compile(optimizer=optimizer, loss=row_loss, metrics=[row_loss]{eager})"
    )


def _settings(recipe: Recipe, rule: engines.Rule, factor: str) -> str:
    """What has to be set before each step, as a function; empty where nothing has to."""
    lines = rule.before_step.splitlines()
    if factor:
        lines += [*factor.splitlines(), f"optimizer.learning_rate = {recipe.optimizer[1]['lr']!r} * factor"]
    if not lines:
        return ""
    body = "".join(f"    {line}\n" for line in lines)
    return (
        "def set_optimizer(step, epochs):\n"
        '    """What is set before update `step`, counted from 1, when so many `epochs` are finished."""\n'
        f"{body.rstrip()}\n\n\n"
        "class EachBatch(keras.callbacks.Callback):\n"
        '    """Sets the optimizer before each batch."""\n\n'
        "    steps, epochs = 0, 0\n\n"
        "    def on_train_batch_begin(self, batch, logs=None):\n"
        "        self.steps += 1\n"
        "        set_optimizer(self.steps, self.epochs)\n\n"
        "    def on_epoch_end(self, epoch, logs=None):\n"
        "        self.epochs += 1\n\n\n"
        "each_batch = EachBatch()"
    )


def _train(settings: str) -> str:
    callbacks = ", callbacks=[each_batch]" if settings else ""
    return (
        "def train(X, t, epochs):\n"
        '    """Visit all rows so many times, each time in a new order. X are prepared inputs, t encoded targets."""\n'
        f"    model.fit(X, t, batch_size=BATCH_SIZE, epochs=epochs{callbacks}, verbose=2)"
    )


def _outputs() -> str:
    return (
        "def outputs(X):\n"
        '    """What the network puts out for prepared inputs X, a row each."""\n'
        "    return keras.ops.convert_to_numpy(output(model.predict(X, verbose=0)))"
    )
