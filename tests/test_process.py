"""Nothing that belongs to the whole process is swapped outside one lock, and all of it is as before afterwards."""

import ast
import io
import os
import random
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from guests import environment, python, write_good, write_guest
from waiting import PATIENCE

import glassnet
from glassnet import Catalog, Experiment, GlassClassifier, process
from glassnet.training import threads

ROOT = Path(glassnet.__file__).parent

# --- every place is known ---------------------------------------------------------------------------------------

#: Calls that swap something of the whole process, by the last word of their name.
SWAPS = {
    "redirect_stdout", "redirect_stderr", "catch_warnings", "simplefilter", "filterwarnings", "resetwarnings",
    "rc_context", "use", "switch_backend", "chdir", "fchdir", "putenv", "unsetenv", "signal", "setrecursionlimit",
    "setswitchinterval", "set_state", "setstate", "seed", "seterr", "seterrcall", "set_printoptions", "setlocale",
    "umask", "dup2", "setLevel", "basicConfig", "captureWarnings", "threadpool_limits", "limit", "setdefaulttimeout",
    "settrace", "setprofile", "set_start_method", "setrlimit",
}  # fmt: skip
#: Things of the whole process that are assigned to, or changed in place.
THINGS = {
    "sys.stdout", "sys.stderr", "sys.stdin", "sys.path", "sys.argv", "sys.excepthook", "sys.displayhook",
    "sys.unraisablehook", "threading.excepthook", "os.environ", "os._exit", "warnings.filters", "warnings.showwarning",
    "rcParams",
}  # fmt: skip
CHANGING = {"update", "setdefault", "pop", "popitem", "clear", "append", "insert", "extend", "remove"}
#: Where a swap may stand, and why there.
KNOWN = {
    "process.py": "the one room for it",
    "training/threads.py": "counted under a lock of its own: threads train at the same time",
    "builtin/engines.py": "a built-in part imports the public face alone; `compare` holds the lock around a session",
    "checks/cases.py": "inside process.alone()",
    "checks/plots.py": "inside process.contained(), as every check",
    "checks/imports.py": "inside the script of a fresh Python",
    "answers/serving.py": "a process of its own, which forks those of students",
    "answers/student.py": "a student's process, which is its own",
    "builtin/exhibits/programs.py": "the mistake that it shows; a test sees that no filter of it stays",
    "lessons/playing.py": "inside process.contained(), cell by cell",
    "cli/edge.py": "at the end of a command, whose process is its own",
    "cli/index.py": "a server, whose process is its own",
    "playground/worker.py": "the process of a tab, which is its own",
    "playground/processes.py": "a server, whose process is its own: a child starts apart from its folder and Ctrl-C",
}


