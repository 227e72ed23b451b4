"""Advice to install what is gone: from the practice index where it has that, and from one's class as another way."""

from pathlib import Path

import pytest
from archives import wheel
from indexes import put

from glassnet.cli.edge import say
from glassnet.publish.again import with_index
from glassnet.publish.installing import install_line
from glassnet.publish.pypirc import Place, write_place
from glassnet.publish.store import Store

SAID = "Error: runs/0001-iris was trained with glassnet-bent 0.1.0, which is not installed: pip install glassnet-bent=="
SIMPLE = "http://127.0.0.1:8123/simple/"


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an index that ran once and has `glassnet-bent` 0.1.0, which needs `glassnet-bow`."""
    index = tmp_path / "index"
    monkeypatch.setenv("GLASSNET_INDEX", str(index))
    monkeypatch.setenv("GLASSNET_PYPIRC", str(tmp_path / ".pypirc"))
    store = Store(index)
    put(store, wheel(tmp_path, "glassnet-bow"))
    put(store, wheel(tmp_path, "glassnet-bent", "0.1.0", "Requires-Dist: glassnet-bow>=0.1"))
    (index / "practice.pypirc").write_text("[local]\nrepository = http://127.0.0.1:8123/legacy/\n")
    return index


def test_what_the_practice_index_has_comes_from_there(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = install_line(SIMPLE, "glassnet-bent", "0.1.0", {"glassnet-bow": "0.1.0"})
    say(f"{SAID}0.1.0", err=True)
    assert capsys.readouterr().err == f"{SAID[: -len('pip install glassnet-bent==')]}glassnet index start && {line}\n"
    (known / "server.json").write_text('{"url": "http://127.0.0.1:8123", "pid": 1, "started": "a"}')
    assert with_index("(pip install glassnet-bent==0.1.0), and") == f"({line}), and"
    assert with_index("pip install Glassnet_Bent==0.1.0 --force-reinstall.") == f"{line} --force-reinstall."


@pytest.mark.parametrize(
    "words",
    [
        "pip install glassnet-bent==0.1",
        "pip install glassnet-bent==0.1.0.dev1.",
        "pip install glassnet-elsewhere==0.1.0; or leave it",
        "pip install glassnet-bent",
        "pip install glassnet-bent==0.1.0 glassnet-lion==0.1",
        install_line(SIMPLE, "glassnet-bent", "0.1.0"),
    ],
)
def test_other_advice_stays_as_it_is(known: Path, words: str) -> None:
    assert with_index(words) == words


def test_who_has_joined_a_class_is_told_of_its_index_as_well(known: Path) -> None:
    write_place(Place("company", "https://pypi.example.org/legacy/", "t"))
    words = "not installed: pip install glassnet-lion==0.1.0"
    assert with_index(words) == words
    write_place(Place("class", "http://teacher.local:8000/legacy/", "t"))
    line = install_line("http://teacher.local:8000/simple/", "glassnet-lion", "0.1.0")
    assert with_index(words) == f"{words}, or from the index of your class: {line}"
    assert "--trusted-host teacher.local --index-url http://teacher.local:8000/simple/ glassnet-lion==0.1.0" in line


def test_a_damaged_file_costs_no_advice(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (known.parent / ".pypirc").write_text("what is this")
    say(f"{SAID}9.9", err=True)
    assert capsys.readouterr().err == f"{SAID}9.9\n"
