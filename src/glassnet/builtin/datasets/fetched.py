"""Real data that are fetched once from their publishers, checked by SHA-256 and kept.

Nothing is drawn here; `rng` is taken because every data set takes it.
"""

from __future__ import annotations

import gzip
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from glassnet import Dataset, fetch

from .kept import numbers_in

Array = NDArray[Any]

MNIST_FILES = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
MNIST_PLACES = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)
FASHION_FILES = {
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
FASHION_PLACES = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
)
CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
WINE_FILES = {
    "winequality-red.csv": "4a402cf041b025d4566d954c3b9ba8635a3a8a01e039005d97d6a710278cf05e",
    "winequality-white.csv": "76c3f809815c17c07212622f776311faeb31e87610d52c26d87d6e361b169836",
}
WINE_PLACE = "https://archive.ics.uci.edu/ml/machine-learning-databases/wine-quality"
WINE_MEASURES = (
    "fixed acidity",
    "volatile acidity",
    "citric acid",
    "residual sugar",
    "chlorides",
    "free sulfur dioxide",
    "total sulfur dioxide",
    "density",
    "pH",
    "sulphates",
    "alcohol",
)


def pima(*, rng: np.random.Generator) -> Dataset:
    """Diabetes among Pima women: eight measures, found within five years or not.

    X (768, 8): pregnancies, glucose (mg/dl), blood_pressure (mm Hg), skin_thickness (mm), insulin (mu U/ml),
    body_mass_index (kg/m^2), pedigree (a score of family history), age (years). y: 1 found, 0 not.

    National Institute of Diabetes and Digestive and Kidney Diseases 1990. No licence stated.
    """
    place = "https://raw.githubusercontent.com/jbrownlee/Datasets/master"
    file = "pima-indians-diabetes.csv"
    sha256 = "6bfe5d0f379d17a0e0819b996407e3c09bf80febd4287f2ed212190dfff154af"
    table = numbers_in(fetch("pima", file, sha256=sha256, urls=[f"{place}/{file}"]), delimiter=",")
    return Dataset(
        table[:, :8],
        table[:, 8].astype(int),
        task="binary",
        feature_names=(
            "pregnancies",
            "glucose",
            "blood_pressure",
            "skin_thickness",
            "insulin",
            "body_mass_index",
            "pedigree",
            "age",
        ),
        target_names=("diabetes",),
        source="National Institute of Diabetes and Digestive and Kidney Diseases 1990",
        licence="none stated",
        notes=("Zeros of glucose, blood_pressure, skin_thickness, insulin and body_mass_index were not measured.",),
    )


def wine_quality(*, target: Literal["color", "quality"] = "color", rng: np.random.Generator) -> Dataset:
    """Portuguese wines: red or white, or how good, from physical and chemical measures.

    X (6497, 12): acidities and sugar (g/dm^3), sulphur dioxide (mg/dm^3), density (g/cm^3), pH, alcohol (% by
    volume) and others, and quality, the median mark of three tasters, whole numbers from 3 to 9; the 1,599 red wines
    come first. y: with target=color, red (code 1) or white (code 0); with target=quality, the mark, and X (6497, 11).

    Cortez, Cerdeira, Almeida, Matos and Reis 2009, Modeling wine preferences by data mining from physicochemical
    properties. Publicly available for research; a citation is asked for.
    """
    red, white = (
        numbers_in(fetch("wine-quality", file, sha256=sha256, urls=[f"{WINE_PLACE}/{file}"]), delimiter=";", skiprows=1)
        for file, sha256 in WINE_FILES.items()
    )
    table = np.concatenate([red, white])
    color = np.repeat([1, 0], [len(red), len(white)])
    return Dataset(
        table if target == "color" else table[:, :11],
        color if target == "color" else table[:, 11].astype(int),
        task="binary" if target == "color" else None,
        feature_names=(*WINE_MEASURES, "quality") if target == "color" else WINE_MEASURES,
        target_names=(target,),
        classes=("white", "red") if target == "color" else None,
        source="Cortez et al. 2009; UCI Machine Learning Repository",
        licence="publicly available for research, citation asked for",
    )


