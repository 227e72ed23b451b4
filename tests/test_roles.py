"""What each column of a table is for: left out as an id or a name, or an input, and the word that overrules it."""

import json

import numpy as np
import pandas as pd
import pytest

from glassnet import Dataset, Experiment, GlassnetError, load, record, run
from glassnet.data import Features, infer_task, prepare, read_features, read_table
from glassnet.data.reading import Roles
from glassnet.data.roles import is_id, roles_of
from glassnet.data.unfamiliar import unfamiliar

RNG = np.random.default_rng(0)
N = 60


def table(**columns):
    """Sixty rows of a measurement and two classes, with further columns in front."""
    return pd.DataFrame({**columns, "a": RNG.normal(size=N), "y": np.arange(N) % 2})


def read(frame, tmp_path, **roles):
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    return read_table(path, "y", **roles)


def roles(data):
    return {column.name: column.role for column in data.columns}


def shuffled(n=N, first=1):
    return np.random.default_rng(1).permutation(n) + first


def texts(form, n=N, different=N):
    return [form.format(i % different) for i in np.random.default_rng(2).permutation(n)]


# --- ids ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Id", "ID", "id", "PassengerId", "passengerid", "customer_id", "id_kunde", "Student No", "student number",
     "Lfd. Nr.", "Nr", "No.", "#", "index", "row", "Unnamed: 0", "MatrikelNr", "uuid", "recordID", "Matrikelnummer"],
)  # fmt: skip
def test_all_different_whole_numbers_called_an_id_are_left_out(name, tmp_path):
    data = read(table(**{name: shuffled()}), tmp_path)
    prepared = prepare(data, "binary")
    assert prepared.features.outputs == ("a",)
    assert roles(data)[name] == "id" and prepared.features.ids == (name,)
    said = next(line for line in prepared.account if repr(name) in line)
    assert "different whole number in every row" in said and "--keep" in said
    kept = prepare(read(table(**{name: shuffled()}), tmp_path, keep=[name]), "binary")
    assert kept.features.outputs == (name, "a")


@pytest.mark.parametrize(
    "name", ["grid", "acid", "solid", "paid", "humidity", "fluid", "body mass index", "number of rooms", "north"]
)
def test_words_that_only_end_like_ids_are_none(name):
    assert not is_id(name)


@pytest.mark.parametrize("order", [range(N), shuffled(), shuffled(first=4000), np.arange(N)[::-1] * 7 + 3])
def test_a_nameless_column_of_a_named_table_that_differs_in_every_row_is_left_out(order, tmp_path):
    frame = table()
    frame.index = list(order)
    path = tmp_path / "t.csv"
    frame.to_csv(path)  # pandas writes its index, without a name
    prepared = prepare(read_table(path, "y"), "binary")
    assert prepared.features.outputs == ("a",)


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=N),  # all different, and a measurement
        RNG.normal(size=N) * 1e6,
        np.arange(N) + 0.5,
    ],
)
def test_floats_are_never_ids(values, tmp_path):
    assert roles(read(table(id_value=values), tmp_path))["id_value"] == "number"
    assert roles(read(table(id=values), tmp_path))["id"] == "number"


@pytest.mark.parametrize("values", [np.arange(1960, 1960 + N), shuffled() * 997, np.arange(N) ** 2])
@pytest.mark.parametrize("name", ["year", "income", "x"])
def test_measurements_that_differ_in_every_row_stay_and_are_said(name, values, tmp_path):
    data = read(table(**{name: values}), tmp_path)
    assert prepare(data, "binary").features.outputs == (name, "a")
    said = f"Column {name!r} holds a different whole number in every row, as ids do, and counts as a measurement"
    assert [note for note in data.notes if note == f"{said} (--drop {name} leaves it out)."]


def test_of_a_file_without_names_no_column_is_nameless(tmp_path):
    path = tmp_path / "t.csv"
    table(x=shuffled()).to_csv(path, index=False, header=False)
    assert prepare(read_table(path, "column_3"), "binary").features.outputs == ("column_1", "column_2")


@pytest.mark.parametrize(("different", "role"), [(30, "id"), (21, "id"), (4, "number")])
def test_ids_of_a_few_things_are_said_and_those_of_many_left_out(different, role, tmp_path):
    data = read(table(patient_id=np.arange(N) % different + 100), tmp_path)
    assert roles(data)["patient_id"] == role
    said = [*data.notes, *prepare(data, "binary").account]
    assert any(("--group" if role == "id" else "--category") + " patient_id" in line for line in said)


