"""The playground without a page: what a session trains, what it may be told, and what its frames hold."""

import asyncio
import base64
import io
import json
import struct
import zipfile
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest

from glassnet import Catalog, Experiment, GlassnetError, run
from glassnet.experiment import flag
from glassnet.playground import worker
from glassnet.playground.actions import as_answer, do
from glassnet.playground.address import BASE, LONGEST, address_of, opened
from glassnet.playground.controls import in_controls, in_words
from glassnet.playground.curves import MOST, Curves
from glassnet.playground.guard import Refusal
from glassnet.playground.menus import menus_of
from glassnet.playground.moments import Reader
from glassnet.playground.presets import presets
from glassnet.playground.server import _tell
from glassnet.playground.session import SPEEDS, Session
from glassnet.playground.state import settings_of, state_of
from glassnet.playground.tables import told
from glassnet.playground.worker import Worker
from glassnet.training import Epoch

CATALOG = Catalog.discover(guests=False)
SMALL = "dataset=moons:size=60&hidden=4&activation=tanh&optimizer=adam:lr=0.01&epochs=6"
TABLE = b"height,age,kind\n" + b"".join(
    b"%d,%s,%s\n" % (100 + 7 * n % 90, b"" if n % 10 == 0 else b"%d" % (n % 13), (b"oak", b"elm", b"yew")[n % 3])
    for n in range(60)
)


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def session(address: str = SMALL, **look: Any) -> Session:
    made = Session(CATALOG, Clock())
    assert made.open(address) == []
    made.look |= look
    return made


def weights(one: Session) -> bytes:
    return one.training.network.w.tobytes()


def alone(address: str, epochs: int) -> bytes:
    """The weights of a training that nobody looks at."""
    training = run(opened(address, CATALOG)[0], CATALOG)
    return training.until(epochs).network.w.tobytes()


def read(frame: bytes) -> tuple[dict[str, Any], np.ndarray, np.ndarray, np.ndarray]:
    """A frame as the page reads it: (head, weights, plane, units)."""
    size, length = struct.unpack("<II", frame[:8])
    assert size == len(frame) - 4 and length % 4 == 0
    head = json.loads(frame[8 : 8 + length], parse_constant=lambda word: pytest.fail(f"{word} on the wire"))
    counts, at = head["counts"], 8 + length
    w = np.frombuffer(frame, "<f4", counts["w"], at)
    plane = np.frombuffer(frame, np.uint8, counts["plane"], at + 4 * len(w))
    units = np.frombuffer(frame, np.uint8, counts["units"], at + 4 * len(w) + len(plane))
    assert at + 4 * len(w) + len(plane) + len(units) == len(frame)
    return head, w, plane, units


# --- the same numbers as without a page ---------------------------------------------------------------------


def test_steps_epochs_frames_and_speeds_change_no_bit() -> None:
    one, reader = session(open=["curves", "plane", "pictures", "norms", "confusion"], row=1), Reader()
    do(one, "step", {})
    do(one, "step", {})
    assert (one.step, one.epoch, one.inside) == (2, 1, False)  # 43 training rows are two batches
    for name in ("epoch", "step", "epoch", "start"):
        reader.frame(one)
        do(one, name, {})
    one.advance()
    do(one, "look", {"card": {"layer": 1, "unit": 0}, "row": 0})
    assert one.epoch == 4 if not one.inside else one.epoch == 3
    do(one, "speed", {"speed": "full"})
    while one.running:
        one.advance()
        reader.frame(one)
    assert one.ended == "all 6 epochs" and weights(one) == alone(SMALL, 6)
    do(one, "rewind", {})
    assert (one.epoch, weights(one)) == (0, alone(SMALL, 0))


def test_batches_are_counted_so_that_the_last_step_of_an_epoch_ends_it() -> None:
    for more in ("", "&batch_size=full", "&batch_size=41", "&batch_norm=true&batch_size=41", "&optimizer=lbfgs&l1=0"):
        one = session(SMALL.replace("&optimizer=adam:lr=0.01", "") + more)
        steps = 0
        while one.epoch < 2 and not one.ended:
            do(one, "step", {})
            steps += 1
        assert not one.inside and steps == 2 * one.steps, more


