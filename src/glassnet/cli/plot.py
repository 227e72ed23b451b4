"""`glassnet plot`: pictures of a run, of several runs, or of parts, as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError, did_you_mean, join
from ..folders import short, slug
from .choices import choices, table_options
from .edge import say, style
from .runs import data_option, means_a_run, run_of, runs_option
from .sections import command, section
from .types import KindType, PartType, RunType

if TYPE_CHECKING:
    from ..catalog import Catalog, Choice
    from ..plotting import Fitting
    from ..runs import Run
    from ..sweeps import Sweep
    from .host import Host

FORMATS = ("png", "svg", "pdf")
ELSEWHERE = "choose another folder with --output"
EXAMPLES = """\b
Examples:
  glassnet plot last
  glassnet plot last loss residuals:split=validation
  glassnet plot 3 --all --format svg
  glassnet plot 1 2 3                     several runs in one picture
  glassnet plot last --list               which plots fit, and why others don't
  glassnet plot sweeps/0001-digits8x8     a sweep
  glassnet plot --part leaky_relu:slope=0.2
  glassnet plot --part relu --part gelu   several parts of a kind in one picture
  glassnet plot --part sgd --part adam:lr=0.05 optimizer_paths:steepness=15
  glassnet plot iris                      a data set, before anything is trained
  glassnet plot penguins.csv --target species
