"""From words to a training: find the parts, prepare the data, build the network, iterate over epochs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog, Choice
from ..data import Features, Prepared, Rows, Split, infer_task, prepare
from ..data.staying import may_stay
from ..data.stored import Stored
from ..data.targets import Units
from ..errors import GlassnetError, GlassnetWarning, join, need
from ..kinds import Dataset, Loss, Task
from ..model import Model, Parts
from ..network import Network
from ..places import positions
from ..probes import EVERYWHERE, output_range
from ..streams import Stream, generator
from ..training import Epoch, History, Loop, Member, Midway, Objective, Plan, Progress, Scorer, evaluate
from ..training.epochs import watched_split
from ..training.live import run_to_the_end
from ..training.steps import check_states
from . import changing, remarks
from .choosing import DEFAULT_BATCH, choose_parts, kept_inputs, load_dataset, need_plugins, same_rows
from .faces import face_of
from .linear import Beside, Line, beside, fit_line
from .outputs import look
from .refusals import refuse_undefined, refuse_width, try_out
from .results import Interval, baseline, intervals
from .words import Experiment

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Earlier:
    """What a training came to, for another one to go on from: its model, where it stood, its optimizer's full name."""

    model: Model
    progress: Progress
    optimizer: str


Loaded = tuple[Experiment, Choice | None, Dataset]  # whose words, the part that they name, and the rows


