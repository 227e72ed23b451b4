"""`--watch` as an editor meets it: a process of its own, files saved in place, replaced, broken and mended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_lesson import PLUGIN, RIGHT
from waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


class Watched:
    """The command in its own process, and what it has printed."""

    def __init__(self, folder: Path) -> None:
        self.answers, self._shown = folder / "answers_halves.py", folder / "shown"
        (folder / "halves.py").write_text(PLUGIN, encoding="utf-8")
        words = ["--no-plugins", "--plugin", "halves.py", "lesson", "halves", "--watch"]
        with self._shown.open("wb") as shown:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "glassnet", *words], cwd=folder, stdout=shown, stderr=shown,
                env=os.environ | {"GLASSNET_PROGRESS": "done.json"},
            )  # fmt: skip

    @property
    def text(self) -> str:
        return self._shown.read_text(encoding="utf-8")

    def expect(self, words: str, times: int = 1) -> None:
        wait_until(lambda: self.text.count(words) >= times, self.process)

    def replaced(self, text: str) -> None:
        """As vim and others save: a new file takes the place of the old one."""
        new = self.answers.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self.answers)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    (tmp_path / "answers_halves.py").write_text("half = ...\n", encoding="utf-8")
    one = Watched(tmp_path)
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.process.wait()


def test_each_save_is_checked_until_all_is_right(watched: Watched) -> None:
    watched.expect("0 of 3 right.")
    watched.answers.write_text("def half(a):\n    return 2 * a\n", encoding="utf-8")  # in place
    watched.expect("=That is twice: take the half.")
    watched.replaced("def half(a:\n")
    watched.expect("line 1")  # a slip of the pen ends nothing
    watched.answers.unlink()  # some editors leave a moment without a file
    watched.replaced(RIGHT.replace("'b'", "'c'"))
    watched.expect("2 of 3 right.")
    watched.replaced(RIGHT)
    assert watched.process.wait(PATIENCE) == 0
    assert watched.text.rstrip().split("\n")[-2].strip() == "All 3 right."
    assert "That was the last lesson of the course." in watched.text
    assert "halves" in (watched.answers.parent / "done.json").read_text(encoding="utf-8")


def test_an_interrupt_ends_it_in_words(watched: Watched) -> None:
    watched.expect("0 of 3 right.")
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(PATIENCE) == 0
    assert watched.text.rstrip().endswith("Stopped watching.") and "Traceback" not in watched.text