"""


@dataclass(frozen=True)
class Subject:
    """What is drawn (a run, a list of runs, a part, a list of parts), the folder its pictures go to, and the end of
    their names. `only` says of which sort of plots, where others draw it together with its like.
    """

    what: Any
    folder: Path
    suffix: str = ""
    only: str = ""


@dataclass(frozen=True)
class Job:
    """One picture to be drawn, and the file it goes to."""

    subject: Subject
    fitting: Fitting
    path: Path


@command(epilog=EXAMPLES)
@click.argument("words", metavar="RUN... [PLOT...]", nargs=-1, type=RunType(also=PartType("plot", files=True)))
@section(
    "What is drawn",
    click.option("--all", "every", is_flag=True, help="Draw the costly ones, too, and say what does not fit."),
    click.option(
        "--list", "listing", is_flag=True, help="Draw nothing: list the plots that fit, and why others don't."
    ),
    click.option(
        "--part",
        "parts",
        multiple=True,
        type=PartType(),
        metavar="PHRASE",
        help="Draw a part instead of a run. Repeatable: those of a kind share a picture.",
    ),
    click.option(
        "--kind", type=KindType(), metavar="KIND", help="Which kind the part is, where several have its name."
    ),
)
@section(
    "Where runs are",
    runs_option,
    data_option,
    click.option("--sweeps", envvar="GLASSNET_SWEEPS", default="sweeps", show_default=True, help="Where sweeps are."),
)
@section(
    "Output",
    click.option(
        "--format", "form", type=click.Choice(FORMATS), default="png", show_default=True, help="Pixels or lines."
    ),
    click.option("--dark", is_flag=True, help="For a dark page: light on dark grey, in the same hues (png, svg)."),
    click.option("--output", type=click.Path(path_type=Path), metavar="FOLDER", help="Where files go  [RUN/plots]."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON list and nothing else."),
)
@table_options
@click.pass_obj
def plot(
    host: Host, words: tuple[str, ...], every: bool, listing: bool, parts: tuple[str, ...], kind: str | None, form: str,
    dark: bool, output: Path | None, runs: str, data: str | None, sweeps: str, as_json: bool, **table: Any,
) -> None:  # fmt: skip
    """Draw RUN: its curves, hits and misses, its inside.

    RUN is a folder, a number, or last; several make pictures that compare them. The folder of a sweep, or its name,
    shows which settings serve best, and a data set or a table its inputs before anything is trained; the options of
    tables are for these. PLOT is a phrase (see `glassnet list
    plots`); without one, all are drawn that fit and are quick. Pictures already there are drawn anew.
    """
    if kind is not None and not parts:
        raise GlassnetError(f"--kind {kind} says which part is meant by --part: give --part NAME as well")
    if dark and form == "pdf":
        raise GlassnetError("a pdf is for paper, which is white: leave --dark away, or give --format svg")
    catalog = host.catalog()
    given = choices(None, table)
    if words and not parts and (rows := _rows(words[0], catalog, given, output, runs)):
        subjects, phrases = [rows], list(words[1:])
    else:
        _refuse(given, (*parts, *words, "nothing")[0])
        subjects, phrases = _read(host, words, parts, kind, runs, data, sweeps, output)
    if listing and phrases:
        raise GlassnetError(f"--list lists all plots and draws none: leave {join(phrases)} away, or --list")
    if listing:
        _print_list(subjects[0], catalog, as_json)
        return
    if phrases:
        jobs = [job for phrase in phrases for job in _asked(subjects, phrase, catalog, form)]
        left: list[Fitting] = []
    else:
        jobs, left = _fitting(subjects, catalog, form, every)
    results = list(_draw(jobs, as_json, dark))
    if as_json:
        say(json.dumps([*results, *map(_left_as_json, left)]))
    else:
        _print_left(left, every)
    if not jobs:
        from ..plotting import why_none

        why = why_none(left, subjects[0].what)
        raise GlassnetError(f"nothing was drawn, for no plot fits{why}; `glassnet plot --list` lists them")
    failed = [one for one in results if "failed" in one]
    if failed and (phrases or len(failed) == len(results)):
        raise SystemExit(1)


# --- what is meant ------------------------------------------------------------------------------------------


def _read(
    host: Host, words: tuple[str, ...], parts: tuple[str, ...], kind: str | None, runs: str, data: str | None,
    sweeps: str, output: Path | None,
) -> tuple[list[Subject], list[str]]:  # fmt: skip
    """(what is drawn, phrases of plots): the first words are runs, and plots are known by their names."""
    catalog = host.catalog()
    if parts:
        from .parts import choose_part

        chosen = [choose_part(catalog, part, kind) for part in parts]
        return _parts(chosen, output or Path("plots")), list(words)
    first = next((at for at, word in enumerate(words) if at and _is_plot(word, catalog)), len(words))
    if not words:
        raise GlassnetError("name a run: glassnet plot last (`glassnet runs` lists all), or a part: --part relu")
    if first == 1 and (sweep := _sweep(words[0], runs, sweeps)):
        return [Subject(sweep, output or sweep.folder / "plots")], list(words[1:])
    if first == 1 and means_a_run(words[0], runs) and _is_dataset(words[0], catalog):
        say(f"{words[0]} is a run here; the data set of that name is --part {words[0]}", err=True)
    elif first == 1 and _is_dataset(words[0], catalog):
        return _read(host, words[1:], (words[0],), "dataset", runs, data, sweeps, output)
    opened = [_open(host, word, catalog, runs, data, at) for at, word in enumerate(words[:first])]
    if len(opened) == 1:
        return [Subject(opened[0], output or opened[0].folder / "plots")], list(words[first:])
    each = [Subject(run, output or run.folder / "plots", f"-{run.folder.name}" if output else "") for run in opened]
    return [Subject(opened, output or Path(runs) / "plots"), *each], list(words[first:])


def _parts(chosen: list[Choice], place: Path) -> list[Subject]:
    """Those of a kind together, and then each by itself for plots that show one alone."""
    from ..plotting import together

    subjects = []
    for kind in dict.fromkeys(one.part.kind for one in chosen):
        what = together([one for one in chosen if one.part.kind == kind])
        each = what if isinstance(what, list) else [what]
        ends = [_safe(f"-{one.part.name}{_options(one)}") for one in each]
        subjects.append(Subject(what, place, "".join(ends)))
        if len(each) > 1:
            subjects += [Subject(one, place, end, only="part") for one, end in zip(each, ends, strict=True)]
    return subjects


def _rows(word: str, catalog: Catalog, given: dict[str, Any], output: Path | None, runs: str) -> Subject | None:
    """The rows of a table before anything is trained; None where the word is none."""
    from ..experiment import Experiment, is_table
    from ..plotting import rows_of

    if not is_table(word) or means_a_run(word, runs):
        return None
    experiment = Experiment.from_mapping(choices(word, given))
    return Subject(rows_of(experiment, catalog), output or Path("plots"), _safe(f"-{experiment.title}"))


def _refuse(given: dict[str, Any], what: str) -> None:
    """Options of tables say nothing of a run, a part or a data set of the catalog."""
    from ..data.reading import A_TABLE, option_of
    from ..experiment import flag

    options = [flag(name) for name in given if name != "reading"] + [
        option_of(word) for word in given.get("reading", ())
    ]
    if options:
        raise GlassnetError(
            f"{options[0]} is for {A_TABLE}, and {what!r} is none: glassnet plot FILE.csv --target COLUMN"
        )


def _is_dataset(word: str, catalog: Catalog) -> bool:
    from ..catalog import Phrase

    return bool(catalog.matches("dataset", Phrase.parse(word).name))


def _is_plot(word: str, catalog: Catalog) -> bool:
    from ..catalog import Phrase

    return bool(catalog.matches("plot", Phrase.parse(word).name))


def _sweep(word: str, runs: str, sweeps: str) -> Sweep | None:
    """The sweep that is meant: by its folder, or by a name that no run has; None where a run is meant."""
    from ..runs import FOLDERS as RUNS
    from ..sweeps import FOLDERS, Sweep

    known = FOLDERS.holds(Path(word)) or FOLDERS.holds(Path(sweeps) / word)
    return Sweep.load(word, sweeps) if known and not RUNS.is_one(word, Path(runs)) else None


def _open(host: Host, word: str, catalog: Catalog, runs: str, data: str | None, position: int) -> Run:
    try:
        return run_of(host, word, runs, data)
    except GlassnetError as error:
        if position == 0 or Path(word).exists():
            raise
        names = [catalog.short_name(part) for part in catalog.parts("plot")]
        raise GlassnetError(
            f"{word!r} is neither a run nor a plot.{did_you_mean(word, names)} Plots: {join(names)} "
            "(`glassnet runs` lists the runs)"
        ) from error


def _asked(subjects: list[Subject], phrase: str, catalog: Catalog, form: str) -> list[Job]:
    """The pictures of one phrase, one of all runs or one of each; asked for, what does not fit is an error."""
    from ..plotting import fit, handed, in_words

    choice = catalog.choose("plot", phrase)
    of = choice.build().of
    suited = [subject for subject in subjects if handed(of, subject.what) is not None]
    meant = [subject for subject in suited if subject.only in ("", of)] or subjects[:1]
    jobs = []
    for subject in meant:
        fitting = fit(choice, subject.what)
        if fitting.unsuited:
            raise GlassnetError(f"plot {choice.part.name} does not fit {in_words(subject.what)}: {fitting.unsuited}")
        jobs.append(_job(subject, fitting, catalog, form))
    return jobs


def _fitting(subjects: list[Subject], catalog: Catalog, form: str, every: bool) -> tuple[list[Job], list[Fitting]]:
    """(pictures to draw, what is left out): parts are all drawn, several runs are compared, not drawn one by one."""
    from ..plotting import fitting_plots, kind_of

    jobs, left = [], []
    for subject in subjects if kind_of(subjects[0].what) in ("part", "parts") else subjects[:1]:
        for fitting in fitting_plots(subject.what, catalog):
            if subject.only and not fitting.failed and fitting.choice.build().of != subject.only:
                continue
            if fitting.unsuited or (fitting.costly and not every and not fitting.failed):
                left.append(fitting)
            else:
                jobs.append(_job(subject, fitting, catalog, form))
    return jobs, left


def _job(subject: Subject, fitting: Fitting, catalog: Catalog, form: str) -> Job:
    name = short(f"{_stem(fitting.choice, catalog)}{subject.suffix}")  # options may hold names of any length
    return Job(subject, fitting, subject.folder / f"{name}.{form}")


def _stem(choice: Choice, catalog: Catalog) -> str:
    """The plot's short name, with the options that are not at their defaults: `residuals-split-validation`."""
    return _safe(catalog.short_name(choice.part) + _options(choice))


