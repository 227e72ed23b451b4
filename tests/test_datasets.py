"""The data sets in the box: their promises over all of them, and published values for those that have some."""

import importlib.util
import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from glassnet import Dataset, Experiment, run
from glassnet.builtin import datasets as built_in
from glassnet.builtin.datasets.kept import numbers_in
from glassnet.data import infer_task, prepare

ALL = built_in.datasets()
CHEAP = [part for part in ALL if not part.__module__.endswith("fetched")]
NAMES = """and_gate or_gate nand_gate xor toy6 digits8x8 breast_cancer iris wine_cultivars diabetes moons circles
spirals function blobs skranke sine step_function mnist mnist_10k fashion_mnist california_housing wine_quality pima"""


def by_name(part):
    return part.__name__


def make(name, seed=0, **options):
    return getattr(built_in, name)(rng=np.random.default_rng(seed), **options)


def test_what_kept_runs_name_is_there():
    names = [*map(by_name, ALL)]
    assert len(names) == len({*names}) and {*NAMES.split()} <= {*names}


@pytest.mark.parametrize("part", ALL, ids=by_name)
def test_every_data_set_is_documented(part):
    lines = inspect.getdoc(part).splitlines()
    assert lines[0].endswith(".")
    assert lines[1] == ""
    assert "X (" in inspect.getdoc(part)
    parameters = inspect.signature(part).parameters
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values())
    assert parameters["rng"].default is inspect.Parameter.empty
    for option in set(parameters) - {"rng"}:
        assert f"{option}:" in inspect.getdoc(part) or f"{option}=" in inspect.getdoc(part), option


@pytest.mark.parametrize("part", CHEAP, ids=by_name)
def test_every_data_set_keeps_its_promises(part):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    data, again = (part(rng=np.random.default_rng(5)) for _ in range(2))
    assert isinstance(data, Dataset)
    np.testing.assert_array_equal(data.X, again.X)
    np.testing.assert_array_equal(data.y, again.y)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert data.X.ndim == 2
    assert len(data.X) == len(data.y)
    assert np.isfinite(data.X).all()
    assert data.source
    assert data.licence
    prepared = prepare(data, infer_task(data))
    assert prepared.train.X.shape[1] == data.X.shape[1]
    if data.feature_names is not None:
        assert len(data.feature_names) == data.X.shape[1]
    if prepared.targets.classes:
        assert set(prepared.train.target) == set(range(len(prepared.targets.classes)))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("and_gate", lambda a, b: a and b),
        ("or_gate", lambda a, b: a or b),
        ("nand_gate", lambda a, b: not (a and b)),
        ("xor", lambda a, b: a != b),
    ],
)
def test_truth_tables(name, answer):
    data = make(name)
    assert len(data.y) == 4
    assert [bool(answer(a, b)) for a, b in data.X.tolist()] == [bool(y) for y in data.y]
    many = make(name, repeat=50, noise=0.1)
    assert many.X.shape == (200, 2)
    np.testing.assert_array_equal(many.y, np.tile(data.y, 50))
    assert 0.08 < (many.X - np.tile(data.X, (50, 1))).std() < 0.12


@pytest.mark.parametrize("seed", range(3))
def test_toy6_holds_the_documents_six_rows(seed):
    """Their x1 and x2 by hand; a logistic regression on all three gives their coefficients, so that x3 is theirs."""
    from sklearn.linear_model import LogisticRegression

    data = make("toy6", seed)
    np.testing.assert_allclose(data.X[[0, -1], 0], [np.exp(0.86), np.exp(1.41)])
    np.testing.assert_allclose(data.X[[0, -1], 1], [np.exp(0.99), np.exp(1.19)])
    assert data.y.tolist() == [0, 0, 0, 1, 1, 1]
    fitted = LogisticRegression(C=1).fit(data.X, data.y)
    np.testing.assert_allclose([*fitted.coef_[0], *fitted.intercept_], [0.998, 0.345, -0.110, -3.892], atol=6e-4)


