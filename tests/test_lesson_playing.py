"""Pages of lessons: what is read, what is filled in, and what is played, each error with its line on the page."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from glassnet import process
from glassnet.errors import GlassnetError
from glassnet.lessons.filling import Unfilled, filled
from glassnet.lessons.pages import exercises_of, from_markdown, lesson_of, page
from glassnet.lessons.playing import CellFailed, Drawn, Played, play
from glassnet.lessons.reading import Cell, Place, Prose, Question, read_page


def played(text: str, before: Sequence[str] = ()) -> list[Played]:
    return list(play(read_page(text), before))


def printed(text: str) -> list[str]:
    return [output.text for block in played(text) for output in block.outputs if not isinstance(output, Drawn)]


# --- reading --------------------------------------------------------------------------------------------------

PAGE = """---
minutes: 12
after: xor, line
---

# Title

Words.

```python
x = 1
```

````text
```python
not run
```
````

:::exercise best
:::

:::question
Why?
So?
=> Because.
Really.
:::
"""


def test_a_page_is_read_into_blocks_with_their_lines() -> None:
    read = read_page(PAGE)
    assert (read.title, dict(read.header)) == ("Title", {"minutes": "12", "after": "xor, line"})
    assert [type(block) for block in read.blocks] == [Prose, Cell, Prose, Place, Question]
    assert [block.line for block in read.blocks] == [6, 11, 14, 20, 23]
    assert read.cells == [Cell("python", "x = 1", 11)]
    assert read.places == [Place("exercise", "best", "", 20)]
    assert "not run" in read.blocks[2].text
    assert read.blocks[4] == Question("Why?\nSo?", "Because.\nReally.", 23)


def test_windows_lines_are_lines() -> None:
    assert read_page(PAGE.replace("\n", "\r\n")) == read_page(PAGE)


@pytest.mark.parametrize("text", ["", "Words.", "```text\n# No title\n```", "## Section", "`# code`"])
def test_a_page_without_a_title_has_none(text: str) -> None:
    assert read_page(text).title == ""


def test_a_header_gives_the_rest_of_a_lesson() -> None:
    lesson = lesson_of("---\nminutes: 12\nseconds: 1.5\nafter: xor, line\ndata: iris\n---\n# One\n")
    assert (lesson.minutes, lesson.seconds, lesson.after, lesson.data) == (12, 1.5, ("xor", "line"), ("iris",))


def test_an_exercise_that_is_not_closed_does_not_swallow_the_next() -> None:
    with pytest.raises(GlassnetError, match=r"^line 1: ':::exercise one' is never closed"):
        read_page(":::exercise one\n\nWords.\n\n:::exercise two\n:::\n")


ON_THE_PAGE = """# One

:::choice why
Why?
- [ ] No => It is
  not so.
- [X] Yes => It is.
? Think.
? Think twice.
:::

