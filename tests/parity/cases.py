"""What glassnet is compared with other libraries on: small networks, 30 steps in float64, one thing moved at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glassnet import Catalog, Experiment
from glassnet.comparing.engines import EngineComparison, Race, choose_engines
from glassnet.experiment import Training

ALL = ("sklearn", "torch", "keras")
MODERN = ("torch", "keras")
LION = "glassnet-lion"  # the plugin with the optimizers that are not built in


@dataclass(frozen=True)
class Case:
    """One experiment in words, and the engines that have to follow it."""

    topic: str
    name: str
    settings: tuple[str, ...]
    engines: tuple[str, ...]
    dataset: str = "digits8x8"

    @property
    def experiment(self) -> Experiment:
        words = Experiment(
            dataset=self.dataset, hidden=(20, 10), activation=("tanh",), optimizer="adam:epsilon_place=uncorrected",
            dtype="float64", epochs=0, l2=0.001,
        )  # fmt: skip
        return words.with_settings(self.settings)


def cases() -> Iterator[Case]:
    """Every case of the page, topic by topic."""
    for name in ("identity", "sigmoid", "tanh", "relu"):
        yield Case("activation", name, (f"activation={name}",), ALL)
    for name in ("leaky_relu:slope=0.2", "elu", "softplus", "silu", "gelu", "softmax", "relu;tanh"):
        yield Case("activation", name.replace(";", ", then "), (f"activation={name}",), MODERN)
    for name in ("sgd:lr=0.1", "momentum", "nesterov", "adam", "adam:epsilon_place=uncorrected"):
        yield Case("optimizer", name, (f"optimizer={name}",), ALL)
    for name in (
        "momentum:lr_place=outside", "nesterov:lr_place=outside",
        "adam:beta1=0.8,beta2=0.99,epsilon=0.001", "adamw",
    ):  # fmt: skip
        yield Case("optimizer", name, (f"optimizer={name}",), MODERN)
    for name in ("adagrad", "rmsprop"):  # the two put epsilon in different places
        yield Case("optimizer", name, (f"optimizer={name}",), ("torch",))
        inside = f"{name}:epsilon_place=inside"
        yield Case("optimizer", inside, (f"optimizer={inside}",), ("keras",))
    for name, engines in (
        ("amsgrad", MODERN), ("nadam", ("torch",)), ("nadam:momentum_decay=1", MODERN), ("radam", ("torch",)),
    ):  # fmt: skip
        yield Case("optimizer", f"{LION}/{name}", (f"optimizer={LION}/{name}",), engines)
    yield Case("loss", "cross_entropy", (), ALL)
    yield Case("loss", "binary_cross_entropy", (), ALL, "breast_cancer")
    yield Case("loss", "squared_error", (), ALL, "diabetes")
    yield Case("loss", "squared_error:factor=0.5", ("loss=squared_error:factor=0.5",), ALL, "diabetes")
    for name in ("absolute_error", "huber:delta=0.5"):
        yield Case("loss", name, (f"loss={name}",), MODERN, "diabetes")
    yield Case("loss", "hinge", ("loss=hinge",), MODERN, "breast_cancer")
    yield Case("loss", "poisson", ("loss=poisson", "task=regression"), MODERN, "iris")  # 0, 1, 2
    yield Case("setting", "no hidden layer", ("hidden=none",), ALL)
    yield Case("setting", "batches of 100", ("batch_size=100",), ALL)
    yield Case("setting", "l2 0.1", ("l2=0.1",), ALL)
    yield Case("setting", "l1 0.001", ("l1=0.001",), MODERN)
    yield Case("setting", "clip_norm 0.5", ("clip_norm=0.5",), MODERN)
    # A bias in front of batch normalisation has no slope but rounding, which adam would blow up into whole steps.
    yield Case("setting", "batch normalisation, sgd", ("batch_norm=true", "optimizer=sgd:lr=0.1"), MODERN)
    yield Case("setting", "schedule cosine", ("schedule=cosine", "epochs=1"), MODERN)


def compare(case: Case, installed: tuple[str, ...]) -> EngineComparison:
    """The comparison of a case in the engines that are installed and have to follow it."""
    catalog = Catalog.discover()
    wanted = [name for name in case.engines if name in installed]
    race = Race(Training(case.experiment, catalog), choose_engines(wanted, catalog))
    for _ in race:
        pass
    return race.result


def installed_engines() -> tuple[str, ...]:
    """The engines that can be used here."""
    catalog = Catalog.discover()
    return tuple(name for name in ALL if catalog.matches("engine", name))
