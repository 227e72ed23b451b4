"""The examples of every command's help and of every generated README are typed as they stand: each word is understood.

Nothing is run: a line is parsed as the command line parses it, and what it names is looked for.
"""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from glassnet import Catalog, GlassnetError
from glassnet.catalog import Phrase
from glassnet.cli import main
from glassnet.cli.choices import choices, read_experiment
from glassnet.cli.host import host_of
from glassnet.cli.types import PartType, RunType
from glassnet.experiment import is_table
from glassnet.kinds import KINDS
from glassnet.sweeps.axes import read_axis

PACKAGES = Path(__file__).parent.parent / "plugins"
#: What the reader is to make: a package and a file called bent.
PLACEHOLDER = re.compile(r"glassnet-bent/\w+|bent\.py")
WIDTHS = re.compile(r"\d+(-\d+)+")
#: What stands for a run: its folder, its number, or last.
RUN = re.compile(r"last|\d+|(runs|sweeps)/\d{4}-\w+")


CATALOG = Catalog.discover(guests=False)


def commands(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    """A command and all below it."""
    found = [(path, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found += commands(command.get_command(context, name), f"{path} {name}")
    return found


def lines(epilog: str) -> list[str]:
    """The commands of some examples, without what they are for and what is piped into them."""
    every = [line.strip() for line in epilog.splitlines()]
    return [re.split(r"\s{3,}|\s+# ", line)[0].rpartition(" | ")[2] for line in every if "glassnet " in line]


ALL = commands(main, "glassnet")
EXAMPLES = [(path, line) for path, command in ALL for line in lines(command.epilog or "")]


def test_every_command_that_is_typed_with_words_has_examples() -> None:
    without = {
        path for path, command in ALL if not lines(command.epilog or "") and not isinstance(command, click.Group)
    }
    assert not {path.split()[1] for path in without} - {"data", "index", "doctor", "plugins", "conventions"}
    assert len(EXAMPLES) > 100


# --- reading a line ---------------------------------------------------------------------------------------------------


def parsed(command: click.Command, words: list[str], parent: click.Context | None = None) -> click.Context | None:
    """The command at the end of a line with its parameters, nothing of it run; None where help is asked for."""
    try:
        context = command.make_context(words[0], words[1:], parent=parent)
    except click.exceptions.Exit:
        return None
    if not isinstance(command, click.Group):
        return context
    name, below, rest = command.resolve_command(context, [*context._protected_args, *context.args])
    return parsed(below, [name, *rest], context)


def named(context: click.Context) -> list[tuple[str | None, str]]:
    """The parts that a line names, each with its kind if that is known."""
    found = []
    for param in context.command.params:
        given = context.params.get(param.name)
        values = given if isinstance(given, tuple) else () if given is None else (given,)
        if isinstance(param.type, PartType):
            found += [(param.type.kind, value) for value in values if not is_table(value)]
        elif isinstance(param.type, RunType):
            found += [("plot" if param.type.also else "run", value) for value in values if not RUN.fullmatch(value)]
    return found + [("engine", name) for name in (context.params.get("engines") or "").split(",") if name]


def is_there(catalog: Catalog, kind: str | None, phrase: str) -> bool:
    """Whether a phrase can be chosen; engines and plugins of our own packages count, which need not be installed."""
    if PLACEHOLDER.fullmatch(phrase) or (kind == "dataset" and (RUN.fullmatch(phrase) or WIDTHS.fullmatch(phrase))):
        return True
    name = Phrase.parse(phrase).name
    kinds = [one for one in ([kind] if kind else KINDS) if catalog.matches(one, name)]
    for one in kinds:
        catalog.choose(one, phrase)
    ours = kind == "engine" and (name in ("glassnet", "onnx") or (PACKAGES / f"glassnet-{name}").is_dir())
    return bool(kinds) or ours or (PACKAGES / name).is_dir()


def check(line: str, before: list[str] | None = None) -> None:
    """A line is understood: each word by the command, each phrase by the catalog, each choice by the experiment."""
    words = shlex.split(line)
    context = parsed(main, [words[0], *(before or []), *words[1:]])
    if context is None:
        return
    written = {**context.find_root().params, **context.params}
    if written.get("plugin") and not before:  # a file of the reader's own
        return
    catalog = host_of(context).discover() if before else CATALOG
    for kind, phrase in named(context):
        if kind == "plot" and (is_table(phrase) or catalog.matches("dataset", phrase)):
            continue
        assert is_there(catalog, kind, phrase), f"{line}: there is no {kind or 'part'} {phrase!r}"
    _check_choices(context, written)


def _check_choices(context: click.Context, written: dict[str, Any]) -> None:
    for over in written.get("over") or ():
        read_axis(over)
    if {"hidden", "settings"} <= set(written) and written.get("dataset") and not written.get("resume"):
        fields = {param.name for param in context.command.params} & set(written)
        own = {"config", "settings", "dataset"}
        chosen = {name: written[name] for name in fields - own if name in CHOICES or name.startswith("reading_")}
        with context.scope(cleanup=False):
            read_experiment(choices(written["dataset"], chosen), None, written["settings"])


CHOICES = {param.name for param in dict(ALL)["glassnet summary"].params} - {"runs", "as_json"}


@pytest.mark.parametrize(("path", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_an_example_of_the_help_is_understood(path: str, line: str) -> None:
    check(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("glassnet train iris --optimizer adan", "there is no optimizer 'adan'"),
        ("glassnet train iris --optimizer adam:rate=1", "no option 'rate'"),
        ("glassnet plot last lossy", "there is no plot 'lossy'"),
        ("glassnet train iris --epochs many", "--epochs wants a whole number"),
        ("glassnet sweep iris --over l3=1,2", "no setting 'l3'"),
        ("glassnet list lossess", "there is no kind"),
        ("glassnet train iris --nothing", "No such option"),
        ("glassnet data look iris", "No such command"),
    ],
)
def test_a_wrong_example_would_be_seen(line: str, words: str) -> None:
    with pytest.raises((GlassnetError, click.UsageError, AssertionError), match=re.escape(words)):
        check(line)


# --- what comes with a package ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_use_section_of_a_generated_package_is_understood(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(main, ["--no-plugins", "new", f"bent-{kind}", "--kind", kind, "--no-input"])
    assert made.exit_code == 0, made.output
    (readme,) = tmp_path.glob("*/README.md")
    (module,) = tmp_path.glob("*/src/*/plugin.py")
    use = readme.read_text(encoding="utf-8").partition("## Use\n")[2].partition("\n## ")[0]
    typed = lines(use)
    assert len(typed) >= 2 and any("bent" in line for line in typed)
    for line in typed:
        check(line, ["--no-plugins", "--plugin", str(module)])
