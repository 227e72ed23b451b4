"""The shell completes kinds, part names and plugin names: in real bash, and in the functions behind it."""

import os
import select
import shutil
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from guests import environment, write_good, write_guest
from waiting import PATIENCE

from glassnet.cli import main
from glassnet.cli.completing import joined
from glassnet.cli.types import KindType, PartType


def completions(*words: str, start: str) -> list[str]:
    shell = ShellComplete(main, {}, "glassnet", "_GLASSNET_COMPLETE")
    return [item.value for item in shell.get_completions(list(words), start)]


def test_kinds_parts_and_plugins_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_good(tmp_path, "complete-alice", "lion")
    write_guest(tmp_path, "complete-broken", "print('noise')\n1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    assert completions("list", start="opt") == ["optimizer"]
    assert completions("list", start="losse") == ["losses"]
    assert completions("show", start="leaky") == ["leaky_relu"]
    assert completions("show", start="complete-alice/li") == ["complete-alice/lion"]
    assert completions("show", start="lio") == ["lion"]
    assert "adam" not in completions("show", "--kind", "activation", start="")
    assert completions("--no-plugins", "show", start="lio") == []
    assert completions("--without", start="complete-b") == ["complete-broken"]
    assert completions("train", "--optimizer", start="adamw") == ["adamw"]


def test_options_and_their_values_are_completed_behind_the_colon() -> None:
    assert completions("train", "--optimizer", start="adam:") == [
        f"adam:{name}=" for name in ("lr", "beta1", "beta2", "epsilon", "epsilon_place")
    ]
    assert completions("train", "--optimizer", start="adam:lr=0.1,beta") == ["adam:lr=0.1,beta1=", "adam:lr=0.1,beta2="]
    assert completions("train", "--optimizer", start="adam:epsilon_place=i") == ["adam:epsilon_place=inside"]
    assert completions("show", start="nothing:") == []


def test_runs_and_columns_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("0001-iris", "0002-moons"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "experiment.json").touch()
    (tmp_path / "t.csv").write_text("weight,width,kind\n1,2,a\n3,4,b\n")
    assert completions("evaluate", start="") == ["last", "0001-iris", "0002-moons", "runs/0001-iris", "runs/0002-moons"]
    assert completions("report", start="2") == ["2"] and completions("runs", start="l") == ["last"]
    assert completions("train", "--resume", start="0002") == ["0002-moons"]
    assert "residuals" in completions("plot", "last", start="residu")
    assert completions("train", "t.csv", "--target", start="w") == ["weight", "width"]
    assert completions("train", "iris", "--target", start="w") == []
    assert completions("predict", "--runs", "elsewhere", start="") == ["last"]


def test_completion_stays_silent_where_nothing_can_be_found(tmp_path: Path) -> None:
    assert completions("--plugin", str(tmp_path / "nowhere.py"), "show", start="re") == []


def test_a_kind_is_read_and_a_phrase_is_left_to_the_command() -> None:
    assert KindType().convert("losses", None, None) == "loss"
    assert PartType("optimizer").convert("adm:lr=x", None, None) == "adm:lr=x"  # explained when it is used


def test_files_are_completed_beside_data_sets() -> None:
    context = click.Context(main)
    items = PartType("dataset", files=True).shell_complete(context, click.Argument(["dataset"]), "pen")
    assert [(item.value, item.type) for item in items] == [("pen", "file")]


@pytest.mark.parametrize(
    ("divided", "typed"),
    [
        (["--optimizer", "adam", ":", "lr", "=", "0.1,be"], ["--optimizer", "adam:lr=0.1,be"]),
        (["--optimizer", "=", "ad"], ["--optimizer=ad"]),
        (["iris", "--epochs", "3"], ["iris", "--epochs", "3"]),
    ],
)
def test_what_bash_divides_is_one_word_again(divided: list[str], typed: list[str]) -> None:
    assert joined(divided) == typed


class Terminal:
    """An interactive bash on a pseudo-terminal, which is read until an answer has come."""

    def __init__(self, folder: Path, path: Path) -> None:
        import pty

        script = folder / "bin" / "glassnet"
        script.parent.mkdir()
        script.write_text(f"#!{sys.executable}\nfrom glassnet.cli import main\nmain(prog_name='glassnet')\n")
        script.chmod(0o755)
        env = environment(path, PATH=f"{script.parent}:{os.environ['PATH']}", PS1="> ", TERM="dumb", HISTFILE="")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], env)

    def type(self, text: str, until: str) -> str:
        """Type, then read until these words appear."""
        os.write(self.terminal, text.encode())
        seen = ""
        while until not in seen:
            assert select.select([self.terminal], [], [], PATIENCE)[0], seen
            seen += os.read(self.terminal, 4096).decode(errors="replace")
        return seen

    def close(self) -> None:
        import signal

        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_bash_completes_short_and_full_names(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_good(site, "glassnet-alice", "lion")
    (tmp_path / "t.csv").write_text("weight,kind\n1,a\n2,b\n")
    bash = Terminal(tmp_path, site)
    try:
        bash.type(f"cd {tmp_path}\n", until=">")
        bash.type('eval "$(_GLASSNET_COMPLETE=bash_source glassnet)"; echo rea""dy\n', until="ready")
        bash.type("glassnet show rel\t", until="relu ")
        bash.type("\x15glassnet show glassnet-alice/li\t", until="glassnet-alice/lion ")
        bash.type("\x15glassnet li\t", until="glassnet list ")
        bash.type("\x15glassnet train ir\t", until="iris ")  # beside the files of the folder
        bash.type("\x15glassnet train iris --optimizer adam:l\t0", until="adam:lr=0")  # and no blank behind it
        bash.type("\x15glassnet train iris --optimizer adam:lr=1,epsilon_p\t", until="lr=1,epsilon_place=")
        bash.type("\x15glassnet train t.csv --target wei\t", until="--target weight ")
        bash.type("\x15glassnet evaluate la\t", until="evaluate last ")
        shown = bash.type("\x15glassnet show glassnet-alice/li\t\n", until="(a plugin)")
        assert "  activation from glassnet-alice 1.0" in shown
    finally:
        bash.close()
