"""Estimators in a file without pickle: what comes back is the same, and a file from a stranger runs nothing."""

import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from guests import python, write_good
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris, make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from glassnet import Activation, Experiment, GlassClassifier, GlassnetError, GlassRegressor, load, record, run, save

IRIS = load_iris(as_frame=True)
QUICK = {"hidden_layer_sizes": (6,), "max_iter": 4, "n_iter_no_change": None, "random_state": 0}


def fits() -> dict[str, tuple[GlassClassifier | GlassRegressor, object]]:
    X, Y = make_multilabel_classification(60, n_classes=3, random_state=0)
    D, y = load_diabetes(return_X_y=True)
    names = np.array(["a", "b", "c"], dtype=object)[IRIS.target]
    return {
        "named columns and classes": (GlassClassifier(**QUICK).fit(IRIS.data, names), IRIS.data),
        "two classes": (GlassClassifier(**QUICK, class_weight={0: 1.0, 1: 3.0}).fit(D, y > 150), D),
        "labels": (GlassClassifier(**QUICK, optimizer="rmsprop").fit(X, Y), X),
        "numbers": (GlassRegressor(**QUICK, batch_norm=True, dropout=0.2, schedule="cosine").fit(D, y), D),
        "several numbers": (
            GlassRegressor(**QUICK, early_stopping=True, activation=["tanh"]).fit(D.astype(np.float32), np.c_[y, -y]),
            D.astype(np.float32),
        ),
        "a solver": (GlassRegressor((), optimizer="lbfgs", max_iter=90).fit(D, y), D),
    }


FITS = fits()


@pytest.mark.parametrize("name", FITS)
def test_what_comes_back_predicts_shows_and_goes_on_as_before(name: str, tmp_path: Path) -> None:
    model, X = FITS[name]
    path = save(model, tmp_path / "model.npz")
    other = load(path)
    assert type(other) is type(model) and str(path).endswith("model.npz")
    np.testing.assert_array_equal(other.predict(X), model.predict(X))
    assert other.predict(X).dtype == model.predict(X).dtype
    pd.testing.assert_frame_equal(other.history_, model.history_)
    assert (other.stopped_, other.n_iter_, other.n_features_in_) == (
        model.stopped_,
        model.n_iter_,
        model.n_features_in_,
    )
    if isinstance(model, GlassClassifier):
        np.testing.assert_array_equal(other.predict_proba(X), model.predict_proba(X))
        assert other.classes_.dtype == model.classes_.dtype and other.classes_.tolist() == model.classes_.tolist()
    if hasattr(model, "feature_names_in_"):
        np.testing.assert_array_equal(other.feature_names_in_, model.feature_names_in_)
    assert repr(clone(other)) == repr(clone(model))


def test_training_goes_on_bit_for_bit(tmp_path: Path) -> None:
    X, y = IRIS.data, IRIS.target
    model = GlassClassifier(**QUICK, optimizer="adam:lr=0.01", early_stopping=True)
    for _ in range(3):
        model.partial_fit(X, y, classes=[0, 1, 2], X_val=X[::5], y_val=y[::5])
    other = load(save(model, tmp_path / "half.npz"))
    for one in (model, other):
        one.partial_fit(X, y, X_val=X[::5], y_val=y[::5])
    np.testing.assert_array_equal(model.model_.network.w, other.model_.network.w)
    assert model._fitted.patience == other._fitted.patience and model.loss_curve_ == other.loss_curve_


def test_several_labels_with_weights_of_their_own_go_on_after_loading(tmp_path: Path) -> None:
    X, Y = make_multilabel_classification(60, n_classes=2, random_state=0)
    model = GlassClassifier(**QUICK, class_weight=[{0: 1.0, 1: 3.0}, {0: 2.0, 1: 1.0}]).fit(X, Y)
    other = load(save(model, tmp_path / "m.npz"))
    assert other.get_params() == model.get_params()
    np.testing.assert_array_equal(other.partial_fit(X, Y).model_.network.w, model.partial_fit(X, Y).model_.network.w)


def test_what_words_can_not_say_is_no_bare_type_error(tmp_path: Path) -> None:
    model = GlassClassifier(**QUICK | {"random_state": np.random}).fit(IRIS.data, IRIS.target)
    again = clone(load(save(model, tmp_path / "m.npz"))).fit(IRIS.data, IRIS.target)
    np.testing.assert_array_equal(again.coefs_[0], model.coefs_[0])
    model.set_params(verbose=1j)
    with pytest.raises(GlassnetError, match="verbose=1j can't be saved: a file holds numbers, texts and lists"):
        save(model, tmp_path / "n.npz")


@pytest.mark.parametrize("name", ["n" * 300, "n" * 300 + ".npz"])
def test_a_path_that_no_disk_takes_is_refused_in_words(name: str, tmp_path: Path) -> None:
    with pytest.raises(GlassnetError, match=r"can't use .*: File name too long"):
        load(tmp_path / name)


def test_a_drawn_seed_is_written_in_place_of_the_random_state(tmp_path: Path) -> None:
    given = QUICK | {"random_state": np.random.RandomState(5)}
    model = GlassClassifier(**given).fit(IRIS.data, IRIS.target)
    other = load(save(model, tmp_path / "m.npz"))
    again = clone(other).fit(IRIS.data, IRIS.target)
    np.testing.assert_array_equal(again.coefs_[0], model.coefs_[0])