def _options(choice: Choice) -> str:
    """The options that are not at their defaults, as the end of a file's name."""
    changed = [option for option in choice.part.options if choice.options[option.name] != option.default]
    return "".join(f"-{option.name}-{choice.options[option.name]}" for option in changed)


def _safe(name: str) -> str:
    return slug(name, kept="-_.")


# --- drawing and telling ------------------------------------------------------------------------------------


def _draw(jobs: list[Job], as_json: bool, dark: bool) -> Iterator[dict[str, str]]:
    """Draw and keep each picture and tell of it; a plot that fails costs one line on stderr and nothing else."""
    from ..files import writing
    from ..pictures import save
    from ..plotting import PlotFailed, blamed_on, draw
    from .display import console

    screen = console(to_stderr=True)
    for number, job in enumerate(jobs, 1):
        choice, name = job.fitting.choice, job.fitting.choice.part.full_name
        said = f"drawing {choice.part.name}, {number} of {len(jobs)}"
        try:
            if job.fitting.failed:
                raise PlotFailed(job.fitting.failed)
            with screen.status(said) if screen.is_terminal else nullcontext():
                figure = draw(choice, job.subject.what)
                with writing(job.path.parent, ELSEWHERE):
                    job.path.parent.mkdir(parents=True, exist_ok=True)
                with blamed_on(choice):
                    save(figure, job.path, ELSEWHERE, dark)
        except PlotFailed as error:
            say(style(str(error), fg="yellow"), err=True)
            yield {"plot": name, "failed": str(error)}
            continue
        if not as_json:
            say(str(job.path))
        yield {"plot": name, "file": str(job.path)}


