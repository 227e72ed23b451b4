"""At a narrow terminal no number and no name is cut, and sentences break at words: every command, at a real one."""

from __future__ import annotations

import os
import re
import shlex
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from guests import environment
from waiting import PATIENCE

from glassnet.cli.edge import fitted
from glassnet.cli.table import TABLE
from glassnet.tables import breadth

pytestmark = pytest.mark.slow

#: What is typed for each command. One that is new has to be here as well.
TYPED = {
    "list": ["list", "list losses"],
    "show": ["show adam"],
    "conventions": ["conventions adam"],
    "data": ["data show iris", "data head iris"],
    "train": ["train iris --epochs 12 --no-report", "train --help"],
    "sweep": ["sweep iris --over l2=0,0.1 --epochs 2 --jobs 1"],
    "runs": ["runs"],
    "plot": ["plot last --list"],
    "report": ["report last --help"],
    "summary": ["summary last"],
    "trace": ["trace xor --rows 2 --json"],
    "evaluate": ["evaluate 1"],
    "predict": ["predict --help"],
    "compare": ["compare 1 2"],
    "export": ["export --help"],
    "new": ["new --help"],
    "check": ["check relu"],
    "plugins": ["plugins"],
    "doctor": ["doctor"],
    "index": ["index --help"],
    "release": ["release --help"],
    "sabotage": ["sabotage --list"],
}
UNBROKEN = re.compile(r"\s*(glassnet|pip|python|make|\$) |.*[\u2500-\u257f]")  # commands to copy, and rules


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("narrow")
    for words in ("train iris --epochs 3", "train iris --epochs 3 --dropout 0.2"):
        line = [sys.executable, "-m", "glassnet", "--no-plugins", *words.split(), "--quiet", "--no-report"]
        subprocess.run(line, cwd=folder, env=environment(), check=True, capture_output=True)
    return folder


def screen(words: str, columns: int, folder: Path) -> Iterator[str]:
    """The lines that a terminal of so many columns shows, without colours; of a line that was rewritten, the last."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    plain = {name: value for name, value in environment().items() if name not in ("COLUMNS", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "glassnet", "--no-plugins", *shlex.split(words)],
        cwd=folder, env=plain | {"TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    content = b""
    try:
        while piece := os.read(ours, 65536):
            content += piece
    except OSError:  # how a pseudo-terminal says that its other end is closed
        pass
    os.close(ours)
    assert process.wait(PATIENCE) == 0, content.decode()
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", content.decode()).replace("\r\n", "\n")
    for line in text.split("\n"):
        yield line.rpartition("\r")[2]


def test_every_command_is_looked_at() -> None:
    assert list(TYPED) == list(TABLE)


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("words", [words for some in TYPED.values() for words in some])
def test_a_narrow_terminal_breaks_no_word_and_cuts_no_number(words: str, columns: int, home: Path) -> None:
    lines = list(screen(words, columns, home))
    assert any(lines)
    if "--json" in words:
        return
    for line in lines:
        if breadth(line) <= columns or UNBROKEN.match(line):
            continue
        longest = max(map(breadth, re.split(r"\s+", line.strip())))
        beside = breadth(line) - longest
        assert beside < 30, f"a terminal of {columns} columns breaks this line anywhere: {line!r}"
    for line in lines:
        assert not re.search(r"\d…|…\d|\w…$", line.rstrip()), line


COPIED = "  glassnet train digits8x8 --hidden 64,32 --epochs 20"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("short", 60, "short"),
        ("one two three four five six seven", 21, "one two three four\nfive six seven"),
        ("label    one two three four five", 31, "label    one two three four\n         five"),
        ("\x1b[1mone two\x1b[0m three four five", 20, "\x1b[1mone two\x1b[0m three four\nfive"),
        (COPIED, 30, COPIED),
        ("a" * 50, 30, "a" * 50),
        ("name  score  other  more  and more", 30, "name  score  other  more  and more"),
    ],
)
def test_sentences_break_at_words_and_commands_do_not(text: str, width: int, expected: str) -> None:
    assert fitted(text, width) == expected