def test_what_is_due_follows_from_the_speed_and_the_clock_alone() -> None:
    one = session()
    assert one.wait() is None
    do(one, "start", {})
    one.advance()
    assert one.inside and one.wait() == 0.0  # the first epoch goes by steps, whose rest is due at once
    one.advance()
    assert (one.epoch, one.wait()) == (1, pytest.approx(0.05))
    for speed, seconds in SPEEDS.items():
        do(one, "speed", {"speed": speed})
        assert one.wait() == 0.0
        one.advance()
        assert one.wait() == pytest.approx(seconds)
        one.clock.now += 10  # type: ignore[attr-defined]  # whoever was late does not catch up
        assert one.wait() == 0.0


def test_changes_by_hand_are_those_of_a_training_and_the_program_repeats_them() -> None:
    one = session()
    do(one, "epoch", {})
    do(one, "step", {})  # the change waits for the end of the epoch
    do(one, "change", {"settings": {"optimizer.lr": "0.1"}})
    do(one, "epoch", {})
    do(one, "edit", {"layer": 1, "unit": 3, "from": 1, "value": 0.5})
    do(one, "freeze", {"layer": 1, "unit": 3, "from": 1, "frozen": True})
    do(one, "start", {})
    do(one, "speed", {"speed": "full"})
    while one.running:
        one.advance()
    assert one.changes == [(2, "optimizer.lr=0.1"), (3, "W1:2,4=0.5"), (3, "freeze=W1:2,4")]
    state = state_of(one)
    assert [change["words"] for change in state["changes"]] == [
        "lr 0.1", "weight from x2 to hidden 1, unit 4 set to 0.5", "frozen: weight from x2 to hidden 1, unit 4",
    ]  # fmt: skip
    assert state["undo"] == "weight from x2 to hidden 1, unit 4 frozen"
    names: dict[str, Any] = {}
    exec(state["python"].replace("print", "str"), names)
    assert names["training"].network.w.tobytes() == weights(one)
    assert one.training.network.view(one.training.network.w, "weight", 0)[1, 3] == 0.5


def test_changes_by_hand_can_be_made_again_from_the_same_start() -> None:
    one = session()
    do(one, "edit", {"layer": 1, "unit": 0, "value": 0.25})
    do(one, "epoch", {})
    do(one, "epoch", {})
    do(one, "change", {"settings": {"optimizer.lr": "0.2"}})
    do(one, "epoch", {})
    after, changes = weights(one), one.changes
    do(one, "rewind", {})
    assert one.changes == [] and state_of(one)["replay"] == 2
    do(one, "replay", {})
    while one.epoch < 3:
        do(one, "step", {})
    assert (one.changes, weights(one)) == (changes, after)
    do(one, "build", {"settings": {"hidden": "5"}})
    with pytest.raises(GlassnetError, match="nothing was changed by hand"):
        do(one, "replay", {})


def test_back_takes_back_each_thing_in_turn() -> None:
    one = session()
    begin = weights(one)
    do(one, "epoch", {})
    do(one, "edit", {"layer": 2, "unit": 0, "value": 3})
    do(one, "build", {"settings": {"hidden": "4,4"}})
    do(one, "build", {"settings": {"dataset": "iris"}})
    do(one, "again", {})
    assert one.asked.seed == 1
    do(one, "undo", {})
    assert (one.asked.seed, one.asked.title) == (0, "iris")
    do(one, "undo", {})
    assert one.asked.hidden == (4, 4)
    do(one, "undo", {})
    assert one.asked.hidden == (4,) and weights(one) == begin


def test_what_a_training_warns_of_is_among_its_words() -> None:
    one = session()
    one.training.warn("a sentence that nobody should miss")
    assert state_of(one)["words"] == ["a sentence that nobody should miss"]


