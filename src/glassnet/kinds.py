"""What a part is: a function that returns one of these small frozen bags of pure functions.

The letters mean the same everywhere: n rows, d inputs, k outputs, c target columns; `z` scores before an
activation and `a` after it, both (n, width); `y` what the network puts out, (n, k); `t` the targets, always
(n, c) in the network's dtype; `w` all parameters as one vector, `g` the gradient, of the same length.

A bag is compared by identity: functions and arrays have no useful equality.

Three rules hold for all of them. Nothing writes into its input. Randomness comes only from the generator
that is handed in. The dtype that comes in goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .faces import in_a_line
from .libraries import Engine
from .teaching import Exhibit, Lesson

if TYPE_CHECKING:  # NumPy is not imported here: `glassnet --help` must not wait for it
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]

Task = Literal["binary", "multiclass", "multilabel", "regression"]
TASKS: tuple[Task, ...] = ("binary", "multiclass", "multilabel", "regression")


@dataclass(frozen=True)
class Range:
    """Bounds of a numeric option, both included: `slope: Annotated[float, Range(0, 1)] = 0.01`.

    Options are finite, unless `Range(0, infinite=True)` or a default lets infinity in.
    """

    low: float = float("-inf")
    high: float = float("inf")
    infinite: bool = False

    def __str__(self) -> str:
        if (self.low, self.high) == (float("-inf"), float("inf")):
            return "of any size"
        if self.high == float("inf"):
            return f"at least {self.low:g}"
        if self.low == float("-inf"):
            return f"at most {self.high:g}"
        return f"from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, eq=False)
class Activation:
    """What a layer does to its scores. It keeps the width.

    Give one way back, or none:

    `df(z, a)` is the slope of each element, shape (n, width), where `a = f(z)` is handed over for free; it
    may be boolean. `vjp(z, a, upstream)` is for columns that mix, as in softmax: it turns the loss's slope
    with respect to `a` into that with respect to `z`. With neither, autograd derives it; the formula is
    then written with `autograd.numpy`.

    `initializer` is the phrase of the initial weights that suit this activation.
    """

    f: Callable[[Array], Array]
    df: Callable[[Array, Array], Array] | None = None
    vjp: Callable[[Array, Array, Array], Array] | None = None
    initializer: str = "glorot_uniform"
    __repr__ = in_a_line


def _same(columns: int) -> int:
    return columns


@dataclass(frozen=True, eq=False)
class Loss:
    """How wrong an output is: one number a row. Averaging and weights belong to the trainer.

    `value(y, t)` returns (n,), the mean over a row's columns or, where the docstring says so, their sum;
    `grad(y, t)` returns (n, k), the slope of each row's own number. Both raise `ValueError` in words when
    `y` or `t` lies outside the domain.

    `output` is the phrase of the natural output activation. `score_value(z, t)` and `score_grad(z, t)` are
    the same two as functions of the scores; they are used with the natural output and stay exact for
    scores of ±1000.

    `task` is what it is meant for. `width(c)` is how many outputs `c` target columns need. `predict(y)`
    turns outputs into class codes (n,), or (n, c) for several labels; without it the largest output wins,
    or a single one counts from 0.5. For numbers it gives the point prediction (n, c), in the units of t; without
    it that is y itself. `further(y, mean, scale)` names what else outputs say of numbers, in the target's own
    units, {"spread": (n,)}, where t = (number - mean) / scale. `targets` says that numbers must stay as they are
    ("nonnegative", as for counts) instead of being moved to where the output reaches, standardised as a rule.
    """

    value: Callable[[Array, Array], Array]
    grad: Callable[[Array, Array], Array]
    output: str
    task: Task
    score_value: Callable[[Array, Array], Array] | None = None
    score_grad: Callable[[Array, Array], Array] | None = None
    width: Callable[[int], int] = _same
    predict: Callable[[Array], Array] | None = None
    further: Callable[[Array, Array, Array], Mapping[str, Array]] | None = None
    targets: Literal["any", "nonnegative"] = "any"
    __repr__ = in_a_line


@dataclass(frozen=True)
class Block:
    """Where one array of parameters lies in the vector: `w[block.slice].reshape(block.shape)`.

    `kind` is weight, bias, or (of batch normalisation) scale or shift; `layer` counts from 0.
    """

    kind: str
    layer: int
    slice: slice
    shape: tuple[int, ...]


State = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Optimizer:
    """How weights move against a gradient.

    `init(w)`, or `init(w, layout)` for those that need the list of `Block`, returns the state: a flat dict
    of arrays and Python numbers. `update(w, g, state, step)` returns (change, state); the trainer does
    `w -= change`. `step` counts updates from 1 and never restarts. `w` and `g` are lent: what is kept must
    be copied. `elementwise=True` says that no element looks at another, so that the trainer may update in
    pieces that fit the cache.

    A whole-data solver gives `minimize(objective, w, max_iter)` instead, a generator of `w`, where
    `objective(w)` returns (mean loss with penalties, its gradient). Where it ends by itself it has found what it looks
    for; where it gives up, it returns the reason as a sentence. One with a memory asks for it as a fourth argument:
    `state`, a flat dict as above, empty at the start, that it keeps up to date before each `yield`, with new arrays;
    handed in again with the last `w` it is where the solver goes on.
    """

    init: Callable[..., State] | None = None
    update: Callable[[Array, Array, State, int], tuple[Array, State]] | None = None
    minimize: Callable[..., Iterator[Array]] | None = None
    elementwise: bool = False
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Initializer:
    """The weights before the first step.

    `weights(fan_in, fan_out, rng)` returns (fan_in, fan_out), `biases(fan_in, fan_out, rng)` (fan_out,).
    """

    weights: Callable[[int, int, np.random.Generator], Array]
    biases: Callable[[int, int, np.random.Generator], Array]
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Schedule:
    """How the rate changes while training.

    `factor(step, total, epochs)` scales the optimizer's change of update `step` of `total`, counted from 1.
    `epochs` is the sequence of finished epochs, each with `.number`, `.loss`, `.validation_loss` and
    `.monitored` (lower is better), so that a schedule can react to a plateau.
    """

    factor: Callable[[int, int, Sequence[Any]], float]
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Metric:
    """How good a prediction is, as a number for people.

    `value(prediction, target, weight)` returns a float; `weight` is (n,) or None. What the two arrays hold
    is said by `sees`: "labels", class codes (n,) counted from 0, or (n, c) of 0 and 1 for several labels;
    "scores", the outputs y (n, k) beside t (n, c); "numbers", (n, c) in the target's own units.

    The rows at hand may lack a class. So a function that also has an argument `task` or `classes`, such as
    `value(prediction, target, weight, *, task=None)`, is handed the task, and how many classes (or labels) there are.

    `bounds` are the lowest and the highest value that it can have, where both are known: (0, 1) for a share.
    """

    value: Callable[..., float]
    better: Literal["higher", "lower"]
    sees: Literal["labels", "scores", "numbers"] = "labels"
    bounds: tuple[float, float] | None = None
    __repr__ = in_a_line


@dataclass(frozen=True)
class ColumnRole:
    """What a column of a table is for: number, category, date (inputs), id, constant, left out, target, group, order.

    `why` says in a sentence what was decided, where something was, and `word` what overrules it, `--keep Id`.
    """

    name: str
    role: str
    why: str = ""
    word: str = ""

    @property
    def used(self) -> bool:
        """Whether it is an input."""
        return self.role in ("number", "category", "date")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows to learn from.

    `X` is (n, d), an array or a DataFrame (columns may hold text and gaps). `y` is (n,) of labels or
    numbers, or (n, c) for several targets. `task` is inferred from `y` when it is not given.
    `test_X` and `test_y` are fixed test rows, where the publisher gives them. `classes` names the classes in
    order. `image_shape` (rows, columns) says that each row of X is a picture, so that its inputs are only
    scaled to [0, 1]. `source` and `licence` say where the rows come from and what may be done with them.
    `notes` are remarks on what was done to arrive at these rows. `captions` is what an axis says for a column,
    with its unit, where the column's name alone does not: {"MedHouseVal": "median house value, 100,000 USD"}.
    `groups` (n,): rows with the same label stay in one split. `order` (n,): the rows with the largest are the test
    rows, those before them the validation rows. `columns`: what each column of a table is for; an input of X that is
    not used for learning is left out of it there. `told`: what a table's cells have told about how numbers and dates
    are written, `decimal=,` and `dates=day`, for tables that a model gets later.
    """

    X: Any
    y: Any
    task: Task | None = None
    test_X: Any = None
    test_y: Any = None
    feature_names: Sequence[str] | None = None
    target_names: Sequence[str] | None = None
    classes: Sequence[Any] | None = None
    image_shape: tuple[int, int] | None = None
    source: str = ""
    licence: str = ""
    notes: Sequence[str] = ()
    captions: Mapping[str, str] = field(default_factory=dict)
    groups: Any = None
    order: Any = None
    columns: Sequence[ColumnRole] = ()
    told: Sequence[str] = ()
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Plot:
    """A picture of what happened.

    `draw(subject)` returns a matplotlib `Figure`, made with its object API alone: pyplot keeps figures in a
    global list. `of` says what the subject is: "run", a `Run`; "runs", a list of them; "sweep", a `Sweep`;
    "part", a `Choice` of the catalog: a part (`.part.kind`, `.part.name`) with its options decided (`.options`,
    `.build()`); "parts", a list of these, of one or more, which the picture shows side by side.
    `unsuited(subject)` says in words why the picture does not fit that subject; empty where it does. `costly`
    pictures take more than about two seconds: they are drawn when they are asked for.
    """

    draw: Callable[[Any], Any]
    of: Literal["run", "runs", "sweep", "part", "parts"] = "run"
    unsuited: Callable[[Any], str] = lambda subject: ""
    costly: bool = False
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Command:
    """One more word after `glassnet`: the part `slopes` is called with `glassnet slopes`, `two_words` with `two-words`.

    `command` is what `@click.command()` or `@click.group()` makes of a function; its arguments and options are
    click's. Where it says no help of its own, the part's docstring is its help. `@click.pass_obj` hands it the host of
    this call, whose `catalog()` holds every part, those of `--plugin` too. What it raises ends in one line.
    """

    command: Any
    __repr__ = in_a_line


