"""A kind of part is one row of a table: everything else reads it, and a new one needs next to nothing more."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from guests import glassnet

from glassnet import kinds
from glassnet.catalog.plugins import new_manager
from glassnet.checks import promises_of
from glassnet.cli import main
from glassnet.kinds import KINDS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent

#: The files of a copy of the sources that change for the kind `penalty`: what is put in place of what, or a new file.
BAG = '''@dataclass(frozen=True, eq=False)
class Penalty:
    """What large weights cost: `value(w)` is a number."""

    value: Callable[[Array], float]


@dataclass(frozen=True)
class Kind:
'''
ROW = """        Kind("penalty", "penalties", Penalty, "what large weights cost"),
    )
}
"""
CHANGES = {
    "src/glassnet/kinds.py": [("@dataclass(frozen=True)\nclass Kind:\n", BAG), ("    )\n}\n", ROW)],
    "src/glassnet/checks/penalties.py": '''"""What a penalty promises."""

import numpy as np

from .cases import Call, Refused
from .running import Promise


def calls(case, bag):
    """Its value, once."""
    yield Call("value(w)", bag.value, {"w": np.arange(3.0)})


def grows(case):
    """Twice the weights may never cost less: a penalty is there to keep them small, whatever their signs are."""
    w = np.array([1.0, -2.0, 3.0])
    if case.bag.value(2 * w) < case.bag.value(w):
        raise Refused("value(2 w) is below value(w)")


PROMISES = (Promise(grows),)
''',
    "src/glassnet/builtin/penalties.py": '''"""Our own penalties."""

from glassnet import hookimpl
from glassnet.kinds import Penalty


def ridge():
    """The sum of squares.

    value = sum of w^2

    Source: Hoerl and Kennard (1970), Ridge regression.
    """
    return Penalty(lambda w: float((w**2).sum()))


@hookimpl
def penalties():
    return [ridge]
''',
    "template/templates/penalty.py": '''"""A penalty for glassnet."""

import numpy as np
from glassnet import hookimpl
from glassnet.kinds import Penalty


def {{ part }}() -> Penalty:
    """The sum of sizes.

    value = sum of |w|

    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """
    return Penalty(lambda w: float(np.abs(w).sum()))


@hookimpl
def penalties() -> list:
    """Every penalty of this package."""
    return [{{ part }}]
''',
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with one kind more; nothing but `CHANGES` is different."""
    folder = tmp_path_factory.mktemp("house")
    for name in ("src", "template"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name, change in CHANGES.items():
        file = folder / name
        if isinstance(change, str):
            assert not file.exists()
            file.write_text(change, encoding="utf-8")
            continue
        text = file.read_text(encoding="utf-8")
        for old, new in change:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    return folder


def said(house: Path, *words: str, code: int = 0) -> str:
    done = glassnet("--no-plugins", *words, path=[house / "src"])
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_kind_takes_four_files_at_most() -> None:
    assert len(CHANGES) <= 4


def test_a_new_kind_is_listed_shown_and_completed(house: Path) -> None:
    assert re.search(r"^penalty +ridge +glassnet .* The sum of squares\.$", said(house, "list"), re.MULTILINE)
    assert said(house, "list", "penalty") == said(house, "list", "penalties")
    assert "value = sum of w^2" in said(house, "show", "ridge")
    assert "Kinds: activation, " in (words := said(house, "list", "nonsense", code=2)) and words.endswith("penalty\n")


def test_a_new_kind_is_checked(house: Path) -> None:
    report = said(house, "check", "ridge")
    assert "grows             passed" in report and ": 9 passed, 0 failed" in report
    (house / "bad.py").write_text(
        CHANGES["src/glassnet/builtin/penalties.py"].replace("w**2", "-(w**2)").replace("ridge", "bridge")  # type: ignore[union-attr]
    )
    report = said(house, "check", str(house / "bad.py"), code=1)
    assert "grows: value(2 w) is below value(w)" in report and "Why it matters: Twice the weights" in report


def test_a_new_kind_has_its_example_package(house: Path, tmp_path: Path) -> None:
    assert said(house, "new", "--help").replace("\n", " ").count("penalty") == 1
    said(house, "new", "lasso", "--kind", "penalty", "--no-input", "--to", str(tmp_path))
    made = tmp_path / "glassnet-lasso"
    plugin = made / "src" / "glassnet_lasso" / "plugin.py"
    assert ": 9 passed, 0 failed" in said(house, "check", str(plugin))
    assert "`glassnet show lasso` says what it does." in (made / "README.md").read_text(encoding="utf-8")
    compile((made / "tests" / "test_penalty.py").read_text(encoding="utf-8"), "test_penalty.py", "exec")


# --- the table itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_row_is_true(kind: kinds.Kind) -> None:
    assert getattr(kinds, kind.bag.__name__) is kind.bag
    assert len(promises_of(kind.name)) >= 10
    hook = getattr(new_manager().hook, kind.plural)
    assert kind.sentence in (hook.spec.function.__doc__ or "") and kind.bag.__name__ in hook.spec.function.__doc__
    assert hook.spec.argnames == ()
    assert (ROOT / "src/glassnet/builtin" / kind.plural).with_suffix(".py").exists() is kind.ours or (
        ROOT / "src/glassnet/builtin" / kind.plural / "__init__.py"
    ).exists()
    for ending in (".py", "_test.py", ".md"):
        assert (ROOT / "template/templates" / f"{kind.name}{ending}").is_file()


def test_a_bag_tells_its_kind() -> None:
    assert kinds.kind_of_bag(kinds.Schedule(lambda step, total, epochs: 1.0)) == "schedule"
    assert kinds.kind_of_bag(3) is None


def test_the_table_of_the_architecture_page_holds_every_kind_with_its_hook() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = page.partition("## The twelve kinds")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \|", table, re.MULTILINE)
    assert rows == [(kind.name, kind.plural) for kind in KINDS.values()]


def test_the_page_on_contributing_names_a_file_for_each_kind_of_ours() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| `src/glassnet/builtin/(\w+)", page, re.MULTILINE)
    assert rows == [(kind.name, kind.plural) for kind in KINDS.values() if kind.ours]


def test_new_names_every_kind() -> None:
    help_ = " ".join(CliRunner().invoke(main, ["new", "--help"]).output.split())
    assert ", ".join(KINDS) in help_
