"""The page of one run: everything that is said on it is gathered here, the templates only set it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from .. import glossary
from ..data.looking import look_at_dataset
from ..diagnosis import Case, Rule, ask
from ..experiment.looking import title_of
from ..experiment.repeating import command_of, needed, program
from ..files import write_text
from ..findings import ends_in_command
from ..hooks import PROJECT
from ..pictures import narrow
from ..plotting import Fitting
from ..runs import Run, program_of
from ..wording import DASH, SPLITS, amount, bare, figure, metric
from . import words
from .pictures import Picture, drawn, suited

FILE = "report.html"
MOST_COLUMNS = 40  # of a table, on the page

#: Where the pictures of our own plots stand; guests' come last.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "How training went": ("loss", "metrics", "loss_runs", "scores_runs"),
    "Inside the network": (
        "network_diagram", "first_layer", "signals", "gradient_norms", "update_sizes", "dead_and_saturated",
        "gradient_norms_runs",
    ),
}  # fmt: skip
#: Left to `glassnet plot`, so that a page takes a second or two: they look at many networks, or have many panels.
AT_LENGTH = ("loss_surface", "activation_histograms", "gradient_histograms")
#: A curve for each of many classes says less than the confusion matrix, and takes its time.
OF_TWO_CLASSES = ("roc", "precision_recall", "calibration")
RESULT, GUESTS = "What it does with its rows", "From plugins"
#: Of a run that was not watched there is only the end to see, which says little beside the diagnosis.
IF_WATCHED = (
    "signals", "gradient_norms", "update_sizes", "dead_and_saturated", "activation_histograms", "gradient_histograms",
)  # fmt: skip


_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")  # a line is not to break inside `--batch-norm`


@dataclass(frozen=True)
class Scores:
    """The table of scores: a heading for each column, and a line for each metric."""

    headings: tuple[str, ...]
    lines: tuple[tuple[str, str, tuple[str, ...]], ...]  # metric, what it means, a cell for each heading


def write_report(run: Run, path: Path | None = None) -> Path:
    """Write the page of a finished run, `report.html` in its folder if no other path is given, and return its path.

    Raises `GlassnetError` where the run is not finished or the folder can't be written to.
    """
    path = run.folder / FILE if path is None else path
    write_text(path, page_of(run), elsewhere="give another --output")
    return path


def page_of(run: Run) -> str:
    """One self-contained HTML page about a run: it loads nothing, and nothing on it is a program."""
    case = Case(run)
    return render("run.html", **_what_it_says(case), **_data(case), **_result(case), **_pictures(case), **_origin(case))


def render(template: str, **what: Any) -> str:
    """A template filled in; whatever was not made here as markup is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup, escape

    environment = Environment(
        loader=PackageLoader("glassnet.pages"), autoescape=select_autoescape(default=True), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["drawing"] = Markup  # of a `Picture`, which escapes what it is labelled with
    environment.tests["pasted"] = ends_in_command
    environment.filters["options"] = lambda words: Markup(
        _OPTION.sub(r'<span class="word">\g<0></span>', str(escape(words)))
    )
    environment.filters["id"] = lambda heading: "".join(c if c.isalnum() else "-" for c in heading.lower())
    page = environment.get_template(template).render(**what, shared_style=glossary.STYLE + narrow.STYLE)
    return glossary.on_one_page(page)


# --- what is on it ------------------------------------------------------------------------------------------


def _what_it_says(case: Case) -> dict[str, Any]:
    run = case.run
    findings, asked = ask(case)
    return {
        "title": run.title,
        "subject": subject_of(case),
        "sentences": list(sentences(case)),
        "serious": [finding for finding in findings if finding.severity != "remark"],
        "remarks": [finding for finding in findings if finding.severity == "remark"],
        "looked_for": [question(rule) for rule in asked],
        "trouble": case.why_no_rows,
    }


def subject_of(case: Case) -> str:
    """What the data are, in the first line of their part's docstring; a table's own name."""
    if case.why_no_rows or (choice := case.training.chosen.dataset) is None:
        return case.experiment.title
    return choice.part.help or choice.part.name


def sentences(case: Case) -> Iterator[str]:
    """The experiment in words."""
    if not case.why_no_rows:
        network = words.network_in_words(case.training.network, case.experiment)
        yield f"This is {network}."
    yield words.training_in_words(case.run)
    yield words.end_in_words(case.run)


def question(rule: Rule) -> str:
    """What a rule asks: the first line of its docstring."""
    return (rule.__doc__ or rule.__name__).partition("\n")[0]


def _data(case: Case) -> dict[str, Any]:
    """The account of the rows, which leads the page; of pictures there are no columns to show."""
    if case.why_no_rows:
        return {"look": None, "columns": [], "more_columns": 0}
    training = case.training
    look = look_at_dataset(
        training.source, title_of(training), prepared=training.data, findings=False, most=MOST_COLUMNS,
        columns=not training.data.features.image_shape,
    )  # fmt: skip
    columns = () if look.image_shape else look.columns
    return {"look": look, "columns": columns[:MOST_COLUMNS], "more_columns": max(0, len(columns) - MOST_COLUMNS)}


def _result(case: Case) -> dict[str, Any]:
    whole = not case.why_no_rows and case.training.data.whole
    low, high = case.interval
    return {
        "result": words.result_in_words(case.run, whole),
        "scores": scores_of(case, whole),
        "figure": figure(case.score(case.judged)),
        "metric": metric(case.metric),
        "judged": "all rows" if whole else SPLITS[case.judged],
        "interval": f"{figure(low)} to {figure(high)}",
        "baseline": figure(case.score("baseline")),
        "line": _line(case).get(case.metric, ""),
        "line_is": "" if case.run.linear is None else case.run.linear.model,
        "parameters": "" if case.why_no_rows else amount(len(case.training.network.w)),
    }


def scores_of(case: Case, whole: bool) -> Scores:
    """Every metric on every split, with the interval of the rows that judge and the baseline on the same rows."""
    run = case.run
    shown = ["train"] if whole else run.scored
    judged = "all rows" if whole else SPLITS[case.judged]
    headings = ("all rows",) if whole else tuple(SPLITS[split] for split in shown)
    line = _line(case)
    lines = []
    for name in run.metrics:
        score = run.score(metric=name)
        cells = [figure(run.score(split, name).value) for split in shown]
        cells += [f"{figure(score.low)} to {figure(score.high)}", figure(score.baseline)]
        cells += [line.get(name, DASH)] if line else []
        lines.append((metric(name), _meaning(case, name), tuple(cells)))
    beside = ("straight line",) if line else ()
    return Scores((*headings, f"95 % interval, {judged}", "baseline", *beside), tuple(lines))


def _line(case: Case) -> dict[str, str]:
    """What the straight line has on the rows that judge, by metric; empty where there is none."""
    found = case.run.linear
    if found is None or case.judged not in found.intervals:
        return {}
    spans = {name: f" ({figure(low)} to {figure(high)})" for name, (low, high) in found.intervals[case.judged].items()}
    return {name: figure(value) + spans.get(name, "") for name, value in found.metrics[case.judged].items()}


def _meaning(case: Case, metric: str) -> str:
    if case.why_no_rows:
        return ""
    return case.training.chosen.metrics[metric].part.help


def _pictures(case: Case) -> dict[str, Any]:
    """The pictures that fit, by section; the costly ones only by name."""
    run = case.run
    watched = bool(case.why_no_rows) or run.watched is not None
    fitting = [one for one in suited(run, run.catalog) if watched or not _is_ours(one, IF_WATCHED)]
    at_length = AT_LENGTH if _has_two_classes(case) else (*AT_LENGTH, *OF_TWO_CLASSES)
    later = [one for one in fitting if one.costly or _is_ours(one, at_length)]
    found = drawn([one for one in fitting if one not in later], run, "run")
    more = [one.choice.part.name.replace("_", " ") for one in later]
    return {"galleries": grouped(found), "more": more, "watched": watched}


def _has_two_classes(case: Case) -> bool:
    return not case.why_no_rows and case.training.data.targets.task == "binary"


def _is_ours(fitting: Fitting, names: Sequence[str]) -> bool:
    """Whether it is one of our own plots of these names: a guest's may bear the same name."""
    part = fitting.choice.part
    return part.distribution == PROJECT and part.name in names


def grouped(found: Sequence[Picture]) -> list[tuple[str, list[Picture]]]:
    """(section, its pictures): training, then the result, then the inside, then what plugins draw."""
    order = [next(iter(SECTIONS)), RESULT, *list(SECTIONS)[1:], GUESTS]
    placed = sorted(found, key=lambda picture: order.index(section_of(picture)))
    return [(section, list(some)) for section, some in groupby(placed, key=section_of)]


def section_of(picture: Picture) -> str:
    if picture.by_guest:
        return GUESTS
    return next((section for section, names in SECTIONS.items() if picture.name in names), RESULT)


def _origin(case: Case) -> dict[str, Any]:
    run = case.run
    return {
        "choices": list(run.experiment.in_words().items()),
        "source": str(run.provenance.get("source", "")),
        "licence": str(run.provenance.get("licence", "")),
        "install": needed(run.provenance).splitlines(),
        "by_estimator": run.said_by is not None,
        "command": "" if "epochs_changed_to" in run.provenance else str(run.provenance.get("command", "")),
        "in_one_go": "epochs_changed_to" not in run.provenance or bare(run.experiment.schedule) == "constant",
        "spelled_out": command_of(run.experiment),
        "by_hand": [f"after epoch {one['epoch']}: {one['setting']}" for one in words.by_hand(run)],
        "by_hand_again": program_of(run.provenance),
        "origins": list(words.origins(run.provenance)),
        "folder": str(run.folder),
        "python_folder": json.dumps(str(run.folder), ensure_ascii=False),  # quoted as Python reads it, too
        "quoted_folder": shlex.quote(str(run.folder)),
        "program": program(run.experiment),
    }
