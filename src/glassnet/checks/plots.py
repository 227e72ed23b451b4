"""What a plot promises: a figure that says what it shows, of every run that it fits, and not a trace elsewhere."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import process
from ..errors import GlassnetError, join
from ..kinds import Plot
from ..pictures import render
from ..runs import Run
from ..sweeps import Sweep
from .cases import Call, Case, NotApplicable, Refused, require_functions, same
from .running import Promise
from .small_runs import forget, subjects

OF = ("run", "runs", "sweep", "part", "parts")
EXEMPT = {
    "input-untouched": "see draws, which looks at the run afterwards",
    "paper": "a picture of one's own results needs no source",
}


def whole(case: Case, bag: Plot) -> None:
    """It has its functions, and says what it is drawn of."""
    if bag.of not in OF:
        raise Refused(f"of is {bag.of!r}: expected one of {join(OF)}")
    require_functions(draw=bag.draw, unsuited=bag.unsuited)


def calls(case: Case, bag: Plot) -> Iterator[Call]:
    """Drawing the first and the last of what it fits. Pictures take long: only `options` draws with other values."""
    for subject in [] if case.moved else _examples(bag):
        yield Call(f"drawing {_words(subject)}", lambda subject=subject: contents(_figure(bag, subject)))


def _examples(bag: Plot) -> list[Any]:
    """The first and the last subject that it fits: they differ most."""
    fitting = [subject for subject in subjects(bag.of) if not bag.unsuited(subject)]
    return fitting[:1] + fitting[1:][-1:]


def _figure(bag: Plot, subject: Any) -> Any:
    """What it draws; settings that it changes meanwhile are put back, and no-pyplot says that it does."""
    with process.drawing():
        return bag.draw(subject)


def contents(figure: Any) -> list[str]:
    """All that a figure holds, as text: two figures with equal contents look the same.

    Axes that count seconds are left out: no clock tells the same twice.
    """
    found = [f"a figure of {figure.get_size_inches().tolist()} inches"]
    for number, axes in enumerate(figure.axes, 1):
        if "seconds" in axes.get_xlabel() + axes.get_ylabel():
            continue
        for kind, values in _artists(axes):
            found.append(f"{kind} in axes {number}: {_digest(values)}")
    return found + [f"text {text.get_text()!r}" for text in figure.texts]


def _artists(axes: Any) -> Iterator[tuple[str, Any]]:
    """(what it is, its numbers or words) of everything in a pair of axes."""
    place = axes.get_subplotspec()
    yield "the place", () if place is None else place.get_geometry()
    yield "the words", [axes.get_title(), axes.get_xlabel(), axes.get_ylabel(), axes.get_xscale(), axes.get_yscale()]
    yield "the texts", [(text.get_text(), *text.get_position()) for text in axes.texts]
    for line in axes.lines:
        yield "a line", [line.get_label(), line.get_color(), *np.asarray(line.get_xydata(), float).ravel().tolist()]
    for image in axes.images:
        yield "an image", np.ma.filled(np.ma.asarray(image.get_array()), np.nan)
    for patch in axes.patches:
        yield "a patch", patch.get_path().vertices @ patch.get_patch_transform().get_matrix()[:2, :2].T
    for points in axes.collections:
        yield "places of marks", np.ma.filled(np.ma.asarray(points.get_offsets(), dtype=float), np.nan)
        if points.get_array() is not None:
            yield "colours of marks", np.ma.filled(np.ma.asarray(points.get_array(), dtype=float), np.nan)
        if hasattr(points, "get_coordinates"):  # a mesh, whose cells would each be an outline
            yield "a mesh", np.asarray(points.get_coordinates(), float)
        else:
            yield "outlines", np.concatenate([np.zeros((1, 2)), *(path.vertices for path in points.get_paths())])


def _digest(values: Any) -> str:
    """The beginning of some values, with a sum over all of them."""
    if isinstance(values, np.ndarray):
        start, content = str(values.ravel()[:4].tolist()), np.ascontiguousarray(values).tobytes()
    else:
        start, content = str(values), repr(values).encode()
    return f"{start[:40]}, sum {hashlib.sha256(content).hexdigest()[:8]}"


def _words(subject: Any) -> str:
    if isinstance(subject, Run):
        return f"a {subject.experiment.task} run"
    if isinstance(subject, Sweep):
        return f"a sweep of {join(axis.key for axis in subject.axes)}"
    if not isinstance(subject, list):
        return f"{subject.part.kind} {subject.part.name}"
    return "several runs" if isinstance(subject[0], Run) else join(_words(part) for part in subject)


@dataclass(frozen=True)
class Drawing:
    """A subject, its figure, and what drawing it did to others: in words, empty where it did nothing."""

    subject: Any
    figure: Any
    spoiled: bool
    settings: str
    left: str


_latest: list[Any] = [None, {}]  # the case that was drawn last, and its drawings by the subject's id


def _drawing(case: Case, subject: Any) -> Drawing:
    """The subject as this case draws it: once for all checks of the case, because pictures take long."""
    if _latest[0] is not case:
        _latest[:] = [case, {}]
    kept = _latest[1]
    if id(subject) not in kept:
        kept[id(subject)] = _draw_and_watch(case.bag, subject)
    drawing: Drawing = kept[id(subject)]
    return drawing


def _draw_and_watch(bag: Plot, subject: Any) -> Drawing:
    """Draw, note what was changed, and put it back: weights and rows, matplotlib's settings, figures of pyplot."""
    from matplotlib import rcParams

    before, settings, kept = _state(subject), dict(rcParams), _pyplot_figures()
    try:
        figure = bag.draw(subject)
        changed = [name for name in rcParams if name != "backend" and rcParams[name] != settings[name]]
        left = len(_pyplot_figures() - kept)
    finally:
        rcParams.update({name: value for name, value in settings.items() if name != "backend"})
        for number in _pyplot_figures() - kept:
            sys.modules["matplotlib.pyplot"].close(number)
    spoiled = not same(before, _state(subject))
    if spoiled:
        forget()
    return Drawing(
        subject, figure, spoiled, next(iter(changed), ""), f"{left} figure{'s' * (left > 1)}" if left else ""
    )


