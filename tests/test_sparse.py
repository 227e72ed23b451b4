"""Sparse inputs: the same network, bit for bit, as the same numbers written out; and never written out all at once."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import get_tags

from glassnet import GlassClassifier, GlassRegressor, load, save
from glassnet.data import sparse

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

FORMATS = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
WAYS = (
    {},
    {"early_stopping": True},
    {"optimizer": "lbfgs"},
    {"batch_size": "full"},
    {"dropout": 0.2, "batch_norm": True},
    {"class_weight": "balanced", "batch_size": 7},
)


def rows(n: int = 300, columns: int = 120) -> tuple[sp.csr_array, np.ndarray]:
    X = sp.random_array((n, columns), density=0.05, format="csr", rng=np.random.default_rng(0))
    return X, (np.asarray(X.sum(axis=1)).ravel() > 3).astype(int)


@pytest.mark.parametrize("parameters", WAYS, ids=str)
def test_sparse_inputs_give_what_the_same_numbers_written_out_give(parameters: dict) -> None:
    X, y = rows()
    ours = GlassClassifier((10,), max_iter=4, random_state=0, **parameters)
    kept, written = ours.fit(X, y), GlassClassifier(**ours.get_params()).fit(X.toarray(), y)
    for mine, other in zip(kept.coefs_, written.coefs_, strict=True):
        np.testing.assert_array_equal(mine, other)
    np.testing.assert_array_equal(kept.predict_proba(X), written.predict_proba(X.toarray()))
    assert kept.score(X, y) == written.score(X.toarray(), y)
    assert kept.loss_curve_ == written.loss_curve_


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", [sp.coo_array, sp.coo_matrix])
def test_every_format_of_scipys_is_taken(format: str, kind: type) -> None:
    X, y = rows(60, 8)
    net = GlassRegressor((4,), max_iter=2, random_state=0).fit(kind(X).asformat(format), y)
    np.testing.assert_array_equal(net.predict(kind(X).asformat(format)), net.predict(X.toarray()))


def test_parts_and_watched_rows_may_be_sparse_or_not() -> None:
    X, y = rows()
    mixed, written = GlassClassifier((5,), random_state=0), GlassClassifier((5,), random_state=0)
    for net, as_given in ((mixed, [X, X.toarray(), X]), (written, [X.toarray()] * 3)):
        for watched in as_given:
            net.partial_fit(as_given[0], y, classes=[0, 1], X_val=watched[:50], y_val=y[:50])
    assert mixed.validation_curve_ == written.validation_curve_
    np.testing.assert_array_equal(mixed.coefs_[0], written.coefs_[0])


def test_single_precision_stays_single() -> None:
    X, y = rows()
    assert GlassClassifier((5,), max_iter=2).fit(X.astype(np.float32), y).coefs_[0].dtype == np.float32


def test_one_hot_columns_and_words_come_as_their_encoders_give_them() -> None:
    texts = ["good and fine", "bad and poor", "fine", "poor"] * 10
    y = [1, 0, 1, 0] * 10
    words = make_pipeline(TfidfVectorizer(), GlassClassifier((5,), "relu", optimizer="adam:lr=0.05", random_state=0))
    assert words.fit(texts, y).score(texts, y) == 1.0
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": np.arange(40.0), "town": list("ABCDEFGHIJ") * 4})
    columns = make_column_transformer((OneHotEncoder(), ["town"]), (StandardScaler(), ["a"]), sparse_threshold=1.0)
    net = make_pipeline(columns, GlassClassifier((5,), max_iter=3, random_state=0)).fit(frame, y)
    assert sp.issparse(net[0].transform(frame)) and len(net.predict(frame)) == 40


def test_a_network_of_sparse_inputs_is_saved_and_opened(tmp_path) -> None:
    X, y = rows()
    net = GlassClassifier((5,), max_iter=2, random_state=0).fit(X, y)
    save(net, tmp_path / "net.npz")
    opened = load(tmp_path / "net.npz")
    np.testing.assert_array_equal(opened.predict_proba(X), net.predict_proba(X))
    np.testing.assert_array_equal(opened.partial_fit(X, y).coefs_[0], net.partial_fit(X, y).coefs_[0])


def test_never_more_is_written_out_at_once_than_the_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = rows(3000, 50)
    monkeypatch.setattr(sparse, "MOST_AT_ONCE", 2700 * 50)
    written: list[int] = []
    whole = sparse.Sparse.__getitem__
    monkeypatch.setattr(
        sparse.Sparse, "__getitem__", lambda self, rows: written.append(len(found := whole(self, rows))) or found
    )
    net = GlassClassifier((5,), max_iter=2, early_stopping=True).fit(X, y)
    assert len(net.predict(X)) == 3000 and max(written) <= 1024
    for parameters in ({"optimizer": "lbfgs"}, {"batch_size": "full"}, {"batch_size": 2800}):
        with pytest.raises(ValueError, match=r"rows of 50 sparse columns at once are more than .* batch_size"):
            GlassClassifier((5,), max_iter=2, **parameters).fit(X, y)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_gaps_are_refused_and_so_are_other_columns(value: float) -> None:
    X, y = rows()
    net = GlassClassifier((5,), max_iter=2).fit(X, y)
    X.data[3] = value
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        net.fit(X, y)
    with pytest.raises(ValueError, match="features"):
        net.fit(X[:, :7].multiply(0).tocsr(), y).predict(sp.csr_array((3, 9)))


def test_the_tags_say_so() -> None:
    assert all(get_tags(net).input_tags.sparse for net in (GlassClassifier(), GlassRegressor()))
