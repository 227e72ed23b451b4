"""Real measurements that scikit-learn carries in its own package: no network is needed.

They are read from its files, which takes a hundredth of the time that importing scikit-learn would. Where these files
lie elsewhere one day, its own loaders are asked; a test holds both beside each other.

Nothing is drawn here; `rng` is taken because every data set takes it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from glassnet import Dataset

from .kept import numbers_in

Array = np.ndarray[Any, Any]


def _read(loader: str, file: str, target: str = "", heading: int = 0, **words: Any) -> tuple[Array, Array]:
    """(X, y) of a file of scikit-learn's, or of its loader where there is no such file.

    The last column is y, where that has no file of its own; `heading` lines are passed by.
    """
    found = find_spec("sklearn")
    try:
        folder = Path(str(found.origin)).parent / "datasets" / "data"  # type: ignore[union-attr]
        table = numbers_in(folder / file, delimiter="," if not target else None, skiprows=heading)
        return (table, numbers_in(folder / target)) if target else (table[:, :-1].copy(), table[:, -1].astype(np.int64))
    except (AttributeError, OSError, ValueError):  # not there, or written otherwise
        import sklearn.datasets

        X, y = getattr(sklearn.datasets, loader)(return_X_y=True, **words)
        return X, y


def iris(*, rng: np.random.Generator) -> Dataset:
    """Iris flowers: four measurements, three species.

    X (150, 4): length and width of sepal and petal in cm. y: setosa, versicolor or virginica, 50 rows each.

    Fisher 1936, The use of multiple measurements in taxonomic problems; scikit-learn's copy. CC BY 4.0.
    """
    X, y = _read("load_iris", "iris.csv", heading=1)
    measures = ("sepal length", "sepal width", "petal length", "petal width")
    return Dataset(
        X,
        y,
        task="multiclass",
        feature_names=measures,
        target_names=("species",),
        classes=("setosa", "versicolor", "virginica"),
        source="Fisher 1936; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
        captions={name: f"{name}, cm" for name in measures},
    )


def wine_cultivars(*, rng: np.random.Generator) -> Dataset:
    """Wines from three cultivars of one region, told apart by 13 chemical measures.

    X (178, 13): alcohol, malic acid, ash and others, in the units of the source. y: cultivar_0, cultivar_1 or
    cultivar_2. Not to be taken for wine_quality.

    Aeberhard and Forina 1991, UCI; scikit-learn's copy. CC BY 4.0.
    """
    X, y = _read("load_wine", "wine_data.csv", heading=1)
    measures = (
        "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
        "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
    )  # fmt: skip
    return Dataset(
        X,
        y,
        task="multiclass",
        feature_names=measures,
        target_names=("cultivar",),
        classes=("cultivar_0", "cultivar_1", "cultivar_2"),
        source="Aeberhard and Forina 1991; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
    )


def breast_cancer(*, rng: np.random.Generator) -> Dataset:
    """Breast tumours (Wisconsin): 30 measures of cell nuclei, malignant or benign.

    X (569, 30): mean, standard error and worst of ten measures of an image. y: malignant (212) or benign (357);
    benign has code 1.

    Wolberg, Mangasarian, Street and Street 1995, UCI; scikit-learn's copy. CC BY 4.0.
    """
    X, y = _read("load_breast_cancer", "breast_cancer.csv", heading=1)
    measures = (
        "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points",
        "symmetry", "fractal dimension",
    )  # fmt: skip
    kinds = ("mean {}", "{} error", "worst {}")
    return Dataset(
        X,
        y,
        task="binary",
        feature_names=tuple(kind.format(measure) for kind in kinds for measure in measures),
        target_names=("tumour",),
        classes=("malignant", "benign"),
        source="Wolberg et al. 1995; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
    )


def diabetes(*, rng: np.random.Generator) -> Dataset:
    """Progress of diabetes within a year, from ten measures at its start.

    X (442, 10): age in years, sex (1 or 2), body mass index, mean blood pressure, six blood values, in their own
    units. y: a measure of progress, from 25 to 346.

    Efron, Hastie, Johnstone and Tibshirani 2004, Least angle regression; scikit-learn's copy. No licence stated.
    """
    X, y = _read("load_diabetes", "diabetes_data_raw.csv.gz", "diabetes_target.csv.gz", scaled=False)
    return Dataset(
        X,
        y,
        task="regression",
        feature_names=("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
        target_names=("progress",),
        source="Efron et al. 2004, by way of scikit-learn",
        licence="none stated",
        captions={"progress": "progress of the disease after a year, scale of 25 to 346", "age": "age, years"},
    )


def digits8x8(*, rng: np.random.Generator) -> Dataset:
    """Handwritten digits, 8 x 8 pixels: small enough to train in seconds. Not MNIST.

    X (1797, 64): brightness of each pixel from 0 to 16, row by row. y: the digit, 0 to 9.

    Alpaydin and Kaynak 1998, UCI; scikit-learn's copy of the test rows. CC BY 4.0.
    """
    X, y = _read("load_digits", "digits.csv.gz")
    return Dataset(
        X.astype(np.uint8),
        y,
        task="multiclass",
        feature_names=tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        target_names=("digit",),
        image_shape=(8, 8),
        source="Alpaydin and Kaynak 1998; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
    )