def _left_as_json(fitting: Fitting) -> dict[str, str]:
    name = fitting.choice.part.full_name
    return {"plot": name, "unsuited": fitting.unsuited} if fitting.unsuited else {"plot": name, "left_out": "costly"}


def _print_left(left: list[Fitting], every: bool) -> None:
    costly = [fitting.choice.part.name for fitting in left if not fitting.unsuited]
    if costly:
        say(f"left out, because they take longer: {join(costly)} (--all draws them, too)")
    for fitting in left if every else []:
        if fitting.unsuited:
            say(f"not drawn: {fitting.choice.part.name}: {fitting.unsuited}")


def _print_list(subject: Subject, catalog: Catalog, as_json: bool) -> None:
    """Every plot for such a subject: whether it fits, and if not, why."""
    from ..plotting import fitting_plots
    from ..tables import Table, width_of_output

    found = list(fitting_plots(subject.what, catalog))
    if as_json:
        say(json.dumps([_listed_as_json(fitting) for fitting in found]))
        return
    rows = [
        (catalog.short_name(one.choice.part), _fits(one), one.unsuited or one.failed or one.choice.part.help)
        for one in found
    ]
    for line in Table(("PLOT", "FITS", "WHAT IT SHOWS, OR WHY IT DOES NOT FIT"), rows).lines(width_of_output()):
        say(line)


def _fits(fitting: Fitting) -> str:
    if fitting.failed:
        return "failed"
    return "no" if fitting.unsuited else "yes, costly" if fitting.costly else "yes"


def _listed_as_json(fitting: Fitting) -> dict[str, Any]:
    return {
        "plot": fitting.choice.part.full_name,
        "fits": not (fitting.unsuited or fitting.failed),
        "reason": fitting.unsuited or fitting.failed,
        "costly": fitting.costly,
    }
