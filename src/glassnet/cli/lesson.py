"""`glassnet lesson`: the course, a page in the terminal, answers checked, hints, and what instructors need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from .edge import say, style
from .host import Host
from .sections import command, section
from .types import PartType

if TYPE_CHECKING:
    from ..catalog import Catalog
    from ..lessons.course import Opened
    from ..lessons.progress import Progress

EXAMPLES = """\b
Examples:
  glassnet lesson                        the course, what is done, what comes next
  glassnet lesson xor                    read the page, a screen at a time
  glassnet lesson xor --start            write answers_xor.py
  glassnet lesson xor --check            check the answers in it
  glassnet lesson xor --watch            check again whenever it is saved
  glassnet lesson xor --hint by_hand 2   the first two hints
  glassnet lesson xor --html xor.html    the page for a browser
  glassnet lesson --grade answers/ --csv grades.csv
"""


@command(epilog=EXAMPLES)
@click.argument("name", type=PartType("lesson", files=True), required=False)
@click.argument("number", type=click.IntRange(min=1), required=False, metavar="[N]")
@section(
    "Answers",
    click.option("--start", is_flag=False, flag_value=".", metavar="[DIR]", help="Write a file to answer in."),
    click.option("--notebook", is_flag=True, help="With --start: the page and the answers as a notebook."),
    click.option("--check", is_flag=False, flag_value="", metavar="[FILE]", help="Check the answers."),
    click.option("--watch", is_flag=False, flag_value="", metavar="[FILE]", help="Check whenever the file is saved."),
    click.option("--hint", metavar="EXERCISE", help="A hint; the first N of them."),
    click.option("--solution", metavar="EXERCISE", help="Two right answers."),
    click.option("--yes", is_flag=True, help="With --solution: don't ask first."),
    click.option("--progress", metavar="FILE", type=click.Path(path_type=Path), help="Where to keep what is solved."),
)
@section(
    "Pages",
    click.option("--html", is_flag=False, flag_value="", metavar="[FILE]", help="Write the page for a browser."),
    click.option("--site", metavar="DIR", help="Write all lessons as pages, with an index."),
)
@section(
    "A class",
    click.option("--grade", metavar="DIR", help="Check the answers of a class: a file or a folder a student."),
    click.option("--csv", metavar="FILE", help="With --grade: a table for a spreadsheet."),
    click.option("--json", "as_json", is_flag=True, help="Print what a program may want to know."),
)
@click.pass_context
def lesson(ctx: click.Context, name: str | None, number: int | None, **asked: Any) -> None:
    """Learn: pages that run, with exercises that are checked.

    Without NAME, the lessons in order. NAME is a lesson of that list, or the path of a page that you are writing.
    """
    from ..lessons.progress import Progress

    catalog = ctx.ensure_object(Host).catalog()
    progress = Progress.at(asked["progress"])
    which = [
        what
        for what in ("start", "check", "watch", "hint", "solution", "html", "site", "grade")
        if asked[what] is not None
    ]
    _refuse_alone(asked)
    if len(which) > 1:
        raise GlassnetError(f"--{which[0]} and --{which[1]} are two things: ask for one after the other")
    try:
        _asked(name, number, progress, which[0] if which else "", asked, catalog)
    finally:
        if progress.trouble:
            say(f"What is solved isn't kept: {progress.trouble}", err=True)


def _asked(
    name: str | None, number: int | None, progress: Progress, what: str, asked: dict[str, Any], catalog: Catalog
) -> None:
    from ..lessons.course import lessons_of, open_lesson

    if asked["grade"] is not None:
        from .lesson_class import grade

        lessons = [open_lesson(name, catalog)] if name else lessons_of(catalog)
        grade(lessons, Path(asked["grade"]), asked["csv"], asked["as_json"])
    elif asked["site"] is not None:
        from .lesson_page import site

        site(lessons_of(catalog), Path(asked["site"]))
    elif name is None:
        if what:
            raise GlassnetError(f"--{what} of which lesson? Give its name: glassnet lesson NAME --{what}")
        course(lessons_of(catalog), progress, asked["as_json"])
    else:
        _one(open_lesson(name, catalog), number, progress, what or "page", asked)


#: What says nothing without the option behind it.
_BELONGS = {"notebook": ("start",), "yes": ("solution",), "csv": ("grade",)}


def _refuse_alone(asked: dict[str, Any]) -> None:
    """An option that would be passed over in silence is an error."""
    for option, wanted in _BELONGS.items():
        if asked[option] and all(asked[one] is None for one in wanted):
            raise GlassnetError(f"--{option} belongs to --{wanted[0]}: give both, or leave it out")


def _one(opened: Opened, number: int | None, progress: Progress, what: str, asked: dict[str, Any]) -> None:
    from . import lesson_answers, lesson_page

    if number is not None and what != "hint":
        raise GlassnetError("a number goes with --hint EXERCISE: how many hints are to be shown")
    if what == "start":
        lesson_answers.start(opened, Path(asked["start"]), asked["notebook"])
    elif what == "check":
        lesson_answers.check(opened, asked["check"], progress, asked["as_json"])
    elif what == "watch":
        lesson_answers.watch(opened, asked["watch"], progress)
    elif what == "hint":
        lesson_answers.hint(opened, asked["hint"], number)
    elif what == "solution":
        lesson_answers.solution(opened, asked["solution"], asked["yes"])
    elif what == "html":
        lesson_page.html(opened, asked["html"])
    else:
        lesson_page.read(opened, progress, asked["as_json"])


def course(lessons: list[Opened], progress: Progress, as_json: bool) -> None:
    """The lessons in order by course, with what is done, and what comes next.

    One that can't be opened is said at the end, and costs the list nothing else.
    """
    from ..lessons.course import course_name, sound
    from ..lessons.progress import as_rows, coming_next
    from ..tables import Table
    from ..wording import count, listed

    lessons, broken = sound(lessons)
    if as_json:
        say(json.dumps(as_rows(lessons, progress), indent=2))
        return
    for name in dict.fromkeys(map(course_name, lessons)):
        own = [one for one in lessons if course_name(one) == name]
        done = sum(map(progress.done, own))
        say(style(f"Course {name}: {done} of {count(len(own), 'lesson')} done", bold=True))
        rows = [_row(one, progress) for one in own]
        for line in Table(("", "LESSON", "MIN", "SOLVED", "WHAT IT IS ABOUT"), rows).lines(_width()):
            say(line)
        say()
    for words in broken:
        say(f"warning: {words}", err=True)
    for one in lessons:
        if changed := progress.changed(one):
            say(f"Changed since you solved it, in {one.name}: {listed(changed)}.")
    following = coming_next(lessons, progress)
    if following is None:
        say("All done. Write a lesson of your own: glassnet new my-course --kind lesson")
        return
    say(f"Next: glassnet lesson {following.name}")


def _row(one: Opened, progress: Progress) -> tuple[str, ...]:
    solved, all_of_them = progress.count(one), len(one.exercises)
    mark = "✓" if progress.done(one) else ("·" if solved else " ")
    return mark, one.name, str(one.lesson.minutes), f"{solved}/{all_of_them}", one.part.help


def _width() -> int:
    from ..tables import width_of_output

    return width_of_output() or 100