def neuron_after(steps):
    """The loss of a single neuron on toy6 after so many steps of plain descent from weights of 1, rate 0.01."""
    training = run(Experiment(dataset="toy6", hidden="none", scale="none", l2=0))
    rows = training.data.train
    objective = training.objective.of_all_rows(rows.X, rows.t, None)
    w = np.array([1.0, 1, 1, 0])
    for _ in range(steps):
        w -= 0.01 * objective(w)[1]
    return objective(w)[0]


@pytest.mark.slow
def test_toy6_comes_to_the_losses_that_the_documents_print():
    """500, 1,000, 10,000 and 100,000 iterations: 0.551, 0.453, 0.147, 0.040."""
    losses = [neuron_after(steps) for steps in (500, 1000, 10_000, 100_000)]
    np.testing.assert_allclose(losses, [0.551, 0.453, 0.147, 0.040], atol=6e-4)


@pytest.mark.parametrize(
    ("shape", "curve"),
    [
        ("sine", lambda x: np.sin(np.pi * x)),
        ("cubic", lambda x: np.polynomial.Chebyshev([0, 0, 0, 1])(x)),  # the third of Chebyshev's, within -1 and 1
        ("v", lambda x: np.interp(x, [-1, 0, 1], [1, -1, 1])),
    ],
)
def test_a_function_parts_the_plane_in_two_halves(shape, curve):
    data = make("function", shape=shape, noise=0.0, size=2000)
    np.testing.assert_array_equal(data.y, data.X[:, 1] > curve(data.X[:, 0]))
    assert 0.45 < data.y.mean() < 0.55 and np.abs(data.X).max() <= 1
    noisy = make("function", shape=shape, noise=0.2, size=2000)
    np.testing.assert_array_equal(noisy.y, data.y)  # a point keeps the class that it had
    assert 0.19 < (noisy.X - data.X).std() < 0.21


def test_skranke_is_the_polynomial():
    data = make("skranke", size=5)
    assert data.X.shape == (25, 2)
    corners = {tuple(point): z for point, z in zip(data.X.tolist(), data.y, strict=True)}
    assert corners[0, 0] == 0
    assert corners[1, 0] == pytest.approx(1 + 3)
    assert corners[0, 1] == pytest.approx(2 + 5)
    assert corners[1, 1] == pytest.approx(15)
    assert corners[0.5, 0.25] == pytest.approx(0.5 + 0.5 + 0.75 + 0.5 + 0.3125)


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_skranke_design_matrix_is_that_of_scikit_learn(degree):
    from sklearn.preprocessing import PolynomialFeatures

    plain, design = make("skranke"), make("skranke", degree=degree)
    reference = PolynomialFeatures(degree, include_bias=False).fit(plain.X)
    np.testing.assert_allclose(design.X, reference.transform(plain.X), rtol=1e-12)
    assert list(design.feature_names) == list(reference.get_feature_names_out(["x", "y"]))


def test_skranke_of_degree_two_is_linear_in_its_columns():
    data = make("skranke", degree=2)
    solution, *_ = np.linalg.lstsq(np.column_stack([np.ones(400), data.X]), data.y, rcond=None)
    np.testing.assert_allclose(solution, [0, 1, 2, 3, 4, 5], atol=1e-10)


@pytest.mark.parametrize(("ours", "theirs"), [("moons", "make_moons"), ("circles", "make_circles")])
def test_moons_and_circles_are_the_curves_of_scikit_learn(ours, theirs):
    from sklearn import datasets as sklearn_datasets

    options = {"factor": 0.5} if ours == "circles" else {}
    X, y = getattr(sklearn_datasets, theirs)(100, shuffle=False, **options)
    data = make(ours, size=100, noise=0.0)
    np.testing.assert_allclose(data.X, X, atol=1e-12)
    np.testing.assert_array_equal(data.y, y)


