"""What scikit-learn, Keras and PyTorch call the things that have another name here, and how they differ.

Whoever comes from another library writes its words. No word is taken for ours in silence, because hardly two mean
quite the same; but every door that refuses one says the word here. `conventions` has the differences at length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

from .errors import UnknownWord, did_you_mean, join

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """Words of others for one setting: `ours` is the field of an experiment, `how` says what is different."""

    words: tuple[str, ...]
    ours: str
    how: str = ""


_RATE = "the rate belongs to it, as in adam:lr=0.01"
_RULE = "its numbers belong to it, as in adam:lr=0.01,beta1=0.9"

SETTINGS = (
    Setting(("alpha",), "l2", "scikit-learn divides alpha by the rows of a batch, so l2 is alpha / rows of a batch"),
    Setting(("C",), "l2", "l2 is 1 / (C * training rows)"),
    Setting(("weight_decay", "decay"), "l2", "biases are left out; adamw:weight_decay=0.01 decays apart from the loss"),
    Setting(("kernel_regularizer", "regularizer", "penalty", "reg", "lambda", "reg_lambda", "l2_reg"), "l2",
            "l2 / 2 * sum(W^2) on the mean loss, so Keras's l2 is half of ours"),
    Setting(("solver",), "optimizer", "adam and lbfgs are called the same; sgd with momentum is momentum or nesterov"),
    Setting(("optim", "updater"), "optimizer"),
    Setting(("lr", "learning_rate_init", "rate", "eta", "eta0", "step_size"), "optimizer", _RATE),
    Setting(("learning_rate",), "optimizer", _RATE + "; how it changes is the schedule's"),
    Setting(("momentum",), "optimizer", "momentum belongs to it, as in momentum:momentum=0.9"),
    Setting(("nesterovs_momentum", "nesterov"), "optimizer", "an optimizer of its own, as in nesterov:momentum=0.9"),
    Setting(("beta_1", "beta_2", "beta1", "beta2", "betas", "epsilon", "eps"), "optimizer", _RULE),
    Setting(("power_t", "lr_schedule", "lr_scheduler", "scheduler", "learning_rate_schedule"), "schedule"),
    Setting(("hidden_layer_sizes", "layers", "hidden_layers", "hidden_sizes", "hidden_units", "hidden_size",
             "hidden_dim", "hidden_dims", "units", "neurons", "nodes", "widths", "sizes"), "hidden"),
    Setting(("max_iter", "n_epochs", "num_epochs", "nb_epoch", "n_iter", "iterations", "max_epochs", "max_fun",
             "epochs"), "epochs", "passes over all training rows"),
    Setting(("early_stopping", "n_iter_no_change", "patience", "tol"), "patience",
            "epochs without a better score before the end"),
    Setting(("validation_fraction", "validation_split", "val_split", "val_size"), "validation"),
    Setting(("test_size", "test_split"), "test"),
    Setting(("random_state", "random_seed", "manual_seed"), "seed"),
    Setting(("batch", "batchsize", "minibatch", "mini_batch_size"), "batch_size"),
    Setting(("criterion", "loss_fn", "loss_function", "objective"), "loss"),
    Setting(("activations", "activation_fn", "nonlinearity", "hidden_activation"), "activation"),
    Setting(("out_activation", "output_activation", "final_activation"), "output"),
    Setting(("kernel_initializer", "init", "initialization", "weight_init"), "initializer"),
    Setting(("dropout_rate", "drop_rate"), "dropout", "the share that is left out"),
    Setting(("keep_prob",), "dropout", "the share that is left out, 1 - keep_prob"),
    Setting(("batch_normalization", "batchnorm", "bn"), "batch_norm"),
    Setting(("clipnorm", "max_norm", "max_grad_norm", "grad_clip", "gradient_clip_val", "global_clipnorm"),
            "clip_norm"),
    Setting(("clipvalue", "clip"), "clip_value"),
    Setting(("class_weights",), "class_weight"),
    Setting(("scoring",), "monitor"),
    Setting(("normalize", "normalise", "standardize", "scaler", "scaling"), "scale"),
)  # fmt: skip

#: Words of others for what is no setting of an experiment: `ours` is how our commands call it, if they do.
ASIDES = (
    Setting(("dataset", "data_set", "data", "file", "csv", "input", "path", "train_data", "train_file", "data_dir"),
            "dataset"),
    Setting(("label", "labels", "y", "label_column", "target_column", "class_column", "outcome", "response"), "target"),
    Setting(("features", "x", "columns", "feature_columns", "inputs", "usecols"), "drop",
            "all columns but the target are inputs, and this leaves some out"),
    Setting(("n_jobs", "workers", "num_workers", "n_workers", "threads", "processes"), "jobs",
            "how many of several trainings run at once"),
    Setting(("model", "estimator", "network", "net", "arch", "architecture"), "hidden",
            "there is one kind of network, and this says how wide its layers are"),
    Setting(("callbacks", "callback"), "patience", "it ends early; --watch looks inside"),
    Setting(("save", "save_model", "save_dir", "save_path", "model_path", "output_dir", "out", "outdir", "checkpoint",
             "checkpoint_dir", "log_dir", "logdir"), "runs", "each run is kept in a folder of its own there"),
    Setting(("load", "load_model", "weights", "pretrained", "warm_start", "restore", "continue"), "resume"),
    Setting(("cv", "k_fold", "k_folds", "kfold", "n_splits", "cross_validation"), "folds"),
    Setting(("name", "run_name", "tag", "comment", "message", "description"), "note"),
    Setting(("silent",), "quiet"),
    Setting(("split", "subset"), "rows"),
    Setting(("device", "gpu", "gpus", "cuda", "mps", "use_cuda", "no_cuda", "accelerator"), "",
            "glassnet computes on the processor alone"),
    Setting(("draw", "plot", "show_plot", "visualize", "visualise"), "",
            "pictures are drawn afterwards: glassnet plot last"),
)  # fmt: skip

#: Words of others for parts, by kind.
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "activation": {
        "sigmoid": ("logistic", "expit"),
        "identity": ("linear", "none"),
        "leaky_relu": ("leakyrelu", "lrelu"),
        "silu": ("swish",),
        "softplus": ("soft_plus",),
    },
    "loss": {
        "squared_error": ("mse", "mean_squared_error", "mseloss", "mse_loss", "l2", "l2_loss", "squared_loss"),
        "absolute_error": ("mae", "mean_absolute_error", "l1loss", "l1", "l1_loss"),
        "huber": ("smooth_l1", "smoothl1loss", "huberloss", "huber_loss"),
        "hinge": ("hinge_loss", "svm"),
        "binary_cross_entropy": (
            "bce", "bceloss", "bcewithlogitsloss", "binary_crossentropy", "bce_with_logits", "logistic", "log_loss",
        ),
        "cross_entropy": (
            "crossentropyloss", "categorical_crossentropy", "sparse_categorical_crossentropy",
            "nll", "nllloss", "nll_loss", "softmax",
        ),
        "poisson": ("poisson_nll", "poissonnllloss"),
    },
    "optimizer": {
        "lbfgs": ("bfgs", "l_bfgs", "l_bfgs_b"),
        "nesterov": ("nag",),
        "sgd": ("gd", "gradient_descent"),
    },
    "schedule": {
        "constant": ("none",),
        "step_decay": ("steplr", "step_lr", "step"),
        "cosine": ("cosineannealinglr", "cosine_decay", "cosine_annealing"),
        "exponential_decay": ("exponentiallr", "exponential"),
        "adaptive": ("reducelronplateau", "plateau", "on_plateau"),
        "inverse_scaling": ("invscaling", "inverse_time_decay"),
    },
    "initializer": {
        "glorot_uniform": ("xavier", "xavier_uniform", "glorot"),
        "glorot_normal": ("xavier_normal",),
        "he_uniform": ("kaiming", "kaiming_uniform", "he"),
        "he_normal": ("kaiming_normal",),
    },
    "metric": {
        "root_mean_squared_error": ("rmse",),
        "mean_squared_error": ("mse", "neg_mean_squared_error"),
        "mean_absolute_error": ("mae", "neg_mean_absolute_error"),
        "roc_auc": ("auc", "roc_auc_score"),
        "log_loss": ("neg_log_loss",),
        "accuracy": ("acc", "binary_accuracy", "categorical_accuracy"),
        "r2": ("r2_score",),
        "f1": ("f1_score",),
    },
}  # fmt: skip

#: Words of others for options of parts.
OPTIONS = {
    "lr": ("learning_rate", "learning_rate_init", "rate", "eta", "eta0", "step_size"),
    "beta1": ("beta_1", "b1"),
    "beta2": ("beta_2", "b2"),
    "epsilon": ("eps",),
    "slope": ("negative_slope", "alpha", "leak"),
    "rho": ("alpha", "decay_rate", "smoothing_constant"),
    "momentum": ("beta", "mu"),
    "tolerance": ("tol", "gtol", "pgtol"),
}


#: Words of others for commands, and what students type for them.
COMMANDS = {
    "train": ("fit", "learn", "run"),
    "evaluate": ("test", "score", "validate"),
    "predict": ("infer", "inference", "forecast"),
    "report": ("diagnose", "page"),
    "explain": ("define", "glossary", "word", "meaning"),
    "show": ("info", "describe", "doc"),
    "runs": ("history", "log", "logs", "experiments"),
    "plot": ("draw", "visualize", "visualise", "picture"),
    "data": ("dataset", "datasets"),
    "summary": ("model_summary", "architecture"),
    "sweep": ("tune", "search", "grid_search", "gridsearch", "hyperopt"),
    "compare": ("benchmark",),
    "new": ("create", "init", "template"),
    "release": ("publish", "upload"),
}

#: The same for what is typed otherwise than as one command.
LINES = {
    "data show DATASET": ("look", "explore", "inspect", "profile"),
    "data head DATASET": ("head", "view", "print"),
    "doctor": ("fix", "status"),
    "runs RUN --delete": ("delete", "remove", "rm"),
    "train --resume RUN": ("resume", "continue", "restart"),
    "--help": ("help", "man", "usage"),
    "--version": ("version",),
    "list": ("ls", "parts", "catalog"),
}

#: What a door calls the field of an experiment; empty if it has none.
Called = Callable[[str], str]


def setting(word: str, called: Called) -> str:
    """What a setting of others is here, as a sentence with a leading space; empty for a word that nobody uses."""
    plain = _plain(word)
    for one in SETTINGS:
        if plain in map(_plain, one.words) and (ours := called(one.ours)):
            return f" Here it is {ours}{f': {one.how}' if one.how else ''}."
    return f" Here it is {ours}." if (ours := called(plain)) and ours != word else ""


def aside(word: str, called: Called) -> str:
    """The same for what is no setting: what a command calls it, or why there is none."""
    for one in ASIDES:
        if _plain(word) in map(_plain, one.words):
            ours = called(one.ours) if one.ours else ""
            if ours:
                return f" Here it is {ours}{f': {one.how}' if one.how else ''}."
            if not one.ours:
                return f" There is none: {one.how}."
    return ""


def part(kind: str, word: str, known: Collection[str]) -> str:
    """A sentence on what a part of others is called here, where a part of that name is known; else empty."""
    plain, table = _plain(word), PARTS.get(kind, {})
    found = next((ours for ours, theirs in table.items() if plain in theirs and ours in known), "")
    return f" Here it is {found}." if found else ""


def command(word: str) -> str:
    """A sentence on what a command of others is called here; else empty."""
    found = next((ours for ours, theirs in COMMANDS.items() if _plain(word) in theirs), "")
    line = next((f"glassnet {ours}" for ours, theirs in LINES.items() if _plain(word) in theirs), "")
    return f" Here it is {found or line}." if found or line else ""


def option(word: str, known: Collection[str]) -> str:
    """A sentence on what an option of others is called here, if the part has it; else empty."""
    plain = _plain(word)
    found = next((ours for ours, theirs in OPTIONS.items() if plain in theirs and ours in known), "")
    return f" Here it is {found!r}." if found else ""


def colon(written: str) -> str:
    """How a part and its options are written here, for `adam lr=0.1` or `adam(lr=0.1)`; empty for anything else."""
    found = re.fullmatch(r"([\w./-]+)[\s(,;]+(\w+\s*=.*?)\)?", written.strip())
    if not found:
        return ""
    options = re.sub(r"\s*[,;\s]\s*(?=\w+\s*=)", ",", re.sub(r"\s*=\s*", "=", found[2]))
    return f" Options follow a colon: {found[1]}:{options}."


def unknown_setting(who: str, word: str, names: Collection[str], called: Called) -> str:
    """What to say to a word that is no name of a setting: the word here, or the nearest one, and all there are."""
    ours = setting(word, lambda field: name if (name := called(field)) in names else "")
    return f"{who} has no {word!r}.{ours or did_you_mean(word, names)} It may hold: {join(names)}"


def explains_words(called: Called) -> Callable[[type[T]], type[T]]:
    """A class whose constructor says of a keyword that it doesn't have what that is called here.

    Its signature stays what it is: scikit-learn reads parameters from it.
    """

    def explained(cls: type[T]) -> type[T]:
        begin: Any = cls.__init__
        names = [name for name in signature(begin).parameters if name != "self"]

        @wraps(begin)
        def __init__(self: Any, *args: Any, **given: Any) -> None:
            for word in given:
                if word not in names:
                    raise UnknownWord(unknown_setting(cls.__name__, word, names, called))
            begin(self, *args, **given)

        cls.__init__ = __init__  # type: ignore[method-assign]
        return cls

    return explained


def _plain(word: str) -> str:
    return word.lower().lstrip("-").replace("-", "_")
