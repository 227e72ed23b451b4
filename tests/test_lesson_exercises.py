"""The ready-made exercises: right answers in odd forms are accepted, wrong ones are told what is wrong with them."""

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lesson_mutants import DOUBLED, MENDED, halved, in_place, squared

import glassnet
from glassnet import Activation, Exercise, Verdict
from glassnet.answers import Server
from glassnet.errors import GlassnetError
from glassnet.lessons import artefact, choice, claim, function, number, part, run
from glassnet.lessons.exercises.functions import alike, brief, source_of
from glassnet.lessons.stubs import as_source, bags_of, stub_text
from glassnet.lessons.trying import survivors, tried, variants
from glassnet.lessons.verdicts import Result, check_answers, result_of


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as one:
        yield one


def said(exercise: Exercise, answer: Any) -> str:
    """Whether it is "right", or the words of what is wrong."""
    verdict = exercise.check(answer)
    return "right" if verdict.right else verdict.words


# --- numbers --------------------------------------------------------------------------------------------------

SHARE = number("best", "How much?", 0.75, absolute=0.004, unit="share of rows", near={3: "You counted rows."})
ACCEPTED = [
    0.75, 0.7537, "0.75", " .75 ", "0,75", "75%", "75 %", "3/4", "7.5e-1", "+0.75", np.float32(0.75), np.array([0.75]),
    [[0.75]], Fraction(3, 4), "0.750_0",
]  # fmt: skip


@pytest.mark.parametrize("answer", ACCEPTED, ids=repr)
def test_a_number_may_be_written_in_many_ways(answer: Any) -> None:
    assert said(SHARE, answer) == "right"


REFUSED = {
    "-0.75": "The sign is turned round.",
    "75": "That is in percent: a share lies between 0 and 1.",
    "1.5": "That is twice as much as it should be.",
    "0.375": "That is half of what it should be.",
    "3": "You counted rows.",
    "0.77": "Almost: it was rounded too early. Keep all digits until the end.",
    "0.2": "0.2 is not it: it is too small.",
    "12": "12 is not it: it is too large.",
    "0.75 rows": "'0.75 rows' is no number: write it as in 0.75, without units.",
    "": "'' is no number",
    "1/0": "'1/0' is no number",
    "2 * 0.4": "'2 * 0.4' is a text: without the quotes, Python computes it.",
    "1e999": "inf is no number that could be compared",
    "three quarters": "'three quarters' is no number",
}


@pytest.mark.parametrize("answer", REFUSED)
def test_what_goes_wrong_with_numbers_is_told(answer: str) -> None:
    assert said(SHARE, answer).startswith(REFUSED[answer])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "nan is no number"),
        ([1, 2], "one number is asked for, and there are 2."),
        ([], "one number is asked for, and there are 0."),
        ({"a": 1}, "{'a': 1} is no number"),
        (1j, "1j is no number"),
        (math.nan, "nan is no number"),
    ],
)
def test_what_is_no_number_is_told(answer: Any, words: str) -> None:
    assert said(SHARE, answer).startswith(words)


def test_percent_that_are_asked_for() -> None:
    percent = number("p", "How much?", 75, absolute=0.5, unit="percent")
    assert [said(percent, answer) for answer in (75, "75", "75%", "75 %")] == ["right"] * 4
    assert said(percent, 0.75) == "That is a share: percent are a hundred times that."


@pytest.mark.parametrize("answer", ["1200", "1,200", "1 200", "1_200", 1200, "1.2e3"])
def test_thousands_may_have_a_comma(answer: Any) -> None:
    assert said(number("n", "How many?", 1200, absolute=0.1), answer) == "right"


def test_a_comma_stays_one_of_decimals() -> None:
    assert said(number("n", "How many?", 1.2, absolute=0.01), "1,200") == "right"
    assert said(number("n", "How many?", 1_200_000, absolute=1), "1,200,000") == "right"


def test_coarse_bounds_do_not_make_everything_rounded() -> None:
    coarse = number("n", "How much?", 4, absolute=0.5)
    assert said(coarse, 1) == "1 is not it: it is too small." and said(coarse, 4.4) == "right"


def test_a_number_that_takes_a_training_is_computed_once_however_often_somebody_tries():
    computed = []
    asked = number("n", "How much?", lambda: computed.append(1) or 0.5, absolute=0.01)
    assert computed == []  # nor before somebody answers
    assert [asked.check(answer).right for answer in (0.4, 0.45, 0.5)] == [False, False, True]
    assert computed == [1]