def test_a_change_before_the_first_epoch_is_a_setting_like_any_other() -> None:
    one = session()
    do(one, "change", {"settings": {"l2": "0.5"}})
    assert (one.changes, one.asked.l2) == ([], 0.5)


def test_a_training_that_breaks_down_is_words_and_goes_on_from_its_last_good_epoch() -> None:
    one = session("dataset=moons:size=60&hidden=4&activation=relu&optimizer=sgd:lr=1e6&epochs=50")
    do(one, "start", {})
    do(one, "speed", {"speed": "full"})
    while one.running:
        one.advance()
    assert one.ended.startswith("diverged: training diverged in epoch ")
    one.find(all_of_it=True)
    assert one.findings[0]["name"] == "diverged" and "optimizer.lr" in one.findings[0]["settings"][0]["settings"]
    head, w, _, _ = read(Reader().frame(one))
    assert np.isfinite(w).all() and head["words"] == one.findings
    assert max(map(abs, w)) == pytest.approx(max(layer["largest"] for layer in head["weights"]))
    done = one.epoch
    do(one, "change", {"settings": {"optimizer.lr": "0.01"}})
    do(one, "epoch", {})
    assert one.epoch == done + 1 and not one.ended


def test_a_training_that_breaks_down_in_its_first_epoch_is_looked_at_too() -> None:
    one = session("dataset=moons&hidden=4&activation=relu&optimizer=sgd:lr=1e30&epochs=50")
    assert not one.unlooked()
    do(one, "epoch", {})
    assert one.ended.startswith("diverged") and one.epoch == 0 and one.unlooked()
    one.find(all_of_it=True)
    assert one.findings[0]["name"] == "diverged" and not one.unlooked()
    assert "More settings: clip norm 1" in one.ended and "--" not in one.ended


def test_words_name_the_controls_of_the_page_and_not_options() -> None:
    fields = [field["name"] for field in menus_of(CATALOG)["fields"]]
    for name in (*fields, "hidden", "loss", "optimizer"):
        assert flag(name) not in in_controls(f"try {flag(name)} 1"), name
    assert in_controls("--test must be below 1, as --drop says") == "test rows must be below 1, as --drop says"
    with pytest.raises(Exception, match="--batch-norm") as refused:
        do(session(), "build", {"settings": {"batch_norm": "true", "batch_size": "1"}})
    assert in_words(refused.value).startswith("batch norm needs batches of at least 2 rows, not batch size 1")


def test_all_rules_give_way_to_whoever_asks_meanwhile_and_are_asked_again_later() -> None:
    one = session()
    do(one, "epoch", {})
    asked = iter([False, False, True])
    one.find(all_of_it=True, asked=lambda: next(asked))
    assert one.unlooked() and not one.findings
    before = weights(one)
    one.find(all_of_it=True, asked=lambda: False)
    assert not one.unlooked() and weights(one) == before


# --- the worker's time --------------------------------------------------------------------------------------


def test_a_frame_at_full_speed_waits_until_its_share_of_the_work_is_done_but_never_while_nothing_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[bytes] = []
    one = Worker(said.append, SimpleQueue(), [], {"guests": False})
    one.session.open(SMALL)
    clock = {"monotonic": 100.0, "process_time": 10.0}
    for name in clock:
        monkeypatch.setattr(worker, name, lambda name=name: clock[name])

    def shown() -> bool:
        one.wanted = True
        one.session.version += 1
        one._show()
        return not one.wanted

    do(one.session, "speed", {"speed": "full"})
    do(one.session, "start", {})
    frame, cost = one.reader.frame, 0.001

    def costly(moment: Session) -> bytes:
        clock["process_time"] += cost
        return frame(moment)

    monkeypatch.setattr(one.reader, "frame", costly)
    assert shown() and said[-1][:1] == worker.FRAME
    clock["monotonic"] += 1
    assert not shown()  # the clock has gone on, but this process has not worked
    clock["process_time"] += cost * worker.SHARE
    assert shown() and not shown()
    do(one.session, "pause", {})
    assert not shown()  # too soon for anybody's eyes
    clock["monotonic"] += worker.SOONEST
    assert shown()


