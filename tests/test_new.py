"""`glassnet new`: every answer is judged before a file is written, and hostile ones do no harm."""

import os
import pty
import re
import sys
import tomllib
from pathlib import Path

import pytest
from archives import wheel
from click.testing import CliRunner
from guests import environment, python, write_guest
from indexes import put

from glassnet import GlassnetError
from glassnet.cli import main
from glassnet.publish.declaring import declaration_problems
from glassnet.publish.naming import OUR_GUESTS, names, problem_with, problems
from glassnet.publish.project import read_project
from glassnet.publish.serving import FOLDER
from glassnet.publish.store import Store
from glassnet.publish.template import Answers, new_project

BENT = '''
"""Two parts in one file."""
import numpy as np

from glassnet import Activation, Metric, hookimpl


def bent_identity():
    """Bent identity: nearly linear, never flat.

    f(z) = (sqrt(z^2 + 1) - 1) / 2 + z

    Source: none, {{ and }} ``` are here to see what happens.
    """
    return Activation(
        f=lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z,
        df=lambda z, a: z / (2 * np.sqrt(z**2 + 1)) + 1,
    )


def worst_error():
    """The largest difference."""
    return Metric(lambda p, t, weight: float(np.abs(p - t).max()), better="lower", sees="numbers")


@hookimpl
def activations():
    return [bent_identity]


@hookimpl
def metrics():
    return [worst_error]
'''


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """No name of the person who runs the tests, and a home folder in which nothing may appear."""
    home = tmp_path / "home"
    home.mkdir()
    for name, value in {"HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    assert list(home.iterdir()) == []


def run(*words, code=0):
    """Run the command in this process; returns all that it said."""
    result = CliRunner().invoke(main, words)
    assert code is None or result.exit_code == code, result.output
    return result.output


def project(folder):
    """The `[project]` table of a package."""
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("given", ["my-bend", "glassnet-my-bend"])
def test_names_follow_from_the_name_with_or_without_the_prefix(given):
    found = names(given)
    assert (found.short, found.distribution, found.package, found.part) == (
        "my-bend",
        "glassnet-my-bend",
        "glassnet_my_bend",
        "my_bend",
    )


HOSTILE_NAMES = {
    "": "is ours",
    "glassnet": "is ours",
    "glassnet-": "is ours",
    "glassnet-glassnet-x": "has the prefix glassnet- twice: write 'x'",
    "Glassnet_glassnet_x": "has the prefix glassnet- twice: write 'x'",
    "glassnetglassnet": "has the prefix glassnet- twice",
    "swish": "is that of a plugin of ours, glassnet-swish: choose another, such as 'my-swish'",
    "glassnet-lion": "is that of a plugin of ours, glassnet-lion",
    "Bent": "a letter first. For example 'bent'",
    "bent_identity": "single dashes, a letter first. For example 'bent-identity'",
    "glassnet_bent": "For example 'bent'",
    "bent--twice": "For example 'bent-twice'",
    "-bent": "For example 'bent'",
    "bent-": "For example 'bent'",
    "2bent-3_": "For example 'bent-3'",
    "bent\n": "'bent\\n'",
    'be"nt': "For example 'be-nt'",
    "be\\nt": "small letters a to z",
    "../bent": "For example 'bent'",
    "ñandú": "For example 'nandu'",
    "光": "small letters a to z",
    "{{ 7 * 7 }}": "small letters a to z",
    "lambda": "is a word of the Python language: choose another, such as 'my-lambda'",
    "glassnet-class": "is a word of the Python language",
    "statistics": "is a module of Python's standard library",
    "max": "means something in a plugin's code already",
    "activations": "means something in a plugin's code already",
    "x" * 31: "has 31 characters: 30 are possible",
}


@pytest.mark.parametrize("given", HOSTILE_NAMES)
def test_hostile_names_are_refused_in_words_and_nothing_is_written(given, tmp_path):
    with pytest.raises(GlassnetError) as caught:
        new_project(Answers(given), tmp_path)
    assert HOSTILE_NAMES[given] in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("name", ["relu", "silu"])
def test_the_name_of_a_part_of_ours_is_refused(name, tmp_path):
    output = run("new", name, "--no-input", code=2)
    assert f"activation '{name}' is a part of glassnet itself" in output
    assert f"such as 'my-{name}'" in output
    assert not (tmp_path / f"glassnet-{name}").exists()


def test_the_name_of_a_part_of_ours_of_another_kind_is_free(tmp_path):
    """`relu` as a loss hides nothing."""
    run("new", "relu", "--kind", "loss", "--no-input")
    assert (tmp_path / "glassnet-relu").is_dir()


HOSTILE_ANSWERS = {
    ("author", " "): "author is empty",
    ("author", "Ada\nLovelace"): "author 'Ada\\nLovelace' holds '\\n'",
    ("author", "Ada\x00"): "holds '\\x00'",
    ("author", "Ada\u2028"): "holds '\\u2028'",
    ("author", "{{ cookiecutter }}"): "holds a mark of the template language",
    ("description", "{% raw %}"): "holds a mark of the template language",
    ("description", "x" * 513): "description has 513 characters: 512 are possible",
    ("email", "ada"): "email 'ada' is no address",
    ("email", 'a"b@example.org'): "is no address",
    ("email", "ada@example.org\n"): "is no address",
    ("email", "jörg@example.org"): "is no address",  # before the @ no backend but uv's writes it
    ("email", "a{{b@example.org"): "holds a mark of the template language",
    ("kind", "activatoin"): "Did you mean 'activation'? Write activation, loss, ",
    ("license", "mit"): "Did you mean 'MIT'? Write MIT, BSD-3-Clause, ",
    (
        "github",
        "ada/glassnet",
    ): "github 'ada/glassnet' is no account there: write its name, as in https://github.com/NAME",
    ("github", "{{ 7 * 7 }}"): "is no account there",
    ("backend", "poetry"): "Write hatchling, setuptools, uv_build.",
}


@pytest.mark.parametrize(("answer", "given"), HOSTILE_ANSWERS)
def test_hostile_answers_are_refused_in_words_and_nothing_is_written(answer, given, tmp_path):
    output = run("new", "bent", f"--{answer}", given, "--no-input", code=2)
    assert HOSTILE_ANSWERS[answer, given] in output
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_every_bad_answer_is_named_at_once():
    found = problems({"name": "Bent", "kind": "layer", "author": "", "email": "ada", "description": "fine"})
    assert [problem.split()[0] for problem in found] == ["name", "kind", "author", "email"]
    output = run("new", "bent", "--author", "\t", "--email", "ada", "--no-input", code=2)
    assert "author is empty" in output
    assert "is no address" in output


STRANGE = ['Ada "The Countess" O\'Neill', "back\\slash\\", 'ends with "', "Jürgen 光 😀", "[x] = {y} # z", "<b>&amp;"]


@pytest.mark.parametrize("backend", ["hatchling", "setuptools"])
@pytest.mark.parametrize("strange", STRANGE)
def test_strange_but_honest_answers_arrive_unchanged(strange, backend, tmp_path):
    made = new_project(
        Answers("bent", backend=backend, author=strange, description=strange, email="ada.l+x@example.org"), tmp_path
    )
    table = project(made)
    assert table["description"] == strange
    assert table["authors"] == [{"name": strange, "email": "ada.l+x@example.org"}]
    assert re.search(rf"Copyright \(c\) 20\d\d {re.escape(strange)}\n", (made / "LICENSE").read_text(encoding="utf-8"))
    assert f"\n{strange}.\n" in (made / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("email", ["o'x@example.org", "a&b/c={d}@example.org", "pat@exämple.org"])
def test_an_address_may_hold_what_addresses_hold(email, tmp_path):
    made = new_project(Answers("bent", email=email), tmp_path)
    assert project(made)["authors"][0]["email"] == email
    assert not list(declaration_problems(read_project(made)))


def test_the_defaults_make_a_package_without_e_mail(tmp_path):
    table = project(new_project(Answers("bent"), tmp_path))
    assert table["name"] == "glassnet-bent"
    assert table["description"] == "The bent activation for glassnet"
    assert table["authors"] == [{"name": "The glassnet-bent authors"}]
    assert table["entry-points"] == {"glassnet": {"bent": "glassnet_bent.plugin"}}


def test_git_is_asked_who_the_author_is_but_never_publishes_an_address(tmp_path, monkeypatch):
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    run("new", "bent", "--no-input")
    assert project(tmp_path / "glassnet-bent")["authors"] == [{"name": "Ada Lovelace"}]
    run("new", "other", "--no-input", "--author", "Somebody")
    assert project(tmp_path / "glassnet-other")["authors"] == [{"name": "Somebody"}]


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_nothing_that_exists_is_overwritten(what, tmp_path):
    there = tmp_path / "glassnet-bent"
    if what == "folder":
        there.mkdir()
    elif what == "file":
        there.write_text("mine")
    else:
        there.symlink_to(tmp_path / "nowhere")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert "'glassnet-bent' exists already, and nothing is overwritten" in run("new", "bent", "--no-input", code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert what != "file" or there.read_text() == "mine"


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    assert "there is no folder 'nowhere'" in run("new", "bent", "--no-input", "--to", "nowhere", code=2)
    assert not (tmp_path / "nowhere").exists()


def test_to_puts_it_into_another_folder(tmp_path):
    (tmp_path / "plugins").mkdir()
    output = run("new", "bent", "--no-input", "--to", "plugins")
    assert [path.name for path in (tmp_path / "plugins").iterdir()] == ["glassnet-bent"]
    assert "cd plugins/glassnet-bent\n" in output
    assert "make release" in output


def test_a_rendering_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    (tmp_path / "bent.py").write_text(BENT)
    monkeypatch.setattr("glassnet.publish.template.shutil.copyfile", lambda *words: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        new_project(Answers("bent", plugin_file=tmp_path / "bent.py"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bent.py", "home"]


def test_from_takes_over_every_part_of_a_file(tmp_path):
    (tmp_path / "bent.py").write_bytes(BENT.encode().replace(b"\n", b"\r\n"))
    run("new", "bent", "--from", "bent.py", "--no-input")
    made = tmp_path / "glassnet-bent"
    assert (made / "src/glassnet_bent/plugin.py").read_bytes() == (tmp_path / "bent.py").read_bytes()
    assert project(made)["description"] == "For glassnet: activation bent_identity, metric worst_error"
    readme = (made / "README.md").read_text()
    assert "    f(z) = (sqrt(z^2 + 1) - 1) / 2 + z\n" in readme
    assert "{{ and }} ``` are here" in readme
    assert "glassnet train iris --activation bent_identity\n" in readme
    assert "glassnet train diabetes --metric worst_error\n" in readme
    assert "the metric `worst_error`" in (made / "CHANGELOG.md").read_text()
    assert '("metric", "worst_error"),' in (made / "tests/test_package.py").read_text()
    assert "minimum=16" in (made / "tests/test_contract.py").read_text()
    assert sorted(path.name for path in (made / "tests").iterdir()) == ["test_contract.py", "test_package.py"]


def test_from_takes_the_help_of_a_single_part_as_description(tmp_path):
    (tmp_path / "one.py").write_text(BENT.replace("return [worst_error]", "return []"))
    assert project(new_project(Answers("one", plugin_file=tmp_path / "one.py"), tmp_path))["description"] == (
        "Bent identity: nearly linear, never flat"
    )


FILES = {
    "nowhere.py": (None, "there is no plugin file"),
    "broken.py": ("def broken(:\n", "'broken.py' can't become a package yet: SyntaxError"),
    "empty.py": ("x = 1\n", "has no hook"),
    "ours.py": (BENT.replace("bent_identity", "relu"), "activation 'relu' is a part of glassnet itself"),
}


@pytest.mark.parametrize("file", FILES)
def test_from_refuses_a_file_that_is_no_plugin(file, tmp_path):
    source, words = FILES[file]
    if source is not None:
        (tmp_path / file).write_text(source)
    assert words in run("new", "bent", "--from", file, "--no-input", code=2)
    assert not (tmp_path / "glassnet-bent").exists()


ROWS = '''
"""Rows of a table that lies beside this file."""
import csv
from pathlib import Path

import numpy as np
import scipy.special

from glassnet import Dataset, hookimpl

try:
    import no_such_module
except ImportError:
    pass


def rows(rng):
    """Three rows."""
    import sklearn.datasets
    with (Path(__file__).parent / "data" / "rows.csv").open() as file:
        table = np.array([[float(cell) for cell in line] for line in csv.reader(file)])
    return Dataset(table[:, :-1], table[:, -1])


@hookimpl
def datasets():
    return [rows]
'''


def write_rows(folder, source=ROWS):
    (folder / "rows.py").write_text(source)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/rows.csv").write_text("1,2\n3,4\n5,7\n")


@pytest.mark.parametrize("backend", ["hatchling", "setuptools"])
def test_from_brings_along_what_the_file_reads_and_requires_what_it_imports(backend, tmp_path):
    write_rows(tmp_path)
    output = run("new", "rows", "--from", "rows.py", "--backend", backend, "--no-input")
    made = tmp_path / "glassnet-rows"
    assert "brought along: data/rows.csv, which rows.py reads\n" in output and "remark" not in output
    assert (made / "src/glassnet_rows/data/rows.csv").read_bytes() == (tmp_path / "data/rows.csv").read_bytes()
    names = [re.match(r"[a-z-]+", line)[0] for line in project(made)["dependencies"]]
    assert names == ["glassnet", "numpy", "scikit-learn", "scipy"]
    assert all(">=" in line for line in project(made)["dependencies"])
    assert backend == "hatchling" or '"data/rows.csv"' in (made / "pyproject.toml").read_text()


READ = '(Path(__file__).parent / "data" / "rows.csv")'
STAYING = {
    "opened from anywhere": (READ, 'Path("data/rows.csv")', "opens data/rows.csv from wherever Python is started"),
    "elsewhere": (READ, 'Path("../outside.csv")', "reads ../outside.csv, which lies elsewhere and stays behind"),
    "an order": (READ, "Path('a\"b.csv')", 'reads a"b.csv, which stays behind: give it a name'),
    "a late helper": (
        "import sklearn.datasets",
        "import helper",
        "imports helper, which lies beside it and stays behind",
    ),
    "a late stranger": (
        "import sklearn.datasets",
        "import strange_one",
        "imports strange_one, which is not installed here",
    ),
}


@pytest.mark.parametrize("name", STAYING)
def test_from_says_what_stays_behind(name, tmp_path, monkeypatch):
    old, new, words = STAYING[name]
    inside = tmp_path / "inside"
    inside.mkdir()
    write_rows(inside, ROWS.replace(old, new))
    for file in ("outside.csv", "inside/helper.py", 'inside/a"b.csv'):
        (tmp_path / file).write_text("")
    monkeypatch.chdir(inside)
    assert f"remark: rows.py {words}" in run("new", "rows", "--from", "rows.py", "--no-input")
    written = (inside / "glassnet-rows/pyproject.toml").read_text()
    assert "helper" not in written and "strange" not in written


@pytest.mark.parametrize("beside", [True, False])
def test_no_package_is_advised_by_the_name_of_a_module(beside, tmp_path):
    (tmp_path / "bent.py").write_text("from helper import x\n" + BENT)
    if beside:
        (tmp_path / "helper.py").write_text("x = 1\n")
    for words in (["new", "bent", "--from", "bent.py", "--no-input"], ["--plugin", "bent.py", "doctor"]):
        output = run(*words, code=None)
        assert "No module named 'helper'" in output and "pip install" not in output
        said = "helper lies beside it and is not read" if beside else "if helper is a file of yours"
        assert said in " ".join(output.split())


def test_from_and_kind_exclude_each_other(tmp_path):
    (tmp_path / "bent.py").write_text(BENT)
    assert "the file says which kinds" in run("new", "bent", "--from", "bent.py", "--kind", "loss", code=2)


def test_without_a_terminal_nothing_is_asked_and_that_is_said(tmp_path):
    assert "the input is no terminal: what was not given takes its default" in run("new", "bent")
    assert "no terminal" not in run("new", "other", "--no-input")


def test_at_a_terminal_each_answer_is_asked_for_and_a_bad_one_again(tmp_path):
    """A real terminal: what is typed there, and what is said."""
    code = "import sys; from glassnet.cli import main; main(['new', 'bent'])"
    # kind, description, author, e-mail: the second twice, as the first try is too odd, the others as suggested.
    said = _at_a_terminal([sys.executable, "-c", code], "loss\n{{x}}\nA good one\n\nada\n\n")
    assert "What its example part is (activation, loss, optimizer, initializer, schedule, " in said
    assert "[The bent loss for glassnet]:" in said
    assert "Error: description '{{x}}' holds a mark of the template language" in said
    assert "Author [The glassnet-bent authors]:" in said
    assert "Error: email 'ada' is no address" in said
    assert "Made glassnet-bent" in said
    table = project(tmp_path / "glassnet-bent")
    assert table["description"] == "A good one"
    assert "def losses" in (tmp_path / "glassnet-bent/src/glassnet_bent/plugin.py").read_text()


def _at_a_terminal(command, typed):
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, environment())
    os.write(terminal, typed.encode())
    said = b""
    while True:
        try:
            block = os.read(terminal, 4096)
        except OSError:  # Linux: the other end has gone
            break
        if not block:
            break
        said += block
    assert os.waitpid(child, 0)[1] == 0, said.decode()
    return said.decode().replace("\r\n", "\n")


def test_without_cookiecutter_one_line_says_what_to_install(tmp_path):
    code = """
        import sys
        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name == "cookiecutter":
                    raise ModuleNotFoundError("No module named 'cookiecutter'", name=name)
        sys.meta_path.insert(0, Missing())
        from glassnet.cli import main
        main(["new", "bent", "--no-input"])
    """
    found = python(code)
    assert found.returncode == 2
    assert "pip install 'glassnet[publish]', or in a clone pip install -e '.[publish]'" in found.stderr
    assert "Traceback" not in found.stderr
    assert not (tmp_path / "glassnet-bent").exists()


def test_the_rules_need_nothing_but_the_standard_library():
    """cookiecutter's own Python reads them too, and it may have nothing that glassnet runs on."""
    code = """
        import sys
        for name in ("numpy", "pluggy", "click", "packaging"):
            sys.modules[name] = None
        from glassnet.publish.naming import problems
        print(problems({"name": "Bent"}))
    """
    assert "For example 'bent'" in python(code).stdout


def test_an_empty_e_mail_is_no_problem_but_an_empty_author_is_one():
    assert problem_with("email", "") == ""
    assert problem_with("author", "") != ""


def test_the_names_of_our_own_plugins_are_those_that_are_kept():
    plugins = Path(__file__).parent.parent / "plugins"
    assert {f"glassnet-{name}" for name in OUR_GUESTS} == {
        folder.name for folder in plugins.iterdir() if folder.is_dir()
    }


def test_a_name_that_is_known_already_is_remarked_on(tmp_path, monkeypatch):
    """Installed here, or on the practice index: whichever came first would come in the way."""
    index = tmp_path / "index"
    monkeypatch.setenv(FOLDER, str(index))
    put(Store(index), wheel(tmp_path, "glassnet-bent", "0.3.0"))
    write_guest(tmp_path / "site", "glassnet-bent", "", version="0.2.0")
    monkeypatch.syspath_prepend(tmp_path / "site")
    said = run("new", "bent", "--no-input")
    assert "remark: a glassnet-bent 0.2.0 is installed here already, and installing this one takes its place\n" in said
    assert "remark: glassnet-bent 0.3.0 is on the practice index already: if that was another package" in said
    assert "remark:" not in run("new", "bend", "--no-input")


def test_every_example_in_the_help_works(tmp_path):
    (tmp_path / "bent.py").write_text(BENT)
    examples = [line.strip().split("  ")[0] for line in run("new", "--help").splitlines() if "  glassnet new" in line]
    assert len(examples) == 5
    for example in examples:
        folder = Path(f"to-{examples.index(example)}")
        folder.mkdir()
        run(*example.split()[1:], "--to", str(folder))
        assert (folder / "glassnet-bent" / "pyproject.toml").is_file()
