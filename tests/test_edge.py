"""What leaves for a terminal: names are shown and not obeyed, messages end, streams may be closed, disks full."""

import ast
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from guests import environment, glassnet, write_guest
from waiting import PATIENCE

import glassnet as package
from glassnet import Catalog, GlassnetError
from glassnet.cli.edge import say, style
from glassnet.errors import did_you_mean, join, nearest
from glassnet.wording import bounded, visible

CLI = Path(package.__file__).parent / "cli"
TITLE, ESCAPED = "\x1b]0;owned\x07", "\x1bx"


def shell(words: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command line as a shell runs it, in that folder."""
    line = words.replace("glassnet", f"{sys.executable} -m glassnet", 1)
    env = environment(**more) | {"GLASSNET_PLUGINS": "off"}
    return subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE)


def one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: ") and all(word in line for word in words), line


# --- shown and not obeyed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(CLI.glob("*.py")), ids=lambda path: path.name)
def test_every_command_prints_through_the_one_place(path: Path) -> None:
    if path.name == "edge.py":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "click":
            assert node.attr not in ("echo", "style", "secho"), f"line {node.lineno}: use say or style of edge.py"
        assert not (isinstance(node, ast.Name) and node.id == "print")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Console":
            assert path.name == "display.py", "a console comes from display.console(), which shows what it prints"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (TITLE, "\\x1b]0;owned\\x07"), ("\x1b[31mred", "\\x1b[31mred"), ("\x9b2J", "\\x9b2J"), ("a\rb", "a\\x0db"),
        ("\x1b[2K\x1b[1A", "\\x1b[2K\\x1b[1A"), ("\u202egnp.exe", "\\u202egnp.exe"), ("a\tb\nc", "a\tb\nc"),
        ("größe 数 👩‍🔬 \xa0", "größe 数 👩‍🔬 \xa0"), ("\udcff", "\\udcff"), ("\x00\x7f", "\\x00\\x7f"),
    ],
)  # fmt: skip
def test_orders_to_a_terminal_become_text(given: str, shown: str) -> None:
    assert visible(given) == shown


def test_only_our_own_colours_are_colours(capsys: pytest.CaptureFixture[str]) -> None:
    from click import get_current_context  # noqa: F401 - click is there

    text = style("\x1b[31mname", fg="green")
    assert "\x1b" not in text
    say(f"{text} and \x1b[31mplain")
    assert capsys.readouterr().out == "\\x1b[31mname and \\x1b[31mplain\n"  # no terminal: click takes ours away


def test_a_terminal_gets_our_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr("click.echo", lambda text, **_: written.append(text))
    say(style("\x1b[31mname", fg="green"))
    assert written == ["\x1b[32m\\x1b[31mname\x1b[0m"]


def test_columns_classes_and_errors_are_shown(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i % 7},{'yes' + TITLE if i % 2 else 'no'}\n" for i in range(40))
    (tmp_path / "t.csv").write_text(f"a{TITLE},b,c{TITLE}\n{rows}")
    for words in (
        "train t.csv --target nothing", f"train t.csv --target 'c{TITLE}' --epochs 1 --no-report",
        f"summary t.csv --target 'c{TITLE}'", f"trace t.csv --target 'c{TITLE}'", "train 't\x1b]0;x.csv' --target a",
        "evaluate last", "compare last last", "list '\x1b]0;x'", "--with\x1b]0;x", "show '\x1b[2J'",
        "predict last t.csv --x\x1b",
    ):  # fmt: skip
        done = shell(f"glassnet {words}", tmp_path)
        said = done.stdout + done.stderr
        assert said and "\x1b" not in said and "\x07" not in said, words
    assert "\\x1b]0;owned" in shell("glassnet train t.csv --target nothing", tmp_path).stderr


def test_guests_are_shown(tmp_path: Path) -> None:
    source = f"""
        from glassnet import Activation, hookimpl
        def titled():
            '''Line {TITLE!s} one.

            f(z) = {TITLE!s}
            '''
            return Activation(f=abs)
        @hookimpl
        def activations(): return [titled]
    """
    write_guest(tmp_path, "titled-guest", source)
    write_guest(tmp_path, "raising-guest", f"raise ValueError({TITLE!r})")
    for words in (
        ["list"],
        ["show", "titled"],
        ["plugins"],
        ["doctor"],
        ["doctor", "raising-guest"],
        ["check", "titled"],
    ):
        done = glassnet(*words, path=[tmp_path])
        assert "\x1b" not in done.stdout + done.stderr, words
    assert "\\x1b]0;owned" in glassnet("list", path=[tmp_path]).stdout


def test_a_table_of_predictions_is_not_changed(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i % 7},{('no', ESCAPED)[i % 2]}\n" for i in range(40))
    (tmp_path / "t.csv").write_text(f"a,b,c\n{rows}")
    assert shell("glassnet train t.csv --target c --epochs 1 --quiet --no-report", tmp_path).returncode == 0
    assert "\n\x1bx,no,0." in shell("glassnet predict last t.csv", tmp_path).stdout


# --- messages end -------------------------------------------------------------------------------------------------


def test_a_list_of_names_ends_with_a_count() -> None:
    names = [f"column_{number}" for number in range(20_000)]
    text = join(names, "its first line")
    assert len(text) < 1_000 and text.startswith("column_0, column_1, ")
    shown = text.count("column_")
    assert text.endswith(f" and {20_000 - shown:,} more (its first line has them all)")
    assert join("abc") == "a, b, c"
    assert len(join(["x" * 100_000, "y"])) < 100
    assert did_you_mean("column_199999", names).startswith(" Did you mean 'column_")
    assert did_you_mean("x" * 10_000, ["x" * 10_001]) == ""


@pytest.mark.parametrize(
    ("given", "known", "guess"),
    [
        ("rellu", "relu,elu,selu", "relu"),
        ("SGD", "adam,sgd", "sgd"),
        ("gsd", "adam,sgd", "sgd"),  # its letters in another order
        ("digits", "digits8x8,iris", "digits8x8"),  # a part of it
        ("loss", "plots,log_loss", "log_loss"),  # what is near, not what has most letters in common
        ("sweps", "sweeps,plots", "sweeps"),
        ("nopage", "compare,plots", None),
        ("recall", "relu,elu", None),
        ("convergence", "coverage,checks", None),
        ("calibration", "activations,initializers", None),
        ("", "relu", None),
        ("relu", "", None),
    ],
)
def test_a_guess_is_near_or_it_is_none(given: str, known: str, guess: str | None) -> None:
    assert nearest(given, filter(None, known.split(","))) == guess


def test_an_error_is_bounded_whatever_is_in_it(tmp_path: Path) -> None:
    header = ",".join(f"measurement_{number}" for number in range(3_000))
    (tmp_path / "wide.csv").write_text(f"{header}\n" + f"{','.join('1' * 3_000)}\n" * 3)
    done = shell("glassnet train wide.csv --target measurment_7", tmp_path)
    one_line(done, "Did you mean 'measurement_7'?", "more (its first line has them all)")
    assert len(done.stderr) < 1_500
    done = shell(f"glassnet show {'x' * 50_000}", tmp_path)
    one_line(done)
    assert len(done.stderr) < 2_500
    assert len(bounded("x" * 9_000, 2_000)) < 2_100
    one_line(shell("glassnet show sigmoidd", tmp_path), "Did you mean 'sigmoid'?", "`glassnet list` has them all")


# --- streams and disks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["list", "show relu", "plugins", "doctor", "train xor --epochs 1 --no-report", "runs", "--help"]
)
def test_closed_streams_are_as_good_as_empty(words: str, tmp_path: Path) -> None:
    for closed in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
        done = shell(f"glassnet {words} {closed}", tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), closed


def test_new_asks_nobody_where_the_input_is_closed(tmp_path: Path) -> None:
    done = shell("glassnet new billow <&-", tmp_path)
    assert done.returncode == 0 and "Nobody can be asked" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_is_full_costs_one_line(tmp_path: Path) -> None:
    trained = shell("glassnet train xor --epochs 1 --no-report", tmp_path)
    assert trained.returncode == 0
    (tmp_path / "t.csv").write_text("a,b\n0,1\n")
    for words in (
        "list",
        "list --json",
        "show relu",
        "runs",
        "evaluate last",
        "predict last t.csv",
        "doctor",
        "summary last",
    ):
        one_line(shell(f"glassnet {words} > /dev/full", tmp_path), "can't write the output: there is no space left")


def limited(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command that may write files of 100 bytes alone."""
    return subprocess.run(
        [sys.executable, "-m", "glassnet", *words], cwd=folder, env=environment(GLASSNET_PLUGINS="off"),
        timeout=PATIENCE, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )  # fmt: skip


def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path) -> None:
    for words in (["new", "billow", "--no-input"], ["show", "relu", "--png", "relu.png"]):
        one_line(limited(words, tmp_path), "there is no space left" if "new" not in words else "can't write to")
        assert list(tmp_path.iterdir()) == []