def test_a_server_that_is_ended_before_it_is_ready_is_no_trouble() -> None:
    class First:
        closed, stream = False, None

        async def open(self) -> None:
            raise Refusal(404, "this tab's session has ended")

    def troubles(first: First) -> list[str]:
        found: list[GlassnetError] = []
        asyncio.run(_tell(first, int, found, int))  # type: ignore[arg-type]
        return list(map(str, found))

    first = First()
    assert troubles(first) == ["this tab's session has ended"]
    first.closed = True
    assert troubles(first) == []


# --- addresses are hostile ----------------------------------------------------------------------------------

HOSTILE = {
    "dataset=/etc/passwd.csv": "can't name a file",
    "dataset=rows.csv&target=a": "can't name a file",
    "dataset=-": "can't name a file",
    "plugins=x.py": "plugins can't be set here",
    "target=a": "target can't be set here",
    "reading=decimal=,": "reading can't be set here",
    "hidden=999": "64 are the most",
    "hidden=1,1,1,1,1,1,1,1,1": "8 are the most",
    "hidden=100&dataset=moons": "64 are the most",
    "dataset=moons:size=60001": "60,000 is the most",
    "dataset=blobs:size=-99999999": "out of range",
    "epochs=1000000": "100,000 are the most",
    "dataset=nonsense": "there is no dataset 'nonsense'",
    "l2=nan": "finite number",
    "activation=" + ";".join(["relu"] * 40): "more than 9 phrases",
    "metrics=" + ";".join(["accuracy"] * 40): "more than 9 phrases",
    "hidden=" + "9" * 5000: f"{LONGEST} is the most",
    "&".join(["l2=0"] * 200): "more settings than there are",
    "nothing=1": "no setting 'nothing'",
    "dataset=pima": "downloaded once from their publisher",
}


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_opens_something_sound_and_says_what_was_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path))
    monkeypatch.delenv("GLASSNET_DATA_MIRROR", raising=False)
    one = Session(CATALOG)
    refused = one.open(address)
    assert refused and HOSTILE[address] in " ".join(refused)
    state = state_of(one)
    assert not one.running and state["title"] == "moons" and len(json.dumps(state)) < 100_000


def test_a_free_text_of_a_part_is_never_set_from_an_address(tmp_path: Path) -> None:
    file = tmp_path / "reader.py"
    file.write_text(
        "import glassnet, numpy as np\n\n"
        "def from_disk(*, path: str = '', rng):\n"
        '    """Rows of a file.\n\n    y = x\n    """\n'
        "    assert not path, 'it was opened'\n"
        "    return glassnet.Dataset(np.arange(40.0)[:, None], np.arange(40) % 2)\n\n"
        "@glassnet.hookimpl\ndef datasets():\n    return [from_disk]\n"
    )
    catalog = Catalog.discover([file], guests=False)
    one = Session(catalog)
    assert one.open("dataset=from_disk&hidden=2") == []
    assert "path is a free text" in one.open("dataset=from_disk:path=/etc/passwd")[0]
    entry = next(part for part in menus_of(catalog)["datasets"] if part["name"] == "from_disk")
    assert entry["options"] == [] and entry["package"] == "local"


def test_an_address_is_the_inverse_of_the_experiment() -> None:
    for preset in presets():
        experiment, refused = opened(preset["address"], CATALOG)
        again = address_of(settings_of(experiment))  # by which the page finds an example after a reload
        assert sorted(again.split("&")) == sorted(preset["address"].split("&"))
        assert refused == [] and opened(again, CATALOG) == (experiment, [])
    assert opened("present&hide=loss,l2", CATALOG) == opened("", CATALOG)
    assert 18 <= len({preset["title"] for preset in presets()}) == len(presets())
    assert [setting.partition("=")[0] for setting in BASE] == ["dataset", "hidden", "epochs"]


