"""The ways to begin that docs/first-steps.md shows are run as they stand there, in a copy of the clone.

What glassnet requires is fetched from an index in `make soak`. In the gate, which has just done that, the environment
sees what is installed here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from samples import SOAK
from waiting import PATIENCE

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "first-steps.md").read_text(encoding="utf-8")
BLOCKS = {
    section.partition("\n")[0]: re.findall(r"```shell\n(.*?)```", section, re.DOTALL)[0].strip().splitlines()
    for section in PAGE.split("\n## ")[1:]
    if "```shell" in section
}
ENDS = re.search(r"```text\n(validation accuracy.*?)\n```", PAGE)
COPIED = ("src", "template", "plugins", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in COPIED:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".venv", "dist"))
        else:
            shutil.copy(place, folder)
    return folder


def test_every_way_that_a_terminal_can_go_is_here() -> None:
    assert list(BLOCKS) == ["Linux and macOS, with pip", "With uv"]


@pytest.mark.slow
@pytest.mark.parametrize("title", BLOCKS)
def test_a_way_to_begin_ends_where_it_says(title: str, clone: Path) -> None:
    lines = BLOCKS[title]
    tool = lines[0].split()[0]
    if tool == "uv" and not SOAK:
        pytest.skip("make soak installs everything anew with uv as well")
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed here")
    dropped = ("VIRTUAL_ENV", "PYTHONPATH", "GLASSNET_REPORT", "GLASSNET_RUNS")
    plain = {name: value for name, value in os.environ.items() if name not in dropped}
    plain["PIP_NO_COMPILE"] = "0"  # pip's way to say: compile nothing; what is imported is compiled then
    for line in lines:
        done = subprocess.run(
            line, shell=True, cwd=clone, env=plain, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        if line == lines[0] and not SOAK:
            (site,) = (clone / ".venv").glob("lib/python*/site-packages")
            (site / "seen.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    assert ENDS is not None
    assert re.sub(r"\d\.\d+", "N", done.stdout.strip().splitlines()[-1]) == re.sub(r"\d\.\d+", "N", ENDS[1])


def test_windows_and_posix_say_the_same() -> None:
    windows = re.search(r"```powershell\n(.*?)```", PAGE, re.DOTALL)
    assert windows is not None
    said = windows[1].replace(".venv\\Scripts\\", ".venv/bin/").replace("py -m", "python3 -m").strip().splitlines()
    assert said == BLOCKS["Linux and macOS, with pip"]