def name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def swapped(tree: ast.AST) -> Iterator[str]:
    """What a module swaps of the whole process."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = name_of(node.func)
            owner, _, verb = name.rpartition(".")
            if verb in SWAPS or (owner in THINGS and verb in CHANGING):
                yield name
        targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
        for target in targets:
            for one in target.elts if isinstance(target, ast.Tuple) else [target]:
                place = name_of(one.value if isinstance(one, ast.Subscript) else one)
                if place in THINGS:
                    yield place


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_of_the_whole_process_is_swapped_elsewhere(path: Path) -> None:
    found = set(swapped(ast.parse(path.read_text(encoding="utf-8"))))
    known = path.relative_to(ROOT).as_posix()
    assert not found or known in KNOWN, f"{known} swaps {found}: borrow it in process.py"


@pytest.mark.parametrize(
    "line",
    ["os.environ['A'] = '1'", "del os.environ['A']",
     "os.environ.update(A='1')", "sys.path.insert(0, 'x')", "os.chdir(x)",
     "with warnings.catch_warnings(): pass", "a, sys.stdout = 1, 2", "random.seed(0)", "rcParams['x'] = 1"],
)  # fmt: skip
def test_the_search_finds_a_swap(line: str) -> None:
    assert list(swapped(ast.parse(line)))


# --- all doors, from eight threads ------------------------------------------------------------------------------


def everything() -> dict[str, object]:
    found = process.shared()
    found["streams"] = sys.stdout, sys.stderr, sys.stdin
    found["os._exit"] = os._exit
    found["filters"] = [repr(entry) for entry in warnings.filters]
    found["BLAS"] = threads.blas()
    return found


def doors(folder: Path) -> dict[str, Callable[[], object]]:
    """Each way in, as a function without arguments whose answer is the same every time."""
    from sklearn.model_selection import GridSearchCV

    from glassnet import load, plot, record, run
    from glassnet.pictures import save

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 4)), np.arange(120) % 3

    def fitted(**more: object) -> GlassClassifier:
        return GlassClassifier((6,), max_iter=4, n_iter_no_change=None, random_state=1, **more).fit(X, y)

    def searched() -> object:
        grid = GridSearchCV(
            GlassClassifier(max_iter=2, n_iter_no_change=None, random_state=1),
            {"hidden_layer_sizes": [(3,), (4,)]}, cv=2, n_jobs=2,
        )  # fmt: skip
        return grid.fit(X, y).cv_results_["mean_test_score"].tolist()

    def trained() -> bytes:
        training = run(Experiment(dataset="iris", hidden=(5,), epochs=3))
        list(training)
        return training.network.w.tobytes()

    kept = record(run(Experiment(dataset="moons", hidden=(4,), epochs=2)), folder / "runs")
    list(kept)
    numbers = iter(range(10_000))

    def drawn() -> bytes:
        loaded = load(kept.folder)
        place = folder / f"{next(numbers)}"
        place.mkdir()
        save(plot(loaded, "loss"), place / "loss.svg")
        return (place / "loss.svg").read_bytes()

    from sklearn.exceptions import ConvergenceWarning

    assert ConvergenceWarning  # loaded before anything is compared
    return {
        "fit": lambda: b"".join(w.tobytes() for w in fitted().coefs_),
        "derived": lambda: fitted(activation=sine).coefs_[0].tobytes(),
        "search": searched,
        "train": trained,
        "discover": lambda: [part.full_name for part in Catalog.discover(anew=True).parts()],
        "plot": drawn,
        "load": lambda: load(kept.folder).predict(np.zeros((2, 2))).tolist(),
        "predict": lambda: fitted().predict_proba(X).tobytes(),
    }


def sine() -> glassnet.Activation:
    """A formula whose slope autograd derives."""
    import autograd.numpy as anp

    return glassnet.Activation(f=lambda z: anp.sin(z))


def rounds() -> int:
    return int(os.environ.get("GLASSNET_SOAK_ROUNDS", "2"))


@pytest.fixture
def guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A guest that takes its time, so that other threads come in between."""
    place = tmp_path / "site"
    source = """
        import time, warnings
        from glassnet import Activation, hookimpl

        def slow_part():
            '''f(z) = |z|'''
            return Activation(f=abs)

        @hookimpl
        def activations():
            print("noise")
            warnings.simplefilter("ignore")
            time.sleep(0.05)
            return [slow_part]
    """
    write_guest(place, "slow-guest", source)
    monkeypatch.syspath_prepend(place)
    yield
    sys.modules.pop("slow_guest", None)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_eight_threads_at_every_door_leave_the_process_as_it_was(guest: None, tmp_path: Path) -> None:
    ways = doors(tmp_path)
    alone = {name: door() for name, door in ways.items()}
    before = everything()
    gate = threading.Barrier(8)

    def go(first: int) -> list[tuple[str, object]]:
        gate.wait()
        names = list(ways)
        order = names[first:] + names[:first]
        return [(name, ways[name]()) for _ in range(rounds()) for name in order]

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for answers in pool.map(go, range(8)) for answer in answers]
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()
    assert len(answers) == 8 * 8 * rounds()
    assert {name for name, answer in answers if answer != alone[name]} == set()


