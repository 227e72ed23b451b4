"""Mistakes in programs, and in what is said of programs: errors that nobody hears, names that are lost or gone."""

import inspect
import math
import warnings

import numpy as np

from glassnet import Exhibit


def every_error_swallowed() -> Exhibit:
    """`except Exception as OverflowError` is meant for one error, hides all, and goes on with the last result.

    The word after `as` is only a name for what was caught; what is caught stands before it: everything. Name the
    error that can be dealt with, around the one line that may raise it, and let the others be heard.
    """

    def wrong(tables, w):
        costs, scores = [], np.zeros(1)
        for X in tables:
            try:
                scores = X @ w
            except Exception as OverflowError:
                scores = np.clip(scores, -1e10, 1e10)
            costs.append(np.mean(scores**2))
        return costs

    def mended(tables, w):
        return [np.mean((X @ w) ** 2) for X in tables]

    w, good, broken = np.ones(3), np.ones((4, 3)), np.ones((4, 2))

    def heard(costs):
        try:
            costs([good, broken], w)
        except ValueError:
            return 1
        return 0

    def broken_is_heard(costs):
        return "" if heard(costs) else "a table without its third column gets a cost, that of the table before it"

    def truth():
        columns_missing = [X.shape[1] != len(w) for X in (good, broken)]
        return sum(columns_missing)

    return Exhibit(
        wrong,
        mended,
        measure=heard,
        truth=truth,
        apart=1,
        caught_by=broken_is_heard,
        source="a lecture's training loop, around the whole of an update",
        unit="errors heard of one broken table",
    )


def filters_for_all() -> Exhibit:
    """Warnings are switched off for one noisy line, and stay off for all other code of the process.

    A filter is for the whole process. `with warnings.catch_warnings()` puts the old ones back at its end, and
    `np.errstate` does so for NumPy's arithmetic. All warnings as errors is the same mistake the other way.
    """

    def wrong(z):
        warnings.simplefilter("ignore")
        return np.log(z)

    def mended(z):
        with np.errstate(divide="ignore"):
            return np.log(z)

    def heard(log):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            log(np.array([0.0, 1.0]))
            warnings.warn("this will be removed", DeprecationWarning, stacklevel=2)
        return len(said)

    def others_are_heard(log):
        return "" if heard(log) else "after it, another library's DeprecationWarning is not heard any more"

    return Exhibit(
        wrong,
        mended,
        measure=heard,
        truth=lambda: 1.0,  # one is given
        apart=1,
        caught_by=others_are_heard,
        source="two lectures: one turns all warnings into errors, one ignores all",
        unit="warnings of another library heard, of 1",
    )


def name_bound_in_the_loop() -> Exhibit:
    """The result gets its name inside of the loop alone: without an epoch the program crashes.

    With epochs=0, or an interrupt in the first one, `cost` is no name yet: UnboundLocalError. And the loop's `rate`
    hides the argument `rate`. What a function returns is made before the loop; a loop has names of its own.
    """

    def wrong(w, rate, epochs):
        for _ in range(epochs):
            for rate in (rate, rate / 10):
                w = w - rate * 2 * w
            cost = w**2
        return w, cost

    def mended(w, rate, epochs):
        cost = w**2
        for _ in range(epochs):
            for one in (rate, rate / 10):
                w = w - one * 2 * w
            cost = w**2
        return w, cost

    def crashes(fit):
        count = 0
        for epochs in (0, 1, 2):
            try:
                fit(3.0, 0.1, epochs)
            except UnboundLocalError:
                count += 1
        return count

    def none_is_a_number_too(fit):
        try:
            w, cost = fit(3.0, 0.1, 0)
        except UnboundLocalError as error:
            return f"no epochs: {error}"
        return "" if (w, cost) == (3.0, 9.0) else f"no epochs, and the cost of w = 3 is said to be {cost:.3g}"

    return Exhibit(
        wrong,
        mended,
        measure=crashes,
        truth=lambda: 0.0,  # no epoch is no reason to crash
        apart=1,
        caught_by=none_is_a_number_too,
        source="a lecture's fit, whose loop takes its scheduler's name",
        unit="crashes, of fits with 0, 1 and 2 epochs",
    )


def letter_read_as_one() -> Exhibit:
    """A copied program has 1 where the letter l stood: the loop runs over all layers and uses one of them.

    No error: 1 is a layer, too. Programs that went through a picture or a PDF lose such things: l and 1, O and 0,
    minus signs, indents, whole lines. Names of more than a letter survive, and so do tests.
    """

    def wrong(a, weights):
        for l in range(len(weights)):
            a = a * weights[1]
        return a

    def mended(a, weights):
        for layer in range(len(weights)):
            a = a * weights[layer]
        return a

    def each_layer_counts(forward):
        before = forward(1.0, [2.0, 3.0, 5.0])
        for layer in range(3):
            changed = [2.0, 3.0, 5.0]
            changed[layer] = 7.0
            if forward(1.0, changed) == before:
                return f"layer {layer} gets another weight, and the output is {before:g} all the same"
        return ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda forward: forward(1.0, [2.0, 3.0, 5.0]),
        truth=lambda: math.prod([2, 3, 5]),
        apart=1,
        caught_by=each_layer_counts,
        source="a lecture's code as it comes out of its printed form",
        unit="output of three layers with one weight each",
    )


KERAS_3_SGD = {
    "learning_rate": 0.01,
    "momentum": 0.0,
    "nesterov": False,
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "name": "SGD",
}  # as keras.io documents keras.optimizers.SGD


def rate_called_lr() -> Exhibit:
    """The rate is handed to Keras as lr, its name until 2019: Keras 3 knows no such argument, and raises.

    `SGD(lr=0.1)` became `SGD(learning_rate=0.1)`. An example is right for the version that it was run with; say which.
    """

    def wrong():
        return {"lr": 0.1, "momentum": 0.9}

    def mended():
        return {"learning_rate": 0.1, "momentum": 0.9}

    def unknown(arguments):
        return [name for name in arguments() if name not in KERAS_3_SGD]

    def signature_takes_them(arguments):
        named = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
            for name, default in KERAS_3_SGD.items()
        ]
        try:
            inspect.Signature(named).bind(**arguments())
        except TypeError as error:
            return f"the documented signature of SGD: {error}"
        return ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda arguments: len(unknown(arguments)),
        truth=lambda: 0.0,  # of the arguments that Keras 3 documents for SGD, those above
        apart=1,
        caught_by=signature_takes_them,
        source="a lecture's and course notes' calls of Keras",
        unit="arguments that Keras 3 does not know",
    )


def backends_that_are_gone() -> Exhibit:
    """Keras is said to run on TensorFlow, CNTK and Theano: two of them are gone, and two others came.

    Keras 3 (2023) trains on TensorFlow, JAX and PyTorch. Graphs and sessions went with TensorFlow 1: `a + b` is a
    number at once. What is said of versions needs its year.
    """

    def wrong():
        return ("tensorflow", "cntk", "theano")

    def mended():
        return ("tensorflow", "jax", "torch")

    documented = {"tensorflow", "jax", "torch"}  # Keras 3's own page on its backends; openvino only predicts

    def as_documented(passage):
        gone = [name for name in passage() if name not in documented]
        return f"Keras 3 has no backend called {' or '.join(gone)}" if gone else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda passage: len(documented & set(passage())),
        truth=lambda: float(len(documented)),
        apart=1,
        caught_by=as_documented,
        source="a lecture's chapter on libraries, older than its readers' machines",
        unit="backends named that Keras 3 can train on, of 3",
    )