# --- own rows -----------------------------------------------------------------------------------------------


def test_an_own_table_is_read_from_memory_with_text_gaps_and_three_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = told("../trees.csv", TABLE)
    assert (found["name"], found["rows"], found["target"]) == ("trees.csv", 60, "kind")
    assert [column["kind"] for column in found["columns"]] == ["number", "number", "category"]
    one = session()
    one.tables["trees.csv"] = TABLE
    with pytest.raises(GlassnetError, match="which column is learned"):
        do(one, "build", {"settings": {"dataset": "trees.csv"}})
    do(one, "build", {"settings": {"dataset": "trees.csv", "target": "kind"}})
    state = state_of(one)
    assert state["data"]["classes"] == ["elm", "oak", "yew"] and not state["address"]
    assert state["command"] == (
        "glassnet train trees.csv --hidden 4 --target kind --activation tanh --optimizer adam:lr=0.01 --epochs 6"
    )
    do(one, "epoch", {})
    do(one, "change", {"settings": {"l1": "0.001"}})
    do(one, "epoch", {})
    head, _, plane, _ = read(Reader().frame(one))
    assert head["plane"]["form"] == "class" and set(plane // 16) <= {0, 1, 2} and list(tmp_path.iterdir()) == []
    do(one, "build", {"settings": {"target": "height"}})
    assert state_of(one)["data"]["task"] == "regression"
    do(one, "build", {"settings": {"dataset": "iris"}})
    assert one.asked.target is None and list(one.tables) == ["trees.csv"]


def test_more_inputs_are_on_the_page_and_go_where_pictures_have_none() -> None:
    one = session("dataset=circles:size=60&hidden=2&features=squares,products&freeze=1&epochs=3")
    assert state_of(one)["data"]["inputs"] == ["x1", "x2", "x1^2", "x2^2", "x1·x2"]
    assert state_of(one)["network"]["layers"][0]["frozen"]
    head, _, _, units = read(Reader().frame(one))
    assert head["units"]["layers"][0]["number"] == 5 and len(units) == 7 * 625
    do(one, "build", {"settings": {"dataset": "digits8x8"}})
    assert (one.asked.features, one.asked.freeze) == ((), ())


@pytest.mark.parametrize(
    "cells, kind", [("{n},{n}", "plane"), ("{n},{c}", "curve"), ("{c},{c}", "none"), ("2024-01-0{d},{n}", "curve")],
)  # fmt: skip
def test_columns_of_every_sort_have_a_picture_or_none(cells: str, kind: str) -> None:
    one = session()
    lines = [cells.format(n=n + n % 7 / 10, c="xyz"[n % 3], d=1 + n % 9) + f",{n * n % 11}.5" for n in range(40)]
    one.tables["any.csv"] = ("a,b,y\n" + "\n".join(lines)).encode()
    assert told("any.csv", one.tables["any.csv"])["target"] == "y"
    do(one, "build", {"settings": {"dataset": "any.csv", "target": "y"}})
    do(one, "epoch", {})
    one.look |= {"row": 0}
    head, _, plane, units = read(Reader().frame(one))
    assert (state_of(one)["data"]["kind"], "curve" in head) == (kind, kind == "curve") and head["row"]["a"]
    assert bool(plane.size) == (kind == "plane") and bool(units.size) == (kind != "none")


def test_points_are_learned_and_become_a_file() -> None:
    one = session()
    rows = [[n % 7, n % 5, "left" if n % 7 < 3 else "right"] for n in range(30)]
    do(one, "points", {"rows": rows})
    state = state_of(one)
    assert state["data"]["classes"] == ["left", "right"] and state["data"]["points_file"]
    text = do(one, "points_file", {})["file"]["text"]
    assert text.startswith("x,y,class\n0.0,0.0,left\n") and text.count("\n") == 31
    do(one, "undo", {})
    assert one.asked.title == "moons"
    for bad in ([[0, 0]], [["a", 0, "b"]], [[0, float("inf"), "b"]], "rows", [[0, 0, "a"]] * 2001):
        with pytest.raises(GlassnetError, match="point"):
            do(one, "points", {"rows": bad})
    assert one.asked.title == "moons"


def test_other_data_take_the_parts_that_suit_them_and_layers_bring_their_activations() -> None:
    one = session()
    do(one, "build", {"settings": {"loss": "hinge"}})
    do(one, "build", {"settings": {"dataset": "sine"}})
    assert one.asked.loss is None and "did not suit the data" in " ".join(one.words)
    do(one, "build", {"settings": {"hidden": "3,4", "activation": "tanh;relu"}})
    do(one, "build", {"settings": {"hidden": "3,4,5"}})
    assert one.asked.activation == ("tanh", "relu", "relu")
    do(one, "build", {"settings": {"activation": None, "optimizer.lr": "0.5"}})
    assert one.asked.activation == ("relu",) and one.asked.optimizer == "adam:lr=0.5"


# --- what is refused ----------------------------------------------------------------------------------------

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "dance": ({}, "nothing like 'dance' to do"),
    "speed": ({"speed": "7"}, "there is no speed '7'"),
    "edit": ({"layer": 1, "unit": 99, "value": 1}, "unit is a whole number from 0 to 3"),
    "freeze": ({"layer": 0}, "layer is a whole number from 1 to 2"),
    "change": ({"settings": {"hidden": "9"}}, "hidden can't be changed while it runs"),
    "build": ({"settings": {"l2": "-1"}}, "--l2 must be at least 0"),
    "undo": ({}, "nothing to take back"),
    "keep": ({}, "nothing is trained yet"),
    "points_file": ({}, "no points are drawn yet"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_can_not_be_done_is_words_and_changes_nothing(name: str) -> None:
    one = session()
    before = state_of(one)
    arguments, words = WRONG[name]
    with pytest.raises(GlassnetError, match=words):
        do(one, name, arguments)
    assert state_of(one) == before


@pytest.mark.parametrize("name", ["edit", "freeze", "build", "change", "speed", "points", "look"])
@pytest.mark.parametrize("value", [None, True, -1, 1.5, 10**30, "x", [], {}, [[]], float("nan")])
def test_arguments_of_any_sort_end_in_words(name: str, value: Any) -> None:
    one = session()
    names = (
        "layer",
        "unit",
        "from",
        "value",
        "row",
        "settings",
        "speed",
        "rows",
        "open",
        "axes",
        "label",
        "address",
        "card",
    )
    try:
        do(one, name, dict.fromkeys(names, value))
    except GlassnetError as error:
        assert str(error)
    json.dumps(state_of(one), allow_nan=False)


# --- frames -------------------------------------------------------------------------------------------------


def test_a_frame_shows_the_network_as_it_is() -> None:
    one = session()
    do(one, "epoch", {})
    head, w, plane, units = read(Reader().frame(one))
    network = one.training.network
    first = head["weights"][0]
    sent = w[first["at"] : first["rows"] * first["columns"]].reshape(first["rows"], first["columns"])
    np.testing.assert_allclose(sent, network.view(network.w, "weight", 0), rtol=1e-6)
    low, high = zip(*map(one.view.ends, (0, 1)), strict=True)
    corner = one.training.model.outputs(np.array([[low[0], high[1]], [high[0], low[1]]]))[:, 0]
    np.testing.assert_allclose(plane[[0, -1]] / 255, corner, atol=0.003)  # the highest y comes first
    layers = head["units"]["layers"]
    assert [layer["number"] for layer in layers] == [2, 4] and len(units) == 6 * 25 * 25
    x1 = units[:625].reshape(25, 25)
    assert (np.diff(x1.astype(int), axis=1) > 0).all() and (np.diff(x1.astype(int), axis=0) == 0).all()


@pytest.mark.parametrize(
    "address, kind", [("dataset=sine&hidden=3", "curve"), ("dataset=digits8x8&hidden=5", "pictures"),
                      ("dataset=iris&hidden=3", "plane"), ("dataset=wine_cultivars&hidden=64,64", "plane"),
                      ("dataset=moons&hidden=none&loss=hinge", "plane"), ("dataset=skranke&hidden=3", "plane")],
)  # fmt: skip
def test_every_kind_of_data_has_its_frame_of_bounded_size(address: str, kind: str) -> None:
    one = session(f"{address}&epochs=2", open=["curves", "plane", "pictures", "norms", "confusion"], row=0)
    do(one, "epoch", {})
    head, w, _plane, units = read(frame := Reader().frame(one))
    assert state_of(one)["data"]["kind"] == kind and len(frame) < 80_000 and np.isfinite(w).all() and units.size
    assert head["row"]["row"] == 0 and len(head["norms"]) == len(one.training.network.widths) - 1
    assert (kind == "pictures") == ("answers" in head) and (kind == "curve") == ("curve" in head)
    if kind == "pictures":
        pixels = base64.b64decode(state_of(one)["data"]["pictures"]["pixels"])
        assert len(pixels) == 40 * 64 and len(head["answers"]["y"]) == 40


def test_units_that_are_stuck_are_told_each_by_itself() -> None:
    one = session("dataset=moons:size=60&hidden=4&activation=relu&epochs=2")
    do(one, "edit", {"layer": 1, "unit": 2, "from": None, "value": -1000})
    head, *_ = read(Reader().frame(one))
    one.running = True
    assert "dead" not in read(Reader().frame(one))[0]  # at a pause it is always told, while it runs where that is open
    do(one, "look", {"open": ["norms"]})
    assert read(Reader().frame(one))[0]["dead"] == head["dead"]
    assert head["dead"] == [[0, 0, 1, 0]] and head["saturated"][0][2] == 1 and head["dead_share"] == [0.25]


def test_two_columns_of_many_are_chosen_and_the_others_stay_in_their_middle() -> None:
    one = session("dataset=iris&hidden=3&epochs=2")
    do(one, "look", {"axes": [2, 3]})
    state = state_of(one)["data"]
    assert state["axes"] == [2, 3] and state["chosen"] and len(state["points"]["x"]) == 150
    X = one.training.source.X
    at = np.asarray(X, float)
    place = at.mean(axis=0)
    place[2], place[3] = one.view.ends(2)[0], one.view.ends(3)[1]
    y = one.training.model.outputs(place[None])
    _, _, plane, _ = read(Reader().frame(one))
    assert plane[0] // 16 == y.argmax()
    do(one, "look", {"axes": [1, 1]})
    state = state_of(one)["data"]
    assert state["axes"] == [0, 1] and not state["chosen"]
    do(one, "look", {"axes": [2, 3]})
    do(one, "build", {"settings": {"hidden": "4"}})
    assert state_of(one)["data"]["axes"] == [2, 3]
    do(one, "build", {"settings": {"dataset": "wine_cultivars"}})
    assert state_of(one)["data"]["axes"] == [0, 1]  # other data have other columns


def test_each_reader_gets_the_points_of_the_curves_that_it_lacks() -> None:
    one, first = session(), Reader()
    do(one, "epoch", {})
    assert read(first.frame(one))[0]["curves"]["epoch"] == [1]
    do(one, "epoch", {})
    later = read(first.frame(one))[0]["curves"]
    assert (later["from"], later["epoch"]) == (1, [2])
    assert read(Reader().frame(one))[0]["curves"]["epoch"] == [1, 2]
    do(one, "rewind", {})
    assert read(first.frame(one))[0]["curves"] | {"from": 0, "epoch": []} == read(first.frame(one))[0]["curves"]


def test_curves_keep_at_most_500_points_by_doubling_their_spacing() -> None:
    curves, held, seen = Curves("accuracy"), (0, 0), list[int]()
    for number in range(1, 2301):
        curves.add([Epoch(number, number, 1 / number, None, {"train": {"accuracy": 0.5}}, 0.0, 0.1, 0.0)])
        if number % 7 == 0:
            news = curves.since(*held)
            seen[news["from"] :] = news["epoch"]
            held = (curves.anew, len(curves.points))
    news = curves.since(*held)
    seen[news["from"] :] = news["epoch"]
    assert seen == [1, *range(8, 2301, 8)] and len(seen) <= MOST and curves.points[3][1] == 1 / 24


def test_a_card_fills_in_the_numbers_of_its_row() -> None:
    one = session()
    do(one, "epoch", {})
    do(one, "look", {"card": {"layer": 2, "unit": 0}, "row": 5})
    card = read(Reader().frame(one))[0]["card"]
    x, _, _ = one.view.row(5)
    answer = float(one.training.network.predict(x)[0, 0])
    assert card["a_text"] == f"{answer:.4f}" and card["slope_text"] == f"{answer * (1 - answer):.4f}"
    total = sum(float(row["product_text"]) for row in card["rows"]) + card["bias"]
    assert float(card["z_text"]) == pytest.approx(total, abs=5e-4)
    assert card["filled"].count("·") == 4 and f"= {card['z_text']}; a = sigmoid(z) = {card['a_text']}" in card["filled"]
    do(one, "look", {"card": {"layer": 1, "unit": 0}, "row": None})
    assert "z_text" not in read(Reader().frame(one))[0]["card"]
    do(one, "look", {"card": {"layer": 7, "unit": 0}})
    assert read(Reader().frame(one))[0]["card"] is None


# --- what is taken away -------------------------------------------------------------------------------------


def test_a_run_is_kept_once_a_moment_and_its_command_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glassnet import load

    monkeypatch.setenv("GLASSNET_RUNS", str(tmp_path / "runs"))
    one = session()
    do(one, "epoch", {})
    do(one, "step", {})
    kept = do(one, "keep", {})["kept"]
    assert one.epoch == 2 and do(one, "keep", {})["kept"] == kept
    found = load(kept["folder"])
    assert found.model.network.w.tobytes() == weights(one) == alone(SMALL, 2)
    assert len(found.epochs) == 2 and found.provenance["command"] == state_of(one)["command"]
    do(one, "epoch", {})
    assert do(one, "keep", {})["kept"]["folder"] != kept["folder"]
    page = Path(do(one, "report", {})["kept"]["page"])
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>") and page.parent.name == "0002-moons"
    archive = do(one, "script", {})["file"]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(archive["base64"]))) as packed:
        assert "model/model.py" in packed.namelist()


