"""A lesson beside the playground: cells that are tried by hand, and exercises that are answered by doing."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from waiting import PATIENCE

from glassnet import Catalog, GlassnetError
from glassnet.cli import main
from glassnet.lessons import html
from glassnet.lessons.course import open_lesson
from glassnet.lessons.notebooks import start
from glassnet.lessons.reading import Play, read_page
from glassnet.playground.lessons import asked, unstyled

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


def question(**words: Any) -> dict[str, Any]:
    command = [
        sys.executable,
        "-P",
        "-m",
        "glassnet.playground.lessons",
        json.dumps({"start": {"guests": False}} | words),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return json.loads(done.stdout.strip().rpartition("\n")[2])


def test_the_panel_has_blocks_that_a_strict_policy_allows() -> None:
    page = question(name="xor")
    kinds = [block["kind"] for block in page["blocks"]]
    assert {"html", "cell", "play", "exercise"} == set(kinds) and page["title"] == "What no line can do"
    markup = "".join(block.get("html", "") + "".join(block.get("hints", ())) for block in page["blocks"])
    assert not re.search(r"<script|\sstyle=|\son\w+=|<svg|javascript:", markup) and 'src="data:image/png' in markup
    play = page["blocks"][kinds.index("play")]
    assert play["address"].startswith("dataset=xor&hidden=8&epochs=2000") and play["settings"][0] == "dataset=xor"
    doing = [block["name"] for block in page["blocks"] if block.get("doing")]
    assert doing == ["solves"]


def test_markup_of_the_panel_says_nothing_of_looks() -> None:
    given = {
        "kind": "exercise",
        "html": '<td class="n" style="text-align:right">1</td>',
        "hints": ['<i style="x">h</i>'],
    }
    assert unstyled(given) == {"kind": "exercise", "html": '<td class="n">1</td>', "hints": ["<i>h</i>"]}
    assert unstyled({"kind": "html", "html": '<p> style="x"</p>'})["html"] == '<p> style="x"</p>'


def test_an_exercise_is_answered_by_the_command_of_the_tab() -> None:
    weak = question(name="xor", exercise="solves", answer="glassnet train xor --hidden none --epochs 5")
    assert weak["verdict"]["right"] is False and weak["verdict"]["words"][0]
    assert "answered in a file" in question(name="xor", exercise="count_right", answer="")["refused"]
    assert "there is no lesson 'nothing'" in question(name="nothing")["refused"]
    assert "by its name" in question(name="../page.md")["refused"]


def test_what_the_process_refuses_is_said_to_the_tab() -> None:
    with pytest.raises(GlassnetError, match="there is no lesson 'nothing'"):
        asked({"name": "nothing", "start": {"guests": False}})