class Training:
    """An experiment at work: iterate over it for its epochs, then ask it for scores, history and model.

    `experiment` has every default spelled out and full part names, `chosen` holds the parts. `remarks` are
    sentences for people about what was chosen, `still` those of them on weights that never move. `progress` is
    where it stands; it stays usable after an interrupt or a divergence. `warn` is called with a sentence that
    nobody should miss, by default `warnings.warn`. `changes` are those made by hand since it was `begun`, as (epochs
    done, setting).

    Rows come from the experiment's words, or from `source`, a data set in memory. `split` divides them
    otherwise than the split's seed does, and `weight` (n,) weighs them. `after` is an earlier training whose
    preparation, weights and progress this one takes over; `experiment.epochs` counts its epochs, too. `kept` are the
    units of the target that an earlier run wrote down: they are taken as they are, and nothing of it is refused;
    `features` what it learned about the inputs. From a training that is `like` it, on the same rows, it takes these
    rows, and as they are prepared where it would prepare them in the same way.
    """

    def __init__(
        self,
        experiment: Experiment,
        catalog: Catalog | None = None,
        *,
        keep_step_losses: bool = False,
        source: Dataset | None = None,
        split: Split | None = None,
        weight: NDArray[Any] | None = None,
        after: Earlier | None = None,
        kept: Units | None = None,
        features: Features | None = None,
        like: Training | None = None,
    ) -> None:
        self.catalog = catalog or Catalog.discover()
        need_plugins(experiment, self.catalog)
        self.loaded: Loaded = _load(experiment, self.catalog, source, like)
        _, choice, self.source = self.loaded
        task = infer_task(self.source, experiment.task)
        columns = int(np.prod(np.shape(self.source.y)[1:]))
        self.chosen = choose_parts(experiment, choice, task, self.catalog, columns)
        loss: Loss = self.chosen.loss.build()
        how: dict[str, Any] = {
            "task": task, "test": experiment.test, "validation": experiment.validation,
            "split_seed": experiment.split_seed, "scale": experiment.scale, "keep": kept_inputs(experiment),
            "making": experiment.features, "dtype": experiment.dtype, "class_weight": experiment.class_weight,
            "standardise_target": loss.targets == "any" and loss.task == "regression",
            "reach": output_range(self.chosen.output.build()) if task == "regression" else EVERYWHERE,
        }  # fmt: skip
        asked, shared = (how, self.source, split), None if like is None else like.prepared
        self.data: Prepared = shared[1] if shared is not None and shared[0] == asked else prepare(
            self.source, **how, rows=split, weight=weight, units=kept, features=features,
            learned=None if after is None else (after.model.features, after.model.targets),
        )  # fmt: skip
        self.prepared: tuple[tuple[Any, ...], Prepared] = asked, self.data
        self.experiment = self._spelled_out(experiment, task)
        self.network = self._network(loss)
        self.progress = self._begin() if after is None else self._go_on_from(after)
        metrics = {name: choice.build() for name, choice in self.chosen.metrics.items()}
        self.scorer = Scorer(metrics, self.data.targets, loss)
        self.objective = Objective(
            self.network, loss, natural=self.chosen.is_natural,
            l1=experiment.l1, l2=experiment.l2, name=self.chosen.loss.part.name,
        )  # fmt: skip
        try_out(self.objective, self.scorer, self.splits().values())
        if kept is None:
            look(self.objective, self.chosen, self.data)
        self.plan = self._plan(keep_step_losses)
        if self.plan.patience is not None:
            self.need_monitor()
        self.begun, self.changes = self.loaded[0], list[tuple[int, str]]()
        self._stepping: Loop | None = None
        self.still = tuple(remarks.of_stillness(self.chosen, self.objective))
        self.remarks = (*self.still, *remarks.of_choices(self))
        self.warn: Callable[[str], object] = lambda words: warnings.warn(words, GlassnetWarning, stacklevel=2)

    def need_monitor(self) -> None:
        """Raise `GlassnetError` where the rows that early stopping looks at have none of what it looks for."""
        looked_at = {} if self.data.whole else self.splits()
        split = watched_split(looked_at)
        refuse_undefined(self.plan.monitor, self.scorer, looked_at.get(split, self.data.train), split)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self._loop())

    def steps(self) -> Iterator[int | Epoch]:
        """Stand still after every update: yields its number, and after the last one of a pass the `Epoch`.

        Breaking off inside an epoch leaves the weights of the epoch before.
        """
        self._stepping = self._loop()
        return self._stepping.steps()

    @property
    def midway(self) -> Midway | None:
        """Where `steps()` stands still inside an epoch; None between epochs."""
        return None if self._stepping is None else self._stepping.midway

    def until(self, epoch: int) -> Training:
        """Train until so many epochs are done, as `finish` would, and hand itself back."""
        for _ in islice(self, max(0, epoch - len(self.progress.epochs))):
            pass
        return self

    def changed(self, *settings: str) -> Training:
        """Go on from here with other settings, `changed("optimizer.lr=0.001")`, or weights, `changed("W1:2,3=0")`.

        What comes back is a training of its own, with the weights, the progress and the optimizer's memory of this one,
        which stays as it is. `changes` lists what was changed after which epoch, the earliest first.
        """
        changing.refuse_midway(self)
        words, edits = changing.changed(self._asked(), settings)
        after = Earlier(self.model, self.progress, self.chosen.optimizer.part.full_name)
        other = Training(
            words, self.catalog, keep_step_losses=self.plan.keep_step_losses, split=self.prepared[0][2],
            after=after, kept=(self.data.targets.mean, self.data.targets.scale), like=self,
        )  # fmt: skip
        changing.take_over(self, other, settings, edits)
        return other

    def _asked(self) -> Experiment:
        """The experiment as it was asked for, with the parts that were chosen: `optimizer.lr=1` needs its optimizer."""
        parts = {name: value for name, value in self.chosen.words().items() if name != "dataset"}
        return self.loaded[0].replace(**parts)

    def finish(self) -> Training:
        """Train to the end and hand itself back: `run(experiment).finish().scores()`.

        A live line tells where it stands, where somebody sits at a terminal. What breaks a training off (`Diverged`,
        an interrupt) is raised as ever; the epochs before are kept.
        """
        run_to_the_end(self, self.plan.epochs)
        return self

    def _loop(self) -> Loop:
        return Loop(self.member())

    def member(self) -> Member:
        """What the loop is told of it."""
        data = self.data
        return Member(
            self.objective, self.chosen.optimizer.build(), self.chosen.schedule.build(),
            data.train, None if data.whole else data.validation, self.scorer, self.plan, self.progress, self.warn,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Training of {self.describe()}>"

    def _repr_html_(self) -> str:
        return face_of(self)

    def describe(self) -> str:
        """What it trains and where it stands: `iris: 4-100-3, epoch 12 of 50, loss 0.1234, ...`."""
        return f"{self.experiment.title}: {self.network.shape}, {self.progress.standing(self.plan.epochs)}"

    # --- what it came to -------------------------------------------------------------------------------

    @property
    def model(self) -> Model:
        """The network as it stands, with all that predicting from raw rows needs."""
        parts = Parts(self.chosen.activations, self.chosen.output, self.chosen.loss)
        return Model(self.network, parts, self.objective.loss, self.data.features, self.data.targets)

    @property
    def history(self) -> pd.DataFrame:
        """One row an epoch: number, step, losses, every score, rate, seconds."""
        return history_table(self.progress.epochs)

    @property
    def step_history(self) -> pd.DataFrame:
        """One row a step with its epoch and loss; only with `run(experiment, keep_step_losses=True)`."""
        import pandas as pd

        if not self.plan.keep_step_losses:
            raise GlassnetError("losses of steps were not kept: start with run(experiment, keep_step_losses=True)")
        rows = [
            {"step": step, "epoch": epoch.number, "loss": float(loss)}
            for epoch in self.progress.epochs
            if epoch.step_losses is not None
            for step, loss in enumerate(epoch.step_losses, epoch.step - len(epoch.step_losses) + 1)
        ]
        return pd.DataFrame(rows, columns=["step", "epoch", "loss"])

    def splits(self) -> dict[str, Rows]:
        """The splits that have rows, by name."""
        named = {"train": self.data.train, "validation": self.data.validation, "test": self.data.test}
        return {name: rows for name, rows in named.items() if rows is not None}

    def scores(self) -> dict[str, dict[str, float]]:
        """Metrics of every split over all its rows, and of the baseline on the test rows.

        Before any training they are those of the initial weights, which a warning says.
        """
        if self._is_only_prepared():
            said = "not trained yet: these are scores of the initial weights; finish() trains to the end"
            warnings.warn(said, stacklevel=2)
        return self.scores_so_far()

    def scores_so_far(self) -> dict[str, dict[str, float]]:
        """The same in silence: a picture of what is only prepared, such as of a range of rates, is no mistake."""
        with np.errstate(all="ignore"):
            found = {name: evaluate(self.objective, rows, self.scorer)[1] for name, rows in self.splits().items()}
            found["baseline"] = baseline(self.data.train, self._judged(), self.data.targets, self.scorer)
        return {name: found.get(name, {}) for name in ("train", "validation", "test", "baseline")}

    def _is_only_prepared(self) -> bool:
        """Whether there is something to do, and nothing of it has been begun."""
        return self.plan.epochs > 0 and not self.progress.epochs and not self.progress.stopped

    def intervals(self) -> dict[str, dict[str, Interval]]:
        """95 % intervals of the test scores (of the training rows' where there are no test rows), and of validation."""
        judged = {"train" if self.data.test is None else "test": self._judged()}
        if self.data.validation is not None and not self.data.whole:
            judged["validation"] = self.data.validation
        with np.errstate(all="ignore"):
            answers = {name: self.network.predict(rows.X) for name, rows in judged.items()}
            seed = self.experiment.split_seed
            return {name: intervals(answers[name], rows, self.scorer, seed) for name, rows in judged.items()}

    @cached_property
    def line(self) -> Line:
        """A model without hidden layers on the same rows; `GlassnetError` where that would take too long."""
        return fit_line(self.data, self.scorer, self.catalog)

    def beside(self) -> Beside | None:
        """The scores of that straight line, and how far the network is ahead; None where there is no line."""
        judged = "train" if self.data.test is None else "test"
        if not self.scorer.metrics:
            return None
        try:
            with np.errstate(all="ignore"):
                y = self.network.predict(self._judged().X)
                seed = self.experiment.split_seed
                return beside(self.line, self.splits(), judged, self.scorer, y, seed)
        except (GlassnetError, ArithmeticError, np.linalg.LinAlgError):  # it must not cost the network its scores
            return None

    def _judged(self) -> Rows:
        return self.data.train if self.data.test is None else self.data.test

    # --- building --------------------------------------------------------------------------------------

    def _network(self, loss: Loss) -> Network:
        words = self.experiment
        if words.batch_norm and words.batch_size == 1:
            raise GlassnetError("--batch-norm needs batches of at least 2 rows, not --batch-size 1")
        if words.batch_norm and len(self.data.train) < 2:
            raise GlassnetError("--batch-norm needs at least 2 training rows")
        refuse_width(self.chosen.loss.part.name, loss, self.data.targets)
        try:
            outputs = loss.width(self.data.targets.columns)
            return self.chosen.network(words, self.data.train.X.shape[1], outputs, self.data.dtype)
        except MemoryError as error:
            widths = join(words.hidden)
            raise GlassnetError(
                f"--hidden {widths}: that network does not fit into memory: give smaller widths"
            ) from error

    def _begin(self) -> Progress:
        """Draw the initial weights."""
        initializers = [choice.build() for choice in self.chosen.initializers]
        self.network.initialise(initializers, generator(self.experiment.seed, Stream.WEIGHTS))
        return Progress()

    def _go_on_from(self, after: Earlier) -> Progress:
        """Take over weights and progress; a state of another optimizer would mean nothing to this one."""
        mine, theirs = self.network, after.model.network
        if mine.layout != theirs.layout:
            raise GlassnetError(
                f"a network of widths {join(theirs.widths)} can't go on as one of {join(mine.widths)}: "
                "leave --hidden and --batch-norm as they were, or start anew"
            )
        mine.w[:], mine.running[:] = theirs.w, theirs.running
        progress = after.progress
        same = after.optimizer == self.chosen.optimizer.part.full_name
        states = list(progress.states) if same else []
        try:
            check_states(self.chosen.optimizer.build(), mine.w, mine.layout, states)
        except ValueError as error:  # read from a file that somebody has changed
            raise GlassnetError(f"what was fitted before can't go on: {error}; start anew") from error
        return Progress(
            History(progress.epochs),
            progress.step if same else 0,
            states,
            progress.best,
            progress.best_epoch,
        )

    def _spelled_out(self, experiment: Experiment, task: Task) -> Experiment:
        """The experiment with every default decided and every part under its full name."""
        files = [guest for guest in self.catalog.guests if guest.file and guest.state == "ok"]
        return experiment.replace(
            **self.chosen.words(),
            task=task,
            dtype=np.dtype(self.data.dtype).name,
            batch_size=experiment.batch_size or ("full" if self.chosen.is_solver else DEFAULT_BATCH),
            reading=(*experiment.reading, *self._where_rows_lie(experiment)),
            plugins=tuple((str(guest.file), str(guest.sha256)) for guest in files),
        )

    def _where_rows_lie(self, experiment: Experiment) -> Iterator[str]:
        """The word that makes rows lie there again, in memory or in their file: their order hangs on it."""
        if any(word.startswith("disk=") for word in experiment.reading):
            return
        if isinstance(self.source.X, Stored):
            yield "disk=yes"
        elif may_stay(experiment.dataset):
            yield "disk=no"

    def _plan(self, keep_step_losses: bool) -> Plan:
        words = self.experiment
        return Plan(
            epochs=words.epochs,
            batch_size=None if words.batch_size == "full" else int(words.batch_size or DEFAULT_BATCH),
            seed=words.seed,
            clip_norm=words.clip_norm,
            clip_value=words.clip_value,
            patience=words.patience,
            monitor=self.chosen.monitor,
            lr=float(self.chosen.optimizer.options.get("lr", 1.0)),
            keep_step_losses=keep_step_losses,
            shuffle=words.shuffle,
            frozen=positions(words.freeze, self.network.layout) if words.freeze else None,
        )


def _load(experiment: Experiment, catalog: Catalog, source: Dataset | None, like: Training | None) -> Loaded:
    """The rows in memory, those of a training before it that is about the very same, or else those of the words."""
    if source is not None:
        return experiment, None, source
    if like is not None and same_rows(experiment, like.loaded[0]):
        return experiment, *like.loaded[1:]
    return experiment, *load_dataset(experiment, catalog)


def run(experiment: Experiment, catalog: Catalog | None = None, *, keep_step_losses: bool = False) -> Training:
    """Start an experiment: `for epoch in run(experiment): ...`; nothing is written to disk."""
    need(experiment, Experiment, "run wants an Experiment, run(Experiment(dataset='iris'))")
    need(catalog, Catalog | None, "run wants a catalog, such as Catalog.discover()")
    return Training(experiment, catalog, keep_step_losses=keep_step_losses)


def history_table(epochs: Sequence[Epoch]) -> pd.DataFrame:
    """One row an epoch; an undefined number is NaN."""
    import pandas as pd

    rows = [epoch.row() for epoch in epochs]
    return pd.DataFrame(rows).astype({"validation_loss": float}) if rows else pd.DataFrame()
