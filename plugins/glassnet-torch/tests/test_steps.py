"""The same start, the same batches, 30 steps in float64: PyTorch's weights are glassnet's but for rounding."""

import sys
from subprocess import run as run_process

import numpy as np
import pytest
import torch
from glassnet import Catalog, Dataset, Experiment, Training
from glassnet.experiment.recipes import recipe_of, weights_of

CATALOG = Catalog.discover()
WITHIN = 1e-10
BATCH, EPOCHS = 8, 5  # of 46 rows: six batches an epoch, the last one smaller; 30 steps
TASKS = ("binary", "multiclass", "multilabel", "regression")


def rows(task):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(46, 4))
    scores = np.tanh(X @ rng.normal(size=(4, 3)))
    targets = (scores[:, 0] > 0).astype(int), scores.argmax(axis=1), (scores > 0).astype(int), scores[:, :2]
    if task == "counts":
        return Dataset(X, rng.poisson(2 + scores[:, :1]), task="regression")
    return Dataset(X, dict(zip(TASKS, targets, strict=True))[task], task=task)


def training(task="multiclass", **words):
    words = {"hidden": (6, 5), "activation": ("tanh",), "batch_size": BATCH, "l2": 0.01, "seed": 3} | words
    experiment = Experiment(
        task="regression" if task == "counts" else task, test=0, validation=0, dtype="float64", epochs=EPOCHS, **words
    )
    return Training(experiment, CATALOG, source=rows(task))


def apart(ours, engine="torch:device=cpu", recipe=None):
    """How far apart weights, losses and outputs are after all epochs; glassnet's own loop is one of the two sides."""
    session = CATALOG.choose("engine", engine).build().begin(recipe or recipe_of(ours))
    data, losses = ours.data.train, []
    for epoch in ours:
        order = np.random.default_rng([ours.plan.seed, 2, epoch.number]).permutation(len(data))
        losses.append(abs(epoch.loss - session.train(data.X[order], data.t[order], BATCH)))
    assert ours.progress.step == 30
    weights = [
        np.abs(mine[name] - theirs[name]).max()
        for mine, theirs in zip(weights_of(ours.network), session.weights(), strict=True)
        for name in mine
    ]
    outputs = np.abs(ours.network.predict(data.X) - session.outputs(data.X)).max()
    return max(*weights, *losses, outputs)


OPTIMIZERS = (
    "sgd:lr=0.1",
    "momentum:lr=0.05",
    "momentum:lr=0.05,lr_place=outside",
    "nesterov:lr=0.05",
    "nesterov:lr=0.05,momentum=0",
    "adagrad:start=0.1,epsilon=0.01",
    "rmsprop:lr=0.01,rho=0.99,epsilon=0.001",
    "adam:lr=0.01,epsilon=0.001",
    "adam:lr=0.01,beta1=0.8,beta2=0.99,epsilon=0.001,epsilon_place=uncorrected",
    "adamw:lr=0.01,epsilon=0.001,weight_decay=0.1",
    "adamw:lr=0.01,epsilon=0.001,weight_decay=0.1,epsilon_place=uncorrected",
)
GUESTS = ("amsgrad:epsilon=0.001", "nadam:momentum_decay=0.1", "radam:lr=0.01")
ACTIVATIONS = (
    "identity", "sigmoid", "tanh", "relu", "leaky_relu:slope=0.2", "elu:alpha=0.7", "softplus", "silu", "gelu",
    "softmax",
)  # fmt: skip
LOSSES = (
    ("multiclass", "cross_entropy", None),
    ("binary", "cross_entropy", None),
    ("multiclass", "cross_entropy", "sigmoid"),
    ("binary", "binary_cross_entropy", None),
    ("multilabel", "binary_cross_entropy", None),
    ("binary", "hinge", None),
    ("binary", "squared_error", "sigmoid"),
    ("regression", "squared_error:factor=0.5", None),
    ("regression", "squared_error", "tanh"),
    ("regression", "absolute_error", None),
    ("regression", "huber:delta=0.3", None),
    ("counts", "poisson", None),
)
SETTINGS = (
    {"l1": 0.01},
    {"l1": 0.01, "l2": 0.1},
    {"clip_norm": 0.05},
    {"clip_value": 0.01},
    {"clip_norm": 0.3, "clip_value": 0.02},
    {"batch_norm": True},
    {"hidden": (), "activation": ()},
    {"activation": ("relu", "sigmoid")},
)
SCHEDULES = ("inverse_scaling", "cosine:floor=0.1", "warmup_cosine:warmup=0.3", "warmup_cosine:warmup=0")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_that_both_have(optimizer):
    assert apart(training(optimizer=optimizer)) < WITHIN


@pytest.mark.parametrize("optimizer", GUESTS)
def test_optimizers_of_glassnet_lion(optimizer):
    if not CATALOG.matches("optimizer", f"glassnet-lion/{optimizer.partition(':')[0]}"):
        pytest.skip("glassnet-lion is not installed")
    assert apart(training(optimizer=f"glassnet-lion/{optimizer}")) < WITHIN


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_that_both_have(activation):
    assert apart(training(activation=(activation,), optimizer="adam:lr=0.01,epsilon=0.001")) < WITHIN