def test_three_ways_to_say_how_far_off_and_no_fourth() -> None:
    assert said(number("n", "?", 0.123, digits=2), 0.125) == "right"
    assert said(number("n", "?", 0.123, digits=2), 0.13) != "right"
    assert said(number("n", "?", 200, relative=0.01), 201.9) == "right"
    with pytest.raises(GlassnetError, match="say how far off it may be, with one of absolute=, relative=, digits="):
        number("n", "?", 1)
    with pytest.raises(GlassnetError, match="say how far off"):
        number("n", "?", 1, digits=2, absolute=1)


def test_what_training_decides_is_computed_anew() -> None:
    asked = []

    def fresh() -> float:
        asked.append(1)
        return 0.5

    computed = number("n", "?", fresh, absolute=0.01)
    assert not asked and said(computed, 0.5) == "right" and asked


def test_zero_has_no_sign_and_no_half() -> None:
    zero = number("n", "?", 0, absolute=0.01)
    assert said(zero, "-0.0") == "right" and said(zero, 1) == "1 is not it: it is too large."


# --- choices --------------------------------------------------------------------------------------------------

OPTIONS = {"Too small": "No: smaller.", "A line": "Right.", "Too few": "No: more.", "A plane": "Also right."}
WHY = choice("why", "Why?", OPTIONS, "A line")
BOTH = choice("both", "Which?", OPTIONS, ["A line", "A plane"])


@pytest.mark.parametrize(
    "answer", ["b", "B", " b ", "(b)", "b.", "b)", "b. A line", "a line.", "A line", "a LINE", ["b"], ("B",), {"b"}]
)
def test_a_letter_may_be_written_in_many_ways(answer: Any) -> None:
    assert said(WHY, answer) == "right"


@pytest.mark.parametrize("answer", ["bd", "b, d", "D b", ["b", "d"], ("d", "B"), {"A line", "A plane"}])
def test_several_letters_may_be_written_in_many_ways(answer: Any) -> None:
    assert said(BOTH, answer) == "right"


@pytest.mark.parametrize("answer", ["e", "", 2, None, "because", 1.5, []])
def test_what_is_none_of_the_answers_is_told_what_they_are(answer: Any) -> None:
    assert "is none of the answers: write one letter of a, b, c or d, such as 'a'." in said(WHY, answer)


def test_each_wrong_answer_has_its_words() -> None:
    assert (said(WHY, "a"), said(WHY, "c")) == ("No: smaller.", "No: more.")
    assert said(BOTH, "b") == "b is right, and not all that is: there is more."
    assert said(BOTH, "abd") == "No: smaller."


def test_a_choice_needs_a_right_one() -> None:
    with pytest.raises(GlassnetError, match="right is 'A curve', which is none of its answers"):
        choice("why", "Why?", OPTIONS, "A curve")


# --- functions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: 2 * x,
        lambda x: [2 * n for n in x],
        lambda x: tuple(2.0 * n for n in x),
        lambda x: np.einsum("i->i", 2 * x),
        lambda x: (2 * x).astype(np.float32).astype(float) if x.dtype == np.float32 else 2 * x,
        np.vectorize(lambda n: 2 * n),
    ],
)
def test_a_function_may_be_written_in_many_ways(answer: Callable[..., Any]) -> None:
    assert said(DOUBLED, answer) == "right"


def test_what_behaves_like_a_known_mistake_gets_its_words() -> None:
    assert said(DOUBLED, lambda x: np.power(x, 2)) == "That is x^2: it grows faster."
    assert said(DOUBLED, lambda x: 0.5 * x) == "That is half of x."


UNKNOWN = {
    "doubled([1, 2])[0] is 3, and should be 2.": lambda x: 2 * x + 1,
    "doubled([1, 2])[1] is 0, and should be 4.": lambda x: 2 * x * (x < 2),
    "doubled([1, 2]) gives [[2], [4]], and should give [2, 4]: compare the brackets.": lambda x: 2 * x[:, None],
    "doubled([1, 2]) gives 6 alone, and should give [2, 4].": lambda x: 2 * x.sum(),
    "doubled([1, 2]) gives None: does it end with `return`?": lambda x: None,
    "doubled([1, 2])[0] is nan, and should be 2.": lambda x: x * np.nan,
    "doubled([1, 2])[0] is (1+2j), and should be 2.": lambda x: x * (1 + 2j),
    "doubled([1, 2])[0] is the text 'a', and no number, and should be 2.": lambda x: np.array(["a", "b"]),
    "doubled([1, 2]) gives {'a': 1}, and should be [2, 4].": lambda x: {"a": 1},
    "doubled([1, 2]) ended with ZeroDivisionError: division by zero": lambda x: 1 / 0,
    "doubled([1, 2]) ended with TypeError": lambda: 2,
    "The result is right, and `x` is not what it was: work on a copy.": in_place,
}


