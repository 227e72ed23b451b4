"""`glassnet summary`: the counts of a network, held against the arrays themselves, PyTorch and scikit-learn."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from sklearn.neural_network import MLPClassifier

from glassnet import Catalog, Experiment, GlassnetError, Optimizer, Training, load, record, summary
from glassnet.cli import main

CATALOG = Catalog.discover(guests=False)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


def printed(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_network_of_the_course_has_55050_parameters() -> None:
    found = summary("784-64-64-10")
    assert [layer.parameters for layer in found.layers] == [0, 50_240, 4_160, 650]
    assert found.parameters == 55_050
    assert found.penalised == found.products == 784 * 64 + 64 * 64 + 64 * 10
    assert "55,050 (430.1 KiB in float64)" in str(found)
    screen = printed("summary", "784-64-64-10", "--dtype", "float32")
    assert "parameters  55,050 (215.0 KiB in float32), 54,912 of them penalised" in screen
    assert "(784, 64)" in screen and "50,240" in screen and "softmax" in screen


def test_scikit_learn_counts_the_same() -> None:
    rng = np.random.default_rng(0)
    peer = MLPClassifier((7, 5), max_iter=1).partial_fit(rng.normal(size=(20, 11)), np.arange(20) % 3, classes=range(3))
    count = sum(array.size for array in (*peer.coefs_, *peer.intercepts_))
    assert summary("11-7-5-3").parameters == count


def test_batch_norm_and_dropout_as_in_pytorch() -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    peer = nn.Sequential(
        nn.Dropout(0.1), nn.Linear(64, 50), nn.BatchNorm1d(50), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(50, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Dropout(0.2), nn.Linear(20, 10),
    )  # fmt: skip
    words = Experiment(dataset="digits8x8", hidden=(50, 20), batch_norm=True, dropout=0.2, input_dropout=0.1)
    found = summary(words, catalog=CATALOG)
    assert found.parameters == sum(p.numel() for p in peer.parameters())
    assert [layer.name for layer in found.layers] == [
        "inputs", "input dropout", "dense 1", "batch norm 1", "dropout 1", "dense 2", "batch norm 2", "dropout 2",
        "dense 3",
    ]  # fmt: skip
    x, kept = torch.zeros(3, 64), 64 + 10  # the inputs, and the outputs behind the last layer
    for layer in peer:
        x = layer(x)
        kept += x.shape[1]
    assert found.memory["activations"] == kept * 4 * 32


@pytest.mark.parametrize(
    ("optimizer", "times"), [("sgd", 0), ("momentum", 1), ("adam", 2), ("adagrad_momentum", 2), ("lbfgs", None)]
)
def test_memory_of_the_optimizer_is_measured(optimizer: str, times: int | None) -> None:
    found = summary(Experiment(dataset="iris", optimizer=optimizer), catalog=CATALOG)
    weights = found.parameters * 8
    assert found.memory.get("optimizer") == (None if times is None else times * weights)
    assert found.memory["weights"] == found.memory["gradients"] == weights

    def heavy() -> Optimizer:
        return Optimizer(init=lambda w: {"H": np.zeros((len(w), 3)), "k": 1}, update=lambda w, g, s, step: (g, s))

    assert summary(Experiment(dataset="iris", optimizer=heavy), catalog=CATALOG).memory["optimizer"] == 3 * weights


def test_a_network_larger_than_its_memory_is_counted_all_the_same() -> None:
    found = summary("10000-9000-10", choices=Experiment(optimizer="adam"), catalog=CATALOG)
    assert found.parameters == 10_000 * 9_000 + 9_000 + 9_000 * 10 + 10
    assert found.memory["optimizer"] == 2 * 8 * found.parameters

    def refusing() -> Optimizer:
        def init(w: np.ndarray) -> dict[str, np.ndarray]:
            if len(w) > 1000:
                raise MemoryError
            return {"m": np.zeros_like(w), "few": np.zeros(3)}

        return Optimizer(init=init, update=lambda w, g, s, step: (g, s))

    found = summary("784-64-10", choices=Experiment(optimizer=refusing), catalog=CATALOG)
    assert found.memory["optimizer"] == 8 * (found.parameters + 3)


def test_an_optimizer_that_asks_for_the_layers_is_measured_on_them() -> None:
    def layered() -> Optimizer:
        def init(w: np.ndarray, layout: list) -> dict[str, np.ndarray]:
            return {f"{block.kind}{block.layer}": np.zeros(block.shape[0]) for block in layout}

        return Optimizer(init=init, update=lambda w, g, s, step: (g, s))

    assert summary("5-4-3", choices=Experiment(optimizer=layered), catalog=CATALOG).memory["optimizer"] == 8 * (9 + 7)


def test_training_experiment_run_and_network_agree(tmp_path: Path) -> None:
    words = Experiment(dataset="iris", hidden=(4, 3), activation=("tanh", "leaky_relu:slope=0.2"), epochs=1)
    training = Training(words, CATALOG)
    recording = record(training, tmp_path)
    unfinished = summary(load(recording.folder, catalog=CATALOG))
    for _ in recording:
        pass
    found = [
        summary(words, catalog=CATALOG),
        summary(training),
        summary(load(recording.folder, catalog=CATALOG)),
        unfinished,
    ]
    assert {(one.parameters, one.layers, one.memory["activations"]) for one in found} == {
        (len(training.network.w), found[0].layers, found[0].memory["activations"])
    }
    assert [layer.activation for layer in found[0].layers] == ["", "tanh", "leaky_relu:slope=0.2", "softmax"]
    bare = summary(training.network)
    assert (bare.parameters, bare.penalised) == (len(training.network.w), training.network.weights.stop)
    assert bare.state is None and "optimizer" not in bare.memory
    assert "together" in str(bare) and "activations" in bare._repr_html_()


def test_a_batch_is_never_larger_than_the_training_rows(tmp_path: Path) -> None:
    assert summary(Experiment(dataset="xor"), catalog=CATALOG).batch == 4
    assert summary(Experiment(dataset="iris", batch_size="full"), catalog=CATALOG).batch == 108
    for words, rows in ((Experiment(dataset="xor", epochs=1), 4), (Experiment(dataset="iris", batch_size="full"), 108)):
        recording = record(Training(words.replace(epochs=1), CATALOG), tmp_path)
        list(recording)
        assert summary(load(recording.folder, catalog=CATALOG)).batch == rows
    assert summary("4-3-2", choices=Experiment(batch_size="full")).batch is None
    assert "of one row" in str(summary("4-3-2", choices=Experiment(batch_size="full")))


def test_the_table_is_aligned_and_escaped_in_a_notebook() -> None:
    text = str(summary("784-64-64-10")).splitlines()
    rule = next(number for number, line in enumerate(text) if set(line) == {"-"})
    assert {len(line) for line in text[rule - 1 : rule + 1]} == {len(text[rule + 2])}
    assert ">(784, 64)</td>" in summary("784-64-64-10")._repr_html_()
    nasty = replace(summary("3-2"), title="<script>")
    assert "<script>" not in nasty._repr_html_() and "&lt;script&gt;" in nasty._repr_html_()


def test_json_holds_the_same() -> None:
    found = json.loads(printed("summary", "30-100-2", "--batch-norm", "--optimizer", "sgd", "--json"))
    keys = ["title", "layers", "parameters", "penalised", "products", "dtype", "batch", "memory", "choices"]
    assert list(found) == keys
    assert found["parameters"] == 30 * 100 + 100 + 200 + 100 * 2 + 2
    assert found["layers"][1]["W"] == [30, 100] and found["layers"][1]["b"] == [100]
    assert found["memory"]["optimizer"] == 0


def test_the_command_takes_data_runs_and_widths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLASSNET_RUNS", raising=False)
    (tmp_path / "wide.toml").write_text('activation = "tanh"\n')
    assert "64-100-10" in printed("summary", "digits8x8")
    assert "tanh" in printed("summary", "4-3-1", "--config", "wide.toml")
    assert "sigmoid" in printed("summary", "4-3-1") and "l2 0.5" in printed("summary", "4-3-1", "--set", "l2=0.5")
    assert "identity" in printed("summary", "4-3-1", "--task", "regression")
    printed("train", "xor", "--hidden", "2", "--epochs", "1", "--quiet")
    assert "0001-xor: 2-2-1" in printed("summary", "last")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("7-0-2",), "widths are those of inputs, hidden layers and outputs, such as 784-64-64-10, not '7-0-2'"),
        (("3-2", "--hidden", "4"), "3-2 holds the hidden layers already: leave --hidden away"),
        (("9999999-9999999",), "a network of widths 9999999-9999999 does not fit into memory: give smaller widths"),
        (("3-2", "--optimizer", "adm"), "there is no optimizer 'adm'. Did you mean 'adam'?"),
        ((), "name a dataset or a table"),
    ],
)
def test_bad_input_is_one_line(words: tuple[str, ...], message: str) -> None:
    done = run("summary", *words)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert message in line


def test_what_has_no_summary() -> None:
    with pytest.raises(GlassnetError, match="of a Network, Training, Run, Experiment or widths, not of 5"):
        summary(5)  # type: ignore[arg-type]
