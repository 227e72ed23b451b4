"""Builds the site of glassnet, without a network: `python docs/site/make_site.py [OUT] [--only xor,relu]`.

Lessons are played, exhibits measured and parts drawn into pages of Markdown in a folder beside the site; Sphinx makes
HTML of them. Its warnings are errors.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import site_pages as pages

from glassnet import glossary
from glassnet.catalog import Catalog
from glassnet.kinds import KINDS
from glassnet.lessons.course import addresses, lessons_of
from glassnet.lessons.html import file_of
from glassnet.pictures import narrow

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
_LINK = re.compile(r"\]\(([^)\s]+)\)")
FRONT = "A neural network you can see through: plain NumPy, and every part is a plugin."
MUSEUM = "Mistakes that are easily made, each with the number that it gives."
COURSE = "In order; each is a page whose cells were run when the site was built."
_FENCES = {"notebook": "python", "powershell": "text", "shell": "console"}


def sources(only: set[str]) -> Iterator[tuple[str, str]]:
    """(path, text) of each page; with `only`, lessons, exhibits and parts of these names alone."""
    catalog = Catalog.discover(guests=False)
    rooms = ["guides", "lessons/index", "museum/index", "parts/index", "glossary", "api"]
    yield "index.md", pages.contents("glassnet", rooms, FRONT)
    yield from _guides()
    yield from _lessons(catalog, only)
    exhibits = [part for part in catalog.parts("exhibit") if not only or part.name in only]
    for part in exhibits:
        yield f"museum/{part.name}.md", pages.exhibit(part)
    yield "museum/index.md", pages.contents("The museum", [part.name for part in exhibits], MUSEUM)
    yield from _parts(catalog, only)
    yield "api.md", pages.api()


def _guides() -> Iterator[tuple[str, str]]:
    files = {"readme": ROOT / "README.md", "contributing": ROOT / "CONTRIBUTING.md", "changelog": ROOT / "CHANGELOG.md"}
    files |= {path.stem: path for path in sorted((ROOT / "docs").glob("*.md"))}
    for name, path in files.items():
        yield f"{name}.md", _guide(path.read_text(encoding="utf-8"), set(files))
    yield "guides.md", pages.contents("Guides", list(files))


def _guide(text: str, known: set[str]) -> str:
    """A page of the documentation, its links to other pages as they are on the site, other files as words."""

    def led(link: re.Match[str]) -> str:
        place, hash_, anchor = link[1].partition("#")
        name = Path(place).stem.lower()
        if re.match(r"https?:", place) or not place:
            return link[0]
        return f"]({name}.md{hash_}{anchor})" if place.endswith(".md") and name in known else "](guides.md)"

    text = re.sub(r"^```(\w+)", lambda fence: f"```{_FENCES.get(fence[1], fence[1])}", text, flags=re.MULTILINE)
    return _LINK.sub(led, text)


def _lessons(catalog: Catalog, only: set[str]) -> Iterator[tuple[str, str]]:
    lessons = [one for one in lessons_of(catalog) if not only or one.part.name in only]
    where = addresses(lessons, file_of)
    for one in lessons:
        sys.stderr.write(f"playing {one.name}\n")
        yield f"lessons/{one.part.name}.md", pages.lesson(one, where)
    names = [one.part.name for one in lessons]
    yield "lessons/index.md", pages.contents("Lessons", names, COURSE)
    yield "glossary.md", pages.glossary(set(names))


def _parts(catalog: Catalog, only: set[str]) -> Iterator[tuple[str, str]]:
    kinds = []
    for kind in KINDS:
        parts = [one for one in catalog.parts(kind) if not only or one.name in only]
        if kind in ("lesson", "exhibit") or not parts:
            continue
        for part in parts:
            yield f"parts/{kind}-{part.name}.md", pages.part_page(part, catalog)
        yield f"parts/{kind}.md", pages.contents(kind.capitalize(), [f"{kind}-{part.name}" for part in parts])
        kinds.append(kind)
    yield "parts/index.md", pages.contents("Parts", kinds, "All that a network is made of, by kind.")


def build(out: Path, only: set[str]) -> int:
    """The site in the folder `out`; how Sphinx ends."""
    from sphinx.cmd.build import build_main

    source = out.with_name(f"{out.name}-source")
    for folder in (source, out):
        shutil.rmtree(folder, ignore_errors=True)
    (source / "_static").mkdir(parents=True)
    shutil.copy(HERE / "conf.py", source)
    shutil.copy(HERE / "site.css", source / "_static")
    (source / "_static" / "shared.css").write_text(glossary.STYLE + narrow.STYLE, encoding="utf-8")
    for name, text in sources(only):
        path = source / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return int(build_main(["-b", "html", "-W", "--keep-going", "-q", "-j", "auto", str(source), str(out)]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--only", default="", help="names of lessons, exhibits and parts, with commas")
    given = parser.parse_args()
    ended = build(given.out, {name for name in given.only.split(",") if name})
    sys.stderr.write(f"the site: {given.out / 'index.html'}\n" if not ended else "the site was not built\n")
    sys.exit(ended)
