"""Mistakes with rows: which are seen, which are held out, and what is said of them."""

import numpy as np

from glassnet import Exhibit


def resampled_once() -> Exhibit:
    """Batches are drawn once, with replacement, and kept: a third of the rows is never seen.

    Of n draws with replacement, a row is missed by all with probability (1 - 1/n)^n, near 1/e = 0.37. A permutation
    in each epoch visits every row once, and puts it beside others each time.
    """

    def wrong(n, size, epochs, rng):
        rows = rng.integers(0, n, n)
        batches = [rows[i : i + size] for i in range(0, n, size)]
        return batches * epochs

    def mended(n, size, epochs, rng):
        batches = []
        for _ in range(epochs):
            rows = rng.permutation(n)
            batches += [rows[i : i + size] for i in range(0, n, size)]
        return batches

    def seen(batches, n=1000):
        return len(np.unique(np.concatenate(batches(n, 50, 20, np.random.default_rng(3))))) / n

    def each_row_once_an_epoch(batches):
        rows = np.concatenate(batches(1000, 50, 20, np.random.default_rng(5)))
        visits = np.bincount(rows, minlength=1000)
        if (visits == 20).all():
            return ""
        return f"in 20 epochs {(visits == 0).sum()} of 1000 rows are never visited, and one {visits.max()} times"

    return Exhibit(
        wrong,
        mended,
        measure=seen,
        truth=lambda: 1.0,  # an epoch is once through all rows
        apart=0.3,
        caught_by=each_row_once_an_epoch,
        source="a lecture's batches, made with a resampling function",
        unit="share of rows that are ever seen",
    )


def grid_of_four() -> Exhibit:
    """The surface to learn is given by four points, three to train on: six coefficients cannot be found from them.

    A polynomial of second degree in two variables has the terms 1, x, y, x^2, x y, y^2. From n rows at most n
    coefficients can be told; the rest is free, whatever the loss says.
    """

    def wrong():
        x = np.arange(0, 1, 0.5)
        return np.array([(a, b) for a in x for b in x])

    def mended():
        x = np.arange(0, 1, 0.05)
        return np.array([(a, b) for a in x for b in x])

    def determined(grid):
        points = np.random.default_rng(0).permutation(grid())
        x, y = points[: len(points) * 3 // 4].T
        return np.linalg.matrix_rank(np.column_stack([np.ones_like(x), x, y, x**2, x * y, y**2]))

    def more_rows_than_terms(grid):
        rows = len(grid()) * 3 // 4
        return f"{rows} training rows, and the surface has 6 coefficients" if rows < 6 else ""

    return Exhibit(
        wrong,
        mended,
        measure=determined,
        truth=lambda: 6.0,  # by hand: 1, x, y, x^2, x y, y^2
        apart=2,
        caught_by=more_rows_than_terms,
        source="a lecture's test of its network on a surface, with a step of 0.5",
        unit="coefficients of 6 that the training rows tell",
    )


def digits_called_mnist() -> Exhibit:
    """The small digits that come with scikit-learn are called MNIST: they have 8 x 8 pixels, not 28 x 28.

    They are 1,797 pictures of 64 numbers from 0 to 16, another collection altogether. A score on them says nothing
    of MNIST's 70,000, and they want dividing by 16, not by 255.
    """

    def wrong():
        return {"pictures": 70_000, "pixels": 28 * 28, "largest": 255}

    def mended():
        return {"pictures": 1797, "pixels": 8 * 8, "largest": 16}

    def loaded():
        from sklearn.datasets import load_digits

        X = load_digits().data
        return {"pictures": len(X), "pixels": X.shape[1], "largest": int(X.max())}

    def as_loaded(passage):
        said, true = passage(), loaded()
        off = [
            f"it says {name} {said[name]}, and the data say {true[name]}" for name in true if said[name] != true[name]
        ]
        return off[0] if off else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda passage: passage()["pixels"],
        truth=lambda: loaded()["pixels"],
        apart=100,
        caught_by=as_loaded,
        source="a lecture's introduction of load_digits",
        unit="inputs of a network for these pictures",
    )