def test_show_png_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "relu.png").write_text("mine")
    done = shell("glassnet show relu --png relu.png", tmp_path)
    one_line(done, "relu.png exists already and is left as it is: give another --png")
    assert (tmp_path / "relu.png").read_text() == "mine"


# --- bounds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("sweep iris --over optimizer.lr=1e-4..1:log --random 1000000000", "--random must be at most 100,000"),
        ("sweep iris --over dropout=0,0.1 --seeds 1000000000", "--seeds must be at most 10,000"),
        ("sweep iris --over dropout=0,0.1 --folds 1000000000", "--folds must be at most 10,000"),
        ("sweep iris --over optimizer.lr=1e-4..1:log:101 --seeds 10000", "1,010,000 cells, of at most 1,000,000"),
        ("train iris --config deep.toml", "its brackets are too deep"),
        ("train iris --config fifo", "is a pipe or a device: give a file"),
        ("train iris --config /dev/zero", "is a pipe or a device: give a file"),
        ("--plugin fifo list", "is a pipe or a device: give a file"),
        ("--plugin /dev/zero list", "is a pipe or a device: give a file"),
        ("new billow --no-input --from fifo", "is a pipe or a device: give a file"),
        ("new billow --no-input --from /dev/zero", "is a pipe or a device: give a file"),
        ("--plugin big.py list", "has 20.0 MiB, and such a file has at most 10.0 MiB"),
        ("train iris --config big.py", "has 20.0 MiB, and such a file has at most 10.0 MiB"),
    ],
)
def test_nothing_is_unbounded(words: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text("hidden = " + "[" * 20_000)
    os.mkfifo(tmp_path / "fifo")
    with (tmp_path / "big.py").open("wb") as file:
        file.truncate(20 << 20)
    before = sorted(tmp_path.rglob("*"))
    one_line(shell(f"glassnet {words}", tmp_path), said)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_plugin_that_is_no_file_is_refused_in_python(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    with pytest.raises(GlassnetError, match="is a pipe or a device"):
        Catalog.discover(files=[tmp_path / "fifo.py"])
