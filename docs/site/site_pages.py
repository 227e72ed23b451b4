"""The pages of the site beside the guides: lessons played, exhibits measured, parts drawn, words, the public names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any

import glassnet
from glassnet import GlassnetError
from glassnet.catalog import Catalog, Part
from glassnet.glossary import id_of, words
from glassnet.lessons import html, museum
from glassnet.lessons.course import Opened
from glassnet.lessons.exercises.functions import source_of
from glassnet.lessons.links import linked
from glassnet.lessons.playing import Drawn, Played, play, steps
from glassnet.lessons.reading import Cell, Prose
from glassnet.pictures.embedding import element
from glassnet.wording import exact

#: Kinds whose parts have a picture that needs no data.
DRAWN = ("activation", "loss", "optimizer", "initializer", "schedule")


def raw(markup: str) -> str:
    """Markup that stands on a page as it is."""
    return f"````{{raw}} html\n{markup}\n````\n"


def code(text: str, language: str = "python") -> str:
    """A block of code, whatever ticks are in it."""
    ticks = "`" * max([3, *(len(found) + 1 for found in re.findall("`+", text))])
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}\n"


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown."""
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in lines)


def contents(title: str, names: Iterable[str], before: str = "") -> str:
    """A page that lists others."""
    return f"# {title}\n\n{before}\n\n```{{toctree}}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


def plain(text: str) -> str:
    """Words that Markdown leaves as they are."""
    return re.sub(r"([\\`*_<>\[\]$|])", r"\\\1", text)


# --- lessons ---------------------------------------------------------------------------------------------------------


def lesson(opened: Opened, address: Callable[[str], str]) -> str:
    """A lesson, played now; where its rows can't be had, what it is about and how they are fetched."""
    if missing := _missing(opened):
        head = f"# {plain(opened.page.title)}\n\n{plain(opened.part.help)}\n\n"
        why = f"The rows of {plain(missing)} were not at hand when this page was made, so nothing could be computed: "
        return f"{head}{why}`glassnet lesson {opened.name}` fetches them and plays it.\n"
    pieces: list[str] = []
    for block in play(opened.page, opened.strangers()):
        pieces += _of_block(block, opened, address)
    about = raw(f'<p class="about">{html.about(opened)}</p>')
    title, _, rest = "\n".join(pieces).partition("\n")
    return f"{title}\n\n{about}\n{rest}"


def _missing(opened: Opened) -> str:
    """The first data set of a lesson that is not on this machine and can't be fetched; empty where all are there."""
    for name in opened.lesson.data:
        try:
            opened.catalog.find("dataset", name).build()
        except GlassnetError:
            return name
    return ""


def _of_block(block: Played, opened: Opened, address: Callable[[str], str]) -> Iterator[str]:
    if isinstance(block.block, Prose):
        yield linked(block.text, lambda name: address(name).replace(".html", ".md")) + "\n"
    elif isinstance(block.block, Cell):
        for text, outputs in steps(block):
            console = "{code-block} console\n:class: command\n"
            yield code(text, console if block.block.language == "console" else "python")
            for number, output in enumerate(outputs):
                if isinstance(output, Drawn):
                    yield raw(_figure(output.figure, f"{opened.part.name}-{block.block.line}-{number}", output.words))
                elif output.text:
                    yield raw(f'<pre class="output" tabindex="0">{escape(output.text)}</pre>')
    else:
        yield raw("".join(html.fragments(block, opened, address)))


def _figure(figure: Any, prefix: str, words: str) -> str:
    picture = element(figure, prefix, words)
    return f'<figure class="picture" tabindex="0">{picture}<figcaption>{escape(words)}</figcaption></figure>'


# --- exhibits, parts -------------------------------------------------------------------------------------------------


def exhibit(part: Part) -> str:
    """What is shown, what is true, the numbers of both, and what finds the mistake."""
    bag = part.build()
    wrong, mended = museum.measured(bag, bag.wrong), museum.measured(bag, bag.mended)
    numbers = [("wrong", exact(wrong, 4)), ("mended", exact(mended, 4)), ("true", exact(float(bag.truth()), 4))]
    parts = [
        f"# {part.name}\n", _doc(part.doc), "## Wrong\n", code(source_of(bag.wrong)), "## Mended\n",
        code(source_of(bag.mended)), "## What tells them apart\n", table(("form", bag.unit or "number"), numbers),
        f"\nFound by: {plain(museum.caught(bag, bag.wrong))}\n", f"Where it comes from: {plain(bag.source)}\n",
    ]  # fmt: skip
    return "\n".join(parts)


def part_page(part: Part, catalog: Catalog) -> str:
    """One part: what it says of itself, its options, its source, its picture."""
    pieces = [
        f"# {catalog.short_name(part)}\n",
        f"*{part.kind}* of {part.distribution} {part.version}\n",
        _doc(part.doc),
    ]
    if part.options:
        rows = [(f"`{o.name}`", f"`{o.default}`", o.type.__name__) for o in part.options]
        pieces += ["## Options\n", table(("option", "default", "type"), rows)]
    if part.kind in DRAWN:
        pieces += _picture(part)
    pieces += ["## Source\n", code(inspect.getsource(part.function))]
    return "\n".join(pieces)


def _picture(part: Part) -> list[str]:
    try:
        figure = glassnet.plot(part.full_name)
    except GlassnetError:
        return []
    return ["## Picture\n", raw(_figure(figure, f"{part.kind}-{part.name}", part.help))]


def _doc(doc: str) -> str:
    """A docstring: its first line as a sentence, the rest as it was set."""
    first, _, rest = doc.partition("\n\n")
    return (
        plain(" ".join(first.split()))
        + "\n\n"
        + (code(rest, "{code-block} text\n:class: said\n") if rest.strip() else "")
    )


# --- the public face, words ------------------------------------------------------------------------------------------


def api() -> str:
    """Every public name with its signature and what it says of itself."""
    pieces = ["# Public names\n", "Everything that `import glassnet` offers; the rest may change.\n"]
    for name in sorted(glassnet.__all__, key=str.lower):
        thing = getattr(glassnet, name)
        doc = inspect.getdoc(thing) if callable(thing) or inspect.ismodule(thing) else None
        pieces += [f"## {plain(name)}\n", *_signature(name, thing), _doc(doc or f"{type(thing).__name__}: {thing}")]
    return "\n".join(pieces)


def _signature(name: str, thing: Any) -> list[str]:
    try:
        return [code(f"{name}{inspect.signature(thing)}", "text")]
    except (TypeError, ValueError):
        return []


def glossary(lessons: set[str]) -> str:
    """Every word that `glassnet explain` knows, each a place that other pages lead to."""
    pieces = ["# Glossary\n", "In a terminal: `glassnet explain WORD`.\n"]
    for word in sorted(words(), key=lambda one: one.name.lower()):
        also = f" (also: {plain(', '.join(word.also))})" if word.also else ""
        formula = f"\n$${word.formula}$$\n" if word.formula else ""
        where = f"[{word.lesson}](lessons/{word.lesson}.md)" if word.lesson in lessons else word.lesson
        place = f"({id_of(word)})=\n## {plain(word.name)}"
        pieces.append(f"{place}\n\n{plain(word.says)}{also}\n{formula}\nLesson: {where}. `{word.command}`\n")
    return "\n".join(pieces)