def scored_where_trained() -> Exhibit:
    """Accuracy is measured on the rows that were trained on: coin flips are predicted without a mistake.

    What a model has seen it may know by heart. Nearest neighbours do, and a large network can. What counts are rows
    that it has not seen, held out before anything is fitted.
    """

    def wrong(X, t):
        distance = ((X[:, np.newaxis] - X) ** 2).sum(axis=2)
        return np.mean(t[distance.argmin(axis=1)] == t)

    def mended(X, t):
        half = len(X) // 2
        distance = ((X[half:, np.newaxis] - X[:half]) ** 2).sum(axis=2)
        return np.mean(t[:half][distance.argmin(axis=1)] == t[half:])

    def coins(accuracy, times=40):
        rng = np.random.default_rng(6)
        return np.mean([accuracy(rng.normal(size=(200, 3)), rng.integers(2, size=200)) for _ in range(times)])

    def coins_cannot_be_known(accuracy):
        said = coins(accuracy, 10)
        return f"it says that coin flips are predicted right in {100 * said:.0f} % of cases" if said > 0.6 else ""

    return Exhibit(
        wrong,
        mended,
        measure=coins,
        truth=lambda: 0.5,  # a coin
        apart=0.4,
        caught_by=coins_cannot_be_known,
        source="a lecture's first example in another library, without a split",
        unit="accuracy on coin flips",
    )


def scaler_saw_all() -> Exhibit:
    """The scaler is fitted before the folds are cut: held-out rows decide how training rows are scaled.

    Mean and standard deviation are learned from data like any weight, so they belong inside of each fold: a pipeline
    fits them on the training rows, and only applies them to the others. Folds that keep the shares of the classes, and
    a baseline beside the score, belong to it as well.
    """
    X = np.append(np.arange(1.0, 10.0), 1000.0)
    training = np.arange(9)

    def wrong(X, training):
        scaled = (X - X.mean()) / X.std()
        return scaled[training]

    def mended(X, training):
        seen = X[training]
        return (seen - seen.mean()) / seen.std()

    def held_out_is_out(scale):
        changed = np.append(X[:9], 5.0)
        before, after = scale(X, training)[0], scale(changed, training)[0]
        if abs(before - after) < 1e-9:
            return ""
        return f"a held-out row changes from 1000 to 5, and a training row goes from {before:.3g} to {after:.3g}"

    def truth():
        from sklearn.preprocessing import StandardScaler

        seen = X[training, np.newaxis]
        return StandardScaler().fit(seen).transform(seen)[0, 0]

    return Exhibit(
        wrong,
        mended,
        measure=lambda scale: scale(X, training)[0],
        truth=truth,
        apart=0.5,
        caught_by=held_out_is_out,
        source="a notebook that scales all of the wines, then cross-validates",
        unit="scaled value of the first training row",
    )


def last_rows_held_out() -> Exhibit:
    """The last fifth of the rows is held out as it stands: in a sorted table, that is one class alone.

    Some libraries cut validation rows off the end and shuffle only what is left. A split draws its rows, with a seed
    that can be named.
    """

    def wrong(X, t, rng):
        cut = len(X) * 4 // 5
        return t[:cut], t[cut:]

    def mended(X, t, rng):
        rows = rng.permutation(len(X))
        cut = len(X) * 4 // 5
        return t[rows[:cut]], t[rows[cut:]]

    def classes(split):
        from sklearn.datasets import load_iris

        X, t = load_iris(return_X_y=True)
        return len(np.unique(split(X, t, np.random.default_rng(0))[1]))

    def sorted_or_not(split):
        t = np.repeat([0, 1], 50)
        held = split(t[:, np.newaxis], t, np.random.default_rng(1))[1]
        return (
            ""
            if 0 < held.mean() < 1
            else f"half of 100 rows are of class 1, and of the held-out {100 * held.mean():.0f} %"
        )

    def truth():
        from sklearn.datasets import load_iris

        return len(load_iris().target_names)

    return Exhibit(
        wrong,
        mended,
        measure=classes,
        truth=truth,
        apart=1,
        caught_by=sorted_or_not,
        source="course notes that leave the split to an argument of fit",
        unit="species of iris among the held-out rows",
    )
