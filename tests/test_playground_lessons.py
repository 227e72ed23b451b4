"""A lesson beside the playground: cells that are tried by hand, and exercises that are answered by doing."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from glassnet import Catalog, GlassnetError
from glassnet.cli import main
from glassnet.lessons import html
from glassnet.lessons.course import open_lesson
from glassnet.lessons.notebooks import start
from glassnet.lessons.reading import Play, read_page
from glassnet.playground.lessons import Playing, Refused, answer, asked, unstyled
from glassnet.playground.wire import received, send

pytestmark = pytest.mark.slow

PAGE = """# A try

```play
dataset=xor
hidden=2
```

```plot The plane.
import glassnet
run = glassnet.run(glassnet.Experiment("moons", hidden=2, epochs=1)).finish()
glassnet.plot(run, "decision_boundary")
```

:::question
Does it <b>bend</b>?
=> Yes.
:::
"""


def test_a_cell_of_play_is_a_command_wherever_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a_try.md").write_text(PAGE)
    [cell] = [block for block in read_page(PAGE).blocks if isinstance(block, Play)]
    assert cell.settings == ["dataset=xor", "hidden=2"] and cell.command() == "glassnet train xor --hidden 2"
    shown = CliRunner().invoke(main, ["--no-plugins", "lesson", str(tmp_path / "a_try.md")]).output
    assert "$ glassnet play xor --hidden 2" in shown and "$ glassnet train xor --hidden 2" in shown
    opened = open_lesson(str(tmp_path / "a_try.md"), Catalog.discover(guests=False))
    assert "<code>glassnet play xor --hidden 2</code>" in html.document(opened)
    with pytest.raises(GlassnetError, match="has no exercise"):
        start(opened, tmp_path)


@pytest.mark.parametrize(
    "lines, words",
    [("hidden", "line 3: 'hidden' is no setting: write one a line"), ("hidden=none\nhiden=2", "no setting 'hiden'")],
)
def test_a_cell_of_play_that_means_nothing_is_said_with_its_line(lines: str, words: str) -> None:
    with pytest.raises(GlassnetError, match=re.escape(words)):
        [cell] = [block for block in read_page(f"# A\n```play\n{lines}\n```\n").blocks if isinstance(block, Play)]
        cell.command()
    with pytest.raises(GlassnetError, match="Did you mean 'play'"):
        read_page("# A\n```plai\nhidden=2\n```\n")


START: dict[str, Any] = {"guests": False}


def verdict(**words: Any) -> dict[str, Any]:
    return asked({"name": "xor", "start": START} | words)["verdict"]


@pytest.fixture(autouse=True)
def nothing_done_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSNET_PROGRESS", str(tmp_path / "lessons.json"))


def test_the_panel_has_its_text_at_once_and_blocks_that_a_strict_policy_allows() -> None:
    tab: Any = SimpleNamespace(lesson=None)

    def lesson(**words: Any) -> dict[str, Any]:
        return answer(tab, START, {"do": "lesson", "name": "xor"} | words)()["lesson"]

    first = lesson()
    blocks, done = list(first["blocks"]), first["done"]
    assert len(blocks) == first["total"] and done < first["total"]  # nobody waits for cells to read the text
    assert "…" in "".join(block.get("html", "") for block in blocks[done:])
    while done < first["total"]:
        more = lesson(done=done)
        for at, block in enumerate(more["blocks"], done):
            blocks[at] = block or blocks[at]
        done = more["done"]
    page = lesson()  # it is kept
    assert page["blocks"] == blocks and page["done"] == page["total"]
    kinds = [block["kind"] for block in page["blocks"]]
    assert {"html", "play", "exercise"} == set(kinds) and page["title"] == "What no line can do"
    markup = "".join(block.get("html", "") + "".join(block.get("hints", ())) for block in page["blocks"])
    assert not re.search(r"<script|\sstyle=|\son\w+=|<svg|javascript:", markup) and 'src="data:image/png' in markup
    play = page["blocks"][kinds.index("play")]
    assert play["address"].startswith("dataset=xor&hidden=8&epochs=2000") and play["settings"][0] == "dataset=xor"
    doing = [block["name"] for block in page["blocks"] if block.get("doing")]
    assert doing == ["solves"]
    tab.lesson.solved("solves")
    assert [block["name"] for block in lesson()["blocks"] if block.get("done")] == ["solves"]


TOLD = [{"blocks": [{"kind": "html"}] * 2}, {"block": None}, {"block": None}]


@pytest.mark.parametrize(
    ("told", "left", "words"),
    [
        (TOLD, True, "another lesson was opened meanwhile"),
        (TOLD[:2], False, "the lesson broke off: glassnet lesson says why in the terminal"),
    ],
)
def test_who_waits_for_a_lesson_that_does_not_go_on_is_told_so(
    told: list[dict[str, Any]], left: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on = Event()

    def said(question: Any) -> Iterator[dict[str, Any]]:
        yield from told[:2]
        going_on.wait()
        yield from told[2:]

    monkeypatch.setattr("glassnet.playground.lessons.answers", said)
    lesson = Playing({"name": "xor"})
    assert lesson.since(0)["done"] == 1
    lesson.left = left
    going_on.set()
    with pytest.raises(Refused, match=words):
        lesson.since(1)


@pytest.mark.parametrize("cut", [b"", b"\x05", b"\x05\0\0\0", b"\x05\0\0\0four"])
def test_a_message_that_is_cut_off_is_the_end_of_the_line(cut: bytes) -> None:
    with pytest.raises(EOFError):
        received(io.BytesIO(cut))
    line = io.BytesIO()
    send(line, b"whole")
    assert received(io.BytesIO(line.getvalue())) == b"whole"


def test_markup_of_the_panel_says_nothing_of_looks() -> None:
    given = {
        "kind": "exercise",
        "html": '<td class="n" style="text-align:right">1</td>',
        "hints": ['<i style="x">h</i>'],
    }
    assert unstyled(given) == {"kind": "exercise", "html": '<td class="n">1</td>', "hints": ["<i>h</i>"]}
    assert unstyled({"kind": "html", "html": '<p> style="x"</p>'})["html"] == '<p> style="x"</p>'


def test_an_exercise_is_answered_by_the_command_of_the_tab() -> None:
    weak = verdict(exercise="solves", answer="glassnet train xor --hidden none --epochs 5")
    assert weak["right"] is False and weak["words"][0]
    with pytest.raises(GlassnetError, match="answered in a file"):
        verdict(exercise="count_right", answer="")
    with pytest.raises(GlassnetError, match="by its name"):
        verdict(name="../page.md")


def test_what_the_process_refuses_is_said_to_the_tab_and_asked_again() -> None:
    tab: Any = SimpleNamespace(lesson=None)
    for _ in range(2):
        with pytest.raises(GlassnetError, match="there is no lesson 'nothing'"):
            answer(tab, START, {"do": "lesson", "name": "nothing"})()
