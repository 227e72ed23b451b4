"""A training that is steered by hand: built, started, paused, changed while it runs, taken back to its start.

It knows no HTTP, no process and no page: `actions` has what a person may ask for, `advance` does the next piece of
work. It trains nothing itself: that is what `Training` does, to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any

from ..catalog import Catalog
from ..errors import Diverged, GlassnetError, join
from ..experiment import Experiment, Training
from ..training import Epoch
from ..training.batches import batch_starts
from .address import OF_TABLES, Refused, changed, check_size, opened, typed_experiment
from .controls import in_controls, in_words
from .curves import Curves
from .tables import rows_of, unfetched
from .views import View

#: Seconds from one piece of work to the next at each speed; a step is the piece at the first.
SPEEDS = {"step": 1.0, "1": 1.0, "5": 0.2, "20": 0.05, "full": 0.0}
SHORT = 0.05  # seconds of an epoch up to which it is done in one piece; of longer ones a piece is a step
#: What is seen of a page that has just begun: panels that are open, a row that is followed, a unit with its card.
SEEN: Mapping[str, Any] = {"open": ["curves", "plane", "pictures"], "row": None, "card": None}
Undo = tuple[str, Callable[[], None]]  # what it takes back, in words, and what does
MOST_UNDONE = 50


class Session:
    """One tab's training and all that belongs to it."""

    def __init__(self, catalog: Catalog, clock: Callable[[], float] = monotonic) -> None:
        self.catalog, self.clock = catalog, clock
        self.tables: dict[str, bytes] = {}  # the content of those in memory, by name
        self.fetching = False  # whether data sets may be fetched from their publishers
        self.generation = self.version = 0
        self.speed, self.running, self.ended = "20", False, ""
        self.words: list[str] = []
        self.look: dict[str, Any] = {**SEEN, "axes": None, "label": 0}
        self.undone: list[Undo] = []
        self.kept: dict[str, Any] | None = None
        self.before: list[tuple[int, str]] = []  # the changes by hand of the training before this one
        self.again: list[tuple[int, str]] = []  # those of them that are still to be made again
        self.findings: list[dict[str, Any]] = []
        self.looked_at: tuple[Any, ...] = ()  # which moment the findings are about
        self.printed: list[str] = []  # by guests
        self.lesson: Any = None  # the one that was opened last
        self.may_open = False  # whether a report is opened in the browser
        self.training: Training
        self.asked: Experiment  # as it was asked for, which is where it begins again
        self._next = 0.0  # when the next piece of work is due

    # --- building --------------------------------------------------------------------------------------

    def open(self, address: str) -> list[str]:
        """Set up the experiment of an address, as far as it can be understood; returns what was refused of it."""
        experiment, refused = opened(address, self.catalog)
        try:
            self.build(experiment)
        except Exception as error:  # a guest's, too
            self.build(opened("", self.catalog)[0])
            refused.append(in_words(error))
        return refused

    def open_typed(self, typed: Mapping[str, Any], content: bytes) -> None:
        """Set up what was typed in the terminal: choices, those of a file, settings, and the content of a table."""
        if typed.get("table"):
            self.tables[typed["table"]] = content
        self.build(typed_experiment(typed, self.catalog, self.tables))

    def build(self, experiment: Experiment) -> None:
        """A new training of that experiment, paused; where that is refused, the old one is as it was."""
        content = self.tables.get(str(experiment.dataset))
        source = None if content is None else rows_of(content, experiment)
        with unfetched(self.fetching):
            like = getattr(self, "training", None) if source is None else None
            training = Training(experiment, self.catalog, source=source, like=like)
        features = training.data.features
        check_size(len(training.source.X), experiment.hidden, features.image_shape is not None)
        self._take(training, experiment)

    def _take(self, training: Training, asked: Experiment) -> None:
        """Go on with another training, from its start."""
        if self.generation and self.changes:
            self.before = self.changes if asked == self.asked else []
        self.again = []
        if self.generation and _data(asked) != _data(self.asked):
            self.look = self.look | {"axes": None, "label": 0}  # other data have other columns
        self.training, self.asked = training, asked
        self.words = list(map(in_controls, training.remarks))
        training.warn = self._note
        self.generation += 1
        self.running, self.ended, self.kept = False, "", None
        self.findings, self.looked_at = [], ()
        metric = next(iter(training.scorer.metrics), None)
        self.curves = Curves(metric)
        self._stand(training)
        self._see()

    def _note(self, words: str) -> None:
        self.words.append(in_controls(words))

    def _stand(self, training: Training) -> None:
        """Stand between two epochs of a training, ready for the next."""
        self._by_steps: Iterator[int | Epoch] | None = None
        self._by_epochs: Iterator[Epoch] | None = None
        self.step, self.inside = training.progress.step, False
        rows, joined = len(training.data.train), training.experiment.batch_norm
        solver = training.chosen.is_solver
        self.steps = 1 if solver else len(batch_starts(rows, training.plan.batch_size, joined))

    def _see(self) -> None:
        self.view = View(self.training, self.look["axes"], self.look["label"])
        self.version += 1

    # --- working ---------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """How many epochs are finished."""
        return len(self.training.progress.epochs)

    @property
    def changes(self) -> list[tuple[int, str]]:
        """What was changed by hand since the start, with the epochs that were done by then."""
        return self.training.changes

    def wait(self) -> float | None:
        """Seconds until the next piece of work is due; None while nothing runs."""
        return max(0.0, self._next - self.clock()) if self.running else None

    def advance(self) -> None:
        """The next piece of work: an epoch, or a step of a long one, which is followed by the next step at once."""
        due, epochs = self._next + SPEEDS[self.speed], self.training.progress.epochs
        piecewise = self.speed == "step" or not epochs or epochs[-1].seconds > SHORT
        self._work(self.one_step if piecewise else self.one_epoch)
        if not self.inside or self.speed == "step":
            self._next = max(self.clock(), due)
        self._change_again()

    def replay(self) -> None:
        """Back to the start, and the changes by hand once more, each after the epoch after which it was made."""
        changes = self.changes or self.before
        self.build(self.asked)
        self.before, self.again = changes, list(changes)
        self._change_again()

    def _change_again(self) -> None:
        while self.again and not self.inside and self.again[0][0] <= self.epoch:
            (_, setting), *self.again = self.again
            self.change(setting)

    def _work(self, piece: Callable[[], bool]) -> None:
        """Do a piece of work; at the end of all epochs, and where training breaks down, it stands still."""
        try:
            if not piece():
                self._end(self.training.progress.stopped)
        except Exception as error:  # a guest's, too
            self._end(f"diverged: {in_words(error)}" if isinstance(error, Diverged) else in_words(error))

    def _end(self, words: str) -> None:
        self.running, self.ended = False, words
        self._stand(self.training)
        self.version += 1

    def one_step(self) -> bool:
        """One update of the weights, and with the last of an epoch its record; False where there is none to do."""
        self._by_epochs = None
        self._by_steps = self._by_steps or self.training.steps()
        item = next(self._by_steps, None)
        if isinstance(item, int):
            self.step, self.inside = item, True
            if item % self.steps == 0:
                item = next(self._by_steps, None)
        if isinstance(item, Epoch):
            self._record(item)
        return item is not None

    def one_epoch(self) -> bool:
        """To the end of the epoch, or through the next one."""
        if self.inside:
            while self.inside and self.one_step():
                pass
            return not self.inside
        self._by_steps = None
        self._by_epochs = self._by_epochs or iter(self.training)
        epoch = next(self._by_epochs, None)
        if epoch is not None:
            self._record(epoch)
        return epoch is not None

    def _record(self, epoch: Epoch) -> None:
        self.step, self.inside = epoch.step, False
        self.curves.add([epoch])

    # --- what a person asks for ------------------------------------------------------------------------

    def start(self) -> None:
        """Let it run."""
        self.running, self._next = not self.over, self.clock()
        self.version += 1

    @property
    def over(self) -> bool:
        """Whether there is no epoch left to do."""
        return bool(self.ended) or (not self.inside and self.epoch >= self.training.plan.epochs)

    def pause(self) -> None:
        """Stand still."""
        self.running = False
        self.version += 1

    def set_speed(self, speed: str) -> None:
        """How fast pieces of work follow each other; it changes no number."""
        if speed not in SPEEDS:
            raise Refused(f"there is no speed {speed!r}. Possible: {join(SPEEDS)}", "speed")
        self.speed, self._next = speed, self.clock()
        self.version += 1

    def look_at(self, look: dict[str, Any]) -> None:
        """Which panels are open, which columns are the axes, which output is on the plane, which row is followed, and
        of which unit there is a card."""
        moved = (look["axes"], look["label"]) != (self.look["axes"], self.look["label"])
        self.look = look
        self.version += 1
        if moved:
            self._see()

    def one(self, piece: Callable[[], bool]) -> None:
        """One piece of work by hand."""
        self.running = False
        self.version += 1
        if not self.over:
            self._work(piece)
            self._change_again()

    def finish_epoch(self) -> None:
        """Come to the end of an epoch: only there can a training be changed or kept."""
        if self.inside:
            self._work(self.one_epoch)

    def change(self, *settings: str) -> None:
        """Go on with other settings, weights or frozen places, from the end of this epoch on."""
        self.finish_epoch()
        self.training = self.training.changed(*settings)
        self.training.warn = self._note
        self.ended = ""
        self._stand(self.training)
        self._see()

    def unlooked(self) -> bool:
        """Whether something has been trained since somebody last looked for what stands out."""
        return (
            self.generation > 0
            and not self.running
            and (self.epoch > 0 or bool(self.ended))  # a training may break down in its first epoch
            and self.looked_at != (self.generation, self.step, True)
        )

    def find(self, all_of_it: bool, asked: Callable[[], bool] = lambda: False) -> None:
        """Look for what stands out; by all rules only as long as nobody asks for something else."""
        from .words import Asked, quick, thorough

        try:
            self.findings = thorough(self.training, asked) if all_of_it else quick(self.training)
        except Asked:
            return
        self.looked_at = (self.generation, self.step, all_of_it)

    def remember(self, words: str, back: Callable[[], None]) -> None:
        """A way back from what is about to be done."""
        self.undone = [*self.undone[1 - MOST_UNDONE :], (words, back)]

    def rebuild(self, settings: Mapping[str, Any]) -> None:
        """A new training with these settings changed."""
        before = self.asked
        experiment = changed(before, fitted(before, settings), self.catalog, self.tables)
        try:
            self.build(experiment)
        except GlassnetError as error:
            field = next(iter(settings)).partition(".")[0] if len(settings) == 1 else ""
            if "dataset" not in settings:
                raise Refused(str(error), getattr(error, "field", "") or field) from None
            freed = experiment.replace(
                loss=None, output=None, metrics=(), monitor="loss", task=None, class_weight=None, features=()
            )
            try:
                self.build(freed)
            except GlassnetError as other:
                raise Refused(str(other), getattr(other, "field", "") or "dataset") from None
            self.words.append(f"what did not suit the data is left to them again: {in_words(error)}")
        self.remember(", ".join(settings), lambda: self.build(before))


def _data(experiment: Experiment) -> str:
    """The name of its data set, whatever its options are."""
    return str(experiment.dataset).partition(":")[0]


def fitted(experiment: Experiment, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, and what has to go with them: other data have no columns of the old ones, another number of layers
    as many activations and initializers, where each had its own."""
    more = dict(settings)
    if {"dataset", "hidden"} & set(more) and experiment.freeze:
        more = {"freeze": None} | more
    if "dataset" in more:
        more = {name: None for name in OF_TABLES if getattr(experiment, name) not in (None, ())} | more
    given = settings.get("hidden")
    if isinstance(given, str) and "activation" not in settings:
        layers = 0 if given.strip().lower() in ("", "none") else given.count(",") + 1
        for name, wanted in (("activation", layers), ("initializer", layers + 1)):
            phrases = getattr(experiment, name)
            if len(phrases) > 1 and wanted:
                more[name] = ";".join(map(str, (*phrases, *phrases[-1:] * wanted)[:wanted]))
    return more
