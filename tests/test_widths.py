"""At a narrow terminal no number and no name is cut, and sentences break at words: every command, at a real one."""

from __future__ import annotations

import re
import shlex
from itertools import repeat
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from samples import SOAK
from terminals import screen

from glassnet.cli import main
from glassnet.cli.fitting import fitted, pieces
from glassnet.cli.sections import MANY, titled
from glassnet.cli.table import TABLE
from glassnet.tables import breadth

pytestmark = pytest.mark.slow

#: What is typed for each command, and how it ends where it does not end well. One that is new has to be here as well.
TYPED = {
    "lesson": ["lesson", "lesson perceptron"],
    "museum": ["museum", "museum update_too_early"],
    "explain": ["explain", "explain vanishing"],
    "play": ["play nowhere.csv --no-open"],
    "docs": ["docs"],
    "list": ["list", "list losses"],
    "show": ["show adam"],
    "conventions": ["conventions adam"],
    "data": ["data show iris", "data head iris", "data export iris --to splits-{columns}"],
    "train": ["train iris --epochs 12 --no-report", "train iris --optimizer sgd:lr=1e300 --epochs 2 --no-report"],
    "sweep": ["sweep iris --over l2=0,0.1 --epochs 2 --jobs 1"],
    "runs": ["runs"],
    "plot": ["plot 1 --list", "plot 1 loss", "plot --part relu"],
    "report": ["report 1"],
    "summary": ["summary 1"],
    "trace": ["trace xor --hidden 3 --rows 2"],
    "evaluate": ["evaluate 1"],
    "predict": ["predict 1 --row 'sepal length=5,sepal width=3,petal length=1,petal width=1'"],
    "compare": ["compare 1 2"],
    "export": ["export 1 --to sklearn --output program{columns}"],
    "new": ["new dented{columns} --no-input"],
    "check": ["check relu"],
    "plugins": ["plugins"],
    "doctor": ["doctor"],
    "index": ["index status", "index"],
    "release": ["release glassnet-broken --dry-run"],
    "sabotage": ["sabotage --list", "sabotage stale-version glassnet-whole{columns} --reveal"],
}
ENDS = {"play": 2, "train iris --optimizer": 1, "index status": 1, "index": 2, "release": 1}
UNBROKEN = re.compile(r"\s*(glassnet|pip|python|make|\$) |.*[\u2500-\u257f]")  # commands to copy, and rules


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("narrow")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for words in (
            "train iris --epochs 3", "train iris --epochs 3 --dropout 0.2", "new broken --no-input",
            "new whole60 --no-input", "new whole80 --no-input", "sabotage group-typo glassnet-broken",
        ):  # fmt: skip
            assert CliRunner().invoke(main, ["--no-plugins", *words.split()]).exit_code == 0
    return folder


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("GLASSNET_INDEX", str(home / "index"))


def test_every_command_is_looked_at() -> None:
    assert list(TYPED) == list(TABLE)


def broken_anywhere(lines: list[str], columns: int) -> list[str]:
    """The lines that a terminal would break, but for what is longer than a line in one piece."""
    return [
        line
        for line in lines
        if breadth(line) > columns
        and not UNBROKEN.match(line)
        and breadth(line) - max(map(breadth, re.split(r"\s+", line.strip()))) >= 30
    ]


#: A report is drawn for a while, and its lines are few: in the gate once.
AT = [(words, columns) for several in TYPED.values() for words in several for columns in (60, 80)]


@pytest.mark.parametrize(("words", "columns"), [one for one in AT if SOAK or one != ("report 1", 80)])
def test_a_narrow_terminal_breaks_no_word_and_cuts_no_number(words: str, columns: int, at_home: None) -> None:
    code, lines = screen(words.format(columns=columns), columns, repeat(" "), "any key")
    expected = next((end for begin, end in ENDS.items() if words.startswith(begin)), 0)
    assert code == expected and any(lines), lines
    assert not broken_anywhere(lines, columns)
    for line in lines:
        assert not re.search(r"\d…|…\d|\w…$", line.rstrip()), line


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
def test_every_help_fits_its_terminal(columns: int) -> None:
    for words in ("", *TABLE, "data show", "index start"):
        code, lines = screen(f"{words} --help", columns)
        assert code == 0 and not broken_anywhere(lines, columns), words
        assert not [line for line in lines if re.search(r"[a-z]\.\.\.$", line)], (
            words
        )  # click shortens with such points
        assert words != "train" or max(map(breadth, lines)) > columns - 25  # it uses the width