#: Our own words after `glassnet`: no plugin's command can take one of them.
COMMANDS = (
    "list", "show", "check", "plugins", "doctor", "train", "sweep", "trace", "summary", "evaluate", "predict", "runs",
    "plot", "report", "compare", "conventions", "export", "data", "index", "new", "sabotage", "release", "lesson",
    "museum", "explain", "play", "docs",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One sort of part, and all that the house has to know of it.

    `plural` is the name of the hook that collects its parts, of the module of `glassnet.checks` with its promises
    and, if `ours` is true, of the module of `glassnet.builtin` with our own. `bag` is what its parts return, and
    `sentence` says in words what that is. `handed` are arguments of a part that are no options. `formula` says that
    its docstring has to hold one. `door` is the command that finds its parts by name: the lesson on xor is
    `glassnet lesson xor`, and elsewhere that name means the data set. An example for `glassnet new` is
    `template/templates/NAME.py`.
    """

    name: str
    plural: str
    bag: type
    sentence: str
    handed: tuple[str, ...] = ()
    formula: bool = True
    ours: bool = True
    door: str = ""


#: Every kind by its name: hooks, catalog, checks, `list` and `new` read this table, in whose order parts are listed.
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("activation", "activations", Activation, "what a layer does to its scores"),
        Kind("loss", "losses", Loss, "how wrong an output is"),
        Kind("optimizer", "optimizers", Optimizer, "how weights move against a gradient"),
        Kind("initializer", "initializers", Initializer, "the weights before the first step"),
        Kind("schedule", "schedules", Schedule, "how the rate changes while training"),
        Kind("metric", "metrics", Metric, "how good a prediction is, in a number for people", formula=False),
        Kind("dataset", "datasets", Dataset, "rows to learn from", handed=("rng",), formula=False),
        Kind("plot", "plots", Plot, "a picture of a run, of several runs, or of parts", formula=False),
        Kind("engine", "engines", Engine, "another library that trains the same network", formula=False),
        Kind("command", "commands", Command, "one more word after `glassnet`", formula=False, ours=False),
        Kind("lesson", "lessons", Lesson, "a page that runs, with its exercises", formula=False, door="lesson"),
        Kind(
            "exhibit", "exhibits", Exhibit, "code that is wrong, beside its mended form", formula=False, door="museum"
        ),
    )
}


def kind_of_bag(bag: Any) -> str | None:
    """The kind whose parts return such a bag; None for anything else."""
    return next((kind.name for kind in KINDS.values() if isinstance(bag, kind.bag)), None)