def test_an_exercise_is_answered_by_the_settings_and_not_by_hand() -> None:
    one = session()
    assert as_answer(one) == (
        "glassnet train moons:size=60 --hidden 4 --activation tanh --optimizer adam:lr=0.01 --epochs 6"
    )
    do(one, "epoch", {})
    do(one, "edit", {"layer": 1, "unit": 0, "value": 1})
    with pytest.raises(GlassnetError, match="changed by hand"):
        as_answer(one)


def test_menus_hold_every_part_with_its_options_and_the_package_that_brought_it() -> None:
    menus = menus_of(CATALOG)
    kinds = {"datasets": "dataset", "losses": "loss", "optimizers": "optimizer"}
    for plural, kind in kinds.items():
        assert [entry["name"] for entry in menus[plural]] == [part.name for part in CATALOG.parts(kind)]
    adam = next(entry for entry in menus["optimizers"] if entry["name"] == "adam")
    assert adam["options"][0] | {"help": ""} == {
        "name": "lr", "type": "float", "low": adam["options"][0]["low"], "high": None, "choices": [],
        "optional": False, "help": "",
    }  # fmt: skip
    assert all(entry["name"] in Experiment.__dataclass_fields__ for entry in menus["fields"])
    json.dumps(menus, allow_nan=False)