def test_first_fits_in_threads_leave_streams_and_filters(tmp_path: Path) -> None:
    """python/cpython#130148: redirections that overlap in threads put back the wrong stream."""
    write_guest(tmp_path, "slow-guest", "import time\nfrom glassnet import hookimpl\n@hookimpl\ndef losses():\n"
                "    time.sleep(0.3)\n    return []\n")  # fmt: skip
    code = """
        import sys, threading, time, warnings
        import numpy
        from glassnet import Catalog
        kept = sys.stdout, sys.stderr, list(warnings.filters)
        def look(wait):
            time.sleep(wait)
            Catalog.discover()
        threads = [threading.Thread(target=look, args=(0.1 * number,)) for number in range(4)]
        [thread.start() for thread in threads]
        time.sleep(0.15)
        print("heard")
        [thread.join() for thread in threads]
        assert kept == (sys.stdout, sys.stderr, list(warnings.filters))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "heard\n", "")


def test_blas_gets_its_threads_back_whoever_ends_first() -> None:
    def counts() -> list[int]:
        return [library["num_threads"] for library in threads.blas()]

    before, ends = counts(), [threading.Event() for _ in range(3)]
    begun = threading.Barrier(4)

    def hold(end: threading.Event) -> None:
        with threads.one():
            begun.wait()
            end.wait()

    held = [threading.Thread(target=hold, args=(end,)) for end in ends]
    for thread in held:
        thread.start()
    begun.wait()
    for end, thread in zip(ends, held, strict=True):
        assert set(counts()) == {1}
        end.set()
        thread.join()
    assert counts() == before


# --- other people's code ------------------------------------------------------------------------------------------

CHANGES = {
    "the working folder": "os.chdir('/')",
    "the environment": "os.environ['GLASSNET_RUNS'] = 'elsewhere'; os.environ.pop('PATH')",
    "sys.path": "sys.path.insert(0, '/nowhere')",
    "the recursion limit": "sys.setrecursionlimit(77_777)",
    "the signal handlers": "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "the state of Python's random module": "random.seed(0)",
    "the state of np.random": "np.random.seed(0)",
    "np.seterr": "np.seterr(all='raise')",
    "NumPy's print options": "np.set_printoptions(precision=2)",
    "the warning filters": "warnings.simplefilter('error')",
    "the hooks of sys": "sys.excepthook = print",
    "the locale": "locale.setlocale(locale.LC_ALL, 'C.UTF-8')",
    "the root logger": "logging.basicConfig(level=10); logging.disable(50)",
    "matplotlib's settings": "matplotlib.rcParams['lines.linewidth'] = 9",
}
IMPORTS = "import locale, logging, os, random, signal, sys, warnings\nimport matplotlib\nimport numpy as np\n"


def test_everything_that_is_shared_is_tried() -> None:
    assert set(CHANGES) == set(process.shared())


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_guest_changes_is_put_back_and_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(IMPORTS, {})
    if name == "the locale":
        import locale

        if locale.setlocale(locale.LC_ALL) == "C.UTF-8":
            pytest.skip("it is the locale already")
    file = tmp_path / "changing.py"
    file.write_text(
        f"{IMPORTS}from glassnet import Activation, hookimpl\n{CHANGES[name]}\n"
        "def still(): return Activation(f=abs)\n@hookimpl\ndef activations(): return [still]\n"
    )
    before = everything()
    guest = Catalog.discover(files=[file], guests=False).guests[-1]
    after = everything()
    assert {key for key in before if before[key] != after[key]} == set()
    assert guest.state == "ok"
    assert guest.reason == f"it changed {name} while it was loaded; that was put back"


def test_our_own_plugins_change_nothing() -> None:
    catalog = Catalog.discover()
    assert [guest.reason for guest in catalog.guests if guest.state == "ok"] == [""] * len(catalog.guests)


@pytest.mark.parametrize(
    "source",
    ["print('x')", "import sys; sys.stdout.buffer.write(b'x')", "import sys; sys.stderr.writelines(['x'])",
     "import sys; sys.stdout.flush(); sys.stdout.reconfigure(errors='replace')", "import sys; sys.stdout = None",
     "import sys; assert sys.stdout.encoding; print('x', file=sys.stderr, flush=True)"],
)  # fmt: skip
def test_what_is_printed_is_swallowed(source: str, capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with process.contained():
        exec(source, {})
    assert (sys.stdout, sys.stderr) == before
    assert capfd.readouterr() == ("", "")


def test_other_threads_print_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stdout", heard)
    with process.contained():
        print("swallowed")
        thread = threading.Thread(target=print, args=("heard",))
        thread.start()
        thread.join()
    assert heard.getvalue() == "heard\n"


def test_random_numbers_go_on_where_nobody_touched_them() -> None:
    random.seed(3)
    first = random.random()
    random.seed(3)
    with process.contained():
        pass
    assert random.random() == first


def test_a_child_is_not_held_by_a_thread_that_it_does_not_have() -> None:
    if not hasattr(os, "fork"):
        pytest.skip("nothing forks here")
    code = """
        import os, threading
        from glassnet import process
        held, end = threading.Event(), threading.Event()
        def hold():
            with process.alone():
                held.set()
                end.wait()
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        child = os.fork()
        if child == 0:
            with process.alone():
                os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        end.set()
    """
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", dedent(code)], timeout=PATIENCE, env=environment())
    assert done.returncode == 0


# --- one catalog for all doors ------------------------------------------------------------------------------------


def test_the_catalog_is_found_once_until_something_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    write_good(tmp_path, "first-guest", "first")
    found = Catalog.discover()
    assert Catalog.discover() is found
    (tmp_path / "notes.txt").write_text("a file beside it is no installation")
    assert Catalog.discover() is found
    assert Catalog.discover(anew=True) is not found
    write_good(tmp_path, "second-guest", "second")
    assert Catalog.discover().find("activation", "second")
    monkeypatch.setenv("GLASSNET_PLUGINS", "off")
    assert not Catalog.discover().matches("activation", "second")


def test_a_file_is_read_again_once_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    text = "from glassnet import Activation, hookimpl\ndef {0}(): return Activation(f=abs)\n"
    text += "@hookimpl\ndef activations(): return [{0}]\n"
    for name in ("early", "later_on"):
        file.write_text(text.format(name))
        found = Catalog.discover(files=[file], guests=False)
        assert found.find("activation", name)
        assert Catalog.discover(files=[file], guests=False) is found


# --- a process that ends after one command --------------------------------------------------------------------------

LOADS = """
import gc
from glassnet import process
{first}
process.load_matplotlib()
from matplotlib.artist import kwdoc
from matplotlib.lines import Line2D
print("drawstyle" in kwdoc(Line2D), "drawstyle" in Line2D.set.__doc__)
print(gc.get_threshold()[0] > 10_000)
"""


def test_only_a_short_lived_process_does_without_tables_in_docstrings_and_seldom_looks_for_garbage() -> None:
    assert python(LOADS.format(first="")).stdout.split() == ["True", "True", "False"]
    assert python(LOADS.format(first="process.short_lived()")).stdout.split() == ["True", "False", "True"]


def test_only_the_program_is_short_lived_and_not_what_runs_it_inside_another() -> None:
    code = """
        import gc, sys
        from glassnet.cli import main
        sys.argv = ["glassnet", "--version"]
        try:
            {call}
        except SystemExit:
            print(gc.get_threshold()[0] > 10_000)
    """
    assert python(code.format(call="main()")).stdout.split()[-1] == "True"
    assert python(code.format(call="main.main()")).stdout.split()[-1] == "False"
