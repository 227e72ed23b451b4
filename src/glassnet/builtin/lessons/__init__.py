"""The course that glassnet ships, in its order. Each lesson is a page in `pages`.

Exercises that need code stand in the module of the same name in `exercises`, which is imported when the lesson is
opened.
"""

from collections.abc import Callable

from glassnet import Lesson, hookimpl
from glassnet.lessons import page

from .bends import activations


def first_network() -> Lesson:
    """A first training: a network learns to read digits, and you see what it gets wrong."""
    from .exercises.first_network import exercises

    return page("pages/first_network.md", exercises)


def perceptron() -> Lesson:
    """A neuron is a weighted vote with a threshold; a rule of three lines teaches it, where a line is enough."""
    from .exercises.perceptron import exercises

    return page("pages/perceptron.md", exercises)


def words_and_shapes() -> Lesson:
    """Neuron, layer, weight, activation, in the words of networks and of statistics; and why there must be a bend."""
    from .exercises.words_and_shapes import exercises

    return page("pages/words_and_shapes.md", exercises)


def shapes() -> Lesson:
    """Say the shapes before the numbers: most mistakes in network code run without an error."""
    from .exercises.shapes import exercises

    return page("pages/shapes.md", exercises)


def line() -> Lesson:
    """The smallest network is linear regression: solved in one line, and found again downhill."""
    from .exercises.line import exercises

    return page("pages/line.md", exercises)


def logistic() -> Lesson:
    """Yes or no as a probability: one neuron in three functions, beside scikit-learn's."""
    from .exercises.logistic import exercises

    return page("pages/logistic.md", exercises)


def accuracy() -> Lesson:
    """What people want can't be trained on and is easily misread: staircases, thresholds, rare things."""
    from .exercises.accuracy import exercises

    return page("pages/accuracy.md", exercises)


def foggy_mountain() -> Lesson:
    """Feel the slope, take a step down: gradient descent, its rate, its valleys, and when to stop."""
    from .exercises.foggy_mountain import exercises

    return page("pages/foggy_mountain.md", exercises)


def batches() -> Lesson:
    """All rows, a batch or one row a step: what the noise costs, and what it is said to be good for."""
    from .exercises.batches import exercises

    return page("pages/batches.md", exercises)


def momentum() -> Lesson:
    """Descent with a memory: keep the speed, a rate for each weight, and what goes wrong with both."""
    from .exercises.momentum import exercises

    return page("pages/momentum.md", exercises)


def curvature() -> Lesson:
    """Who knows how the ground bends knows how far to go: Newton, L-BFGS, and which solver for what."""
    from .exercises.curvature import exercises

    return page("pages/curvature.md", exercises)


def xor() -> Lesson:
    """What no line can do: four rows that one neuron never gets right, and the hidden layer that does."""
    from .exercises.xor import exercises

    return page("pages/xor.md", exercises)


def forward() -> Lesson:
    """From a row to an answer with pencil and paper, then for all rows, then in a trained network."""
    from .exercises.forward import exercises

    return page("pages/forward.md", exercises)


def chain_rule() -> Lesson:
    """Slopes multiply along a chain and add where ways meet: gradient, Jacobian, and how slips are found."""
    from .exercises.chain_rule import exercises

    return page("pages/chain_rule.md", exercises)


def backprop() -> Lesson:
    """Back-propagation on a network of thirteen weights, every line computed; then three bugs to find."""
    from .exercises.backprop import exercises

    return page("pages/backprop.md", exercises)


def autodiff() -> Lesson:
    """Reverse-mode differentiation in sixty lines: the same numbers as by hand, and where it is silently wrong."""
    from .exercises.autodiff import exercises

    return page("pages/autodiff.md", exercises)


def outputs() -> Lesson:
    """Which output goes with which loss, why the slope is so simple, and how both stay exact for large scores."""
    from .exercises.outputs import exercises

    return page("pages/outputs.md", exercises)


def represent() -> Lesson:
    """What a wide and a deep network can represent, what its layers learn, and whether depth pays."""
    from .exercises.represent import exercises

    return page("pages/represent.md", exercises)


def deep() -> Lesson:
    """Deep networks: slopes that vanish or explode, initial weights, batch norm and clipping, each tried."""
    from .exercises.deep import exercises

    return page("pages/deep.md", exercises)


def splits() -> Lesson:
    """Rows that nobody has seen: three shares, the leak through the scale, gaps, text and names that lie."""
    from .exercises.splits import exercises

    return page("pages/splits.md", exercises)


def regularise() -> Lesson:
    """Too much and too little: what tells them apart, three brakes put to the test, and four errors to read."""
    from .exercises.regularise import exercises

    return page("pages/regularise.md", exercises)


def tuning() -> Lesson:
    """Many settings, one referee: a heat map, ties, and whether the best of 49 is better or only lucky."""
    from .exercises.tuning import exercises

    return page("pages/tuning.md", exercises)


def digits() -> Lesson:
    """Pictures of digits: a network beyond 98 %, what it is sure of and wrong about, and five small demos."""
    from .exercises.digits import exercises

    return page("pages/digits.md", exercises)


def houses() -> Lesson:
    """House prices: a network that answers with a number, and how to read R2, residuals and a cut-off price."""
    from .exercises.houses import exercises

    return page("pages/houses.md", exercises)


def rules() -> Lesson:
    """Rules of thumb, each put to the test; which library when, and the lecture's own words in ours."""
    from .exercises.rules import exercises

    return page("pages/rules.md", exercises)


def limits() -> Lesson:
    """What networks can't do, as decisions: rows, cost, trees on tables, random features, and what prediction isn't."""
    from .exercises.limits import exercises

    return page("pages/limits.md", exercises)


def write_a_part() -> Lesson:
    """Write an activation of your own, and see its slope proven: a good score proves nothing."""
    from .exercises.write_a_part import exercises

    return page("pages/write_a_part.md", exercises)


def package() -> Lesson:
    """A package from nothing: environment, tree, fields, version, and what is in it once it is installed."""
    from .exercises.package import exercises

    return page("pages/package.md", exercises)


def publish() -> Lesson:
    """Build a wheel, look inside, practise on an index of your own, and raise the version."""
    from .exercises.publish import exercises

    return page("pages/publish.md", exercises)


def write_a_lesson() -> Lesson:
    """One Markdown file is a lesson: cells that run, and exercises that know what people get wrong."""
    from .exercises.write_a_lesson import exercises

    return page("pages/write_a_lesson.md", exercises)


@hookimpl
def lessons() -> list[Callable[..., Lesson]]:
    return [
        first_network,
        perceptron,
        words_and_shapes,
        shapes,
        line,
        logistic,
        accuracy,
        foggy_mountain,
        batches,
        momentum,
        curvature,
        xor,
        forward,
        chain_rule,
        backprop,
        autodiff,
        activations,
        outputs,
        represent,
        deep,
        splits,
        regularise,
        tuning,
        digits,
        houses,
        rules,
        limits,
        write_a_part,
        package,
        publish,
        write_a_lesson,
    ]
