"""Commands that plugins bring: found when they are asked for, named when they fail, never in the way of ours."""

from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from guests import glassnet, python, write_guest

import glassnet as face
from glassnet.cli import main
from glassnet.cli.table import TABLE
from glassnet.kinds import COMMANDS

GREET = '''
    import sys
    from pathlib import Path
    import click
    from glassnet import Command, GlassnetError, hookimpl

    Path(__file__).with_suffix(".loaded").touch()

    def {name}():
        """Greets somebody, or fails in the way that is asked for.

        {name} = one line
        """

        @click.command()
        @click.argument("how")
        @click.pass_obj
        def command(host, how):
            if how == "raise":
                return [][1]
            if how == "missing":
                open("no-such-file-anywhere")
            if how == "say":
                raise GlassnetError("say it so: NAME")
            if how == "exit":
                sys.exit(7)
            if how == "abort":
                raise click.Abort
            click.echo(f"{{how}}, {{len(host.catalog().parts('activation'))}} activations")

        return Command(command)

    @hookimpl
    def commands():
        return [{name}]
'''


def write_greeter(folder: Path, distribution: str = "glassnet-greet", name: str = "good_day") -> Path:
    return write_guest(folder, distribution, GREET.format(name=name))


def test_our_own_words_are_the_commands_there_are() -> None:
    assert sorted(TABLE) == sorted(COMMANDS)
    context = click.Context(main)
    for name, entry in TABLE.items():
        command = main.get_command(context, name)
        assert command is not None and command.name == name
        assert command.get_short_help_str(200) == entry.help  # nothing is loaded to list them
        assert len(entry.help) <= 60


def test_a_command_is_called_by_its_name_with_dashes_or_in_full(tmp_path: Path) -> None:
    write_greeter(tmp_path)
    activations = len(face.Catalog.discover(guests=False).parts("activation"))
    for word in ("good-day", "good_day", "glassnet-greet/good_day", "glassnet-greet/good-day"):
        done = glassnet(word, "Ada", path=[tmp_path])
        assert (done.returncode, done.stdout) == (0, f"Ada, {activations} activations\n"), done.stderr


def test_a_command_of_a_file_sees_what_the_global_options_say(tmp_path: Path) -> None:
    file = write_greeter(tmp_path / "elsewhere", name="bent_greeting")
    assert glassnet("--plugin", str(file), "bent-greeting", "Ada").returncode == 0
    done = glassnet("--plugin", str(file), "--no-plugins", "--strict-plugins", "local/bent_greeting", "Ada")
    assert (done.returncode, done.stdout) == (0, "Ada, 11 activations\n")


def test_its_docstring_is_its_help_line_by_line(tmp_path: Path) -> None:
    write_greeter(tmp_path)
    help_ = glassnet("good-day", "--help", path=[tmp_path]).stdout
    assert help_.startswith("Usage: glassnet good-day [OPTIONS] HOW\n")
    assert "  Greets somebody, or fails in the way that is asked for.\n\n  good_day = one line\n" in help_
    listed = glassnet("list", "commands", path=[tmp_path]).stdout
    assert "* good_day  glassnet-greet  1.0" in listed and "Greets somebody" in listed
    assert "Type    glassnet good-day --help" in glassnet("show", "good_day", path=[tmp_path]).stdout


def test_help_and_our_own_commands_import_no_plugin(tmp_path: Path) -> None:
    loaded = write_greeter(tmp_path).with_suffix(".loaded")
    for words in (["--help"], ["train", "--help"], ["conventions"], ["new", "--help"]):
        done = glassnet(*words, path=[tmp_path])
        assert done.returncode == 0 and not loaded.exists(), words
    assert "glassnet list commands" in glassnet("--help", path=[tmp_path]).stdout
    assert glassnet("good-day", "Ada", path=[tmp_path]).returncode == 0 and loaded.exists()


WAYS = {
    "raise": (2, "Error: command glassnet-greet/good_day failed: IndexError: list index out of range, in command() "),
    "missing": (2, "Error: command glassnet-greet/good_day failed: FileNotFoundError: "),
    "say": (2, "Error: say it so: NAME\n"),
    "exit": (7, ""),
    "abort": (1, "Aborted!\n"),
}


@pytest.mark.parametrize("how", WAYS)
def test_a_command_that_fails_is_named_in_one_line(how: str, tmp_path: Path) -> None:
    file = write_greeter(tmp_path)
    done = glassnet("good-day", how, path=[tmp_path])
    code, words = WAYS[how]
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(words) and done.stderr.count("\n") == bool(words)
    if "failed" in words:
        line = 1 + next(n for n, text in enumerate(file.read_text().splitlines()) if f'how == "{how}"' in text) + 1
        assert f"({file}:{line}). What to do: " in done.stderr


