"""A new layer is a class in `layers.py` and a line in `network.py`: in a copy of the sources it is added, and used."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from guests import glassnet, python

import glassnet as ours

pytestmark = pytest.mark.slow

SOURCES = Path(ours.__file__).parent
LAYERS = '''

class Centred(Layer):
    """r = z less the mean of its row."""

    name, letter, gives = "centred", "r", "centred scores"

    def forward(self, z, training, rng):
        return z - z.mean(axis=-1, keepdims=True), lambda up: up - up.mean(axis=-1, keepdims=True)


class Gain(Layer):
    """q = r * gain, column by column."""

    name, letter, gives = "gain", "q", "scaled scores"
    begin = {"gain": 1.0}

    def __init__(self, number, width):
        super().__init__(number, width, {"gain": (width,)})
        self.products = width

    def forward(self, r, training, rng):
        def back(up):
            np.sum(up * r, axis=-2, out=self.slopes["dgain"])
            return up * self.arrays["gain"]

        return r * self.arrays["gain"], back
'''
EDITS = {
    "import KINDS, Activate, Back, BatchNorm, Dense,": "import KINDS, Activate, Back, BatchNorm, Centred, Gain, Dense,",
    "            layers.append(Activate(": "            layers += [Centred(number, o), Gain(number, o)]\n"
    "            layers.append(Activate(",
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with glassnet, two layers richer."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copytree(SOURCES, folder / "glassnet", ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "glassnet" / "layers.py").open("a", encoding="utf-8") as file:
        file.write(LAYERS)
    network = folder / "glassnet" / "network.py"
    text = network.read_text(encoding="utf-8")
    for old, new in EDITS.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    network.write_text(text, encoding="utf-8")
    return folder


def told(sources: Path, *words: str, code: int = 0) -> str:
    done = glassnet(*words, path=[sources], GLASSNET_PLUGINS="off", GLASSNET_REPORT="off")
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def train(sources: Path, runs: Path, *words: str) -> dict[str, np.ndarray]:
    train = ("train", "iris", "--hidden", "5,4", "--batch-norm", "--dropout", "0.2", "--quiet", "--runs", str(runs))
    told(sources, *train, *words)
    newest = max(folder for folder in runs.iterdir() if folder.is_dir())
    with np.load(newest / "model.npz") as file:
        return dict(file)


SLOPES = """
    import numpy as np, glassnet
    from glassnet import Experiment, Training
    assert glassnet.__file__.startswith({folder!r})
    training = Training(Experiment(dataset="iris", hidden=(5, 4), activation=("tanh",), l2=0.1, batch_norm={norm}))
    rng, network, rows = np.random.default_rng(0), training.network, training.data.train
    network.w += 0.1 * rng.normal(size=network.w.size)
    training.objective.gradient(rows.X[:20], rows.t[:20])
    found, expected = network.g.copy(), []
    for at in range(network.w.size):
        before, sides = network.w[at], []
        for by in (1e-5, -1e-5):
            network.w[at] = before + by
            sides.append(training.objective.value(rows.X[:20], rows.t[:20]))
        network.w[at] = before
        expected.append((sides[0] - sides[1]) / 2e-5)
    assert np.abs(found - expected).max() < 1e-8, np.abs(found - expected).max()
    gains = [block for block in network.layout if block.kind == "gain"]
    assert [block.shape for block in gains] == [(5,), (4,)]
    assert all(np.abs(found[block.slice]).min() > 1e-6 for block in gains)
"""


@pytest.mark.parametrize("norm", [False, True])
def test_its_gradient_is_that_of_differences(sources: Path, norm: bool) -> None:
    done = python(SLOPES.format(folder=str(sources), norm=norm), sources, GLASSNET_PLUGINS="off")
    assert done.returncode == 0, done.stderr


def test_it_is_trained_watched_saved_and_resumed_to_the_last_bit(sources: Path, tmp_path: Path) -> None:
    straight = train(sources, tmp_path / "a", "--epochs", "4", "--watch", "all")
    train(sources, tmp_path / "b", "--epochs", "2", "--watch", "all")
    told(sources, "train", "--resume", "last", "--epochs", "4", "--quiet", "--runs", str(tmp_path / "b"))
    (a,), (b,) = (list((tmp_path / one).iterdir()) for one in "ab")
    for name in ("model.npz", "watch.npz"):
        with np.load(a / name) as first, np.load(b / name) as second:
            assert first.files == second.files
            for one in first.files:
                np.testing.assert_array_equal(first[one], second[one], err_msg=one)
    gains = straight["w"][-2 * 9 - 9 :]  # after weights and biases come scale and shift, and the gains
    assert straight["w"].size == 4 * 5 + 5 * 4 + 4 * 3 + 5 + 4 + 3 + 3 * 9
    assert np.unique(gains).size == 27  # none of them has stayed where it began
    answers = told(sources, "evaluate", "last", "--runs", str(tmp_path / "b"))
    assert "accuracy" in answers


def test_it_is_summarised(sources: Path) -> None:
    found = json.loads(told(sources, "summary", "4-5-3", "--json"))
    names = [layer["name"] for layer in found["layers"]]
    assert names == ["inputs", "dense 1", "centred 1", "gain 1", "dense 2"]
    gain = found["layers"][3]
    assert (gain["width"], gain["parameters"], gain["penalised"], gain["products"]) == (5, 5, 0, 5)
    assert found["parameters"] == 4 * 5 + 5 + 5 + 5 * 3 + 3


def test_it_is_traced_and_each_slope_agrees(sources: Path) -> None:
    words = (
        "iris",
        "--hidden",
        "5,4",
        "--activation",
        "tanh",
        "--batch-norm",
        "--dropout",
        "0.2",
        "--rows",
        "0,60,120",
    )
    found = json.loads(told(sources, "trace", *words, "--check", "--json"))
    (step,) = found["steps"]
    names = [matrix["name"] for card in step["cards"] for matrix in card["matrices"]]
    for name in ("r1", "q1", "gain1", "dq1", "dr2", "dgain2", "change(gain1)", "new gain2"):
        assert names.count(name) == 1, name
    verdicts = {one["name"]: one["ok"] for one in step["comparisons"]}
    assert {"dgain1", "dgain2", "dq1", "dr1", "dW1"} <= verdicts.keys() and all(verdicts.values())
    centred = next(matrix for card in step["cards"] for matrix in card["matrices"] if matrix["name"] == "r1")
    np.testing.assert_allclose(np.sum(centred["values"], axis=1), 0, atol=1e-12)


def test_other_libraries_are_not_told_half_a_network(sources: Path, tmp_path: Path) -> None:
    train(sources, tmp_path, "--epochs", "1")
    said = told(sources, "export", "last", "--to", "sklearn", "--runs", str(tmp_path), code=2)
    assert "no other library is told of a layer centred: it is glassnet's own" in said