@pytest.mark.parametrize("words", UNKNOWN)
def test_the_first_difference_is_shown(words: str) -> None:
    assert said(DOUBLED, UNKNOWN[words]).startswith(words)


def root(x: float) -> float:
    if x < 0:
        raise ValueError("no root")
    return math.sqrt(x)


ROOT = function("root", "?", inputs=lambda rng: [(4.0,), (-1.0,)], right=(root, math.sqrt), wrong=())


def test_an_error_may_be_what_is_asked_for() -> None:
    assert said(ROOT, math.sqrt) == "right"  # another message, the same sort
    assert said(ROOT, lambda x: abs(x) ** 0.5) == "root(-1) should raise a ValueError, and gives 1."
    assert said(ROOT, lambda x: x**0.5 if x > 0 else {}["a"]).startswith("root(-1) ended with KeyError")


TOTAL = function("total", "?", inputs=lambda rng: [(np.array([1.0, 2.0]), 3.0)], right=(lambda x, y: (x, y),), wrong=())


def test_two_results_in_the_wrong_order_are_told() -> None:
    pair = function("pair", "?", inputs=lambda rng: [(1.0, 1.0), (1.0, 2.0)], right=(lambda x, y: (x, y),), wrong=())
    assert said(pair, lambda x, y: [y, x]).startswith("Both results are right, and in the wrong order")
    assert said(pair, lambda x, y: (y, 0)) == "pair(1, 1)[1] is 0, and should be 1."
    nested = function("nested", "?", inputs=lambda rng: [([1.0],)], right=(lambda x: (x, x),), wrong=())
    assert said(nested, lambda x: (x, [2.0])) == "nested([1])[1][0] is 2, and should be 1."


MEAN = function("mean", "?", inputs=lambda rng: [(np.array([1.0, 2.0]),)], right=(np.mean,), wrong=())


@pytest.mark.parametrize("form", [np.array, list, tuple, np.float32, lambda one: np.array([one])])
def test_one_number_may_stand_in_brackets(form: Callable[..., Any]) -> None:
    assert said(MEAN, lambda x: form(np.full(1, x.mean()))) == "right"
    assert said(TOTAL, lambda x, y: (x, form(np.full(1, y)))) == "right"
    assert said(TOTAL, lambda x, y: (x, form(np.full(1, y + 1)))) != "right"


def test_brackets_around_more_or_where_they_are_asked_for_are_none_to_be_left_away() -> None:
    assert said(MEAN, lambda x: x) == "mean([1, 2]) gives 2 numbers, [1, 2], and should give one: 1.5."
    assert said(MEAN, lambda x: str(x.mean())).startswith("mean([1, 2]) is the text '1.5', and no number")
    assert said(TOTAL, lambda x, y: (x[:, None], y)) != "right"
    assert said(TOTAL, lambda x, y: ([y], x)) == "total([1, 2], 3) gives ([3], [1, 2]), and should be ([1, 2], 3)."


def test_a_function_needs_something_to_compare_on() -> None:
    with pytest.raises(GlassnetError, match=r"inputs\(rng\) yields nothing"):
        function("f", "?", inputs=lambda rng: [], right=(root,), wrong=())


