"""A bug to find: as it was handed out it is open, written otherwise it is still wrong, mended it is right."""

from collections.abc import Iterator

import numpy as np
import pytest

from glassnet import Exercise
from glassnet.builtin.exhibits.outputs import softmax_over_rows
from glassnet.lessons import find_the_bug
from glassnet.lessons.verdicts import check_answers, stub_text

HEAD = "import numpy as np\n"
SUMS = "def shares(z):\n    e = np.exp(z)\n    return e / e.sum(axis={axis}, keepdims=True)\n"


def scores(rng: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    yield (rng.normal(size=(2, 3)),)


@pytest.fixture
def shares() -> Exercise:
    return find_the_bug("shares", softmax_over_rows(), inputs=scores, right=(), wrong=())


def said(exercise: Exercise, answer: str) -> tuple[str, str]:
    (result,) = check_answers([exercise], HEAD + answer)
    return result.state, result.words


def test_untouched_it_is_open(shares: Exercise) -> None:
    assert said(shares, stub_text(shares))[0] == "open"


def test_the_same_mistake_in_other_words_is_still_the_mistake(shares: Exercise) -> None:
    assert said(shares, SUMS.format(axis=0)) == ("wrong", "It still does what it did: the mistake is in it.")


def test_mended_it_is_right(shares: Exercise) -> None:
    assert said(shares, SUMS.format(axis=1))[0] == "right"
