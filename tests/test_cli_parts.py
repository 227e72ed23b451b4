"""`list`, `show`, `plugins`, `doctor`, and what holds for every command: help, errors, exit codes, start-up."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from guests import BROKEN, environment, glassnet, python, write_broken, write_good, write_guest
from waiting import PATIENCE

from glassnet import Activation, GlassnetError, Schedule
from glassnet.catalog import Catalog
from glassnet.catalog.curves import curve_of
from glassnet.cli import main
from glassnet.cli.drawing import draw
from glassnet.cli.edge import say
from glassnet.kinds import KINDS
from glassnet.tables import Table

COMMANDS = (
    "list", "show", "plugins", "doctor", "train", "sweep", "trace", "summary", "evaluate", "predict", "runs", "compare",
    "conventions", "plot", "report", "export", "data", "check", "new", "sabotage", "index",
)  # fmt: skip

DATA = tuple(("data", word) for word in ("export", "show", "head"))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


def printed(text: str) -> str:
    """A text as a file gets it, without colours."""
    file = io.StringIO()
    with redirect_stdout(file):
        say(text)
    return file.getvalue()


# --- the program ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [(), *((command,) for command in COMMANDS), ("data", "export"), ("data", "show"), ("data", "head")]
)
def test_help_is_there_everywhere_with_examples(words: tuple[str, ...]) -> None:
    short, long = run(*words, "-h"), run(*words, "--help")
    assert long.exit_code == 0 and short.output == long.output
    if words != ("data",):
        assert "Examples:" in long.output
    assert "glassnet" in long.output


def test_help_and_version_import_neither_numpy_nor_a_guest(tmp_path: Path) -> None:
    write_good(tmp_path, "curious-guest", "curious")
    code = """
        import sys
        from glassnet.cli import main
        sys.argv = ["glassnet", *{words!r}]
        try:
            main()
        except SystemExit:
            pass
        heavy = ["numpy", "pandas", "scipy", "sklearn", "matplotlib", "rich", "pluggy", "curious_guest"]
        print("loaded", [name for name in heavy if name in sys.modules], file=sys.stderr)
    """
    for words in (["--help"], ["--version"], ["list", "--help"], ["train", "--help"]):
        done = python(code.format(words=words), tmp_path)
        assert done.stderr.strip() == "loaded []", words
    listed = python(code.format(words=["list"]), tmp_path)  # or the test could not fail
    assert "numpy" in listed.stderr and "curious_guest" in listed.stderr
    assert "sklearn" not in listed.stderr and "pandas" not in listed.stderr and "rich" not in listed.stderr


def test_version_is_one_line() -> None:
    assert run("--version").output.split()[0] == "glassnet"


@pytest.mark.parametrize(
    ("words", "guess"),
    [
        (["lst"], "'list'"),
        (["--no-plugin", "list"], "'--no-plugins'"),
        (["list", "optimzers"], "Did you mean 'optimizers'?"),
        (["show", "rellu"], "Did you mean 'relu'?"),
        (["show", "leaky_relu:slop=1"], "Did you mean 'slope'?"),
        (["show", "relu", "--kind", "activatoin"], "Did you mean 'activation'?"),
    ],
)
def test_a_slip_gets_a_guess_and_exit_code_2(words: list[str], guess: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert guess in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_is_one_line_without_a_traceback() -> None:
    done = glassnet("list", "optimzer")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: there is no kind 'optimzer'.")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="a pipe that is closed early is a matter of POSIX")
def test_a_reader_that_leaves_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "glassnet", "list", "--json"]
    done = subprocess.run(
        command, env=environment(), stdout=writer, stderr=subprocess.PIPE, timeout=PATIENCE, check=False
    )
    os.close(writer)
    assert done.stderr == b""


# --- list -------------------------------------------------------------------------------------------------


def test_list_names_every_part_of_a_kind_or_of_all() -> None:
    catalog = Catalog.discover(guests=False)
    for kind in (None, *KINDS):
        listed = run("list", *([kind] if kind else [])).output.splitlines()
        assert listed[0].split() == ["KIND", "NAME", "PROVIDER", "VERSION", "HELP"]
        parts = catalog.parts(kind)
        assert [line.split()[:3] for line in listed[1:]] == [[p.kind, p.name, "glassnet"] for p in parts]
        assert all(line.endswith(part.help) for part, line in zip(parts, listed[1:], strict=True))


def test_list_takes_singular_and_plural() -> None:
    assert run("list", "loss").output == run("list", "losses").output != ""


def test_list_as_json_has_the_agreed_keys() -> None:
    found = json.loads(run("list", "optimizer", "--json").output)
    keys = ["kind", "name", "full_name", "distribution", "version", "help", "options", "file", "line"]
    assert all(list(part) == keys for part in found)
    adam = next(part for part in found if part["name"] == "adam")
    assert adam["options"][0] == {"name": "lr", "type": "float", "default": 0.001}
    assert Path(adam["file"]).is_file()


def test_json_stays_json_where_a_default_is_infinite(tmp_path: Path) -> None:
    file = tmp_path / "wide.py"
    file.write_text(
        "from glassnet import Activation, hookimpl\n"
        "def wide(limit: float = float('inf')):\n    return Activation(f=abs)\n"
        "@hookimpl\ndef activations():\n    return [wide]\n"
    )
    done = CliRunner().invoke(main, ["--plugin", str(file), "list", "activation", "--json"])
    wide = next(part for part in json.loads(done.output) if part["name"] == "wide")
    assert wide["options"] == [{"name": "limit", "type": "float", "default": "inf"}]


def test_guests_are_marked_and_named_as_they_must_be_written(tmp_path: Path) -> None:
    write_good(tmp_path, "mark-alice", "lion")
    write_good(tmp_path, "mark-bob", "lion")
    write_good(tmp_path, "mark-carol", "relu")
    write_good(tmp_path, "mark-dora", "bear")
    done = glassnet("list", "activation", path=[tmp_path])
    names = [line.split()[2] for line in done.stdout.splitlines() if "* " in line and "A line" in line]
    assert names == ["mark-alice/lion", "mark-bob/lion", "mark-carol/relu", "bear"]
    assert "* comes from a plugin" in done.stdout
    ours = next(line for line in done.stdout.splitlines() if " relu " in line)
    assert "*" not in ours and "glassnet" in ours


@pytest.mark.parametrize("width", [80, 60, 120, None])
def test_a_table_fits_its_width_but_for_its_names(width: int | None) -> None:
    rows = [("activation", "a" * 23, "glassnet-with-a-long-name", "0.1.0", "word " * 30)]
    lines = Table(("KIND", "NAME", "PROVIDER", "VERSION", "HELP"), rows).lines(width)
    if width is None:
        assert lines[1].endswith(rows[0][-1].rstrip())
    else:
        names = len("  ".join(rows[0][:-1]))
        assert all(len(line.rstrip()) <= max(width, names + 2) for text in lines for line in text.split("\n"))
        assert lines[1].count("word") == 30 and "…" not in lines[1]


# --- show -------------------------------------------------------------------------------------------------


def test_show_explains_a_part() -> None:
    done = run("show", "leaky_relu:slope=0.2")
    part = Catalog.discover(guests=False).find("activation", "leaky_relu")
    assert done.exit_code == 0
    assert done.output.startswith("leaky_relu  activation from glassnet")
    for line in filter(None, part.doc.splitlines()):
        assert line in done.output
    assert "slope   float  0.01     from 0 to 1" in done.output
    assert "Phrase  glassnet/leaky_relu:slope=0.2\n" in done.output
    assert f"Source  {part.file}:{part.line}\n" in done.output
    assert "f(z)" in done.output and "slope" in done.output


def test_show_works_for_every_part() -> None:
    catalog = Catalog.discover(guests=False)
    for part in catalog.parts():
        done = run("show", part.full_name, "--kind", part.kind)
        assert done.exit_code == 0, (part.full_name, done.output)
        assert part.help in done.output
        assert ("└" in done.output) == (part.kind in ("activation", "schedule"))


def test_a_name_of_several_kinds_asks_for_the_kind(tmp_path: Path) -> None:
    file = tmp_path / "two.py"
    file.write_text(
        "from glassnet import Activation, Schedule, hookimpl\n"
        "def twin():\n    return Activation(f=abs)\n"
        "@hookimpl\ndef activations():\n    return [twin]\n"
        "@hookimpl\ndef schedules():\n    return [other()]\n"
        "def other():\n    def twin():\n        return Schedule(factor=lambda *a: 1.0)\n    return twin\n"
    )
    start = ["--plugin", str(file), "show", "twin"]
    asked = CliRunner().invoke(main, start)
    assert asked.exit_code == 2
    assert "several kinds: activation, schedule. Say which: --kind activation or --kind schedule" in asked.stderr
    assert CliRunner().invoke(main, [*start, "--kind", "schedule"]).exit_code == 0


def test_an_unknown_name_lists_every_known_one() -> None:
    catalog = Catalog.discover(guests=False)
    for kind in KINDS:
        with pytest.raises(GlassnetError) as caught:
            catalog.find(kind, "nothing_like_it")
        named = all(part.name in str(caught.value) for part in catalog.parts(kind))
        assert named or f"more (`glassnet list {KINDS[kind].plural}` has them all)" in str(caught.value), kind
    assert "more (`glassnet list` has them all)" in run("show", "nothing_like_it").stderr  # of all kinds at once


def test_the_drawing_fits_80_columns_and_says_its_numbers() -> None:
    curve = curve_of(Catalog.discover(guests=False).choose("activation", "tanh"))
    lines = printed(draw(curve)).splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "f(z)" in lines[0] and "slope" in lines[0]
    labels = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    assert labels == ["1", "0.5", "0", "-0.5"]
    assert [line.split() for line in lines if "-4" in line] == [["-4", "-2", "0", "2", "4"]]


def test_the_drawing_is_that_of_the_function() -> None:
    curve = curve_of(Catalog.discover(guests=False).choose("activation", "sigmoid"))
    rows = printed(draw(curve)).splitlines()[2:17]
    marked = [[c for c, mark in enumerate(row) if 0x2800 < ord(mark) <= 0x28FF] for row in rows]
    assert max(marked[0]) > 70 and min(marked[0]) > 40  # f is 1 at the right end only
    assert min(marked[-1]) < 10 and max(marked[-1]) > 70  # f is 0 at the left, its slope at both ends


def test_a_terminal_without_unicode_gets_plain_characters(tmp_path: Path) -> None:
    file = tmp_path / "plain.py"
    file.write_text(
        "import numpy as np\nfrom glassnet import Activation, hookimpl\n"
        "def plain():\n    '''Between ±1, and \u2264 1.'''\n    return Activation(f=np.tanh)\n"
        "@hookimpl\ndef activations():\n    return [plain]\n",
        encoding="utf-8",
    )
    done = glassnet("--plugin", str(file), "show", "plain", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0 and done.stderr == ""
    assert "and ? 1." in done.stdout
    assert "*** f(z)" in done.stdout and "+-------" in done.stdout


def test_slopes_are_those_of_finite_differences() -> None:
    for part in Catalog.discover(guests=False).parts("activation"):
        curve = curve_of(part.choose({}))
        (_, f), (_, slope) = curve.lines
        numeric = np.gradient(f, curve.x)
        smooth = np.abs(curve.x) > 0.1
        assert np.abs(slope - numeric)[smooth][1:-1].max() < 1e-3, part.name


def test_softmax_says_that_its_columns_mix() -> None:
    curve = curve_of(Catalog.discover(guests=False).choose("activation", "softmax"))
    assert "columns mix" in curve.remark
    assert np.allclose(curve.lines[0][1], 1 / (1 + np.exp(-curve.x)))


def test_an_activation_without_a_slope_is_drawn_all_the_same() -> None:
    def cube() -> Activation:
        return Activation(f=lambda z: z**3)

    curve = curve_of(Catalog([], []).choose("activation", cube))
    assert "finite differences" in curve.remark
    assert np.allclose(curve.lines[1][1], 3 * curve.x**2, atol=1e-5)


def test_a_part_that_only_fails_when_drawn_is_still_shown(tmp_path: Path) -> None:
    file = tmp_path / "late.py"
    file.write_text(
        "from glassnet import Activation, hookimpl\n"
        "def late():\n    '''Fails late.'''\n    return Activation(f=lambda z: z + nothing)\n"
        "@hookimpl\ndef activations():\n    return [late]\n"
    )
    start = ["--plugin", str(file), "show", "late"]
    done = CliRunner().invoke(main, start)
    assert done.exit_code == 0
    assert "no drawing: f of activation local/late failed: NameError: name 'nothing' is not defined" in done.output
    assert CliRunner().invoke(main, [*start, "--png", str(tmp_path / "late.png")]).exit_code == 2


def test_values_that_are_not_finite_leave_a_gap() -> None:
    def pole() -> Activation:
        return Activation(f=lambda z: 1 / np.where(z > 0, z, np.nan), df=lambda z, a: z * np.inf)

    assert "f(z)" in draw(curve_of(Catalog([], []).choose("activation", pole)))


def test_a_schedule_is_drawn_over_a_training_that_stalls() -> None:
    catalog = Catalog.discover(guests=False)
    flat = curve_of(catalog.choose("schedule", "constant"))
    assert np.all(flat.lines[0][1] == 1) and "stops falling after epoch 20" in flat.remark
    adaptive = curve_of(catalog.choose("schedule", "adaptive")).lines[0][1]
    assert adaptive[0] == 1 and adaptive[399] == 1 and adaptive[-1] < 0.1

    def one_step() -> Schedule:
        return Schedule(factor=lambda step, total, epochs: float(step == 1))

    assert curve_of(Catalog([], []).choose("schedule", one_step)).lines[0][1].sum() == 1


def test_the_picture_is_a_png(tmp_path: Path) -> None:
    path = tmp_path / "leaky.png"
    done = run("show", "leaky_relu", "--png", str(path))
    assert done.exit_code == 0 and f"Saved {path}" in done.output
    assert path.read_bytes().startswith(b"\x89PNG\r\n")
    lost = run("show", "leaky_relu", "--png", str(tmp_path / "nowhere" / "leaky.png"))
    assert lost.exit_code == 2 and f"can't write to {tmp_path / 'nowhere'}: No such file or directory" in lost.stderr
    undrawn = run("show", "adam", "--png", str(tmp_path / "adam.png"))
    assert undrawn.exit_code == 2 and "only activations and schedules have one" in undrawn.stderr


# --- plugins and doctor -----------------------------------------------------------------------------------


def test_plugins_as_json_has_the_agreed_keys(tmp_path: Path) -> None:
    write_good(tmp_path, "json-guest", "lion", version="0.3")
    write_guest(tmp_path, "json-broken", "1 / 0")
    found = {g["distribution"]: g for g in json.loads(glassnet("plugins", "--json", path=[tmp_path]).stdout)}
    keys = ["distribution", "version", "entry_points", "state", "reason", "ms"]
    assert all(list(guest) == keys for guest in found.values())
    good, broken = found["json-guest"], found["json-broken"]
    assert (good["version"], good["entry_points"], good["state"]) == ("0.3", ["part = json_guest"], "ok")
    assert broken["state"] == "quarantined" and "ZeroDivisionError" in broken["reason"] and broken["ms"] > 0
    unloaded = {
        g["distribution"]: g for g in json.loads(glassnet("plugins", "--json", "--no-load", path=[tmp_path]).stdout)
    }
    assert unloaded["json-broken"]["state"] is None


def test_plugins_says_what_to_do_where_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassnet.catalog.discovery.installed", list)
    monkeypatch.setattr("glassnet.catalog.discovery._kept", {})
    assert "glassnet --plugin FILE.py list" in run("plugins").output


def test_all_broken_guests_at_once_and_every_command_works(tmp_path: Path) -> None:
    write_broken(tmp_path)
    for words in (["--help"], ["--version"], ["plugins"], ["doctor"], ["runs", "--runs", str(tmp_path / "runs")]):
        done = glassnet(*words, path=[tmp_path])
        assert (done.returncode, done.stderr) == (0, ""), words
    for words in (["list"], ["show", "relu"]):
        done = glassnet(*words, path=[tmp_path])
        assert done.returncode == 0
        warnings = done.stderr.strip().splitlines()
        assert len(warnings) == len(BROKEN) >= 10
        for distribution, warning in zip(sorted(BROKEN), warnings, strict=True):
            assert warning.startswith(f"Plugin {distribution} 1.0 is quarantined: ")
            assert BROKEN[distribution][1] in warning
            assert "What to do: " in warning and "`glassnet doctor`" in warning
            assert warning.endswith(f"--without {distribution}")
    report = glassnet("doctor", path=[tmp_path]).stdout.splitlines()
    assert len([line for line in report if "is quarantined" in line]) == len(BROKEN)


def test_strict_plugins_turns_quarantine_into_exit_code_3(tmp_path: Path) -> None:
    write_broken(tmp_path)
    for words in (["list"], ["show", "relu"], ["plugins"], ["doctor"]):
        done = glassnet("--strict-plugins", *words, path=[tmp_path])
        assert done.returncode == 3, words
        assert all(distribution in done.stderr.splitlines()[-1] for distribution in BROKEN)
    assert glassnet("--strict-plugins", "--no-plugins", "list", path=[tmp_path]).returncode == 0


def test_doctor_describes_the_environment() -> None:
    done = run("doctor")
    assert done.exit_code == 0
    for words in ("glassnet", "Python", "NumPy", "click", "pluggy", "data cache", "data mirror", "runs folder"):
        assert f"  {words} " in done.output
    assert np.__version__ in done.output


def test_doctor_finds_near_groups_and_clashes_and_says_how_to_mend_them(tmp_path: Path) -> None:
    write_good(tmp_path, "typo-guest", "typo", group="glassnet.plugins")
    write_good(tmp_path, "clash-alice", "lion")
    write_good(tmp_path, "clash-bob", "lion")
    write_good(tmp_path, "clash-carol", "relu")
    text = glassnet("doctor", path=[tmp_path]).stdout
    assert "typo-guest declares entry points in the group 'glassnet.plugins'" in text
    assert "write [project.entry-points.glassnet] in its pyproject.toml" in text
    assert "'lion' has 2 providers (clash-alice/lion, clash-bob/lion): write the full name" in text
    assert "'relu' has 2 providers (glassnet/relu, clash-carol/relu): 'relu' alone means ours" in text


def test_doctor_shows_one_plugin_in_full(tmp_path: Path) -> None:
    write_good(tmp_path, "full-guest", "lion")
    write_guest(tmp_path, "sick-guest", "1 / 0")
    (tmp_path / "full_guest-1.0.dist-info" / "direct_url.json").write_text(
        '{"url": "file:///home/ada/full-guest", "dir_info": {"editable": true}}'
    )
    good = glassnet("doctor", "Full_Guest", path=[tmp_path]).stdout
    assert "installed     editable: what changes in /home/ada/full-guest counts at once" in good
    assert "module        full_guest: lion, activations" in good
    assert "state         ok" in good and "part = full_guest" in good and "full-guest/lion" in good
    sick = glassnet("doctor", "sick-guest", path=[tmp_path]).stdout
    assert "ZeroDivisionError" in sick and "what to do" in sick
    assert "installed     a copy: what changes elsewhere counts once it is installed again" in sick
    lost = glassnet("doctor", "sick-gest", path=[tmp_path])
    assert lost.returncode == 2 and "Did you mean 'sick-guest'?" in lost.stderr
