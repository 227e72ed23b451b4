"""Pictures by name: find the plots that suit a run, several runs, a sweep or parts, and draw them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

from . import process
from .catalog import GIVEN, Catalog, Choice, Part, Phrase, explain, kind_of_function
from .data.sources import is_table_path
from .errors import GlassnetError, did_you_mean, join, need
from .experiment import Experiment, rows_before_training, with_task
from .faces import in_brief
from .hooks import PROJECT
from .kinds import KINDS, Dataset, Plot
from .runs import Run, run_of
from .training.threads import one
from .wording import a, listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .sweeps import Sweep

Of = Literal["run", "runs", "sweep", "part", "parts"]


class PlotFailed(GlassnetError):
    """A plot raised something: its own fault, not the subject's. Exit code 1."""

    exit_code = 1


@dataclass(frozen=True)
class Fitting:
    """A plot beside a subject.

    `unsuited` says why the two don't fit, `failed` what went wrong when the plot was asked; both are empty where it
    can be drawn. `costly` says that it is slow.
    """

    choice: Choice
    unsuited: str = ""
    costly: bool = False
    failed: str = ""


def plot(subject: Any, what: str | Any | None = None, catalog: Catalog | None = None) -> Figure:
    """Draw one picture: `plot(load("last"), "loss")`, `plot([load(1), load(2)], "loss_runs")`, `plot("relu")`, or
    `plot(["sgd", "adam:lr=0.05"], "optimizer_paths")`.

    `subject` is a run, a training that was never written down, a fitted estimator or a pipeline that ends in one, a
    list of these, a sweep, a part (a phrase, a function, or a part or a choice of the catalog), a list of parts of one
    kind, which share a picture, or rows before anything is trained: a `Dataset`, the path of a table, an `Experiment`
    that names table and target. `what` is a plot's phrase, such as `residuals:split=validation`, or its function;
    without it the first that fits is drawn, `loss` of a run.
    Returns a matplotlib `Figure` that shows itself as the last line of a notebook's cell; `.savefig("loss.png")`
    keeps it.

    Raises `GlassnetError` where there is no such plot, where it does not fit the subject, or where it fails.
    """
    subject, catalog = _read_subject(subject, catalog)
    choice = catalog.choose("plot", _first_fitting(subject, catalog) if what is None else what)
    fitting = fit(choice, subject)
    if fitting.unsuited:
        raise GlassnetError(f"plot {choice.part.name} does not fit {in_words(subject)}: {fitting.unsuited}")
    from .pictures.shown import with_face  # here: it loads matplotlib

    return with_face(draw(choice, subject))


def _first_fitting(subject: Any, catalog: Catalog) -> str:
    """The phrase of the plot that shows most of such a subject: the first of the list that fits."""
    left = []
    for fitting in fitting_plots(subject, catalog):
        if not fitting.unsuited and not fitting.failed:
            return str(fitting.choice)
        left.append(fitting)
    raise GlassnetError(f"no plot fits {in_words(subject)}{why_none(left, subject)}; `glassnet list plots` lists all")


def why_none(left: Sequence[Fitting], subject: Any) -> str:
    """Why none of these plots fits, behind a colon and as far as the reasons are few.

    That a plot is of another kind of part is no reason, but that all of them are is one.
    """
    every = list(dict.fromkeys(fitting.unsuited for fitting in left if fitting.unsuited))
    reasons = [reason for reason in every if "but one of the kind" not in reason]
    if every and not reasons:
        part, *others = [one.part for one in (subject if isinstance(subject, list) else [subject])]
        if other := next((other for other in others if other.kind != part.kind), None):
            reasons = [f"{part.name} is {a(part.kind)} and {other.name} {a(other.kind)}: draw them apart"]
        else:
            reasons = [f"{part.name} is {a(part.kind)}, and no plot is of {KINDS[part.kind].plural}"]
    return f": {'; '.join(reasons)}" if 0 < len(reasons) <= 3 else ""


def fitting_plots(subject: Any, catalog: Catalog | None = None) -> Iterator[Fitting]:
    """Every plot of the catalog that is made for such a subject, with its reason where it does not fit this one."""
    subject, catalog = _read_subject(subject, catalog)
    for part in catalog.parts("plot"):
        choice = part.choose({})
        try:
            if handed(_built(choice).of, subject) is None:
                continue
            yield fit(choice, subject)
        except PlotFailed as error:
            yield Fitting(choice, failed=str(error))