# --- long help -------------------------------------------------------------------------------------------------------


def leaves(name: str) -> list[click.Command]:
    command = main.get_command(click.Context(main), name)
    return list(command.commands.values()) if isinstance(command, click.Group) else [command]


@pytest.mark.parametrize("name", TABLE)
def test_a_long_help_lists_each_option_once_under_a_title(name: str) -> None:
    for command in leaves(name):
        context = click.Context(command, info_name=name)
        options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
        help_ = CliRunner().invoke(command, ["--help"]).output
        titles = re.findall(r"^(\w[^:\n]*):$", help_, re.MULTILINE)
        if len(options) <= MANY:
            assert titles == ["Options"], name
            continue
        sections, listed = titled(command.get_params(context)), help_[help_.index(f"{titles[0]}:") :]
        assert titles == list(sections) and len(titles) >= 3, name
        assert sorted(one.name for some in sections.values() for one in some) == sorted(one.name for one in options)
        assert max(map(len, sections.values())) <= 12, name
        for option in options:
            assert len(re.findall(rf"^  (?:-\w, )?{option.opts[-1]}\b(?!-)", listed, re.MULTILINE)) == 1, option.opts


def test_examples_stay_at_the_end_of_a_long_help() -> None:
    help_ = CliRunner().invoke(main, ["train", "--help"]).output
    assert help_.index("Network:") < help_.index("Training:") < help_.index("Output:") < help_.index("Examples:")
    assert help_.rstrip().endswith("glassnet train --resume last --epochs 100")


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("train irsi", "'iris'?"),
        ("predict new.csv last", "glassnet predict last new.csv"),
        ("train iris --folds 2 --watch all", "glassnet sweep --resume SWEEP"),
        ("runs --delete", "glassnet runs 3 --note 'with the new rows'"),
        ("export 1", "glassnet export last --to torch"),
        ("train iris --target 'a column with a name'", "--target"),
    ],
)
def test_an_error_breaks_at_words_and_leaves_commands_whole(
    words: str, whole: str, columns: int, at_home: None
) -> None:
    code, lines = screen(words, columns)
    assert code == 2 and lines[0].startswith("Error: ") and lines.pop() == ""
    assert max(map(breadth, lines)) <= columns
    assert any(whole in line for line in lines), lines
    piped = CliRunner().invoke(main, ["--no-plugins", *shlex.split(words)], prog_name="glassnet")
    assert piped.stderr == " ".join(lines) + "\n"  # the same words, on one line where no terminal is


@pytest.mark.parametrize(
    ("sentence", "together"),
    [
        ("leave --note away (glassnet sweep --resume SWEEP goes on with them)", ["(glassnet sweep --resume SWEEP"]),
        ("none yet: glassnet train digits8x8 makes one.", ["glassnet train digits8x8"]),
        ("in glassnet's house Keras's l2 and 'a b' are two", ["'a b'"]),
        (
            "Go on with: glassnet train --resume 'my runs/1' --epochs 9",
            ["glassnet train --resume 'my runs/1' --epochs 9"],
        ),
        ("see `glassnet list datasets`, or wait", ["`glassnet list datasets`,"]),
        ("try pip install 'glassnet[publish]', then", ["pip install 'glassnet[publish]',"]),
        ("glassnet is always the one", []),
    ],
)
def test_what_is_pasted_is_one_piece_of_a_sentence(sentence: str, together: list[str]) -> None:
    found = pieces(sentence)
    assert " ".join(found) == sentence
    assert [piece for piece in found if " " in piece] == together


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
        ("  make all   # of one and two and three", 37, "  make all   # of one and two and\n             # three"),
        (
            "  glassnet plot last --list     which fit and why",
            40,
            "  glassnet plot last --list\n      which fit and why",
        ),
    ],
)
def test_sentences_break_at_words_and_commands_do_not(text: str, width: int, expected: str) -> None:
    assert fitted(text, width) == expected