@pytest.mark.parametrize("activation", ["swish", "mish", "hard_swish"])
def test_activations_of_glassnet_swish(activation):
    if not CATALOG.matches("activation", f"glassnet-swish/{activation}"):
        pytest.skip("glassnet-swish is not installed")
    assert apart(training(activation=(f"glassnet-swish/{activation}",))) < WITHIN


@pytest.mark.parametrize(("task", "loss", "output"), LOSSES)
def test_every_loss_that_both_have(task, loss, output):
    assert apart(training(task, loss=loss, output=output, optimizer="momentum:lr=0.01")) < WITHIN


@pytest.mark.parametrize("words", SETTINGS, ids=str)
def test_every_setting_that_both_have(words):
    assert apart(training(optimizer="momentum:lr=0.05", **words)) < WITHIN


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", ["momentum:lr=0.05", "adamw:lr=0.01,epsilon=0.001"])
def test_a_schedule_scales_the_change_in_both(schedule, optimizer):
    assert apart(training(schedule=schedule, optimizer=optimizer)) < WITHIN


def test_these_are_all_that_glassnet_has():
    """A part that is added to glassnet is put into a table here, or into the list of those that PyTorch lacks."""
    names = {name.partition(":")[0] for name in (*OPTIMIZERS, *ACTIVATIONS, *(loss for _, loss, _ in LOSSES))}
    lacking = {"adagrad_momentum", "lbfgs", "step"}
    kinds = ("optimizer", "activation", "loss")
    own = {part.name for kind in kinds for part in CATALOG.parts(kind) if part.distribution == "glassnet"}
    assert names | lacking == own


def test_a_slip_would_be_seen():
    """Another place of epsilon, half a penalty, another loss: each is far beyond the limit."""
    for change in ({"optimizer": "adam:lr=0.01,epsilon=0.001,epsilon_place=uncorrected"}, {"l2": 0.02}, {"seed": 4}):
        ours = training(optimizer="adam:lr=0.01,epsilon=0.001")
        other = training(**{"optimizer": "adam:lr=0.01,epsilon=0.001"} | change)
        assert apart(ours, recipe=recipe_of(other)) > 1e4 * WITHIN


# --- what is refused ----------------------------------------------------------------------------------------

REFUSED = (
    ({"activation": ("step",)}, "PyTorch has no activation step: write --activation with one of identity, sigmoid"),
    ({"optimizer": "adagrad_momentum"}, "PyTorch has no optimizer adagrad_momentum: write --optimizer with one of sgd"),
    ({"optimizer": "adam:epsilon_place=inside"}, "adam:epsilon_place=inside: write adam:epsilon_place=corrected"),
    ({"optimizer": "rmsprop:epsilon_place=inside"}, "PyTorch's RMSprop has its epsilon outside the root"),
    ({"schedule": "adaptive"}, "PyTorch has no schedule adaptive"),
    ({"schedule": "step_decay"}, "step_decay counts epochs"),
    ({"dropout": 0.2}, "--dropout can't be compared"),
    ({"input_dropout": 0.2}, "--input-dropout can't be compared"),
)


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=str)
def test_what_pytorch_lacks_is_refused_by_name(words, said):
    with pytest.raises(ValueError) as caught:
        CATALOG.choose("engine", "torch").build().begin(recipe_of(training(**words)))
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_device_that_is_not_there_is_named():
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(ValueError, match="PyTorch finds no CUDA device here: write torch:device=cpu"):
        CATALOG.choose("engine", "torch:device=cuda").build().begin(recipe_of(training()))


def test_cuda_where_there_is_one():
    if not torch.cuda.is_available():
        pytest.skip("PyTorch finds no CUDA device here")
    assert apart(training(optimizer="momentum:lr=0.05"), "torch:device=cuda") < WITHIN


# --- as a guest ---------------------------------------------------------------------------------------------


def test_a_climb_of_no_steps_is_not_in_the_script():
    """No step would be climbed, and a person would read a division by 0."""
    recipe = recipe_of(training(schedule="warmup_cosine:warmup=0"))
    text = CATALOG.choose("engine", "torch:device=cpu").build().script(recipe)
    assert "math.cos" in text and "/ 0" not in text and "if done" not in text


def test_the_scripts_have_what_a_comparison_refuses():
    """Dropout and schedules that count epochs: `train` runs them."""
    ours = training(dropout=0.2, input_dropout=0.1, schedule="step_decay:every=2,drop=0.1", optimizer="sgd:lr=0.1")
    recipe = recipe_of(ours)
    text = CATALOG.choose("engine", "torch:device=cpu").build().script(recipe)
    arrays = {f"{name}{n}": array for n, layer in enumerate(recipe.start, 1) for name, array in layer.items()}
    names = {"weights": arrays}
    exec(text, names)
    names["train"](ours.data.train.X, ours.data.train.t, 4)
    assert [type(layer).__name__ for layer in names["model"]].count("Dropout") == 3
    assert names["optimizer"].param_groups[0]["lr"] == pytest.approx(0.1 * 0.1**2)


def test_the_default_dtype_stays_the_users():
    assert torch.get_default_dtype() == torch.float32
    apart(training(optimizer="adamw"))
    assert torch.get_default_dtype() == torch.float32


def test_to_list_the_engine_does_not_import_pytorch():
    code = """
import sys
from glassnet import Catalog
print(bool(Catalog.discover().choose("engine", "torch").build().version()), "torch" in sys.modules)
"""
    done = run_process([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"], done.stderr