def fit(choice: Choice, subject: Any) -> Fitting:
    """Whether a plot fits a subject; what a run itself can't answer (its model is missing) is a reason, too."""
    bag = _built(choice)
    given = handed(bag.of, subject)
    if given is None:
        return Fitting(choice, f"it is a picture of {_WANTED[bag.of]}", bag.costly)
    try:
        reason = bag.unsuited(given)
    except GlassnetError as error:
        reason = str(error)
    except (Exception, SystemExit) as error:
        raise _failed(choice, error) from error
    return Fitting(choice, reason, bag.costly)


def draw(choice: Choice, subject: Any) -> Figure:
    """The figure of a plot that fits. Raises `PlotFailed`, in one line, whatever the plot itself raises."""
    process.load_matplotlib()
    from matplotlib.figure import Figure

    from .pictures.finishing import finished

    ours = choice.part.distribution == PROJECT
    try:
        with one(), process.drawing(text_parse_math=False) if ours else nullcontext():
            bag = _built(choice)
            figure = bag.draw(handed(bag.of, subject))
    except PlotFailed:
        raise
    except (Exception, SystemExit) as error:
        raise _failed(choice, error) from error
    if not isinstance(figure, Figure):
        raise PlotFailed(
            f"plot {choice.part.full_name} returned {type(figure).__name__} instead of a matplotlib Figure "
            f"({choice.part.where}): end its draw(subject) with `return figure`"
        )
    with blamed_on(choice):
        if not ours and _says_dollars(subject):
            _as_written(figure)
        return finished(figure)


@contextmanager
def blamed_on(choice: Choice) -> Iterator[None]:
    """Turning a figure into a file runs what its plot left there, a formatter perhaps: errors of it are the plot's."""
    try:
        yield
    except GlassnetError:
        raise
    except (Exception, SystemExit) as error:
        raise _failed(choice, error) from error


def _as_written(figure: Figure) -> None:
    """Take every text of the figure as it is: to matplotlib `$20 to $50` is a formula.

    The ticks of a scale stay formulas, as powers of ten; those with names are texts like all others.
    """
    from matplotlib.text import Text
    from matplotlib.ticker import LogFormatter, LogitFormatter, ScalarFormatter

    scales = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        if isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter | LogitFormatter)
        for label in (*axis.get_ticklabels(which="both"), axis.get_offset_text())
    }
    for text in figure.findobj(Text):
        if isinstance(text, Text) and text not in scales:
            text.set_parse_math(False)


def _says_dollars(subject: Any) -> bool:
    """Whether names in a subject's data hold a `$`, so that a guest's picture may say it, too."""
    if _is_sweep(subject):
        return "$" in f"{subject.folder} {subject.plan.experiment.dataset} {subject.plan.over}"
    runs = [subject] if isinstance(subject, Run) else subject if kind_of(subject) == "runs" else []
    return any("$" in name for run in runs for name in _names(run))


def _names(run: Run) -> Iterator[str]:
    yield from (str(run.folder), str(run.experiment.dataset), str(run.experiment.target))
    try:
        data, captions = run.trained.data, run.trained.source.captions
    except GlassnetError:  # its rows are gone, and with them their names
        return
    yield from map(str, (*data.features.outputs, *data.targets.names, *(data.targets.classes or ())))
    yield from map(str, captions.values())


def _is_sweep(subject: Any) -> TypeGuard[Sweep]:
    """Asked without loading what sweeps are made of: where nobody has loaded it, nothing is one."""
    loaded = sys.modules.get(f"{__package__}.sweeps")
    return loaded is not None and isinstance(subject, loaded.Sweep)


def kind_of(subject: Any) -> Of:
    """What a subject is to a plot."""
    if isinstance(subject, Run):
        return "run"
    if _is_sweep(subject):
        return "sweep"
    if isinstance(subject, Choice):
        return "part"
    return "parts" if isinstance(subject[0], Choice) else "runs"


def handed(of: Of, subject: Any) -> Any | None:
    """The subject as a plot of that sort takes it, None where it is of another; a part and a list of it are alike."""
    kind = kind_of(subject)
    if kind == of:
        return subject
    if (kind, of) == ("parts", "part") and len(subject) == 1:
        return subject[0]
    return [subject] if (kind, of) == ("part", "parts") else None