def test_curves():
    wave = make("sine", noise=0.0, periods=3)
    np.testing.assert_allclose(wave.y, np.sin(wave.X[:, 0]))
    assert 5 * np.pi < wave.X.max() < 6 * np.pi
    jump = make("step_function", noise=0.0)
    np.testing.assert_array_equal(jump.y, jump.X[:, 0] >= 0)
    assert infer_task(jump) == "regression"


@pytest.mark.parametrize("name", ["blobs", "spirals"])
def test_as_many_classes_as_asked(name):
    data = make(name, classes=4, size=81)
    np.testing.assert_array_equal(np.bincount(data.y), [21, 20, 20, 20])
    assert infer_task(make(name, classes=2)) == "binary"


def test_spirals_without_noise_keep_their_radius_and_blobs_their_centres():
    data = make("spirals", noise=0.0, size=100)
    np.testing.assert_allclose(np.hypot(*data.X.T), np.tile(np.linspace(0.1, 1, 50), 2))
    clouds = make("blobs", size=3000)
    for cls in range(3):
        mine = clouds.X[clouds.y == cls]
        assert np.hypot(*mine.mean(axis=0)) == pytest.approx(4, abs=0.15)
        assert mine.std(axis=0) == pytest.approx(1, abs=0.1)


def test_noise_moves_with_the_generator():
    assert not np.array_equal(make("moons", 1).X, make("moons", 2).X)


