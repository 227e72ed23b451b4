"""One experiment in several libraries: the same weights, the same batches, and how far apart they end up.

Two libraries that agree to the last digits, step by step, compute the same thing; then their times can be compared,
and a difference in accuracy is luck. glassnet is always the one that the others are compared with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import process
from ..catalog import Catalog
from ..engines import Layers, farthest
from ..errors import Diverged, GlassnetError, join
from ..experiment import Experiment, Training
from ..experiment.recipes import ENGINE_PACKAGES, recipe_of, session_of
from ..faces import Face, Shows
from ..kinds import Engine
from ..libraries import Recipe, Session
from ..training import threads
from ..training.batches import visiting_order
from ..training.epochs import Snapshot
from .faces import engines_face

Array = NDArray[Any]

OURS = "glassnet"
STEPS = 30

#: What a comparison takes where nothing was chosen: float64 keeps rounding out of the way, and this
#: place of epsilon is the one that costs no library a conversion that takes time.
DEFAULTS: Mapping[str, Any] = {
    "epochs": 10,
    "dtype": "float64",
    "optimizer": "adam:epsilon_place=uncorrected",
}


@dataclass(frozen=True)
class Side:
    """What one library came to.

    `loss` and `weights` hold, a number a step, how far the loss and the farthest single weight are from
    glassnet's; `outputs` how far outputs for the judged rows are after those steps, and `end` the farthest weight
    after all epochs. `scores` are those of the judged rows after all epochs, `seconds` one number an epoch.
    `limit` is what the differences have to stay below; None where nothing is judged.
    """

    name: str
    version: str
    loss: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    outputs: float = 0.0
    end: float = 0.0
    scores: Mapping[str, float] = field(default_factory=dict)
    seconds: tuple[float, ...] = ()
    limit: float | None = None
    remarks: tuple[str, ...] = ()

    @property
    def largest(self) -> float:
        """The largest difference of all; NaN where any is NaN."""
        return float(np.max([*self.loss, *self.weights, self.outputs, 0.0]))

    @property
    def farthest_step(self) -> int:
        """The step, counted from 1, at which the weights are farthest apart."""
        return int(np.argmax(self.weights)) + 1

    @property
    def agrees(self) -> bool | None:
        """Whether every difference stays below the limit; None where nothing is judged."""
        return None if self.limit is None else self.largest <= self.limit

    @property
    def seconds_an_epoch(self) -> float:
        """The median, so that a first epoch that compiles or loads something does not count."""
        return median(self.seconds)


@dataclass(frozen=True, repr=False)
class EngineComparison(Face):
    """One experiment in several libraries: `own` is glassnet, `others` the rest.

    `judged` names the scored rows: "test", "train" where there are no test rows, or "all" of a set too small to split.
    """

    experiment: Experiment
    batch_size: int
    steps: int
    judged: str
    own: Side
    others: tuple[Side, ...]
    remarks: tuple[str, ...] = ()

    def _face_(self) -> Iterator[str | Shows]:
        return engines_face(self)

    @property
    def agrees(self) -> bool:
        """False as soon as one library is farther off than its limit."""
        return all(side.agrees is not False for side in self.others)

    def ratio(self, side: Side) -> float:
        """How many times as long as glassnet it takes for an epoch."""
        return side.seconds_an_epoch / self.own.seconds_an_epoch


def refuse_unlike(experiment: Experiment) -> None:
    """Refuse what no two libraries do alike, random masks for example, and what has no single steps."""
    at_odds = {
        "--dropout": (experiment.dropout, "each library draws its own masks"),
        "--input-dropout": (experiment.input_dropout, "each library draws its own masks"),
        "--patience": (experiment.patience, "every library trains all epochs"),
        "--class-weight": (experiment.class_weight, "libraries weigh rows in different ways"),
    }
    for flag, (value, why) in at_odds.items():
        if value:
            raise GlassnetError(f"{flag} can't be compared between libraries ({why}): leave it away")


def choose_engines(names: Sequence[str], catalog: Catalog) -> dict[str, Engine]:
    """The engines by name, glassnet aside, which always takes part; all that are installed where none is named."""
    wanted = [name for name in dict.fromkeys(names) if name != OURS]
    if not names:
        wanted = [catalog.short_name(part) for part in catalog.parts("engine")]
    if not wanted:
        raise GlassnetError("glassnet is compared with others: name one more in --engines, such as glassnet,sklearn")
    return {name: _engine(name, catalog) for name in wanted}


def _engine(name: str, catalog: Catalog) -> Engine:
    package = ENGINE_PACKAGES.get(name)
    if package and not catalog.matches("engine", name):
        known = [OURS, *(catalog.short_name(part) for part in catalog.parts("engine"))]
        raise GlassnetError(
            f"the engine {name} comes with the plugin {package}, which is not here: pip install {package}. "
            f"Engines here: {join(known)}.{catalog.absent(name)}"
        )
    bag: Engine = catalog.choose("engine", name).build()
    return bag


class Race:
    """The comparison at work: iterate over it for words on what comes next, then ask for its `result`.

    First come `steps` single steps, whose losses and weights are compared one by one; then, from the same
    start again, all epochs of the experiment, an epoch of each library in turn, whose times are taken. Rows come in the
    order in which glassnet's own training visits them. Engines that were not `named` by a person and can't follow
    the experiment are left out, with a remark; a named one is an error.
    """

    def __init__(
        self,
        training: Training,
        engines: Mapping[str, Engine],
        *,
        steps: int = STEPS,
        limit: float | None = None,
        named: bool = True,
    ) -> None:
        refuse_unlike(training.experiment)
        if training.chosen.is_solver:
            raise GlassnetError(
                f"{training.chosen.optimizer.part.name} looks at all rows at once and each library searches in its own "
                "way, so that no steps can be compared: choose another optimizer, such as adam"
            )
        self.training, self.steps = training, steps
        self.recipe, self._start = recipe_of(training), Snapshot.of(training.network)
        self.remarks: list[str] = []
        self.engines = dict(engines)
        self._keep_able(named)
        self.limits = {name: engine.limit if limit is None else limit for name, engine in self.engines.items()}
        if limit is None and self.recipe.dtype != "float64":
            self.limits = {}
            self.remarks.append(f"in {self.recipe.dtype} differences are rounding that grows: shown, not judged")
        if self.recipe.batch_norm:
            self.remarks.append(
                "biases before batch normalisation have no slope but rounding, which Adam makes large: they may part"
            )
        self._sides: dict[str, Side] = {}

    def __len__(self) -> int:
        return self.steps + self.training.plan.epochs * (1 + len(self.engines))

    def __iter__(self) -> Iterator[str]:
        yield from self._single_steps()
        yield from self._all_epochs()

    @property
    def result(self) -> EngineComparison:
        """What it came to; only after the last word."""
        own, *others = self._sides.values()
        return EngineComparison(
            experiment=self.training.experiment,
            batch_size=self.recipe.batch_size,
            steps=self.steps,
            judged="all" if self.training.data.whole else self._split,
            own=own,
            others=tuple(others),
            remarks=tuple(self.remarks),
        )

    # --- who takes part ---------------------------------------------------------------------------------

    def _keep_able(self, named: bool) -> None:
        for name, engine in list(self.engines.items()):
            try:
                _begin(name, engine, self.recipe)
            except GlassnetError as error:
                if named:
                    raise
                del self.engines[name]
                self.remarks.append(f"left out: {error}")
        if not self.engines:
            raise GlassnetError(f"no engine can follow this experiment; {'; '.join(self.remarks)}")

    def _sessions(self) -> dict[str, Session]:
        """Everybody at the start, glassnet first."""
        self._start.restore(self.training.network)
        others = {name: _begin(name, engine, self.recipe) for name, engine in self.engines.items()}
        return {OURS: session_of(self.training), **others}

    # --- the rows, in order -----------------------------------------------------------------------------

    @property
    def _rows(self) -> Any:
        return self.training.data.train

    @property
    def _split(self) -> str:
        return "test" if "test" in self.training.splits() else "train"

    def _order(self, epoch: int) -> Array:
        """The rows of an epoch as glassnet's training visits them, less a lone last one that has no statistics."""
        n, size = len(self._rows.X), self.recipe.batch_size
        order = visiting_order(self._rows.X, -(-n // size), self.training.plan, epoch)
        alone = self.recipe.batch_norm and size < n and n % size == 1
        return order[: n - 1] if alone else order

    def _batches(self) -> Iterator[Array]:
        size, epoch = self.recipe.batch_size, 0
        while True:
            epoch += 1
            order = self._order(epoch)
            yield from (order[first : first + size] for first in range(0, len(order), size))

    # --- at work ----------------------------------------------------------------------------------------

    def _single_steps(self) -> Iterator[str]:
        sessions = self._sessions()
        apart: dict[str, list[tuple[float, float]]] = {name: [] for name in sessions}
        for step, rows in zip(range(1, self.steps + 1), self._batches(), strict=False):
            yield f"step {step} of {self.steps}"
            X, t = self._rows.X[rows], self._rows.t[rows]
            losses = {}
            for name, session in sessions.items():  # glassnet is the first: where it diverges, nobody else is asked
                losses[name] = self._train(name, session, X, t, f" at step {step}")
                if name == OURS:
                    ours = session.weights()
                    self._refuse_divergence(losses[OURS], ours, step)
            for name, session in sessions.items():
                far = 0.0 if name == OURS else farthest(ours, session.weights())
                apart[name].append((abs(losses[name] - losses[OURS]), far))
        X = self.training.splits()[self._split].X
        outputs = {name: session.outputs(X) for name, session in sessions.items()}
        for name, session in sessions.items():
            loss, weights = zip(*apart[name], strict=True)
            self._sides[name] = Side(
                name, self._version(name), loss, weights, float(np.abs(outputs[name] - outputs[OURS]).max()),
                limit=self.limits.get(name), remarks=tuple(session.remarks),
            )  # fmt: skip

    def _all_epochs(self) -> Iterator[str]:
        sessions, rows = self._sessions(), self._rows
        seconds: dict[str, list[float]] = {name: [] for name in sessions}
        epochs = self.training.plan.epochs
        for epoch in range(1, epochs + 1):
            order = self._order(epoch)
            X, t = rows.X[order], rows.t[order]
            for name, session in sessions.items():
                yield f"epoch {epoch} of {epochs} in {name}"
                began = perf_counter()
                self._train(name, session, X, t)
                seconds[name].append(perf_counter() - began)
                if name == OURS:
                    self._refuse_divergence(0.0, session.weights(), epoch * -(-len(rows.X) // self.recipe.batch_size))
        for name, session in sessions.items():
            self._sides[name] = self._scored(self._sides[name], session, sessions[OURS], tuple(seconds[name]))

    def _scored(self, side: Side, session: Session, ours: Session, seconds: tuple[float, ...]) -> Side:
        rows = self.training.splits()[self._split]
        with np.errstate(all="ignore"):
            scores = self.training.scorer(session.outputs(rows.X), rows)
        return replace(side, end=farthest(ours.weights(), session.weights()), scores=scores, seconds=seconds)

    def _train(self, name: str, session: Session, X: Array, t: Array, where: str = "") -> float:
        """One visit to these rows, in batches; whatever a library raises is told with its name."""
        batch_size = min(self.recipe.batch_size, len(X))
        try:
            quiet = np.errstate(all="ignore")
            # A session may swap warning filters, as that of scikit-learn has to.
            with process.alone(), threads.suited_to(batch_size, list(self.recipe.widths)), quiet:
                return session.train(X, t, batch_size)
        except GlassnetError:
            raise
        except Exception as error:
            raise GlassnetError(f"engine {name} stopped{where}: {type(error).__name__}: {error}") from error

    def _refuse_divergence(self, loss: float, ours: Layers, step: int) -> None:
        if not (np.isfinite(loss) and all(np.isfinite(array).all() for layer in ours for array in layer.values())):
            raise Diverged(f"training diverged by step {step}, so there is nothing to compare: try a smaller rate")

    def _version(self, name: str) -> str:
        from .. import __version__

        return str(__version__) if name == OURS else self.engines[name].version()


def _begin(name: str, engine: Engine, recipe: Recipe) -> Session:
    try:
        return engine.begin(recipe)
    except ValueError as error:
        raise GlassnetError(f"engine {name} can't follow this experiment: {error}") from error
    except Exception as error:  # a library that is there but does not work
        raise GlassnetError(f"engine {name} does not start: {type(error).__name__}: {error}") from error