def test_a_run_of_older_rules_is_read_with_what_its_model_learned(tmp_path):
    """It had the id among its inputs, and no word that says so."""
    path = tmp_path / "t.csv"
    table(Id=shuffled()).to_csv(path, index=False)
    words = {"target": "y", "hidden": 3, "epochs": 2, "keep": ("Id",)}
    kept = record(run(Experiment(dataset=path, **words)), tmp_path / "runs").finish()
    experiment = kept.folder / "experiment.json"
    told = json.loads(experiment.read_text())
    experiment.write_text(json.dumps(told | {"keep": []}))
    again = load(kept.folder)
    assert again.trained.data.features.needed == ("Id", "a")
    assert again.trained.scores()["test"] == pytest.approx(kept.result["metrics"]["test"])
    assert again.resume(3).finish().result["epochs"] == 3
    assert run(again.experiment).data.features.needed == ("a",)


# --- names, addresses, numbers of telephones ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (texts("Anna {}"), "name"),
        (texts("C-{:04}"), "ticket"),
        (texts("{}@school.example", different=12), "mail"),
        (texts("+47-22-{:02}-11-00", different=40), "phone"),
        (texts("Ola{}", different=31), "who"),  # fewer than two rows a name
        (texts("Ola{}", different=8), "First Name"),
        (texts("place {}", n=N, different=55), "street"),
    ],
)
def test_text_that_says_who_a_row_is_becomes_no_columns(values, name, tmp_path):
    data = read(table(**{name: values}), tmp_path)
    prepared = prepare(data, "binary")
    assert prepared.features.outputs == ("a",) and roles(data)[name] == "id"
    assert sum("--keep" in line for line in prepared.account) == 1
    kept = prepare(read(table(**{name: values}), tmp_path, keep=[name]), "binary")
    assert len(kept.features.outputs) > 5


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (texts("kind {}", different=12), "kind"),
        (texts("town {}", different=30), "town"),
        (["yes", "no"] * 30, "mobile"),
        (["red", "blue", "green"] * 20, "name"),
    ],
)
def test_text_of_which_each_value_has_rows_is_a_category(values, name, tmp_path):
    data = read(table(**{name: values}), tmp_path)
    assert roles(data)[name] == "category"
    assert len({*values}) * 0.8 < len(prepare(data, "binary").features.outputs) - 1 <= len({*values})


def test_numbers_of_telephones_are_no_measurement(tmp_path):
    for name in ("phone", "Telefon", "mobile number", "fax"):
        assert roles(read(table(**{name: shuffled() * 7919 + 22_000_000}), tmp_path))[name] == "id"


def test_a_column_of_one_value_is_constant_and_one_with_gaps_is_not(tmp_path):
    for value in (3, "x", True, 2.5):
        assert roles(read(table(c=[value] * N), tmp_path))["c"] == "constant"
    assert roles(read(table(c=["x", None] * 30), tmp_path))["c"] == "category"


