"""Lessons as they are read: at terminals of three widths and by the screen, and as pages in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
from browsers import CONTRASTS, opened, serious
from click.testing import CliRunner
from pages import Page
from terminals import screen

from glassnet import Catalog
from glassnet.cli import main
from glassnet.lessons import html
from glassnet.lessons.course import open_lesson
from glassnet.lessons.links import linked, unlinked
from glassnet.tables import breadth

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("empty_folder")]
ASKED = "any key"
WIDE = """---
help: A page with everything that is wide.
---
# Everything that is wide

Here the sum $\\sum_{i=1}^n w_i x_i + b$ stands beside $a = \\frac{1}{1 + e^{-z}}$, and [the lesson about xor](xor) is
not [one](nowhere) of two. Money: $5 or $6.

$$a = w_1 x_1 + w_2 x_2 + b, \\qquad b \\le w_1 + w_2 + w_3 + w_4 + w_5 + w_6 + w_7 + w_8 + w_9, \\qquad c = 0.$$

```python
many = {"one": 1, "two": 2, "three": 3}; print("a long line of code", many, "that no narrow terminal holds in one row")
half = many["one"] / 2
```

```console
$ glassnet show relu
$ glassnet list losses
```

The half of one is {half:.2f}, and <b>this</b> is no markup. The weights of a *neuron* are words.

| name | what it is |
| --- | --- |
| one | the first of the numbers that are greater than zero, and the only one that is no product of others |
| two | the second |

```plot Two bars, one of them "twice" as high as the other.
import glassnet

figure, axes = glassnet.pictures.single("Two bars", "bar", "height")
axes.bar(["one", "two"], [1, 2])
figure
```

:::question
Is $x^2$ a formula?
=> It is, and [xor](xor) a lesson.
:::

