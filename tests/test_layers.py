"""How the house is built: imports point down, modules stay small, and nothing heavy is loaded before it is needed."""

import ast
import graphlib
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from guests import python

import glassnet

ROOT = Path(glassnet.__file__).parent
FLOORS = (
    ("wording",),
    ("faces",),
    ("libraries", "teaching"),
    ("errors", "installs", "kinds", "process", "schemas", "slopes", "streams"),
    ("auditing", "conventions", "files", "findings", "glossary", "hooks", "ports", "probes", "synonyms", "tables"),
    ("answers", "backward", "catalog", "data", "folders", "notes", "owners"),
    ("layers",),
    ("network", "places"),
    ("training",),
    ("engines", "model"),
    ("watching",),
    ("experiment",),
    ("runs",),
    ("diagnosis", "pictures"),
    ("lessons", "sweeps"),
    ("checks", "tracing"),
    ("comparing", "estimators", "exporting", "plotting", "publish", "summaries"),
    ("pages", "saving"),
    ("playground",),
    ("cli",),
    ("__main__",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
MODULES = sorted(ROOT.rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]
MOST_LINES = 400


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax of a module, read once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def dotted(path: Path) -> tuple[str, ...]:
    """`catalog/parts.py` as ("catalog", "parts"); a package's `__init__` as the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


KNOWN = {dotted(path) for path in MODULES}
BUILTIN = [path for path in MODULES if dotted(path)[0] == "builtin" and len(dotted(path)) > 1]


@cache
def imports(path: Path) -> tuple[tuple[str, ...], ...]:
    """Every module of ours that a module imports, anywhere in it, as dotted() writes it."""
    return tuple(imported(path))


def imported(path: Path) -> Iterator[tuple[str, ...]]:
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1] + tuple((node.module or "").split(".")) * bool(node.module)
            for alias in node.names:
                yield (*base, alias.name) if (*base, alias.name) in KNOWN else base
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "glassnet":
            yield tuple((node.module or "").split(".")[1:])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "glassnet":
                    yield tuple(alias.name.split(".")[1:])


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_imports_only_point_down(path: Path) -> None:
    home = dotted(path)[0]
    if home in ("__init__", "builtin"):  # the public face re-exports all floors; built-in parts: below
        return
    for target in imports(path):
        if target and target[0] != home:  # an empty one is the public face: `from .. import __version__`
            assert FLOOR[target[0]] < FLOOR[home], f"{'.'.join(dotted(path))} imports {'.'.join(target)}"


def test_every_module_has_its_floor() -> None:
    assert {path[0] for path in KNOWN} <= {*FLOOR, "__init__", "builtin"}


def test_inside_a_package_no_two_modules_need_each_other() -> None:
    graph = {dotted(path): [t for t in imports(path) if t in KNOWN and t != dotted(path)] for path in MODULES}
    packages = {home for home, *rest in KNOWN if rest}  # an __init__ only gathers what lies inside
    graph = {name: [t for t in found if t[0] not in packages or len(t) > 1] for name, found in graph.items()}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError
    assert order.index(("errors",)) < order.index(("catalog", "parts")) < order.index(("experiment", "building"))


@pytest.mark.parametrize("path", BUILTIN, ids=lambda path: path.stem)
def test_builtin_parts_import_what_a_stranger_can(path: Path) -> None:
    tree = parsed(path)
    anywhere = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in anywhere:
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1, "a built-in part may only import its neighbours"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("glassnet"):
            assert node.module in ("glassnet", "glassnet.lessons")  # two faces: of all, and of those who teach
            face = importlib.import_module(node.module)
            assert {alias.name for alias in node.names} <= set(face.__all__)
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
            module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            assert (module or "").split(".")[0] in {*sys.stdlib_module_names, "numpy", "glassnet"}
    far = [node for node in anywhere if node not in tree.body and not getattr(node, "level", 0)]
    inside = {name.split(".")[0] for node in far for name in _modules(node)}
    assert inside <= {*sys.stdlib_module_names, "glassnet", "scipy", "sklearn", "matplotlib"}


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_is_small_says_why_it_exists_and_prints_nothing_below_the_commands(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = parsed(path)
    assert ast.get_docstring(tree), "a module opens with a sentence or two that say why it exists"
    assert source.count("\n") <= MOST_LINES, "split it into a package of the same name"
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not [f for f in calls if isinstance(f, ast.Name) and f.id == "print"]
    assert not [f for f in calls if isinstance(f, ast.Attribute) and f.attr in ("seterr", "seed", "filterwarnings")]


def test_layers_are_asked_and_not_told_apart() -> None:
    asking = [name for path, name in zip(MODULES, NAMES, strict=True) if "isinstance(layer" in path.read_text("utf-8")]
    assert set(asking) <= {"layers.py", "network.py"}
    kinds = {"Dense", "Activate", "Dropout", "BatchNorm"}
    naming = [name for path, name in zip(MODULES, NAMES, strict=True) if kinds & set(names_in(path))]
    assert naming == ["layers.py", "network.py"]


def names_in(path: Path) -> list[str]:
    """The names that a module's code uses: no words, no comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return names + [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.alias)]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_names_say_what_a_thing_is(path: Path) -> None:
    for word in dotted(path):
        assert word not in ("utils", "util", "helpers", "common", "manager", "misc", "base")
        assert not word.endswith("v2")
    tree = parsed(path)
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if name.startswith(("Base", "Abstract")) or name.endswith("Manager")]


FACE = """
    Activation Block Catalog Command Dataset Diverged Engine Exercise Exhibit Experiment Explanation
    GlassClassifier GlassRegressor GlassnetError GlassnetWarning Initializer Lesson Look Loss Metric Network
    Optimizer Plot Range Recipe Recording Run Schedule Session Summary Sweep Trace Training Verdict
    __version__ batch_trials check compare contract_tests conventions engines explain fetch hookimpl lesson
    lessons load load_all look pictures plot rate_range record report run run_together save summary trace
"""


def test_the_public_face_is_these_names_and_each_is_there() -> None:
    assert glassnet.__all__ == FACE.split()
    for name in glassnet.__all__:
        assert getattr(glassnet, name) is not None
    assert dir(glassnet) == sorted(glassnet.__all__)
    with pytest.raises(AttributeError, match="module 'glassnet' has no attribute 'Activaton'"):
        _ = glassnet.Activaton


def test_every_module_can_be_imported_alone() -> None:
    names = [".".join(("glassnet", *name)) for name in KNOWN if name[0] not in ("__init__", "__main__")]
    for name in names:
        importlib.import_module(name)
    lowest = "import glassnet.kinds, glassnet.hooks, glassnet.errors, sys; assert 'numpy' not in sys.modules"
    done = python(lowest)
    assert done.returncode == 0, done.stderr


# --- what is loaded -----------------------------------------------------------------------------------------

HEAVY = """
    autograd click glassnet.answers glassnet.builtin.lessons.exercises glassnet.data.sheets glassnet.experiment
    glassnet.lessons.exercises glassnet.runs glassnet.sweeps importlib.metadata jinja2 joblib latex2mathml matplotlib
    numpy pandas platformdirs pluggy pooch pyarrow pylatexenc requests rich scipy sklearn starlette tensorflow
    threadpoolctl torch uvicorn
"""
LOADED = """
import os, sys
{code}
print("\\nloaded", *[name for name in {heavy!r}.split() if name in sys.modules])
"""
COMMAND = """
from glassnet.cli import main
try:
    main({words!r}.split())
except SystemExit as end:
    assert not end.code, end.code
"""


GUESTS = any(point.dist.name != "glassnet" for point in entry_points(group="glassnet") if point.dist)


def loaded(code: str, folder: Path) -> set[str]:
    """The heavy packages that are in memory after some code has run in a fresh Python, in that folder."""
    done = python(LOADED.format(code=f"os.chdir({str(folder)!r})\n{code}", heavy=HEAVY), GLASSNET_PLUGINS="off")
    assert done.returncode == 0, done.stderr
    found = set(done.stdout.splitlines()[-1].split()[1:])
    # Where guests are installed beside us `importlib.metadata` is asked for them: test_installs has both cases.
    return found - {"importlib.metadata"} if GUESTS else found


def test_importing_glassnet_loads_nothing_until_a_name_is_used(tmp_path: Path) -> None:
    assert loaded("import glassnet", tmp_path) == set()
    assert loaded("from glassnet import Activation, GlassnetError", tmp_path) == set()
    assert loaded("from glassnet import hookimpl", tmp_path) == {"pluggy"}


HELP = ["--help", "--version", *(f"{word} --help" for word in ("list", "train", "sweep", "data", "lesson", "museum"))]


@pytest.mark.parametrize("words", HELP)
def test_help_loads_click_alone(words: str, tmp_path: Path) -> None:
    assert loaded(COMMAND.format(words=words), tmp_path) == {"click"}


@pytest.mark.parametrize("words", ["list", "list datasets --json", "list lessons", "show relu", "plugins"])
def test_the_catalog_loads_numpy_and_nothing_heavier(words: str, tmp_path: Path) -> None:
    assert loaded(COMMAND.format(words=words), tmp_path) == {"click", "numpy", "pluggy"}


def test_the_list_of_lessons_opens_each_and_runs_none(tmp_path: Path) -> None:
    found = loaded(COMMAND.format(words="lesson"), tmp_path)
    assert {"glassnet.lessons.exercises", "glassnet.builtin.lessons.exercises"} <= found  # how many are asked
    assert not found & {"glassnet.answers", "matplotlib", "pandas", "scipy", "sklearn", "rich"}


def test_training_on_numbers_loads_neither_scikit_learn_nor_pandas(tmp_path: Path) -> None:
    found = loaded(COMMAND.format(words="train xor --epochs 1 --quiet --no-report"), tmp_path)
    assert "glassnet.experiment" in found  # the trainer, which no command has to load that only reads the catalog
    assert not found & {"sklearn", "scipy", "pandas", "joblib", "autograd", "pooch", "requests"}
    script = "import glassnet\nlist(glassnet.run(glassnet.Experiment(dataset='moons', epochs=1)))"
    assert loaded(script, tmp_path) == {"glassnet.experiment", "numpy", "pluggy", "threadpoolctl"}


def test_training_on_digits_loads_no_other_engine_and_no_downloader(tmp_path: Path) -> None:
    found = loaded(COMMAND.format(words="train digits8x8 --epochs 1 --quiet --no-report"), tmp_path)
    assert "glassnet.experiment" in found  # or this test could not fail
    assert not found & {"torch", "tensorflow", "autograd", "jinja2", "starlette", "uvicorn", "pooch", "requests"}
    assert not found & {"glassnet.data.sheets", "glassnet.sweeps", "rich"}  # no table is read, nothing is shown
    assert not found & {"sklearn", "pandas", "scipy"}  # scikit-learn carries the rows, which are read from its files


def test_only_the_page_loads_what_makes_pages(tmp_path: Path) -> None:
    assert "jinja2" not in loaded(COMMAND.format(words="train xor --epochs 1 --no-report"), tmp_path)
    found = loaded(COMMAND.format(words="report last"), tmp_path)
    assert {"jinja2", "matplotlib"} <= found
    assert not found & {"glassnet.data.sheets", "glassnet.sweeps", "importlib.metadata", "sklearn"}