def california_housing(*, rng: np.random.Generator) -> Dataset:
    """House values in California, 1990: eight features of 20,640 blocks.

    X (20640, 8): MedInc (median income, 10,000 $), HouseAge (years), AveRooms and AveBedrms (rooms and bedrooms a
    household), Population, AveOccup (people a household), Latitude, Longitude.
    y: MedHouseVal, the median house value in 100,000 $, cut off at 5.00001.

    Pace and Barry 1997, Sparse spatial autoregressions, StatLib. No licence stated. The same features as
    scikit-learn's fetch_california_housing.
    """
    path = fetch(
        "california-housing",
        "cal_housing.data",
        sha256="d3d8a1a722ae78f91134862727d27a70b1415e7d512a89140406248687f4b902",
        urls=[
            "https://ndownloader.figshare.com/files/5976036",
            "https://www.dcc.fc.up.pt/~ltorgo/Regression/cal_housing.tgz",
        ],
        member="CaliforniaHousing/cal_housing.data",
        archive_sha256="aaa5c9a6afe2225cc2aed2723682ae403280c4a3695a2ddda4ffb5d8215ea681",
    )
    columns = numbers_in(path, delimiter=",", unpack=True)
    longitude, latitude, age, rooms, bedrooms, population, households, income, value = columns
    features = {
        "MedInc": income,
        "HouseAge": age,
        "AveRooms": rooms / households,
        "AveBedrms": bedrooms / households,
        "Population": population,
        "AveOccup": population / households,
        "Latitude": latitude,
        "Longitude": longitude,
    }
    return Dataset(
        np.column_stack(list(features.values())),
        value / 100_000,
        task="regression",
        feature_names=tuple(features),
        target_names=("MedHouseVal",),
        source="Pace and Barry 1997, StatLib",
        licence="none stated",
        captions={
            "MedHouseVal": "median house value, 100,000 USD",
            "MedInc": "median income, 10,000 USD",
            "HouseAge": "median age of houses, years",
            "AveRooms": "rooms per household",
            "AveBedrms": "bedrooms per household",
            "Population": "people in the block",
            "AveOccup": "people per household",
            "Latitude": "latitude, degrees north",
            "Longitude": "longitude, degrees east",
        },
    )


def _idx(folder: str, file: str, sha256: str, places: tuple[str, ...]) -> Array:
    """One idx file: two zero bytes, the type (8: bytes), the number of dimensions, their sizes, the bytes."""
    path = fetch(folder, file, sha256=sha256, urls=[f"{place}/{file}" for place in places])
    content = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(content, dtype=">i4", count=content[3], offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * content[3]).reshape(shape)


def _images(folder: str, files: dict[str, str], places: tuple[str, ...]) -> tuple[Array, Array, Array, Array]:
    """Training images and labels, test images and labels; an image is a row."""
    train_X, train_y, test_X, test_y = (_idx(folder, file, sha, places) for file, sha in files.items())
    return train_X.reshape(len(train_X), -1), train_y, test_X.reshape(len(test_X), -1), test_y


def mnist(*, rng: np.random.Generator) -> Dataset:
    """MNIST: 70,000 handwritten digits of 28 x 28 pixels, with their fixed 10,000 test rows.

    X (60000, 784): brightness of each pixel from 0 to 255, row by row. y: the digit, 0 to 9.

    LeCun, Cortes and Burges, The MNIST database of handwritten digits. The authors state no licence; often given
    as CC BY-SA 3.0.
    """
    X, y, test_X, test_y = _images("mnist", MNIST_FILES, MNIST_PLACES)
    return Dataset(
        X,
        y,
        task="multiclass",
        test_X=test_X,
        test_y=test_y,
        target_names=("digit",),
        image_shape=(28, 28),
        source="LeCun, Cortes and Burges",
        licence="none stated by the authors; often given as CC BY-SA 3.0",
    )


def mnist_10k(*, rng: np.random.Generator) -> Dataset:
    """MNIST, 10,000 of its 70,000 digits, each as frequent as in the whole: trains in seconds.

    X (10000, 784): brightness of each pixel from 0 to 255, row by row. y: the digit, 0 to 9. Always the same rows:
    those that scikit-learn's train_test_split(train_size=10000, stratify=y, random_state=42) takes, in its order.

    LeCun, Cortes and Burges, The MNIST database of handwritten digits. The authors state no licence; often given
    as CC BY-SA 3.0.
    """
    from sklearn.model_selection import train_test_split

    first_X, first_y, last_X, last_y = _images("mnist", MNIST_FILES, MNIST_PLACES)
    y = np.concatenate([first_y, last_y])
    rows, _ = train_test_split(np.arange(len(y)), train_size=10_000, stratify=y, random_state=42)
    X = np.concatenate([first_X, last_X])[rows]
    return Dataset(
        X,
        y[rows],
        task="multiclass",
        target_names=("digit",),
        image_shape=(28, 28),
        source="LeCun, Cortes and Burges; a stratified subset",
        licence="none stated by the authors; often given as CC BY-SA 3.0",
    )


def fashion_mnist(*, rng: np.random.Generator) -> Dataset:
    """Fashion-MNIST: 70,000 pictures of clothes of 28 x 28 pixels, harder than digits.

    X (60000, 784): brightness of each pixel from 0 to 255, row by row, with 10,000 fixed test rows. y: the kind of
    clothing, one of ten.

    Xiao, Rasul and Vollgraf 2017, Fashion-MNIST. MIT.
    """
    X, y, test_X, test_y = _images("fashion-mnist", FASHION_FILES, FASHION_PLACES)
    return Dataset(
        X,
        y,
        task="multiclass",
        test_X=test_X,
        test_y=test_y,
        target_names=("clothing",),
        classes=CLOTHES,
        image_shape=(28, 28),
        source="Xiao, Rasul and Vollgraf 2017, Zalando",
        licence="MIT",
    )
