"""Mistakes in scores: figures that look good and say something else, and choices that chance made."""

from functools import cache

import numpy as np

from glassnet import Exhibit

from .tried import softmax


def accuracy_of_entries() -> Exhibit:
    """Accuracy is averaged over all one-hot entries: with ten classes, nine zeros of each row are easily right.

    A row counts once, and is right if its largest output is the true class. By entries, answering nothing at all
    scores (classes - 1) / classes. A baseline printed beside the score gives it away.
    """

    def wrong(probabilities, t):
        answers = probabilities > 0.5
        return np.mean(answers == t)

    def mended(probabilities, t):
        return np.mean(probabilities.argmax(axis=1) == t.argmax(axis=1))

    t = np.eye(10)[np.arange(100) % 10]
    next_class = 0.4 * np.roll(t, 1, axis=1) + 0.06  # each row prefers a class that it is not, with 0.46

    def nothing_scores_nothing(accuracy):
        said = accuracy(next_class, t)
        return f"answers that are wrong in every one of 100 rows score {said:.3g}" if said > 0.1 else ""

    def truth():
        from sklearn.metrics import accuracy_score

        return accuracy_score(t.argmax(axis=1), next_class.argmax(axis=1))

    return Exhibit(
        wrong,
        mended,
        measure=lambda accuracy: accuracy(next_class, t),
        truth=truth,
        apart=0.5,
        caught_by=nothing_scores_nothing,
        source="a lecture's run on digits, whose accuracies look like those of a good network",
        unit="accuracy, ten classes, no row right",
    )


def cost_of_answers() -> Exhibit:
    """The cost is computed from answers, 0 or 1, and not from probabilities: it only counts mistakes.

    -log(p) of an answer that is wrong is -log(0), held finite by some small number, which then decides the figure:
    with 1e-10 each wrong row costs 23. A loss is to say how sure the network was, so it takes the probabilities.
    """

    def wrong(p, t):
        y = np.clip(p > 0.5, 1e-10, 1 - 1e-10)
        return -np.mean(t * np.log(y) + (1 - t) * np.log(1 - y))

    def mended(p, t):
        y = np.clip(p, 1e-10, 1 - 1e-10)
        return -np.mean(t * np.log(y) + (1 - t) * np.log(1 - y))

    def tumours():
        from sklearn.datasets import load_breast_cancer
        from sklearn.linear_model import LogisticRegression

        X, t = load_breast_cancer(return_X_y=True)
        X = X[:, :2] / X[:, :2].std(axis=0)  # size and texture
        return LogisticRegression().fit(X, t).predict_proba(X)[:, 1], t

    def surer_is_cheaper(cost):
        t = np.ones(4)
        unsure, sure = cost(np.full(4, 0.51), t), cost(np.full(4, 0.99), t)
        return "" if sure < unsure else f"four right answers cost {unsure:.2g} with 0.51, and {sure:.2g} with 0.99"

    def truth():
        from sklearn.metrics import log_loss

        p, t = tumours()
        return log_loss(t, p)

    return Exhibit(
        wrong,
        mended,
        measure=lambda cost: cost(*tumours()),
        truth=truth,
        apart=1,
        caught_by=surer_is_cheaper,
        source="a lecture's network class, in what it prints while it trains",
        unit="log-loss, tumours by two measures",
    )


def chosen_by_the_test() -> Exhibit:
    """The best of 49 networks is chosen by its test rows, and what it scores there is reported.

    The largest of 49 scores is large by luck as well. Choose by validation rows, then look at the test rows of the
    chosen one, once: they had no part in the choice, so they are as hard as the world.
    """

    def wrong(validation, test):
        chosen = test.argmax()
        return test[chosen]

    def mended(validation, test):
        chosen = validation.argmax()
        return test[chosen]

    def on_average(report, accuracy, times=1000):
        rng = np.random.default_rng(4)
        validation, test = rng.binomial(100, accuracy, (2, times, 49)) / 100
        return np.mean([report(v, t) for v, t in zip(validation, test, strict=True)])

    def guessing_is_guessing(report):
        said = on_average(report, 0.5, 300)
        return f"of 49 networks that all guess, it reports an accuracy of {said:.3g} on average" if said > 0.52 else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda report: on_average(report, 0.9),
        truth=lambda: 0.9,  # which all 49 have on new rows
        apart=0.04,
        caught_by=guessing_is_guessing,
        source="a lecture's heat maps of seven rates and seven penalties",
        unit="accuracy reported of nets that have 0.9",
    )