def test_wrong_usage_is_said_as_for_our_own(tmp_path: Path) -> None:
    write_greeter(tmp_path)
    done = glassnet("good-day", path=[tmp_path])
    assert done.returncode == 2 and "Error: Missing argument 'HOW'." in done.stderr


def test_an_unknown_word_has_its_nearest_guess_among_all_commands(tmp_path: Path) -> None:
    write_greeter(tmp_path)
    for word, guess in (("trian", "train"), ("good-dya", "good-day")):
        done = glassnet(word, path=[tmp_path])
        assert done.returncode == 2
        assert done.stderr.startswith(
            f"Error: there is no command {word!r}. Did you mean {guess!r}? Commands: lesson, "
        )
        assert done.stderr.endswith(" good-day.\n") and done.stderr.count("\n") == 1


def test_a_broken_guest_is_set_aside_and_said_to_have_it_perhaps(tmp_path: Path) -> None:
    write_guest(tmp_path, "glassnet-greet", "import no_such_library_anywhere")
    done = glassnet("good-day", "Ada", path=[tmp_path])
    assert done.returncode == 2
    assert "Plugin glassnet-greet 1.0 is quarantined: ModuleNotFoundError" in done.stderr
    assert "A plugin that is not in use may provide it: glassnet-greet is quarantined" in done.stderr
    assert glassnet("--strict-plugins", "good-day", "Ada", path=[tmp_path]).returncode == 3


def test_a_command_with_one_of_our_names_never_runs_and_both_are_named(tmp_path: Path) -> None:
    file = write_greeter(tmp_path, name="runs")
    ours = glassnet("runs", "--help", path=[tmp_path]).stdout
    assert ours == glassnet("runs", "--help").stdout and "Greets" not in ours
    words = f"command glassnet-greet/runs ({file}:9) has the name of glassnet's own command 'runs'"
    done = glassnet("glassnet-greet/runs", "Ada", path=[tmp_path])
    assert (done.returncode, done.stdout) == (2, "") and words in done.stderr
    assert words in glassnet("doctor", path=[tmp_path]).stdout
    checked = glassnet("check", "glassnet-greet", path=[tmp_path])
    assert checked.returncode == 1 and words in checked.stdout and "1 failed" in checked.stdout
    assert "'runs'" not in glassnet("runz", path=[tmp_path]).stderr.partition("Commands:")[2]


def test_the_same_name_of_two_plugins_has_to_be_written_in_full(tmp_path: Path) -> None:
    write_greeter(tmp_path, "glassnet-alice")
    write_greeter(tmp_path, "glassnet-bob")
    done = glassnet("good-day", "Ada", path=[tmp_path])
    names = "glassnet-alice/good_day, glassnet-bob/good_day"
    assert done.returncode == 2 and f"provided by 2 plugins: write one of {names}" in done.stderr
    assert glassnet("glassnet-bob/good_day", "Ada", path=[tmp_path]).returncode == 0


GROUP = """
    import click
    from glassnet import Command, hookimpl

    def tools():
        '''A group of two.'''

        @click.group()
        def group():
            pass

        @group.command()
        def well():
            click.echo("well")

        @group.command()
        def ill():
            raise KeyError("ill")

        return Command(group)

    def nothing():
        '''Holds no command.'''
        return Command(print)

    @hookimpl
    def commands():
        return [tools, nothing]
"""


def test_a_group_has_its_commands_and_what_is_no_command_is_said(tmp_path: Path) -> None:
    file = write_guest(tmp_path, "glassnet-tools", GROUP)
    assert glassnet("tools", "well", path=[tmp_path]).stdout == "well\n"
    done = glassnet("tools", "ill", path=[tmp_path])
    assert done.returncode == 2 and f"KeyError: 'ill', in ill() ({file}:18)" in done.stderr
    done = glassnet("nothing", path=[tmp_path])
    assert done.returncode == 2 and f"glassnet-tools/nothing holds no command ({file}:22)" in done.stderr


def test_the_shell_completes_them_where_nothing_of_ours_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = write_greeter(tmp_path).with_suffix(".loaded")
    monkeypatch.syspath_prepend(tmp_path)

    def completions(*words: str, start: str) -> list[str]:
        found = ShellComplete(main, {}, "glassnet", "_GLASSNET_COMPLETE").get_completions(list(words), start)
        return [item.value for item in found]

    assert sorted(completions(start="tra")) == ["trace", "train"] and not loaded.exists()
    assert completions(start="good") == ["good-day"]
    assert completions("--no-plugins", start="good") == []


def test_a_script_that_asks_for_commands_gets_parts_like_any_other(tmp_path: Path) -> None:
    write_greeter(tmp_path)
    code = """
        from glassnet import Catalog, Command
        (part,) = Catalog.discover().parts("command")
        print(part.full_name, isinstance(part.build(), Command), part.help)
    """
    said = python(code, tmp_path).stdout
    assert said == "glassnet-greet/good_day True Greets somebody, or fails in the way that is asked for.\n"