@pytest.mark.parametrize(
    ("name", "shape", "counts"),
    [
        ("iris", (150, 4), [50, 50, 50]),
        ("wine_cultivars", (178, 13), [59, 71, 48]),
        ("breast_cancer", (569, 30), [212, 357]),
        ("digits8x8", (1797, 64), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    ],
)
def test_published_sizes_and_class_counts(name, shape, counts):
    data = make(name)
    assert data.X.shape == shape
    np.testing.assert_array_equal(np.bincount(data.y), counts)


def test_breast_cancer_codes_and_names_agree():
    data = make("breast_cancer")
    prepared = prepare(data, "binary")
    assert prepared.targets.classes == ("malignant", "benign")
    radius = data.X[:, list(data.feature_names).index("mean radius")]
    assert radius[data.y == 0].mean() > radius[data.y == 1].mean()


def test_diabetes_is_in_its_own_units():
    data = make("diabetes")
    assert data.X.shape == (442, 10)
    assert (data.X[:, 0].min(), data.X[:, 0].max()) == (19, 79)
    assert (data.y.min(), data.y.max()) == (25, 346)


def test_digits_are_small_pictures():
    data = make("digits8x8")
    assert (data.image_shape, data.X.min(), data.X.max()) == ((8, 8), 0, 16)
    prepared = prepare(data, "multiclass")
    assert (prepared.dtype, prepared.train.X.min(), prepared.train.X.max()) == (np.float32, 0, 1)


# Fetched


@pytest.fixture
def held():
    """The folder of published data, also holding tables that others derived from them."""
    return Path(os.environ["GLASSNET_DATA_MIRROR"])


def derived(path):
    """A table of what a loader must arrive at; not part of a mirror that holds publishers' files only."""
    import pandas as pd

    if not path.is_file():
        pytest.skip(f"{path.name} is not beside the published files")
    return pd.read_csv(path)


@pytest.mark.needs_mirror
def test_california_housing_is_that_of_scikit_learn(held):
    table = derived(held / "california-housing" / "california_8f.csv")
    data = make("california_housing")
    assert [*data.feature_names, *data.target_names] == list(table.columns)
    np.testing.assert_array_equal(np.column_stack([data.X, data.y]), table.to_numpy())
    assert infer_task(data) == "regression"


@pytest.mark.needs_mirror
def test_wine_quality_is_red_first_and_red_is_one(held):
    table = derived(held / "wine-quality" / "wine.csv")
    data = make("wine_quality")
    np.testing.assert_array_equal(data.X, table.iloc[:, :12].to_numpy())
    assert list(data.feature_names) == list(table.columns[:12])  # quality among them: only Class is dropped
    np.testing.assert_array_equal(data.y, table["Class"] == "red")
    assert prepare(data, "binary").targets.classes == ("white", "red")
    marks = make("wine_quality", target="quality")
    assert list(marks.feature_names) == list(table.columns[:11])
    np.testing.assert_array_equal(marks.y, table["quality"])
    assert infer_task(marks) == "multiclass"


@pytest.mark.needs_mirror
def test_wine_quality_prints_the_row_that_the_course_prints():
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import MinMaxScaler

    data = make("wine_quality")
    X, test, t, u = train_test_split(data.X, data.y, test_size=0.2, random_state=42)
    scaler = MinMaxScaler().fit(X)
    head = [0.237288, 0.106667, 0.284553, 0.108896, 0.036545, 0.240550]
    np.testing.assert_allclose(scaler.transform(X)[0, :6], head, atol=5e-7)
    logistic = LogisticRegression(solver="liblinear", random_state=42).fit(scaler.transform(X), t)
    assert abs((logistic.predict(scaler.transform(test)) == u).sum() - 1277) <= 3  # of 1,300: 0.9823


@pytest.mark.needs_mirror
def test_pima():
    data = make("pima")
    assert data.X.shape == (768, 8)
    np.testing.assert_array_equal(np.bincount(data.y), [500, 268])
    assert data.X[0].tolist() == [6, 148, 72, 35, 0, 33.6, 0.627, 50]
    assert prepare(data, "binary").features.names[1] == "glucose"


@pytest.mark.slow
@pytest.mark.needs_mirror
def test_mnist_keeps_its_fixed_split():
    data = make("mnist")
    assert (data.X.shape, data.test_X.shape, data.X.dtype) == ((60_000, 784), (10_000, 784), np.uint8)
    published = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    np.testing.assert_array_equal(np.bincount(data.y), published)
    np.testing.assert_array_equal(data.y[:10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    np.testing.assert_array_equal(data.test_y[:10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    prepared = prepare(data, infer_task(data))
    assert (len(prepared.train), len(prepared.validation), len(prepared.test)) == (54_000, 6_000, 10_000)
    assert (prepared.train.X.dtype, prepared.train.X.max()) == (np.float32, 1)


@pytest.mark.slow
@pytest.mark.needs_mirror
def test_mnist_10k_is_the_subset_of_the_course():
    from sklearn.model_selection import train_test_split

    data = make("mnist_10k")
    assert (data.X.shape, data.X.dtype, data.test_X) == ((10_000, 784), np.uint8, None)
    _, test = train_test_split(data.y, test_size=0.2, random_state=42)
    np.testing.assert_array_equal(np.bincount(test), [191, 226, 215, 202, 206, 168, 196, 185, 206, 205])
    whole = make("mnist")
    shares = np.bincount(np.concatenate([whole.y, whole.test_y])) / 7
    assert np.abs(np.bincount(data.y) - shares).max() < 1


def test_fashion_mnist_reads_idx_files(tmp_path, monkeypatch):
    """The publisher's files aren't always at hand, so the format is tested on files of our own, by its definition."""
    import gzip
    import hashlib
    import struct

    from glassnet.builtin.datasets import fetched

    pixels = np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)
    labels = (np.arange(30) % 10).astype(np.uint8)
    folder = tmp_path / "fashion-mnist"
    folder.mkdir()
    files = {}
    for name in fetched.FASHION_FILES:
        array = pixels if "images" in name else labels
        content = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()
        packed = gzip.compress(content)
        (folder / name).write_bytes(packed)
        files[name] = hashlib.sha256(packed).hexdigest()
    monkeypatch.setattr(fetched, "FASHION_FILES", files)
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", str(tmp_path))
    data = make("fashion_mnist")
    np.testing.assert_array_equal(data.X, pixels.reshape(30, 784))
    np.testing.assert_array_equal(data.test_y, labels)
    prepared = prepare(data, infer_task(data))
    assert prepared.targets.labels([9, 0]).tolist() == ["Ankle boot", "T-shirt/top"]


# As a plugin


def test_the_files_work_as_somebody_elses_plugin(tmp_path, monkeypatch):
    home = Path(built_in.__file__).parent
    copy = tmp_path / "lifted"
    copy.mkdir()
    for file in home.glob("*.py"):
        (copy / file.name).write_text(file.read_text())
    spec = importlib.util.spec_from_file_location("lifted", copy / "__init__.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "lifted", module)
    spec.loader.exec_module(module)
    parts = {part.__name__: part for part in module.datasets()}
    assert list(parts) == [part.__name__ for part in ALL]
    assert parts["xor"].__module__ == "lifted.generated"
    np.testing.assert_array_equal(parts["moons"](rng=np.random.default_rng(0)).X, make("moons").X)


def test_a_file_is_read_once_and_anew_when_it_has_changed(tmp_path):
    file = tmp_path / "numbers.csv"
    file.write_text("1,2\n3,4\n")
    first, second = numbers_in(file, delimiter=","), numbers_in(file, delimiter=",")
    first[:] = 0  # whoever is handed an array may write into it
    np.testing.assert_array_equal(second, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(numbers_in(file, delimiter=",", skiprows=1), [3, 4])
    before = file.stat().st_mtime_ns
    file.write_text("5,6\n7,8\n")
    os.utime(file, ns=(before + 1, before + 1))
    np.testing.assert_array_equal(numbers_in(file, delimiter=","), [[5, 6], [7, 8]])


@pytest.mark.parametrize("name", ["iris", "digits8x8", "diabetes"])
def test_trainings_one_after_the_other_read_the_file_of_their_rows_once(name, monkeypatch):
    make(name)
    monkeypatch.setattr(np, "loadtxt", None)
    make(name)


def test_listing_the_data_sets_imports_nothing_heavy():
    code = (
        "import sys; from glassnet.builtin import datasets; datasets.datasets(); "
        "print([m for m in ('pandas', 'sklearn', 'scipy', 'requests', 'pooch', 'autograd') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "loader", "words"),
    [
        ("iris", "load_iris", {}),
        ("wine_cultivars", "load_wine", {}),
        ("breast_cancer", "load_breast_cancer", {}),
        ("diabetes", "load_diabetes", {"scaled": False}),
        ("digits8x8", "load_digits", {}),
    ],
)
@pytest.mark.parametrize("files", [True, False])
def test_what_is_read_from_the_files_is_what_the_loaders_give(
    name: str, loader: str, words: dict, files: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("iris.csv", "digits.csv.gz", "wine_data.csv"):  # a student's own, which are not meant
        (tmp_path / file).write_text("1,2,3\n4,5,6\n")
    import sklearn.datasets

    import glassnet.builtin.datasets.bundled as bundled

    if not files:  # as if scikit-learn kept them elsewhere
        monkeypatch.setattr(bundled, "find_spec", lambda name: None)
    bunch = getattr(sklearn.datasets, loader)(**words)
    ours = getattr(bundled, name)(rng=np.random.default_rng(0))
    assert ours.X.tobytes() == bunch.data.astype(ours.X.dtype).tobytes() and ours.X.flags.c_contiguous
    assert ours.y.dtype == bunch.target.dtype and ours.y.tobytes() == bunch.target.tobytes()
    assert list(ours.feature_names) == [str(one).removesuffix(" (cm)") for one in bunch.feature_names]
    if ours.classes is not None:
        assert [one.replace("cultivar", "class") for one in ours.classes] == list(map(str, bunch.target_names))
