"""A played page for a browser: one self-contained file without a script, formulas as MathML, pictures as SVG."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from .. import glossary
from ..files import write_text
from ..teaching import Exercise
from ..wording import count
from .course import Opened, addresses, course_name, lessons_of
from .links import Address, linked, nowhere
from .mathematics import as_text, replaced
from .mathml import as_mathml
from .playing import Drawn, Played, play, steps
from .reading import Cell, Place, Play, Prose, Question


def write(opened: Opened, path: Path) -> None:
    """The page of a lesson as one file."""
    write_text(path, document(opened), elsewhere="give another path after --html")


def write_site(lessons: Sequence[Opened], folder: Path, told: Callable[[str], None] = lambda words: None) -> None:
    """Every lesson as a page, and an index of them; `told` hears the name of each that is written."""
    folder.mkdir(parents=True, exist_ok=True)
    names, where = [file_of(one) for one in lessons], addresses(lessons, file_of)
    for number, one in enumerate(lessons):
        before = (names[number - 1], lessons[number - 1].page.title) if number else None
        following = (names[number + 1], lessons[number + 1].page.title) if number + 1 < len(lessons) else None
        page = document(one, where, home="index.html", before=before, following=following)
        write_text(folder / names[number], page, elsewhere="give another folder after --site")
        told(one.name)
    courses = [
        {"name": name, "lessons": [_about(one) for one in lessons if course_name(one) == name]}
        for name in dict.fromkeys(map(course_name, lessons))
    ]
    index = _template("course.html").render(courses=courses, style=_style())
    write_text(folder / "index.html", index, elsewhere="give another folder after --site")


def file_of(one: Opened) -> str:
    """What a lesson's page is called in a course."""
    home = "" if course_name(one) == "glassnet" else f"{one.part.distribution}-"
    return f"{home}{one.part.name}.html"


def _about(one: Opened) -> dict[str, Any]:
    return {"file": file_of(one), "title": one.page.title, "minutes": one.lesson.minutes, "help": one.part.help}


def document(opened: Opened, address: Address | None = None, **around: Any) -> str:
    """The whole page: its blocks played now, with what stands around them in a course.

    `address` says where other lessons lie; unless it is given, beside this page.
    """
    from markupsafe import Markup

    from .. import __version__

    address = address or addresses(lessons_of(opened.catalog), file_of)
    played = play(opened.page, opened.strangers())
    pieces = [Markup(piece) for block in played for piece in fragments(block, opened, address)]
    page: str = _template("lesson.html").render(
        title=opened.page.title, about=about(opened), pieces=pieces, style=_style(), version=__version__, **around
    )
    return glossary.on_one_page(page)


def about(opened: Opened) -> str:
    """How long a lesson takes and how much it asks: `20 minutes, 4 exercises`."""
    asked = count(len(opened.exercises), "exercise")
    return f"{opened.lesson.minutes} minutes" + (f", {asked}" if opened.exercises else "")


def fragments(block: Played, opened: Opened, address: Address = nowhere) -> Iterator[str]:
    """The markup of one block."""
    if isinstance(block.block, Prose):
        yield prose(block.text, address)
    elif isinstance(block.block, Cell):
        for code, outputs in steps(block):
            wrapped = ' class="command"' if block.block.language == "console" else ""
            yield f'<pre{wrapped} tabindex="0"><code>{escape(code)}</code></pre>'
            for number, output in enumerate(outputs):
                if isinstance(output, Drawn):
                    yield _figure(output, f"{opened.part.name}-{block.block.line}-{number}")
                elif output.text:
                    yield f'<pre class="output" tabindex="0">{escape(output.text)}</pre>'
    elif isinstance(block.block, Play):
        code = escape(block.block.command("play"))
        yield f'<p>Try it by hand:</p><pre class="command" tabindex="0"><code>{code}</code></pre>'
    elif isinstance(block.block, Question):
        answer = f"<details><summary>Answer</summary>{prose(block.answer, address)}</details>"
        yield (
            f'<div class="question"><p><strong>A question to yourself</strong></p>{prose(block.text, address)}'
            f"{answer}</div>"
        )
    elif isinstance(block.block, Place):
        yield _exercise(opened.exercise(block.block.name), opened, address)


def _exercise(exercise: Exercise, opened: Opened, address: Address) -> str:
    options = "".join(f"<li>{_inline(option)}</li>" for option in exercise.options)
    hints = "".join(
        f"<details><summary>Hint {n}</summary>{prose(h, address)}</details>" for n, h in enumerate(exercise.hints, 1)
    )
    check = f"glassnet lesson {opened.name} --check"
    name = f"exercise-{exercise.name}"
    return (
        f'<section class="exercise" id="{name}" aria-labelledby="{name}-title">'
        f'<p id="{name}-title" class="title">Exercise <code>{exercise.name}</code></p>'
        f"{prose(exercise.question, address)}{f'<ol>{options}</ol>' if options else ''}{hints}"
        f"<p>Checked by <code>{escape(check)}</code>.</p></section>"
    )


_LONG = 30  # letters of a formula that a narrow screen may have to move sideways


def prose(text: str, address: Address = nowhere) -> str:
    """Markdown as HTML, its formulas as MathML; markup that stands in it is shown and not obeyed."""
    formulas: list[str] = []

    def kept(formula: str, displayed: bool) -> str:
        formulas.append(_displayed(formula) if displayed else as_mathml(formula))
        return f"\x02{len(formulas) - 1}\x03"

    rendered: str = _markdown().render(linked(replaced(text, kept), address))
    rendered = rendered.replace("<pre>", '<pre tabindex="0">')
    rendered = rendered.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    rendered = rendered.replace("</table>", "</table></div>")
    return re.sub("\x02(\\d+)\x03", lambda found: formulas[int(found[1])], rendered)


def _displayed(formula: str) -> str:
    """A formula on lines of its own, which moves sideways where the screen is too narrow for it."""
    reached = ' tabindex="0"' if len(as_text(formula)) > _LONG else ""
    return f'<span class="formula"{reached}>{as_mathml(formula, True)}</span>'


def _inline(text: str) -> str:
    return prose(text).strip().removeprefix("<p>").removesuffix("</p>")


def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _figure(drawn: Drawn, prefix: str) -> str:
    from ..pictures.embedding import element

    picture = element(drawn.figure, prefix, drawn.words)
    return f'<figure class="picture" tabindex="0">{picture}<figcaption>{escape(drawn.words)}</figcaption></figure>'


def _style() -> Any:
    from markupsafe import Markup

    from ..pictures import narrow

    own = (Path(__file__).parent / "templates" / "lesson.css").read_text(encoding="utf-8")
    return Markup(own + glossary.STYLE + narrow.STYLE)


def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader

    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True).get_template(name)