def better_by_four_rows() -> Exhibit:
    """Two scores differ by four rows of 1300, and one network is called the better one.

    Two equal networks hardly ever score the same. The difference counts once it is larger than chance makes it: more
    than 1.96 times sqrt(2 p (1 - p) / n), with p the share that both have together. Then 5 of 100 equal pairs differ.
    """

    def wrong(errors, other_errors, rows):
        return errors != other_errors

    def mended(errors, other_errors, rows):
        p = (errors + other_errors) / 2 / rows
        return abs(errors - other_errors) / rows > 1.96 * np.sqrt(2 * p * (1 - p) / rows)

    def called_different(differ):
        pairs = np.random.default_rng(2).binomial(1300, 0.006, (2000, 2))
        return np.mean([differ(one, other, 1300) for one, other in pairs])

    def equal_pairs(differ):
        from scipy.stats import fisher_exact

        if not differ(6, 10, 1300):
            return ""
        p = fisher_exact([[6, 1294], [10, 1290]]).pvalue
        return f"6 and 10 errors in 1300 rows are called different; Fisher's exact test has p = {p:.2f}"

    return Exhibit(
        wrong,
        mended,
        measure=called_different,
        truth=lambda: 0.05,  # what 1.96 stands for: 5 % of the normal law lie beyond
        apart=0.5,
        caught_by=equal_pairs,
        source="a notebook's comparison of a tuned and an untuned classifier of wines",
        unit="share of equal pairs called different",
    )


def best_of_a_tie() -> Exhibit:
    """A grid search names one best setting, where six lie within a standard deviation: their order decided.

    Five folds give a mean and a standard deviation. Settings whose means are within one of them cannot be told apart:
    name them all, and take the simplest.
    """

    def wrong(scores):
        return [scores.mean(axis=1).argmax()]

    def mended(scores):
        means = scores.mean(axis=1)
        spread = scores[means.argmax()].std()
        return np.flatnonzero(means >= means.max() - spread)

    means = np.array([0.840, 0.874, 0.874, 0.870, 0.869, 0.872, 0.874, 0.851])
    scores = means[:, np.newaxis] + 0.012 * np.array([-1.2, -0.4, 0.0, 0.4, 1.2])

    def order_does_not_matter(search):
        forth, back = set(search(scores)), {7 - i for i in search(scores[::-1])}
        if forth == back:
            return ""
        return f"setting {min(forth)} is the best, and setting {min(back)} once the same table is read from its end"

    return Exhibit(
        wrong,
        mended,
        measure=lambda search: len(search(scores)),
        truth=lambda: 6.0,  # by hand: the spread is 0.012 * 0.8 = 0.0096, and six means are above 0.874 - 0.0096
        apart=3,
        caught_by=order_does_not_matter,
        source="a lecture's grid search over house prices",
        unit="settings that may be the best",
    )


def judged_by_a_hundred() -> Exhibit:
    """Early stopping is judged by 100 pictures: too few to see that 0.96 is better than 0.95.

    A share p of n rows is off by sqrt(p (1 - p) / n), here by 0.02 with 100 rows and by 0.002 with 10,000. What
    cannot be seen cannot be stopped by: show the number of validation rows beside their score.
    """

    def wrong(right, other_right):
        return right[:100].mean() > other_right[:100].mean()

    def mended(right, other_right):
        return right.mean() > other_right.mean()

    def found(better, good=0.96, less=0.95, times=400):
        rng = np.random.default_rng(8)
        pairs = ((rng.random(10_000) < good, rng.random(10_000) < less) for _ in range(times))
        return np.mean([better(one, other) for one, other in pairs])

    def sees_one_percent(better):
        said = found(better, times=200)
        return (
            f"a network that is right in 0.96 beats one with 0.95 only in {said:.2g} of 200 tries"
            if said < 0.95
            else ""
        )

    def truth():
        from scipy.stats import norm

        return norm.cdf(0.01 / np.sqrt((0.96 * 0.04 + 0.95 * 0.05) / 10_000))

    return Exhibit(
        wrong,
        mended,
        measure=found,
        truth=truth,
        apart=0.2,
        caught_by=sees_one_percent,
        source="a lecture's early stopping on digits, with warnings switched off",
        unit="share of tries that the better network wins",
    )


