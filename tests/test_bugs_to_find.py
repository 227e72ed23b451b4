"""A bug to find: as it was handed out it is open, written otherwise it is still wrong, mended it is right."""

from collections.abc import Iterator

import numpy as np
import pytest

from glassnet import Exercise
from glassnet.builtin.lessons.exercises.backprop import bias_column
from glassnet.lessons import find_the_bug
from glassnet.lessons.stubs import stub_text
from glassnet.lessons.verdicts import check_answers

HEAD = "import numpy as np\n"
SLOPES = "def slopes(X, delta):\n    return np.vstack([{bias} * delta.sum(axis=0), X.T @ delta])\n"


def layers(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    yield rng.normal(size=(4, 3)), rng.normal(size=(4, 2))


@pytest.fixture
def slopes() -> Exercise:
    return find_the_bug("slopes", bias_column(), inputs=layers, right=(), wrong=())


def said(exercise: Exercise, answer: str) -> tuple[str, str]:
    (result,) = check_answers([exercise], HEAD + answer)
    return result.state, result.words


def test_untouched_it_is_open(slopes: Exercise) -> None:
    assert said(slopes, stub_text(slopes))[0] == "open"


def test_the_same_mistake_in_other_words_is_still_the_mistake(slopes: Exercise) -> None:
    assert said(slopes, SLOPES.format(bias=1)) == ("wrong", "It still does what it did: the mistake is in it.")


def test_mended_it_is_right(slopes: Exercise) -> None:
    assert said(slopes, SLOPES.format(bias=0.01))[0] == "right"