:::number half
What is half of one?
= 0.5
+- 0.01
unit: no unit
~ 1 => That is one: take the half of it.
~ 2 => That is twice: take the half of it.
~ 0.25 => That is a quarter.
? Divide by $2$.
:::
"""


@pytest.fixture
def wide(tmp_path: Path) -> str:
    (tmp_path / "wide.md").write_text(WIDE, encoding="utf-8")
    return "lesson wide.md"


def read(words: str, columns: int, keys: Iterator[str] | list[str]) -> tuple[int, list[str]]:
    code, lines = screen(words, columns, keys, ASKED)
    return code, lines


# --- the terminal ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("page", ["wide.md", "xor"])
def test_no_line_of_a_page_is_wider_than_the_terminal(page: str, columns: int, wide: str) -> None:
    code, lines = read(f"lesson {page}", columns, repeat(" "))
    text = "\n".join(lines)
    assert code == 0
    assert [line for line in lines if breadth(line) > columns] == []
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\ue000" not in text and ASKED not in text and not re.search(r"\\[a-z]|\$\w", text.replace("$5 or $6", ""))
    assert (
        "Answers to the questions to yourself" in text
        and f"Answer the exercises: glassnet lesson {page} --start" in text
    )


def test_what_is_wide_goes_on_where_a_reader_would_break_it(wide: str) -> None:
    lines = read(wide, 60, repeat(" "))[1]
    text = "\n".join(lines)
    assert "Σᵢ₌₁ⁿ wᵢ xᵢ + b" in text and "a = 1/(1 + e^(-z))" in text  # neither is broken
    first = lines.index("    a = w₁ x₁ + w₂ x₂ + b,")  # its statements stand below each other
    assert lines[first + 1 : first + 4] == [f"    b ≤ {' + '.join(f'w{n}' for n in '₁₂₃₄₅₆₇₈₉')},", "    c = 0.", ""]
    code = next(number for number, line in enumerate(lines) if line.startswith("  many = "))
    assert lines[code + 1].startswith("  ↪ ") and "\n  half = many" in text
    assert "the lesson about xor is not one of two." in " ".join(text.split()) and "](" not in text
    assert "The half of one is 0.50, and <b>this</b> is no markup." in " ".join(text.split())
    assert '    [picture] Two bars, one of them "twice" as high as the' in lines
    shown = [number for number, line in enumerate(lines) if line.startswith("  $ glassnet ")]
    assert shown[1] - shown[0] > 3  # each command stands before its own output


def test_a_page_is_read_a_screen_at_a_time_and_left_with_a_key(wide: str) -> None:
    with_keys = read(wide, 80, repeat(" "))[1]
    for key in ("q", "Q", "\x1b", "\x03", "\x04"):
        code, lines = read(wide, 80, [key])
        assert code == 0 and 20 <= len(lines) <= 40, key  # the terminal has 40 rows
        assert lines[:-1] == with_keys[: len(lines) - 1]
    down = ["\x1b[B", "\r", "x", *"     "]  # an arrow, Enter, a letter
    assert read(wide, 80, down)[1] == with_keys
    assert all(line in "\n".join(with_keys) for line in read(wide, 80, [" ", "q"])[1])


def test_a_stream_gets_everything_at_once_and_no_colours(wide: str) -> None:
    done = CliRunner().invoke(main, ["--no-plugins", *wide.split()])
    assert done.exit_code == 0 and ASKED not in done.output and "\x1b" not in done.output
    assert "The half of one is 0.50" in done.output and "Exercise half" in done.output


# --- links -----------------------------------------------------------------------------------------------------------


def test_links_lead_to_lessons_alone() -> None:
    text = "[one](xor), [two](a-course/xor), [web](https://a.b), [file](a.md), ![x](xor), `[code](xor)`"
    assert linked(text, lambda name: f"{name}.html").startswith("[one](xor.html), [two](a-course/xor.html), [web](http")
    assert unlinked(text) == "one, two, [web](https://a.b), [file](a.md), ![x](xor), `[code](xor)`"


# --- the browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def page(wide: str, tmp_path: Path) -> Path:
    assert CliRunner().invoke(main, ["--no-plugins", *wide.split(), "--html"]).exit_code == 0
    return tmp_path / "wide.html"


def test_a_page_for_a_browser_is_sound_and_has_no_script(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [one for one in Page(text).troubles if "'xor.html'" not in one] == []
    assert "<script" not in text and "&lt;b&gt;this&lt;/b&gt;" in text
    assert '<a href="xor.html">the lesson about xor</a>' in text and "one of two" in text and "nowhere" not in text
    assert '<svg role="img" aria-label="Two bars, one of them &quot;twice&quot; as high as the other."' in text
    assert text.count("<math ") == 5 and "\\frac" not in text
    assert "<details><summary>Answer</summary>" in text and "<details><summary>Hint 1</summary>" in text


def test_the_words_of_a_page_lead_to_its_end_where_they_are_told(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    used, told = re.findall(r'class="term" href="#([^"]*)"', text), re.findall(r'<dt id="([^"]*)"', text)
    assert used == ["word-weight", "word-neuron"] and told == sorted(used)
    assert text.index('id="words"') > text.index("Exercise <code>half")


def test_a_course_as_a_site_leads_from_page_to_page(chrome, wide: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "second.md").write_text("---\nhelp: One more.\nminutes: 5\n---\n# The second\n\nSee [it](wide).\n")
    catalog = Catalog.discover(guests=False)
    told: list[str] = []
    html.write_site([open_lesson(name, catalog) for name in ("wide.md", "second.md")], tmp_path / "site", told.append)
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "site").iterdir()}
    assert sorted(pages) == ["given-second", "given-wide", "index"] and len(told) == 2
    assert '<a href="given-second.html">The second →</a>' in pages["given-wide"]
    assert '<a href="given-wide.html">← Everything that is wide</a>' in pages["given-second"]
    tab, noticed = opened(chrome, tmp_path / "site" / "index.html", 360)
    assert noticed == [] and serious(tab) == []
    assert tab.evaluate("[...document.querySelectorAll('a')].map(a => a.textContent)") == [
        "Everything that is wide",
        "The second",
    ]
    tab.context.close()


#: What a tool for accessibility would call serious, beside what `Page` looks for in the text.
FAULTS = """
() => {
  const all = what => [...document.querySelectorAll(what)], found = [];
  const say = (words, list) => list.forEach(e => found.push(words + ": " + e.outerHTML.slice(0, 80)));
  say("a link or button without words", all("a, summary").filter(e => !e.textContent.trim()));
  say("moves sideways, and no key reaches it", all("body *").filter(e => e.scrollWidth > e.clientWidth + 1 &&
      ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.tabIndex < 0));
  return found;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_a_page_fits_the_window_and_asks_for_nothing(chrome, page: Path, width: int, scheme: str) -> None:  # type: ignore[no-untyped-def]
    tab, noticed = opened(chrome, page, width, scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert noticed == []
    assert width != 360 or serious(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(FAULTS) == []
    assert [words for ratio, words in tab.evaluate(CONTRASTS) if ratio < 4.5] == []
    longest = "[...document.querySelectorAll('pre')].some(e => e.scrollWidth > e.clientWidth)"
    assert tab.evaluate(longest)  # long code moves inside its frame
    tab.context.close()