def falls_smoothly() -> Exhibit:
    """The training loss falls smoothly, so the network is said to learn: here all targets are noise.

    With as many weights as rows a network learns its rows by heart. What it has learned of the world is what its
    best epoch gained on rows that it was not trained on: of noise, nothing.
    """

    def wrong(training, validation):
        return 1 - training[-1] / training[0]

    def mended(training, validation):
        return 1 - min(validation) / validation[0]

    def of_noise(seed=0):
        rng = np.random.default_rng(seed)
        X, new = rng.normal(size=(40, 39)), rng.normal(size=(2000, 39))
        t, new_t = rng.normal(size=40), rng.normal(size=2000)
        w, losses = np.zeros(39), []
        for _ in range(600):
            losses.append((np.mean((X @ w - t) ** 2), np.mean((new @ w - new_t) ** 2)))
            w = w - 0.2 * X.T @ (X @ w - t) / 40
        return np.transpose(losses)

    def noise_teaches_nothing(learned):
        said = learned(*of_noise(seed=1))
        return f"from targets that are pure noise it has learned a share of {said:.3g}" if said > 0.05 else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda learned: learned(*of_noise()),
        truth=lambda: 0.0,  # there is nothing to learn
        apart=0.5,
        caught_by=noise_teaches_nothing,
        source="a lecture's curve of the training loss, with nothing beside it",
        unit="share of the loss that learning removed, of noise",
    )


def anchored_at_the_end() -> Exhibit:
    """A test pins the final accuracy, and a change that nobody could see moves it by some rows.

    Accuracy goes by whole rows, and a long training makes small differences large. The loss of the first epoch is a
    smooth figure that all of the code has to get right, and it stays where it is. Pin that, and give accuracy a band.
    """

    def wrong(losses, accuracies):
        return accuracies[-1]

    def mended(losses, accuracies):
        return losses[0]

    def moved(figure, seeds=(1, 2, 3, 4, 5, 6)):
        whole = figure(*_digits(0))
        return 100 * np.mean([abs(figure(*_digits(seed)) - whole) / whole for seed in seeds])

    def stays_put(figure):
        off = moved(figure, (1, 2, 3))
        return f"one pixel in 2000 is lost, and it moves by {off:.2g} %" if off > 0.05 else ""

    return Exhibit(
        wrong,
        mended,
        measure=moved,
        truth=lambda: 0.0,  # what is trained is the same
        apart=0.1,
        caught_by=stays_put,
        source="a lecture's digits, whose final accuracy was to be met again",
        unit="% that it moves when 0.05 % of pixels are lost",
    )


@cache
def _digits(seed):
    """Losses and test accuracies, epoch by epoch, of 12 tanh units on digits; but for seed 0, some pixels are lost."""
    from sklearn.datasets import load_digits

    X, t = load_digits(return_X_y=True)
    if seed:  # 1 in 2000 pixels, others for each seed
        X = np.where(np.random.default_rng(seed).random(X.shape) < 0.0005, 0, X)
    return _trained(X / 16, t, np.random.default_rng(0))


def _trained(X, t, rng, epochs=20):
    """Batches of 20 of the first 800 rows, and the other rows for the accuracy."""
    V, W, T = rng.normal(0, 0.2, (64, 12)), rng.normal(0, 0.2, (12, 10)), np.eye(10)[t]
    losses, accuracies = [], []
    for _ in range(epochs):
        spent = 0.0
        for rows in np.split(rng.permutation(800), 40):
            a = np.tanh(X[rows] @ V)
            y = softmax(a @ W)
            spent -= np.log(y[np.arange(20), t[rows]]).mean() / 40
            delta = (y - T[rows]) / 20
            V, W = V - 0.1 * X[rows].T @ (delta @ W.T * (1 - a**2)), W - 0.1 * a.T @ delta
        losses.append(spent)
        accuracies.append(np.mean((np.tanh(X[800:] @ V) @ W).argmax(axis=1) == t[800:]))
    return losses, accuracies
