"""One table in a file, in terminals of any width and on a page: numbers and names are whole in all of them."""

import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from glassnet import Experiment, run
from glassnet.cli.display import scores_table
from glassnet.runs import Run
from glassnet.tables import Table, breadth, cut, side_notes

NAMES = st.text("abcXYZ_[]/<&>é漢", min_size=1, max_size=24)
FIGURES = st.sampled_from(["0.9722", "-2.650", "42,694", "166,010", "3.2e-05", "–"])
SENTENCES = st.lists(NAMES, min_size=1, max_size=9).map(" ".join)
ROWS = st.lists(st.tuples(NAMES, FIGURES, FIGURES, SENTENCES), min_size=1, max_size=4)


def printed(table: Table, width: int, *, terminal: bool = True) -> list[str]:
    screen = Console(
        file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, soft_wrap=True, highlight=False,
        emoji=False,
    )  # fmt: skip
    screen.print(table)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


@given(rows=ROWS, width=st.integers(10, 120), title=st.sampled_from(["", "in [brackets]"]))
@settings(deadline=None)
def test_a_terminal_of_any_width_cuts_neither_numbers_nor_names(rows, width: int, title: str) -> None:
    table = Table(("name", "train", "test", "why"), rows, title, wraps=("why",))
    lines = printed(table, width)
    text = "\n".join(lines)
    assert "…" not in text and (title in text)
    for name, one, other, why in rows:
        assert all(whole in text for whole in (name, one, other, *why.split()))
    sizes = table.narrowed(width - 2 * (4 - bool(title)))
    if sizes is not None:
        assert all(breadth(line) <= width for line in lines)


def test_what_wraps_gives_way_first_and_only_as_far_as_it_must() -> None:
    table = Table(
        ("run", "score", "stopped"), [("runs/0001-iris", "0.9722", "no better validation loss")], wraps=("stopped",)
    )
    wide, narrow, tiny = (printed(table, width) for width in (80, 40, 24))
    assert any("0.9722  no better validation loss" in line for line in wide)
    assert any("0.9722  no better" in line for line in narrow) and not any("validation loss" in line for line in narrow)
    assert tiny == ["run runs/0001-iris", "  score    0.9722", "  stopped  no better validation loss", ""]


def test_scores_of_a_run_are_whole_in_a_terminal_of_60_columns() -> None:
    training = run(Experiment(dataset="diabetes", epochs=1))
    list(training)
    text = "\n".join(printed(scores_table(Run.of(training)), 60))
    score = Run.of(training).score(metric="mean_absolute_error")
    assert "mean_absolute_error" in text and "…" not in text
    assert f"{score.value:.2f}" in text


def test_a_file_gets_every_column_in_full() -> None:
    row = ("a" * 150, "0.9722", "word " * 60)
    lines = printed(Table(("name", "score", "why"), [row], wraps=("why",)), 80, terminal=False)
    assert any(all(cell.strip() in line for cell in row) for line in lines)
    assert Table(("name", "score", "why"), [row]).lines()[1] == "  ".join(row).rstrip()


@given(rows=ROWS, width=st.integers(1, 120))
def test_each_row_is_whole_and_as_wide_as_its_words_allow(rows, width: int) -> None:
    table = Table(("name", "train", "test", "why"), rows)
    lines = table.lines(width)
    assert len(lines) == 1 + len(rows)
    edge = sum(table.sizes()[:-1]) + 6
    for (name, one, other, why), text in zip(rows, lines[1:], strict=True):
        assert text.startswith(name) and one in text and other in text
        assert text.split() == [*name.split(), *one.split(), *other.split(), *why.split()]
        longest = max(map(breadth, why.split()), default=0)
        assert all(breadth(line) <= max(width, edge, 2 + longest, edge + longest) for line in text.split("\n"))


@given(text=SENTENCES, size=st.integers(1, 60))
def test_what_is_cut_fits_and_says_so(text: str, size: int) -> None:
    short = cut(text, size)
    assert breadth(short) <= size and (short == text or short.endswith("…"))
    assert text.startswith(short.removesuffix("…"))


def test_figures_stand_at_the_right_and_words_at_the_left() -> None:
    table = Table(("name", "score", "version"), [("a", "0.9", "1.2"), ("漢字", "10,000", "10")], left=("version",))
    assert table.lines() == ["name   score  version", "a        0.9  1.2", "漢字  10,000  10"]


def test_nothing_in_a_table_is_markup() -> None:
    name = "<b>[red]x[/red] & :cat:</b>"
    table = Table((name, "n"), [(name, "1")], title=name, marked=[0])
    assert (
        sum(name in line for line in printed(table, 100)) == 3 and sum(name in line for line in printed(table, 9)) == 2
    )
    cells, page = [], HTMLParser(convert_charrefs=True)
    page.handle_data = cells.append
    page.feed(table.html())
    assert cells == [name, name, "n", name, "1"]


@pytest.mark.parametrize("marked", [(), (1,)])
def test_marked_rows_stand_out_on_a_page(marked: tuple[int, ...]) -> None:
    page = Table(("a",), [("x",), ("y",)], marked=marked).html()
    assert page.count("font-weight:bold") == len(marked)
    assert ('<tr style="font-weight:bold"><td style="text-align:left">y</td>' in page) == bool(marked)


def test_words_are_set_to_the_left_on_a_page_where_notebooks_set_all_cells_to_the_right() -> None:
    page = Table(("word", "rows"), [("a sentence", "3")]).html() + side_notes([("work", "much")])
    assert re.findall(r'<t[hd] style="text-align:(\w+)">', page) == ["left", "right", "left", "right", "left", "left"]