def test_a_guests_part_comes_back_and_its_absence_is_named(tmp_path: Path) -> None:
    write_good(tmp_path / "guests", "glassnet-stranger", "stranger")
    code = f"""
        import numpy as np
        from glassnet import GlassClassifier, save
        X = np.random.default_rng(0).standard_normal((40, 2))
        net = GlassClassifier((4,), "stranger:scale=0.5", max_iter=3, n_iter_no_change=None).fit(X, X[:, 0] > 0)
        save(net, {str(tmp_path / "m.npz")!r})
    """
    done = python(code, tmp_path / "guests")
    assert done.returncode == 0, done.stderr
    look = f"from glassnet import load; print(load({str(tmp_path / 'm.npz')!r}).model_.parts.activations[0])"
    assert python(look, tmp_path / "guests").stdout == "glassnet-stranger/stranger:scale=0.5\n"
    assert (
        "was fitted with glassnet-stranger 1.0, which is not installed: pip install glassnet-stranger==1.0"
        in python(look).stderr
    )


def test_load_opens_runs_as_before(tmp_path: Path) -> None:
    recording = record(run(Experiment(dataset="iris", hidden="none", epochs=1)), tmp_path / "runs")
    for _ in recording:
        pass
    assert load("last", tmp_path / "runs").folder == recording.folder == load(recording.folder).folder
    assert load(1, tmp_path / "runs").experiment.epochs == 1


def test_opening_a_run_does_not_wait_for_scikit_learn() -> None:
    done = python("import sys; from glassnet import load, save; assert 'sklearn' not in sys.modules")
    assert done.returncode == 0, done.stderr
    done = python("import sys; from glassnet import GlassClassifier; assert 'sklearn' in sys.modules")
    assert done.returncode == 0, done.stderr


def bend():
    """A line."""
    return Activation(f=lambda z: z, df=lambda z, a: z * 0 + 1)


def test_what_can_not_be_saved_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    model = FITS["two classes"][0]
    given = GlassClassifier(**QUICK | {"activation": bend}).fit(IRIS.data, IRIS.target)
    refusals = [
        (LogisticRegression(), "m.npz", "only GlassClassifier, GlassRegressor can be saved, not a LogisticRegression"),
        (make_pipeline(model), "m.npz", "not a Pipeline: of a Pipeline save the last step, or use joblib.dump"),
        (GlassClassifier(), "m.npz", "this GlassClassifier holds nothing to save yet: call fit first"),
        (given, "m.npz", "activation=bend is a function, and a file holds words alone: make it a plugin"),
        (model, "model", "does not end in .npz, by which glassnet.load knows the file: add it"),
    ]
    for thing, name, words in refusals:
        with pytest.raises(GlassnetError, match=words):
            save(thing, tmp_path / name)
    with pytest.raises(GlassnetError, match=r"can't write to .*; give another path"):
        save(model, tmp_path / "nowhere" / "m.npz")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_ours_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    with pytest.raises(GlassnetError, match=r"there is no file '.*m\.npz': glassnet\.save\(estimator, .*makes one"):
        load(path)
    path.write_bytes(b"no archive")
    with pytest.raises(GlassnetError, match="is damaged and can't be read"):
        load(path)
    np.savez(path, a=np.zeros(3))
    with pytest.raises(GlassnetError, match=r"holds no estimator that glassnet\.save wrote"):
        load(path)
    save(FITS["numbers"][0], path)
    arrays = dict(np.load(path))
    words = json.loads(str(arrays["words"]))
    words["parameters"]["momentum"] = 0.9
    np.savez(path, **arrays | {"words": np.array(json.dumps(words))})
    with pytest.raises(GlassnetError, match="written by another version of glassnet: momentum is unknown here"):
        load(path)
    for missing in ("fit", "history", "model/w", "n_features_in"):
        np.savez(path, **{name: array for name, array in arrays.items() if name != missing})
        with pytest.raises(GlassnetError, match=missing.removeprefix("model/")):
            load(path)


def test_a_pickle_inside_a_file_is_not_opened(tmp_path: Path) -> None:
    class Opened:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "m.npz"
    save(FITS["numbers"][0], path)
    arrays = dict(np.load(path)) | {"best_w": np.array([Opened()], dtype=object)}
    np.savez(path, allow_pickle=True, **arrays)
    assert b"touch" in zipfile.ZipFile(path).read("best_w.npy")
    with pytest.raises(GlassnetError, match="is damaged and can't be read: Object arrays"):
        load(path)
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickle.dumps(Opened()))
    assert (tmp_path / "ran").exists()  # so this test could have failed


@pytest.mark.parametrize("optimizer", ["adam", "momentum", "lbfgs"])
def test_a_memory_that_somebody_changed_is_refused_in_a_line(optimizer: str, tmp_path: Path) -> None:
    X, y = load_iris(return_X_y=True)
    model = GlassClassifier((5,), optimizer=optimizer, max_iter=3, warm_start=True, n_iter_no_change=None)
    save(model.fit(X, y), tmp_path / "kept.npz")
    with np.load(tmp_path / "kept.npz") as file:
        kept = dict(file)
    memory = [name for name in kept if "state/" in name and not name.endswith("/w")]
    assert memory
    for name in memory:
        for other in ({name: kept[name][..., :3]}, {name: np.zeros(2)}, {}):
            np.savez(tmp_path / "other.npz", **({key: kept[key] for key in kept if key != name} | other))
            with pytest.raises(GlassnetError, match="what was fitted before can't go on: the "):
                load(tmp_path / "other.npz").fit(X, y)
    assert load(tmp_path / "kept.npz").fit(X, y).n_iter_ == 3
