"""The pages in a real chrome: no network, an empty console, no sideways scrolling, legible in light and in dark."""

from pathlib import Path
from textwrap import dedent

import pytest
from browsers import CONTRASTS, opened, serious
from test_report import GUEST, trained

from glassnet import Catalog
from glassnet.pages import write_comparison, write_report

pytestmark = pytest.mark.slow
WIDTHS = (390, 1280)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page with pictures and findings of every kind of look, a hostile one, and a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "guest.py").write_text(dedent(GUEST))
    guests = Catalog.discover([folder / "guest.py"], guests=False)
    watched = trained(folder, watch="norms,units", dataset="digits8x8", epochs=2, hidden=(8, 6), optimizer="sgd:lr=4")
    broken = trained(folder, dataset="wine_cultivars", epochs=2, scale="none", hidden=(4, 4))
    hostile = trained(folder, guests, dataset="hostile", epochs=2, hidden="none")
    found = {"watched": write_report(watched), "hostile": write_report(hostile)}
    return found | {"comparison": write_comparison([watched, broken], folder / "comparison.html")}


@pytest.mark.parametrize("name", ["watched", "hostile", "comparison"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_opens_alone_without_a_word_and_fits_the_window(chrome, pages, name: str, width: int) -> None:  # type: ignore[no-untyped-def]
    page, noticed = opened(chrome, pages[name], width)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert noticed == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    outside = f"{wide}.filter(e => !e.closest('.scroll, svg')).map(e => e.outerHTML.slice(0, 80))"
    assert page.evaluate(outside) == []
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert page.evaluate("document.querySelectorAll('script, iframe').length") == 0
    assert width != WIDTHS[0] or serious(page) == []
    page.context.close()


@pytest.mark.parametrize("name", ["watched", "comparison"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_have_enough_contrast(chrome, pages, name: str, scheme: str) -> None:  # type: ignore[no-untyped-def]
    page, _ = opened(chrome, pages[name], 1280, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = page.evaluate(CONTRASTS)
    assert len(found) > 40
    assert [words for ratio, words in found if ratio < 4.5] == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 28)"
    assert dark == (scheme == "dark")
    page.context.close()


def test_drawings_are_seen_as_drawn_and_hide_nothing(chrome, pages) -> None:  # type: ignore[no-untyped-def]
    page, _ = opened(chrome, pages["watched"], 1280)
    sizes = page.evaluate("[...document.querySelectorAll('figure > svg')].map(s => s.getBoundingClientRect().toJSON())")
    assert len(sizes) >= 8
    assert all(box["width"] > 250 and box["height"] > 120 for box in sizes)
    assert page.evaluate("[...document.querySelectorAll('svg text')].some(t => t.textContent == 'epoch')")
    page.context.close()


def test_a_long_name_of_a_column_leaves_the_words_beside_it_whole(chrome, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    long = " ".join(["Durchschnittliche"] * 3), "a_name_" * 9
    table = "\n".join([f"{long[0]},{long[1]},y", *(f"{row % 7},{row % 5},{row % 2}" for row in range(40))])
    (tmp_path / "long.csv").write_text(table)
    path = write_report(trained(tmp_path, dataset=str(tmp_path / "long.csv"), target="y", epochs=1, hidden="2"))
    page, _ = opened(chrome, path, 1280)
    cells = "[...document.querySelectorAll('.columns-of [data-heading=role], .columns-of thead th')]"
    lines = "one => { const all = new Range(); all.selectNodeContents(one); return all.getClientRects().length }"
    assert page.evaluate(f"{cells}.map({lines})") == [1] * page.evaluate(f"{cells}.length")
    page.context.close()


def test_the_keyboard_reaches_the_contents_and_it_shows(chrome, pages) -> None:  # type: ignore[no-untyped-def]
    page, _ = opened(chrome, pages["watched"], 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") > 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "The data"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('#data').getBoundingClientRect().top") < 100
    page.context.close()


def test_it_prints_with_everything_unfolded(chrome, pages) -> None:  # type: ignore[no-untyped-def]
    page, _ = opened(chrome, pages["watched"], 1280, "dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.pdf().startswith(b"%PDF")
    page.context.close()


def test_what_a_page_must_not_do_would_be_noticed(chrome, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!DOCTYPE html><title>x</title><main><p style='width:900px;color:#999;background:#fff'>wide and pale</p>"
        "<img src='other.png'></main><script>console.log('hello'); alert(1)</script>"
    )
    page, noticed = opened(chrome, bad, 390)
    page.wait_for_load_state()
    assert {"console: hello", "dialog: 1"} <= set(noticed) and any("other.png" in one for one in noticed)
    assert page.evaluate("document.documentElement.scrollWidth") > 390
    assert [words for ratio, words in page.evaluate(CONTRASTS) if ratio < 4.5] == ["P wide and pale"]
    found = [one.partition(":")[0] for one in serious(page)]
    assert found == ["color-contrast", "html-has-lang", "image-alt"]
    page.context.close()
