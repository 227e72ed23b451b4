"""What it takes to add something: a copy of the sources is changed in one place, and everything else takes it in."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

import glassnet
from glassnet import Experiment, run
from glassnet.catalog import Catalog
from glassnet.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(glassnet.__file__).parent


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the package, to be changed."""
    shutil.copytree(ROOT, tmp_path / "src" / "glassnet", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "src" / "glassnet"


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} holds {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def run_with(sources: Path, program: str) -> str:
    """What a program prints that imports the changed copy."""
    environment = os.environ | {"PYTHONPATH": str(sources.parent), "GLASSNET_PLUGINS": "off"}
    done = subprocess.run(
        [sys.executable, "-c", dedent(program)], env=environment, cwd=sources.parents[1], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_field_of_an_epoch_is_added_in_one_place_and_lives_wherever_epochs_do(sources: Path) -> None:
    changed(
        sources / "training" / "history.py",
        "    step_losses: Array | None = field(default=None, compare=False)\n",
        "    step_losses: Array | None = field(default=None, compare=False)\n"
        '    gradient: float = float("nan")\n    warm: int | None = None\n',
    )
    changed(
        sources / "training" / "teams.py",
        "                rate=rate,\n",
        "                rate=rate,\n                gradient=float(abs(self.network.g).max()),\n"
        "                warm=self.number if self.number % 2 else None,\n",
    )
    told = run_with(
        sources,
        """
        import pickle
        import numpy as np
        import glassnet
        from glassnet import Experiment, GlassClassifier, load, record, run, save

        assert "src" in glassnet.__file__
        experiment = Experiment(dataset="moons", hidden=4, epochs=5)
        whole = [epoch.gradient for epoch in run(experiment)]
        for epoch in record(run(experiment.replace(epochs=3)), "kept"):
            pass
        for epoch in load("last", "kept").resume(5):
            pass
        kept = load("last", "kept")
        assert [epoch.gradient for epoch in kept.epochs] == whole, "lost on resume"
        assert kept.history["gradient"].tolist() == whole and kept.history.columns[7] == "gradient"
        assert [epoch.warm for epoch in kept.epochs] == [1, None, 3, None, 5]

        X = np.random.default_rng(0).normal(size=(60, 2))
        fitted = GlassClassifier((3,), max_iter=4, random_state=0).fit(X, X[:, 0] > 0)
        before = fitted.history_[["gradient", "loss"]]
        assert before["gradient"].notna().all()
        assert pickle.loads(pickle.dumps(fitted)).history_[["gradient", "loss"]].equals(before), "lost by pickle"
        save(fitted, "fitted.npz")
        assert load("fitted.npz").history_[["gradient", "loss"]].equals(before), "lost by save and load"
        print("kept everywhere")
        """,
    )
    assert told == "kept everywhere\n"


def calls_in(path: Path) -> set[str]:
    """Names of the methods and functions that a module calls."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


def test_the_step_is_taken_in_one_place() -> None:
    """Gradient, then clipping, then the update: no second module puts these together."""
    together = [path for path in ROOT.rglob("*.py") if calls_in(path) >= {"gradient", "apply"}]
    assert [path.relative_to(ROOT).as_posix() for path in together] == ["training/steps.py"]
    assert [path.name for path in ROOT.rglob("*.py") if "remember" in calls_in(path) and "clip" in calls_in(path)] == [
        "steps.py"
    ]


def test_rows_of_epochs_are_written_and_read_in_one_place() -> None:
    # `History` makes them, or Epoch.of(row)
    assert not [path for path in ROOT.rglob("*.py") if "Epoch" in calls_in(path)]
    text = {path: path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}
    shuffled = [path.relative_to(ROOT).as_posix() for path, source in text.items() if "Stream.SHUFFLE" in source]
    assert shuffled == ["training/batches.py"]


def frames_to(function: str, work: Callable[[], object]) -> list[str]:
    """Our own functions on the stack when `function` of a module of activations is first called."""
    seen: list[list[str]] = []

    def watch(frame: object, event: str, argument: object) -> None:
        code = frame.f_code  # type: ignore[attr-defined]
        if event == "call" and not seen and code.co_name == function and code.co_filename.endswith("activations.py"):
            stack, here = [], frame
            while here is not None:
                if here.f_code.co_filename.startswith(str(ROOT)):  # type: ignore[attr-defined]
                    stack.append(here.f_code.co_name)  # type: ignore[attr-defined]
                here = here.f_back  # type: ignore[attr-defined]
            if "take" in stack:
                seen.append(stack[::-1])

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen[0]


def test_from_a_training_to_the_activation_few_calls(tmp_path: Path) -> None:
    catalog = Catalog.discover(guests=False)
    training = run(Experiment(dataset="xor", hidden=2, activation="leaky_relu", epochs=1), catalog)
    by_hand = frames_to("<lambda>", lambda: list(training))
    loop = ["__iter__", "_run", "_until_one_ends", "steps"]  # the last of them is the team's, that of its pass follows
    assert by_hand == [*loop, "steps", "take", "gradient", "forward", "forward", "<lambda>"]

    words = (
        f"--no-plugins train xor --hidden 2 --activation leaky_relu --epochs 1 --quiet --no-report --runs {tmp_path}"
    )
    stack = frames_to("<lambda>", lambda: main(words.split(), standalone_mode=False))
    assert stack[stack.index("train") :] == [
        "train",
        "__iter__",
        *by_hand,
    ]  # the command, the recording, and these