_WANTED = {
    "run": "one run",
    "runs": "several runs",
    "sweep": "a sweep",
    "part": "one part (--part NAME)",
    "parts": "parts (--part NAME)",
}


def in_words(subject: Any) -> str:
    """The subject in a message."""
    if isinstance(subject, Run) or _is_sweep(subject):
        return str(subject.folder) if subject.folder.is_dir() or not isinstance(subject, Run) else subject.title
    if isinstance(subject, Choice):
        return f"{subject.part.kind} {subject.part.name}"
    if kind_of(subject) == "parts":
        return listed(in_words(one) for one in subject)
    return f"these {len(subject)} runs"


def _read_subject(subject: Any, catalog: Catalog | None) -> tuple[Any, Catalog]:
    """(a run, a list of runs, a sweep, a choice or a list of choices; the catalog that draws it)."""
    need(catalog, Catalog | None, "plot wants a catalog, such as Catalog.discover()")
    if (run := run_of(subject)) is not None:
        return run, catalog or run.catalog
    if isinstance(subject, Sequence) and not isinstance(subject, str) and subject:
        runs = [run for one in subject if (run := run_of(one)) is not None]
        if len(runs) == len(subject):
            return runs, catalog or runs[0].catalog
    catalog = catalog or Catalog.discover()
    if isinstance(subject, str) and is_table_path(subject):
        subject = Experiment(dataset=subject)
    if isinstance(subject, Experiment):
        return rows_of(subject, catalog), catalog
    if isinstance(subject, Dataset):
        return _as_part(with_task(subject), "the data set"), catalog
    if _is_sweep(subject):
        return subject, catalog
    if isinstance(subject, list | tuple) and subject and all(isinstance(one, PARTS) for one in subject):
        return together([_part(one, catalog) for one in subject]), catalog
    if isinstance(subject, PARTS):
        return _part(subject, catalog), catalog
    raise GlassnetError(
        f"{in_brief(subject)} can't be drawn: give a run (glassnet.load('last')), a list of runs, a fitted "
        "GlassClassifier or GlassRegressor, a sweep (glassnet.Sweep.load('last')), a table "
        "(Experiment(dataset=df, target='COLUMN')), a part's name or a list of these"
    )


def together(parts: Sequence[Choice]) -> Choice | list[Choice]:
    """Parts as one subject, each once: what is named twice has one line in a picture."""
    each = list({str(one): one for one in parts}.values())
    return each[0] if len(each) == 1 else each


#: How a part is given: by name, from the catalog, or as the function itself.
PARTS = str | Part | Choice | FunctionType


def _part(given: Any, catalog: Catalog) -> Choice:
    if isinstance(given, FunctionType):
        return catalog.choose(kind_of_function(given), given)
    if isinstance(given, str):
        return _part_named(given, catalog)
    return given.choose({}) if isinstance(given, Part) else given


def rows_of(experiment: Experiment, catalog: Catalog) -> Choice:
    """The rows of an experiment before anything is trained, as a part that is drawn like any data set."""
    return _as_part(rows_before_training(experiment, catalog), experiment.title)


def _as_part(dataset: Dataset, name: str) -> Choice:
    """Rows in hand as a part, so that plots know one sort of data set."""
    return Choice(Part("dataset", name, name, lambda: dataset, GIVEN, "", dataset.source, "", 0, (), takes_rng=False))


def _part_named(text: str, catalog: Catalog) -> Choice:
    name = Phrase.parse(text).name
    kinds = [kind for kind in catalog.kinds_of(name) if kind != "plot"]
    if len(kinds) == 1:
        return catalog.choose(kinds[0], text)
    known = [part.name for part in catalog.parts() if part.kind != "plot"]
    if not kinds:
        raise GlassnetError(f"there is no part {name!r} to draw.{did_you_mean(name, known)} See `glassnet list`")
    raise GlassnetError(
        f"{name!r} is the name of several kinds, {join(kinds)}: give catalog.choose({kinds[0]!r}, {text!r})"
    )


def _built(choice: Choice) -> Plot:
    try:
        bag: Plot = choice.build()
    except GlassnetError as error:
        raise PlotFailed(f"plot {choice.part.full_name}: {error}") from error
    return bag


def _failed(choice: Choice, error: BaseException) -> PlotFailed:
    reason, _ = explain(error, choice.part.distribution)
    return PlotFailed(f"plot {choice.part.full_name} failed: {reason}")
