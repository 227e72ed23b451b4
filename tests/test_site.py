"""The site of `make docs`, small: it builds without a warning, all links lead somewhere, and the search finds words.

It needs what `make docs` installs; where that is missing, only what the pages are made of is looked at.
"""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsers import opened, serious

ROOT = Path(__file__).parent.parent
SITE = ROOT / "docs" / "site"
ONLY = "xor,relu,constant,accuracy_of_entries"
HAS_SPHINX = all(find_spec(name) is not None for name in ("sphinx", "myst_parser", "furo"))
needs_sphinx = pytest.mark.skipif(not HAS_SPHINX, reason="`make docs` was not run here")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sources(request: pytest.FixtureRequest) -> dict[str, str]:
    """Each page of a small site as Markdown, by its path: what the site was built from, where it can be built."""
    if HAS_SPHINX:
        site: Path = request.getfixturevalue("site")
        folder = site.with_name(f"{site.name}-source")
        return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.md")}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SITE)
        build = runpy.run_path(str(SITE / "make_site.py"))
        return dict(build["sources"](set(ONLY.split(","))))


def test_there_is_a_page_for_each_thing(sources: dict[str, str]) -> None:
    assert {
        "index.md", "guides.md", "lessons/index.md", "lessons/xor.md", "museum/accuracy_of_entries.md",
        "parts/activation-relu.md", "parts/schedule-constant.md", "parts/index.md", "api.md", "architecture.md",
    } <= set(sources)  # fmt: skip
    xor, relu = sources["lessons/xor.md"], sources["parts/activation-relu.md"]
    assert "None of them is better than 75%." in xor and '<section class="exercise"' in xor and "<svg role" in xor
    assert "## Source" in relu and "def relu" in relu and "<svg role" in relu
    exhibit = sources["museum/accuracy_of_entries.md"]
    assert re.search(r"\| wrong \| \S+ \|\n\| mended \| \S+ \|\n\| true \| \S+ \|", exhibit) and "Found by: " in exhibit
    assert "## GlassClassifier" in sources["api.md"] and "](../" not in "".join(sources.values())


class Links(HTMLParser):
    """What a page loads or leads to, and the places that others may lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag == "a" and given.get("href"):
            self.to.append(str(given["href"]))
        elif given.get("src") or (tag == "link" and given.get("href")):
            self.loads.append(str(given.get("src") or given["href"]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site, built."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = subprocess.run(
        [sys.executable, str(SITE / "make_site.py"), str(folder), "--only", ONLY],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder.resolve()


@needs_sphinx
def test_a_browser_has_nothing_to_complain_about(chrome, site: Path) -> None:  # type: ignore[no-untyped-def]
    for name, width, scheme in (
        ("index.html", 360, "light"), ("lessons/xor.html", 360, "dark"), ("lessons/xor.html", 1400, "light"),
        ("museum/accuracy_of_entries.html", 1400, "dark"), ("glossary.html", 360, "light"),
        ("report.html", 360, "dark"), ("parts/activation-relu.html", 360, "light"),
    ):  # fmt: skip
        tab, noticed = opened(chrome, site / name, width, scheme, beside=site.as_uri())
        assert noticed == [], name
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, name
        assert serious(tab) == [], name
        tab.context.close()


@needs_sphinx
def test_the_search_finds_a_word_without_a_network(chrome, site: Path) -> None:  # type: ignore[no-untyped-def]
    tab, noticed = opened(chrome, site / "search.html", 360, beside=site.as_uri())
    tab.goto(f"{site.as_uri()}/search.html?q=vanishing")
    tab.wait_for_selector("#search-results li")
    assert "Glossary" in tab.inner_text("#search-results") and noticed == []
    tab.context.close()


@needs_sphinx
def test_the_site_has_no_broken_link_and_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > 30
    broken = [
        f"{page.name}: {link}" for page, links in pages.items() for link in links.to if not leads(page, link, pages)
    ]
    assert broken == []
    far = [one for links in pages.values() for one in links.loads if urlsplit(one).scheme not in ("", "data")]
    assert far == []
    words = [link for link in pages[site / "lessons" / "xor.html"].to if "glossary.html#word-" in link]
    assert "../glossary.html#word-hidden-layer" in words and len(words) == len(set(words)) > 5
    assert not any("#word-" in link for link in pages[site / "glossary.html"].to if "glossary.html" in link)
    assert "vanish" in (site / "searchindex.js").read_text(encoding="utf-8")  # the search looks for stems


def leads(page: Path, link: str, pages: dict[Path, Links]) -> bool:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https", "mailto"):
        return True
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target not in pages:
        return target.is_file()
    return not parts.fragment or unquote(parts.fragment) in pages[target].ids