def draws(case: Case) -> str:
    """Every run gets a figure, or words that say why not, and is the same afterwards: others will be drawn from it."""
    from matplotlib.figure import Figure

    bag: Plot = case.bag
    drawn, reasons = 0, []
    for subject in subjects(bag.of):
        reason = _reason(bag, subject)
        if reason:
            reasons.append(reason)
            continue
        drawing = _drawing(case, subject)
        if not isinstance(drawing.figure, Figure):
            kind = type(drawing.figure).__name__
            raise Refused(f"drawing {_words(subject)} gives {kind}: expected a matplotlib Figure")
        if drawing.spoiled:
            raise Refused(f"drawing {_words(subject)} changes its weights or rows: work on copies")
        if not drawn:
            render(drawing.figure, "png", dpi=40)
        drawn += 1
    if not drawn:
        raise NotApplicable(f"it fits none of {len(reasons)} small examples; the first: {reasons[0]}")
    return f"{drawn} drawn, {len(reasons)} unsuited in words"


def _reason(bag: Plot, subject: Any) -> str:
    try:
        reason = bag.unsuited(subject)
    except GlassnetError as error:
        return str(error)
    if not isinstance(reason, str) or "\n" in reason:
        raise Refused(f"unsuited({_words(subject)}) is {reason!r:.60}: expected one line of words, empty where it fits")
    return reason


def _state(subject: Any) -> list[Any]:
    """All that could be spoiled by whoever draws: weights and rows, and the scores of a sweep."""
    if isinstance(subject, Sweep):
        return [[row.point, row.mean, dict(row.scores)] for row in subject.rows()]
    runs = [one for one in (subject if isinstance(subject, list) else [subject]) if isinstance(one, Run)]
    return [
        [run.trained.network.w.copy(), run.trained.network.running.copy(), run.history.to_numpy(copy=True)]
        + [array.copy() for rows in run.trained.splits().values() for array in (rows.X, rows.t, rows.target)]
        for run in runs
    ]


def no_pyplot(case: Case) -> None:
    """Figures of pyplot are kept by it for ever, and its settings are everybody's: a plot leaves both as they were."""
    for subject in _examples(case.bag):
        drawing, words = _drawing(case, subject), f"drawing {_words(subject)}"
        if drawing.settings:
            raise Refused(f"{words} changes matplotlib's global {drawing.settings}: set it on the figure itself")
        if drawing.left:
            raise Refused(f"{words} leaves {drawing.left} with pyplot: begin with `matplotlib.figure.Figure(...)`")


def _pyplot_figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def labelled(case: Case) -> str:
    """A picture is read without its author: it has a title, and each axis with numbers says what they are."""
    bag: Plot = case.bag
    seen = 0
    for subject in subjects(bag.of):
        if _reason(bag, subject):
            continue
        figure = _drawing(case, subject).figure
        if not _title(figure):
            raise Refused(f"the picture of {_words(subject)} has no title: use figure.suptitle or axes.set_title")
        for number, axes in enumerate(figure.axes, 1):
            for side in ("x", "y"):
                if _unsaid(figure, axes, side):
                    raise Refused(
                        f"axes {number} of {_words(subject)} have numbers along {side} and no words: "
                        f'axes.set_{side}label("..."), with the unit'
                    )
                seen += 1
    if not seen:
        raise NotApplicable("it fits none of the small examples")
    return f"{seen} axes"


def _title(figure: Any) -> bool:
    """Whether the figure or any of its axes has one; matplotlib has no public way to ask a figure for all its words."""
    titles = [
        figure.get_suptitle(),
        *(axes.get_title(loc) for axes in figure.axes for loc in ("left", "center", "right")),
    ]
    return any(title.strip() for title in titles)


def _unsaid(figure: Any, axes: Any, side: str) -> bool:
    """Whether numbers stand along that side without words; axes side by side may share those of the first."""
    axis = axes.xaxis if side == "x" else axes.yaxis
    if not axes.axison or not axis.get_visible() or not axes.has_data() or not len(axis.get_ticklocs()):
        return False
    shared = figure.get_supxlabel() if side == "x" else figure.get_supylabel()
    place = axes.get_subplotspec()
    span = "colspan" if side == "x" else "rowspan"
    others = [(other, other.get_subplotspec()) for other in figure.axes]
    fellows = [other for other, its in others if place and its and getattr(its, span) == getattr(place, span)]
    words = [shared, *(getattr(other, f"get_{side}label")() for other in [axes, *fellows])]
    return not any(word.strip() for word in words)


PROMISES = (Promise(draws, moved=False), Promise(no_pyplot, moved=False), Promise(labelled, moved=False))
