"""A played page for a browser: one self-contained file without a script, formulas as MathML, pictures as SVG."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ..files import write_text
from ..teaching import Exercise
from ..wording import count
from .course import Opened, course_name
from .mathematics import as_mathml, replaced
from .playing import Drawn, Played, play
from .reading import Cell, Place, Prose, Question

_LONGEST_SVG = 400_000  # letters, beyond which a picture is kept as pixels


def write(opened: Opened, path: Path) -> None:
    """The page of a lesson as one file."""
    write_text(path, document(opened), elsewhere="give another path after --html")


def write_site(lessons: Sequence[Opened], folder: Path, told: Callable[[str], None] = lambda words: None) -> None:
    """Every lesson as a page, and an index of them; `told` hears the name of each that is written."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [_file(one) for one in lessons]
    for number, one in enumerate(lessons):
        before = (names[number - 1], lessons[number - 1].page.title) if number else None
        following = (names[number + 1], lessons[number + 1].page.title) if number + 1 < len(lessons) else None
        page = document(one, home="index.html", before=before, following=following)
        write_text(folder / names[number], page, elsewhere="give another folder after --site")
        told(one.name)
    courses = [
        {"name": name, "lessons": [_about(one) for one in lessons if course_name(one) == name]}
        for name in dict.fromkeys(map(course_name, lessons))
    ]
    index = _template("course.html").render(courses=courses, style=_style())
    write_text(folder / "index.html", index, elsewhere="give another folder after --site")


def _file(one: Opened) -> str:
    home = "" if course_name(one) == "glassnet" else f"{one.part.distribution}-"
    return f"{home}{one.part.name}.html"


def _about(one: Opened) -> dict[str, Any]:
    return {"file": _file(one), "title": one.page.title, "minutes": one.lesson.minutes, "help": one.part.help}


def document(opened: Opened, **around: Any) -> str:
    """The whole page: its blocks played now, with what stands around them in a course."""
    from .. import __version__

    about = f"{opened.lesson.minutes} minutes"
    if opened.exercises:
        about += f", {count(len(opened.exercises), 'exercise')}"
    pieces = [piece for block in play(opened.page, opened.strangers()) for piece in fragments(block, opened)]
    return _template("lesson.html").render(
        title=opened.page.title, about=about, pieces=pieces, style=_style(), version=__version__, **around
    )


def fragments(block: Played, opened: Opened) -> Iterator[Any]:
    """The markup of one block."""
    from markupsafe import Markup

    if isinstance(block.block, Prose):
        yield Markup(prose(block.text))
    elif isinstance(block.block, Cell):
        yield Markup(f'<pre tabindex="0"><code>{escape(block.block.text)}</code></pre>')
        for number, output in enumerate(block.outputs):
            if isinstance(output, Drawn):
                yield Markup(_figure(output, f"{opened.part.name}-{block.block.line}-{number}"))
            elif output.text:
                yield Markup(f'<pre class="output" tabindex="0">{escape(output.text)}</pre>')
    elif isinstance(block.block, Question):
        answer = f"<details><summary>Answer</summary>{prose(block.answer)}</details>"
        yield Markup(
            f'<aside class="question"><strong>A question to yourself</strong>{prose(block.text)}{answer}</aside>'
        )
    elif isinstance(block.block, Place):
        yield Markup(_exercise(opened.exercise(block.block.name), opened))


def _exercise(exercise: Exercise, opened: Opened) -> str:
    options = "".join(f"<li>{_inline(option)}</li>" for option in exercise.options)
    hints = "".join(
        f"<details><summary>Hint {n}</summary>{prose(h)}</details>" for n, h in enumerate(exercise.hints, 1)
    )
    check = f"glassnet lesson {opened.name} --check"
    return (
        f'<section class="exercise" id="{exercise.name}"><h3>Exercise <code>{exercise.name}</code></h3>'
        f"{prose(exercise.question)}{f'<ol>{options}</ol>' if options else ''}{hints}"
        f"<p>Checked by <code>{escape(check)}</code>.</p></section>"
    )


def prose(text: str) -> str:
    """Markdown as HTML, its formulas as MathML; markup that stands in it is shown and not obeyed."""
    formulas: list[str] = []

    def kept(formula: str, displayed: bool) -> str:
        formulas.append(as_mathml(formula, displayed))
        return f"\x02{len(formulas) - 1}\x03"

    rendered: str = _markdown().render(replaced(text, kept))
    return re.sub("\x02(\\d+)\x03", lambda found: formulas[int(found[1])], rendered)


def _inline(text: str) -> str:
    return prose(text).strip().removeprefix("<p>").removesuffix("</p>")


def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _figure(drawn: Drawn, salt: str) -> str:
    import base64

    from ..pictures import render

    svg = render(drawn.figure, "svg", salt=salt).decode()
    if len(svg) <= _LONGEST_SVG:
        start = svg.index("<svg")
        picture = svg[start:].replace("<svg", f'<svg role="img" aria-label="{escape(drawn.words)}"', 1)
    else:
        data = base64.b64encode(render(drawn.figure, "png", dpi=110)).decode()
        picture = f'<img alt="{escape(drawn.words)}" src="data:image/png;base64,{data}">'
    return f'<figure class="picture">{picture}<figcaption>{escape(drawn.words)}</figcaption></figure>'


def _style() -> Any:
    from markupsafe import Markup

    return Markup((Path(__file__).parent / "templates" / "lesson.css").read_text(encoding="utf-8"))


def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader

    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True).get_template(name)