:::number best
How much?
= 50
+- 2%
unit: percent
~ 5 => Ten times that.
? Count.
:::
"""


def test_exercises_that_the_page_asks() -> None:
    why, best = exercises_of(lesson_of(ON_THE_PAGE))
    assert (why.name, why.sort, why.options, why.hints) == ("why", "choice", ("No", "Yes"), ("Think.", "Think twice."))
    assert why.check("b").right and why.check("a").words == "It is not so."
    assert best.question == "How much? (in percent)"
    assert best.check(50.9).right and not best.check(51.1).right
    assert best.check(5).words == "Ten times that."


WRONG = {
    "+- 2%": ("+- two", "line 12, :::number best: could not convert string to float: 'two'"),
    "~ 5 => Ten": ("~ 5 Ten", "line 12, :::number best: a wrong number is written `~ 0.5 => words`"),
    "= 50\n": ("", "a number has one line `= 0.75`"),
    "? Think.\n": ("And?\n", "line 3, :::choice why: what is 'And?'? The question comes first"),
}


@pytest.mark.parametrize("old", WRONG)
def test_what_an_exercise_of_the_page_lacks_is_said_with_its_line(old: str) -> None:
    new, words = WRONG[old]
    with pytest.raises(GlassnetError) as error:
        exercises_of(lesson_of(ON_THE_PAGE.replace(old, new)))
    assert words in str(error.value)


def test_a_file_is_a_lesson_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "halves.md").write_text("---\nhelp: What a half is.\n---\n# Halves\n", encoding="utf-8")
    part = from_markdown(tmp_path / "halves.md")
    assert (part.__name__, part.__doc__) == ("halves", "What a half is.")
    assert page(tmp_path / "halves.md").page == part().page


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.md").write_text("---\nminuets: 1\n---\n# No\n", encoding="utf-8")
    with pytest.raises(GlassnetError, match=r"^no.md: line 2: a page's header has no 'minuets'"):
        page(tmp_path / "no.md")
    (tmp_path / "no-name.md").write_text("# No\n", encoding="utf-8")
    with pytest.raises(GlassnetError, match="'no-name' is no name in Python"):
        from_markdown(tmp_path / "no-name.md")


# --- filling --------------------------------------------------------------------------------------------------

NAMES = {"best": 0.756, "n": 1200, "rows": [3, 4], "d": {"a": 1.5}, "x": np.array([[1.0, 2.0]]), "word": "yes"}
FILLED = {
    "{best:.2f}": "0.76",
    "{best:.0%} of {n:,}": "76% of 1,200",
    "{n}, {word}": "1200, yes",
    "{rows[1]} {d['a']:.1f} {x[0, 1]:.0f} {x.ndim}": "4 1.5 2 2",
    "`{best}` and {best:.1f}": "`{best}` and 0.8",
    "$x_{n}$ is $\\frac{best}{n}$": "$x_{n}$ is $\\frac{best}{n}$",
    "$y = {best:.2f}$": "$y = 0.76$",
    "it costs 5 $ and {n} $": "it costs 5 $ and 1200 $",
    "```text\n{nothing}\n```": "```text\n{nothing}\n```",
}


@pytest.mark.parametrize("text", FILLED)
def test_figures_in_prose_are_filled_in(text: str) -> None:
    assert filled(text, NAMES) == FILLED[text]


UNFILLED = {
    "{bset:.2f}": "{bset:.2f} stands in the prose, and no cell above has 'bset'. Did you mean 'best'? There are: best,",
    "{1, 2}": "{1, 2} can't be filled in: write a name, with a format behind a colon",
    "{word:.2f}": "{word:.2f} can't be filled in: ValueError",
    "{rows[7]}": "{rows[7]} can't be filled in: IndexError",
    "{n.size}": "{n.size} can't be filled in: AttributeError",
    "$y = {bset:.2f}$": "no cell above has 'bset'",
}


@pytest.mark.parametrize("text", UNFILLED)
def test_what_no_cell_has_computed_is_an_error(text: str) -> None:
    with pytest.raises(Unfilled) as error:
        filled(text, NAMES)
    assert UNFILLED[text] in str(error.value)


# --- playing --------------------------------------------------------------------------------------------------


def cell(code: str, language: str = "python") -> str:
    return f"# Title\n\n```{language}\n{code}\n```\n"


def test_cells_share_their_names_and_show_what_they_print_and_return() -> None:
    text = "```python\nx = 2\nprint('one')\nx + 1\n```\n```python\nx *= 2\n```\n```python\nx\n```\n"
    assert printed(text) == ["one\n3", "4"]


def test_what_is_printed_is_shown_in_its_order_and_bounded() -> None:
    (text,) = printed(cell("import sys\nprint('a')\nprint('b', file=sys.stderr)\n'c'"))
    assert text == "a\nb\n'c'"
    (text,) = printed(cell("print('x' * 50_000)"))
    assert len(text) < 20_100 and text.endswith("... (it printed more)")


def test_prose_shows_what_the_cells_above_it_have() -> None:
    blocks = played(
        "# T\n\n```python\nx = 0.5\n```\nIt is {x:.1f}.\n\n:::question\nIs it {x}?\n=> It is {x:.2f}.\n:::\n"
    )
    assert [block.text for block in blocks][2:] == ["It is 0.5.", "Is it 0.5?"] and blocks[3].answer == "It is 0.50."


def test_what_a_page_changes_of_the_process_is_put_back() -> None:
    code = """