ALIKE = [
    (3, 3.0), ([1, 2], np.array([1.0, 2.0])), ((1, 2), [1, 2]), (True, 1), (np.nan, float("nan")), ("a", "a"),
    ({"a": [1]}, {"a": np.array([1])}), ([np.ones(2), np.ones(3)], (np.ones(2), [1, 1, 1])), (None, None),
    ([1, "a"], [1, "a"]), (2**100, 2**100), ([None, 1], [None, 1.0]),
]  # fmt: skip
UNLIKE = [
    (3, [3]), (1.0, 1.001), ([1, 2], [1, 2, 3]), ({"a": 1}, {"b": 1}), (None, 0), ("1", 1), (np.nan, 1.0),
    ([np.ones(2), np.ones(3)], [np.ones(2)]), ({"a": 1}, [1]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=repr)
def test_what_is_the_same_in_another_form_is_alike(one: Any, other: Any) -> None:
    assert alike(one, other) and alike(other, one)


@pytest.mark.parametrize(("one", "other"), UNLIKE, ids=repr)
def test_what_differs_is_not_alike(one: Any, other: Any) -> None:
    assert not alike(one, other) and not alike(other, one)


def test_values_in_sentences_are_short() -> None:
    values = (np.ones((3, 4)), np.array([1.5, 2]), (1,), [True, np.str_("a")], 1e-12, list(range(100)), np.float32(0.1))
    assert [brief(value) for value in values] == [
        "an array of shape (3, 4)", "[1.5, 2]", "(1,)", "[True, 'a']", "1e-12", "a list of 100", "0.1",
    ]  # fmt: skip


def test_a_lambda_is_no_answer_of_a_lesson() -> None:
    with pytest.raises(GlassnetError, match="an answer of a lesson is a lambda: write it with def"):
        source_of(lambda x: x)


# --- find the bug ---------------------------------------------------------------------------------------------


def test_a_bug_is_mended_by_what_does_as_the_mended_one() -> None:
    assert said(MENDED, lambda x: x + x) == "right"
    assert said(MENDED, lambda x: x * x) == "It still does what it did: the mistake is in it."
    assert stub_text(MENDED) == "def mended(x):\n    return x**2\n"


# --- claims ---------------------------------------------------------------------------------------------------


def experiments(rng: np.random.Generator, differs: bool) -> tuple[Any, ...]:
    return rng.normal(size=20), rng.normal(1.5 if differs else 0, 1, size=20)


def sound(a: Any, b: Any) -> bool:
    spread = np.sqrt(a.var(ddof=1) / 20 + b.var(ddof=1) / 20)
    return bool(abs(a.mean() - b.mean()) > 2 * spread)


def larger(a: Any, b: Any) -> bool:
    return bool(b.mean() > a.mean())


def never(a: Any, b: Any) -> bool:
    return False


DIFFER = claim("differ", "Differ?", right=(sound,), wrong=((larger, "Any difference is one to you."),),
               simulate=experiments)  # fmt: skip


def test_any_sound_test_is_right_and_a_number_may_stand_for_true() -> None:
    for answer in (sound, lambda a, b: int(sound(a, b)), lambda a, b: np.array([sound(a, b)])):
        assert said(DIFFER, answer) == "right"


def test_false_alarms_and_what_is_missed_are_counted() -> None:
    words = said(DIFFER, larger)
    assert words.startswith("Any difference is one to you. Of 100 experiments with a difference it finds 100, of 100")
    assert "It misses too many" in said(DIFFER, never) and "it finds 0" in said(DIFFER, never)
    assert "That is a false alarm more often than in 10 %" in said(DIFFER, lambda a, b: True)


@pytest.mark.parametrize(("value", "told"), [(None, "None"), (0.03, "0.03"), ("yes", "'yes'"), ([1, 0], "[1, 0]")])
def test_a_claim_answers_true_or_false(value: Any, told: str) -> None:
    words = said(DIFFER, lambda a, b: value)
    assert words.startswith(f"differ gives {told}") and words.endswith("is asked for, True or False.")


# --- runs -----------------------------------------------------------------------------------------------------

SOLVES = run(
    "solves",
    "Train it.",
    dataset="xor",
    right=("glassnet train xor --epochs 300",),
    wrong=(("glassnet train xor --hidden none", "That is a line."),),
    reach={"accuracy": 0.9},
    split="train",
    most={"epochs": 300, "hidden": 16},
    seeds=(1,),
)
WELL = "--hidden 16 --activation tanh --optimizer adam:lr=0.05 --epochs 300"


@pytest.mark.parametrize(
    "answer",
    [
        f"glassnet train xor {WELL}",
        f"glassnet  train xor {WELL} --seed 7 --quiet=1".replace(" --quiet=1", ""),
        "glassnet train --hidden=16 --activation=tanh --optimizer=adam:lr=0.05 --epochs=300 xor",
        {"hidden": (16,), "activation": "tanh", "optimizer": "adam:lr=0.05", "epochs": 300},
        ["glassnet", "train", "xor", *WELL.split()],
        f"$ glassnet train xor --quiet \\\n    {WELL} --watch all --no-report",
    ],
)
def test_a_command_or_its_settings_are_trained(answer: Any) -> None:
    assert SOLVES.check(answer) == Verdict(True, "Reached with 1 seed of the checker's own.")


RUNS = {
    "glassnet train xor --hidden none --epochs 5": "That is a line. With seed 1 its accuracy on the train rows is ",
    "glassnet train xor --epochs 500": "it uses 500 epochs, and at most 300 are allowed.",
    "glassnet train xor --hidden 20 --epochs 5": "it uses 20 hidden units, and at most 16 are allowed.",
    "glassnet train moons": "it trains moons, and xor is asked for.",
    "train xor": "'train xor' is no training: begin with `glassnet train xor`.",
    "glassnet train xor --optimizer 'adam": "the command can't be read: No closing quotation.",
    "glassnet train xor --activation rleu": "It can't be trained: ",
    "glassnet train xor --epohcs 5": "It can't be trained: ",
    "": "'' is no training: write a command such as \"glassnet train xor --hidden 8\".",
}


@pytest.mark.parametrize("answer", RUNS)
def test_what_is_wrong_with_a_run_is_told(answer: str) -> None:
    assert said(SOLVES, answer).startswith(RUNS[answer])


@pytest.mark.parametrize("answer", [None, 3, ["glassnet", "fly"], {1: 2}, {"epohcs": 3}])
def test_what_is_no_run_is_told(answer: Any) -> None:
    assert "is no training" in said(SOLVES, answer) or "It can't be trained" in said(SOLVES, answer)


# --- parts and artefacts --------------------------------------------------------------------------------------


def soft() -> Activation:
    """The softplus.

    f(z) = log(1 + e^z)
    """
    return Activation(f=lambda z: np.logaddexp(0, z), df=lambda z, a: 1 / (1 + np.exp(-z)))


def linear() -> Activation:
    """The line.

    f(z) = z
    """
    return Activation(f=lambda z: z, df=lambda z, a: np.ones_like(z))


def slip() -> Activation:
    """Another softplus.

    f(z) = log(1 + e^z)
    """
    return Activation(f=lambda z: np.logaddexp(0, z), df=lambda z, a: 1 - a)


def at_points(bag: Activation) -> dict[str, Any]:
    z = np.array([[-1.0, 2.0]])
    return {"f(z)": bag.f(z)}


KEPT = "It keeps every promise of its kind."
PART = part("soft", "Write it.", "activation", does=at_points, right=(soft,), wrong=((linear, "That is the line."),))


def test_a_part_keeps_its_promises_and_does_what_is_asked() -> None:
    assert said(PART, soft) == "right"
    assert said(PART, linear) == "That is the line."
    assert said(PART, slip).startswith("slope at z = ") and said(PART, slip).endswith(" (its kind promises: slope).")
    assert said(PART, lambda: None).startswith("a part needs a name")


def test_a_part_of_a_file_is_not_spoilt_by_another_answer(server: Server) -> None:
    text = as_source(PART, soft).replace("import numpy as np\n", "import numpy as np\nbest = 1 / 0\n")
    assert check_answers([PART], text, server=server) == [Result("soft", "right", KEPT, Verdict(True, KEPT))]


def test_an_artefact_is_a_path_that_is_there(tmp_path: Path) -> None:
    built = artefact("built", "Build it.", lambda path: "" if path.suffix == ".whl" else "That is no wheel.",
                     right=(), wrong=())  # fmt: skip
    (tmp_path / "a.whl").touch()
    (tmp_path / "a.zip").touch()
    assert said(built, str(tmp_path / "a.whl")) == said(built, tmp_path / "a.whl") == "right"
    assert said(built, str(tmp_path / "a.zip")) == "That is no wheel."
    assert said(built, "nowhere.whl").startswith("there is nothing at 'nowhere.whl', seen from ")
    assert said(built, 3) == '3 is no path: write it in quotes, as in "dist/my.whl".'


# --- through a student's file ---------------------------------------------------------------------------------


def of(text: str, server: Server, *exercises: Exercise) -> list[tuple[str, str]]:
    return [(one.state, one.words) for one in check_answers(exercises, text, server=server)]


def test_states_of_answers_in_a_file(server: Server) -> None:
    text = "best = 0.75\nwyh = 'a'\n"
    assert of(text, server, SHARE, WHY, DOUBLED) == [
        ("right", ""), ("open", "not there yet. Did you mean 'wyh'?"), ("open", "not there yet."),
    ]  # fmt: skip
    text = f"best = ...\nwhy = 1 / 0\n{stub_text(DOUBLED)}"
    assert of(text, server, SHARE, WHY, DOUBLED) == [
        ("open", "not answered yet."), ("wrong", "line 2: ZeroDivisionError: division by zero"),
        ("open", "not answered yet."),
    ]  # fmt: skip
    text = "def best(): return 0.75\ndoubled = 2\n"
    assert of(text, server, SHARE, DOUBLED) == [
        ("wrong", "a value is asked for, and best is a function: write `best = ...`."),
        ("wrong", "a function is asked for: write `def doubled(...):`."),
    ]


def test_what_to_do_about_pythons_words_stands_beside_them(server: Server) -> None:
    def told(text: str, exercise: Exercise = DOUBLED) -> str:
        return check_answers([exercise], text, names={"twice"}, server=server)[0].words

    assert told("def doubled(x):\n    return twice(x)\n") == (
        "doubled([1, 2]) ended in line 2: NameError: name 'twice' is not defined. The page defines it, and a file of "
        "answers stands alone: copy it there."
    )
    assert told("doubled = twice\n").endswith("copy it there.")
    assert told("def doubled(x):\n    return twise(x)\n").endswith("name 'twise' is not defined")
    assert told("def doubled(x):\n    return (x > 0) - (x > 1)\n").endswith("or by int(z > 0).")
    assert told("def doubled(x):\n    return x ^ x\n").endswith("and `^`, `&` and `|` are for whole ones.")
    assert told("why = b\n", WHY).endswith('. A letter is written in quotes: why = "b"')
    assert told("why = both\n", WHY).endswith('. A letter is written in quotes, such as why = "a"')
    (slip,) = glassnet.lesson("perceptron").check(nand=lambda x: neuron(x)).results  # type: ignore[name-defined]  # noqa: F821
    assert slip.words.endswith("A cell of the page defines it: run that one first.")


def test_infinities_of_known_mistakes_are_nobodys_warning(server: Server) -> None:
    def same(x: np.ndarray) -> np.ndarray:
        return x

    def logarithm(x: np.ndarray) -> np.ndarray:
        return np.log(x)

    known = function("known", "?", inputs=lambda rng: [(np.zeros(1),)], right=(same,), wrong=((logarithm, "No."),))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert of("def known(x):\n    return [float('-inf')]\n", server, known) == [("wrong", "No.")]


def test_a_function_that_never_ends_is_called_once(server: Server) -> None:
    quick = replace(DOUBLED, seconds=0.2)
    ((state, words),) = of("def doubled(x):\n    while True:\n        pass\n", server, quick)
    assert state == "wrong" and words.startswith("doubled([1, 2]) ended in line ") and "0.2 s" in words


def test_files_of_an_exercise_lie_beside_the_answer(tmp_path: Path, server: Server) -> None:
    (tmp_path / "rows.csv").write_text("0.75", encoding="utf-8")
    with_rows = replace(SHARE, files=(str(tmp_path / "rows.csv"),))
    assert of("best = float(open('rows.csv').read())", server, with_rows) == [("right", "")]


def test_a_checker_that_raises_is_the_lessons_fault() -> None:
    broken = replace(SHARE, check=lambda answer: Verdict(1 / 0 > 0))
    assert result_of(broken, 3) == Result("best", "fault", "its checker raises ZeroDivisionError: division by zero")
    assert result_of(broken, ...).state == "open"


def test_a_lessons_answers_are_tried_in_every_form(server: Server) -> None:
    roles = [one.role for one in tried(DOUBLED, server)]
    assert roles == ["right"] * 2 + ["variant"] * 2 + ["wrong"] * 3 + ["stub", "begun"]
    assert [text.split(" = ")[1].strip() for text in variants(number("n", "?", 3, absolute=1))] == [
        "3", "'3.0'", "np.array([3.0])",
    ]  # fmt: skip
    assert survivors(DOUBLED, server) == []
    weak = replace(DOUBLED, check=lambda answer: Verdict(True))
    assert len(survivors(weak, server)) == 2


def test_stubs_show_the_signature_and_nothing_of_the_answer() -> None:
    assert stub_text(DOUBLED) == 'def doubled(x):\n    """Twice x."""\n    ...\n'
    assert stub_text(SHARE) == "best = ...\n" and stub_text(replace(SHARE, stub=0.5)) == "best = 0.5\n"
    assert {squared(3), halved(18)} == {9}


def test_a_part_is_begun_with_its_bag_and_not_with_all_of_glassnet() -> None:
    assert bags_of([PART, DOUBLED]) == "from glassnet import Activation\n"
    assert bags_of([DOUBLED], soft) == bags_of([SHARE]) == ""
    assert as_source(PART, linear).startswith("import numpy as np\nfrom glassnet import Activation\ndef ")
