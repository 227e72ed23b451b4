"""Real measurements that scikit-learn carries in its own package: no network is needed.

Nothing is drawn here; `rng` is taken because every data set takes it.
"""

from __future__ import annotations

import numpy as np

from glassnet import Dataset


def iris(*, rng: np.random.Generator) -> Dataset:
    """Iris flowers: four measurements, three species.

    X (150, 4): length and width of sepal and petal in cm. y: setosa, versicolor or virginica, 50 rows each.

    Fisher 1936, The use of multiple measurements in taxonomic problems; scikit-learn's copy. CC BY 4.0.
    """
    from sklearn.datasets import load_iris

    bunch = load_iris()
    return Dataset(
        bunch.data,
        bunch.target,
        task="multiclass",
        feature_names=tuple(name.removesuffix(" (cm)") for name in bunch.feature_names),
        target_names=("species",),
        classes=tuple(str(name) for name in bunch.target_names),
        source="Fisher 1936; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
        captions={name.removesuffix(" (cm)"): name.replace(" (cm)", ", cm") for name in bunch.feature_names},
    )


def wine_cultivars(*, rng: np.random.Generator) -> Dataset:
    """Wines from three cultivars of one region, told apart by 13 chemical measures.

    X (178, 13): alcohol, malic acid, ash and others, in the units of the source. y: cultivar_0, cultivar_1 or
    cultivar_2. Not to be taken for wine_quality.

    Aeberhard and Forina 1991, UCI; scikit-learn's copy. CC BY 4.0.
    """
    from sklearn.datasets import load_wine

    bunch = load_wine()
    return Dataset(
        bunch.data,
        bunch.target,
        task="multiclass",
        feature_names=tuple(bunch.feature_names),
        target_names=("cultivar",),
        classes=tuple(str(name).replace("class", "cultivar") for name in bunch.target_names),
        source="Aeberhard and Forina 1991; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
    )


def breast_cancer(*, rng: np.random.Generator) -> Dataset:
    """Breast tumours (Wisconsin): 30 measures of cell nuclei, malignant or benign.

    X (569, 30): mean, standard error and worst of ten measures of an image. y: malignant (212) or benign (357);
    benign has code 1.

    Wolberg, Mangasarian, Street and Street 1995, UCI; scikit-learn's copy. CC BY 4.0.
    """
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    return Dataset(
        bunch.data,
        bunch.target,
        task="binary",
        feature_names=tuple(str(name) for name in bunch.feature_names),
        target_names=("tumour",),
        classes=tuple(str(name) for name in bunch.target_names),
        source="Wolberg et al. 1995; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
    )


def diabetes(*, rng: np.random.Generator) -> Dataset:
    """Progress of diabetes within a year, from ten measures at its start.

    X (442, 10): age in years, sex (1 or 2), body mass index, mean blood pressure, six blood values, in their own
    units. y: a measure of progress, from 25 to 346.

    Efron, Hastie, Johnstone and Tibshirani 2004, Least angle regression; scikit-learn's copy. No licence stated.
    """
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    return Dataset(
        bunch.data,
        bunch.target,
        task="regression",
        feature_names=tuple(bunch.feature_names),
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
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return Dataset(
        bunch.data.astype(np.uint8),
        bunch.target,
        task="multiclass",
        feature_names=tuple(bunch.feature_names),
        target_names=("digit",),
        image_shape=(8, 8),
        source="Alpaydin and Kaynak 1998; UCI Machine Learning Repository, by way of scikit-learn",
        licence="CC BY 4.0",
    )