def test_a_class_list_of_41_rows_leaves_its_numbers(tmp_path):
    """28 columns of names, 27 of dates and 43 of telephones came of such a table."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "name": [f"Kari {i}" for i in range(41)],
            "phone": [f"{22_000_000 + 7919 * i}" for i in range(41)],
            "hours": rng.integers(0, 20, 41),
            "city": [["Oslo", "Bergen", "Trondheim"][i % 3] for i in range(41)],
            "y": rng.integers(0, 2, 41),
        }
    )
    data = read(frame, tmp_path)
    assert prepare(data, "binary").features.outputs == ("hours", "city=Bergen", "city=Oslo", "city=Trondheim")
    assert roles(data) == {"name": "id", "phone": "id", "hours": "number", "city": "category", "y": "target"}


# --- words that overrule --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"drop": ["y"]}, "--target and --drop both name the column 'y'"),
        ({"group": "y"}, "--target and --group both name the column 'y'"),
        ({"drop": ["a"], "keep": ["a"]}, "--drop and --keep both name the column 'a'"),
        ({"drop": ["a"], "category": ["a"]}, "--drop and --category both name the column 'a'"),
    ],
)
def test_words_at_odds_are_refused(words, said, tmp_path):
    with pytest.raises(GlassnetError, match=f"{said}: give one of them"):
        read(table(), tmp_path, **words)


def test_every_column_is_in_the_account_once_and_in_order(tmp_path):
    frame = table(Id=shuffled(), site=[1, 2, 3] * 20, gone=RNG.normal(size=N), who=np.arange(N) // 6, at=shuffled())
    data = read(frame, tmp_path, drop=["gone"], category=["site"], group="who")
    assert [column.name for column in data.columns] == list(frame.columns)
    wanted = {
        "Id": "id",
        "site": "category",
        "gone": "left out",
        "who": "group",
        "at": "number",
        "a": "number",
        "y": "target",
    }
    assert roles(data) == wanted
    assert data.columns[0].word == "--keep Id" and data.columns[0].why.startswith("Column 'Id' was dropped")
    assert prepare(data, "binary", keep=["site"]).features.outputs == ("at", "a", "site=1", "site=2", "site=3")
    kept = read(frame, tmp_path, group="who", keep=["who"])
    assert roles(kept)["who"] == "number" and kept.groups is not None


def test_hints_name_columns_as_a_shell_wants_them(tmp_path):
    data = read(table(**{"Full Name": texts("Anna {}")}), tmp_path)
    assert "(--keep 'Full Name' restores it)" in data.columns[0].why


def test_declared_categories_are_names():
    for values in (pd.Categorical([1, 2, 3] * 20), pd.Categorical([0.5, 1.5] * 30), pd.Categorical([True, False] * 30)):
        data = Dataset(table(c=values).drop(columns="y"), np.arange(N) % 2)
        assert [name for name in prepare(data, "binary").features.outputs if name.startswith("c=")]


def test_numbers_read_as_names_are_whole_where_gaps_have_made_them_floats():
    from glassnet.data.sheets import FrameSheet
    from glassnet.data.tables import dataset_of

    frame = table(site=[1, 2, None] * 20)
    data = dataset_of(FrameSheet((), "frame", frame), Roles(("y",), category=("site",)))
    assert "site=1" in prepare(data, "binary").features.outputs


def test_arrays_and_tables_of_numbers_alone_are_taken_as_they_are():
    X = np.column_stack([shuffled(), np.ones(N)])
    assert len(prepare(Dataset(X, np.arange(N) % 2, feature_names=("Id", "one")), "binary").features.outputs) == 2


def test_a_data_set_of_a_function_has_roles_too():
    frame = table(Id=shuffled(), name=texts("Anna {}")).drop(columns="y")
    assert prepare(Dataset(frame, np.arange(N) % 2), "binary").features.outputs == ("a",)
    assert prepare(Dataset(frame, np.arange(N) % 2), "binary", keep=["Id"]).features.outputs == ("Id", "a")


def test_a_table_of_ids_alone_says_the_word():
    frame = pd.DataFrame({"Id": shuffled()})
    with pytest.raises(
        GlassnetError, match=r"no column is left to learn from: column 'Id' was dropped: .*\(--keep Id restores it\)"
    ):
        prepare(Dataset(frame, np.arange(N) % 2), "binary")


# --- dates ----------------------------------------------------------------------------------------------------


DAYS = pd.date_range("2024-02-27", periods=N, freq="36h")


@pytest.mark.parametrize("scale", ["standard", "minmax", "none"])
@pytest.mark.parametrize("dates", [DAYS, DAYS.tz_localize("Europe/Oslo"), pd.Series(DAYS.date)])
def test_dates_become_days_since_the_first_training_row(dates, scale):
    frame = pd.DataFrame({"day": dates, "a": RNG.normal(size=N)})
    prepared = prepare(Dataset(frame, RNG.normal(size=N)), "regression", scale=scale)
    first = pd.Timestamp(pd.Series(DAYS)[prepared.train.index].min()).date()
    days = (DAYS[prepared.train.index] - pd.Timestamp(first)) / pd.Timedelta(days=1)
    at = prepared.train.X[:, 0]
    if scale == "none":
        np.testing.assert_allclose(at, days, atol=1)  # Oslo's midnight is another one
    assert np.corrcoef(at, days)[0, 1] > 0.9999
    assert prepared.features.outputs == ("day", "a")
    assert any(line.startswith(f"Date column 'day' became days since {first}") for line in prepared.account)


def test_gaps_of_dates_are_marked_like_those_of_numbers():
    frame = pd.DataFrame({"day": pd.Series(DAYS).where(np.arange(N) % 4 > 0), "a": RNG.normal(size=N)})
    features = Features.fit(frame)
    assert features.outputs == ("day", "a", "day missing")
    X = features.transform(frame)
    assert np.isfinite(X).all() and X[:, 2].sum() == N / 4


def test_what_was_learned_of_dates_and_ids_is_written_and_read_back():
    frame = pd.DataFrame({"Id": shuffled(), "day": DAYS, "a": RNG.normal(size=N)})
    features = Features.fit(frame, roles=roles_of(frame, Roles()))
    back = Features.from_arrays(features.to_arrays())
    assert back.columns == features.columns and back.ids == ("Id",)
    np.testing.assert_array_equal(back.transform(frame), features.transform(frame))
    np.testing.assert_array_equal(back.transform(frame.astype({"day": str})), features.transform(frame))
    with pytest.raises(GlassnetError, match="column 'day' must hold dates, as in training"):
        back.transform(frame.assign(day="soon"))


@pytest.mark.parametrize(
    ("word", "values"),
    [("weekday", {"Monday", "Sunday"}), ("month", {"March", "April"}), ("hour", {"00 h", "12 h"})],
)
def test_a_part_of_a_date_is_a_category_on_request(word, values, tmp_path):
    frame = table(day=DAYS.strftime("%Y-%m-%d %H:%M:%S"))
    data = read(frame, tmp_path, category=[f"day:{word}"])
    prepared = prepare(data, "binary")
    assert {f"day:{word}={value}" for value in values} <= {*prepared.features.outputs}
    assert roles(data) == {"day": "date", "a": "number", "y": "target", f"day:{word}": "category"}
    alone = prepare(read(frame, tmp_path, category=[f"day:{word}"], drop=["day"]), "binary")
    assert "day" not in alone.features.outputs
    for handed in (read_features(tmp_path / "t.csv", alone.features), frame.assign(day=DAYS)):
        np.testing.assert_array_equal(alone.features.transform(handed, alone.train.index), alone.train.X)
        assert list(unfamiliar(alone.features, handed)) == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("day:weekdy", "no 'weekdy' of a date. Did you mean 'weekday'"),
        ("a:weekday", "the column 'a' holds no dates"),
        ("nothing:weekday", "there is no column 'nothing:weekday' to read as names"),
    ],
)
def test_what_no_date_has_is_refused(word, said, tmp_path):
    with pytest.raises(GlassnetError, match=said):
        read(table(day=DAYS.strftime("%Y-%m-%d %H:%M")), tmp_path, category=[word])


# --- several targets ------------------------------------------------------------------------------------------


def test_several_targets_of_numbers_are_learned_together(tmp_path):
    X = RNG.normal(size=(N, 2))
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "u": X.sum(axis=1), "v": X[:, 0] * 100, "w": np.arange(N)})
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = read_table(tmp_path / "t.csv", ("u", "v"), drop=["w"])
    assert infer_task(data) == "regression" and list(data.X.columns) == ["a", "b"]
    np.testing.assert_allclose(data.y, frame[["u", "v"]])
    assert prepare(data, "regression").targets.names == ("u", "v")
    assert "2 targets are learned together: u, v." in data.notes
    three = read_table(tmp_path / "t.csv", ("w", "u", "v"))
    assert prepare(three, "regression").targets.names == ("w", "u", "v")


@pytest.mark.parametrize("write", [lambda y: y, lambda y: y.astype(bool), lambda y: y.astype(float)])
def test_several_targets_of_zeros_and_ones_are_labels(write, tmp_path):
    labels = RNG.integers(0, 2, (N, 2))
    frame = pd.DataFrame({"a": RNG.normal(size=N), "p": write(labels[:, 0]), "q": write(labels[:, 1])})
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = read_table(tmp_path / "t.csv", ("p", "q"))
    assert infer_task(data) == "multilabel"
    np.testing.assert_array_equal(data.y, labels)


def test_of_several_targets_one_of_text_or_with_gaps_is_said(tmp_path):
    frame = pd.DataFrame({"a": RNG.normal(size=N), "u": RNG.normal(size=N), "v": ["x", "y"] * 30})
    frame.loc[3, "u"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(GlassnetError, match="of several targets each holds numbers, but 'v' holds text"):
        read_table(tmp_path / "t.csv", ("u", "v"))
    data = read_table(tmp_path / "t.csv", ("a", "u"))
    assert len(data.y) == N - 1 and any("1 row (line 5)" in note for note in data.notes)


@pytest.mark.parametrize("word", ["keep", "category"])
def test_what_is_said_of_the_target_although_it_is_used_anyway_does_no_harm(word, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "\n".join(f"{i},{i % 5},{('None', 'Some')[i % 2]}" for i in range(60)))
    training = run(Experiment(dataset=str(path), target="y", epochs=1, **{word: ("y",)}))
    assert list(training.finish().model.targets.classes) == ["None", "Some"]


def test_numbers_that_name_classes_are_a_category_in_a_target_too(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "\n".join(f"{i},{i % 5},{(i % 6) / 4 + i % 2}" for i in range(120)))
    training = run(Experiment(dataset=str(path), target="y", category=("y",), epochs=1))
    assert training.data.targets.task == "multiclass"
    assert set(training.data.targets.classes) == {"0.0", "1.25", "0.5", "1.75", "1.0", "2.25"}
    assert run(Experiment(dataset=str(path), target="y", epochs=1)).data.targets.task == "regression"