import os, random, sys, warnings
import numpy as np
os.environ["OF_A_PAGE"] = "1"
os.chdir("/")
random.seed(0)
np.random.seed(0)
np.seterr(all="raise")
np.set_printoptions(precision=1)
sys.path.insert(0, "nowhere")
warnings.simplefilter("error")
"""
    before = process.shared()
    played(cell(code))
    assert process.shared() == before


def test_a_page_is_played_in_one_fresh_folder_that_is_gone_afterwards() -> None:
    text = cell("from pathlib import Path\nPath('a').write_text('b')") + cell("Path.cwd(), Path('a').exists()")
    (shown,) = (text for text in printed(text) if "lesson-" in text)
    assert shown.endswith("True)") and not Path(shown.split("'")[1]).exists()


RAISES = {
    "x = 1\n1 / 0": "line 5: ZeroDivisionError: division by zero",
    "def f():\n    return 1 / 0\n\nf()": "line 5: ZeroDivisionError",
    "x = (": "line 4: SyntaxError",
    "import sys\nsys.exit('no')": "line 5: SystemExit: no",
    "import os\nos._exit(1)": "line 5: SystemExit",
    "assert 1 > 2, 'less'": "line 4: AssertionError: less",
}


@pytest.mark.parametrize("code", RAISES)
def test_a_cell_that_raises_ends_the_page_with_its_line(code: str) -> None:
    with pytest.raises(CellFailed) as error:
        played(cell(code))
    assert RAISES[code] in str(error.value) and error.value.cell.text == code


def test_a_cell_may_fail_where_the_page_says_so() -> None:
    assert printed(cell("print(1)\n1 / 0", "python error")) == ["1\nZeroDivisionError: division by zero"]


def test_figures_are_kept_with_their_words() -> None:
    code = "from matplotlib.figure import Figure\nn = 3\n[Figure(), Figure()]"
    (block,) = (block for block in played(cell(code, "plot Lines, {n} of them.")) if block.outputs)
    assert [output.words for output in block.outputs if isinstance(output, Drawn)] == ["Lines, 3 of them."] * 2


def test_an_error_in_the_prose_has_the_line_of_the_page() -> None:
    with pytest.raises(Unfilled, match=r"^line 4: \{x\} stands in the prose"):
        played("# One\n\nWords.\nHere is {x}.\n")


CONSOLE = {
    "$ glassnet conventions --nonsense": "line 4: `glassnet conventions --nonsense` ends with exit code 2: Error: No",
    "$ ls": "line 4: a console cell runs glassnet and nothing else, not 'ls'",
    "$ ": "line 4: a console cell runs glassnet and nothing else, not ''",
    "glassnet conventions": "line 4: 'glassnet conventions' is no command: it begins with `$ `",
    "$ glassnet show 'relu": "line 4: `glassnet show 'relu` can't be read: no closing quotation",
    "$ glassnet conventions --json\n\n$ glassnet nonsense": "line 6: `glassnet nonsense` ends with exit code 2",
}


@pytest.mark.parametrize("lines", CONSOLE)
def test_a_console_cell_that_fails_says_the_line_and_why(lines: str) -> None:
    with pytest.raises(CellFailed) as error:
        played(cell(lines, "console"))
    assert CONSOLE[lines] in str(error.value)


def test_commands_run_here_and_share_the_folder_of_the_page() -> None:
    text = (
        cell("$ glassnet train xor --epochs 2 \\\n    --quiet --seed 1", "console")
        + "```python\nimport glassnet\nglassnet.load('last').experiment.epochs\n```\n"
    )
    assert printed(text)[-1] == "2"


def test_strangers_are_kept_out_of_commands() -> None:
    (done,) = (block for block in played(cell("$ glassnet plugins", "console"), ["--no-plugins"]) if block.outputs)
    assert "glassnet" in done.outputs[0].text  # type: ignore[union-attr]


class Waiting(io.StringIO):
    """A keyboard at which somebody sits; a test that reads from it would have waited for ever."""

    def read(self, *size: object) -> str:
        pytest.fail("a cell has read what a person types")

    readline = read  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def test_a_cell_that_asks_gets_no_answer_and_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard = Waiting()
    monkeypatch.setattr("sys.stdin", keyboard)
    words = r"line 2: EOFError: input\(\) has nobody here who answers: write the answer into the cell"
    with pytest.raises(CellFailed, match=words):
        played("```python\nname = input('Your name? ')\n```")
    assert printed("```python error\ninput('Name? ')\n```") == [
        "Name?\nEOFError: input() has nobody here who answers: write the answer into the cell"
    ]
    assert printed("```python\nimport sys\nprint(repr(sys.stdin.read()), sys.stdin.isatty())\n```") == ["'' False"]
    with pytest.raises(CellFailed, match=r"`glassnet lesson xor --solution why` ends with exit code 1: .*Abort"):
        played("```console\n$ glassnet lesson xor --solution why\n```", ["--no-plugins"])
    assert sys.stdin is keyboard
