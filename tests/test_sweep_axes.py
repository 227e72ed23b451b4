"""What `--over` means: lists, ranges, values that hold commas, and what is said about everything else."""

from itertools import pairwise

import pytest

from glassnet import GlassnetError
from glassnet.sweeps.axes import read_axis
from glassnet.sweeps.searching import at_random, grid, rounds


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("l2=0,1e-4,0.01", ["0", "1e-4", "0.01"]),
        ("activation=relu,tanh", ["relu", "tanh"]),
        ("hidden=50;100,50", ["50", "100,50"]),
        ("hidden=none;10", ["none", "10"]),
        ("optimizer=adam:lr=0.1,beta1=0.8;sgd:lr=1", ["adam:lr=0.1,beta1=0.8", "sgd:lr=1"]),
        ("optimizer=adam:lr=0.1,sgd", ["adam:lr=0.1", "sgd"]),
        ("optimizer.lr=1e-5..10:log:7", ["1e-05", "0.0001", "0.001", "0.01", "0.1", "1", "10"]),
        ("dropout=0..0.5:linear:3", ["0", "0.25", "0.5"]),
        ("hidden=16..256:x2", ["16", "32", "64", "128", "256"]),
        ("hidden=16..250:x2", ["16", "32", "64", "128"]),
        ("epochs=10..1000:log:4", ["10", "46", "215", "1000"]),
        ("batch_size=8..24:+8", ["8", "16", "24"]),
        ("l2=1..1.3:+0.1", ["1", "1.1", "1.2", "1.3"]),
        ("hidden=1..3:linear:9", ["1", "2", "3"]),  # widths are whole, and none is there twice
        ("optimizer.beta1=0..0.2:linear:2", ["0", "0.2"]),
    ],
)
def test_values_are_read_as_a_person_means_them(text: str, values: list[str]) -> None:
    axis = read_axis(text)
    assert list(axis.values) == values
    assert axis.key == text.partition("=")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("optimizer.lr", "--over wants KEY=VALUES, such as optimizer.lr=1e-4..1:log:5, not 'optimizer.lr'"),
        ("lr=1,2", "an option of a part is written PART.OPTION, such as optimizer.lr"),
        ("hiden=1;2", "no setting 'hiden'. Did you mean 'hidden'? Known: scale,"),
        (
            "hidden=50,100",
            "one value is nothing to compare: divide networks with semicolons, --over 'hidden=50;100,50'",
        ),
        ("l2=1", "one value is nothing to compare"),
        ("l2=1,,2", "a value is empty"),
        ("l2=1,2,1", "1 is there more than once"),
        ("optimizer=adam:lr=0.1,beta1=0.8", "'beta1=0.8' is torn from its phrase: divide with semicolons"),
        ("seed=1,2", "seed is not varied: --seeds N repeats each cell"),
        ("validation=0.1,0.2", "validation is not varied: --folds K is cross-validation"),
        ("dataset=iris,wine", "dataset is not varied: scores of different rows say nothing about each other"),
        ("dataset.noise=0..0.2:linear:2", "dataset is not varied: scores of different rows say nothing about"),
        ("test=0.1,0.2", "it decides what is compared with what"),
        ("l2=0..1:log:3", "equal factors never reach 0: begin above 0, or use :linear:N"),
        ("l2=1..0.1:log:3", "from a smaller number to a larger one"),
        ("l2=1..1:log:3", "from a smaller number to a larger one"),
        ("l2=1..2:log:1", "give 2 to 10000 values, not 1"),
        ("l2=1..2:log:many", "that is no range; possible: a,b,c;"),
        ("l2=1..x:log:3", "that is no range"),
        ("l2=1..2:x1", "a factor is above 1 (x2), a step above 0 (+8)"),
        ("l2=1..2:+0", "a factor is above 1 (x2), a step above 0 (+8)"),
        ("l2=1..2:x9", "values in that range: 1;"),
        ("l2=0..1:+1e-9", "possible are 2 to 10000"),
        ("l2=0..1e300:+1e-300", "more values than can be counted; possible are 2 to 10000"),
        ("l2=1e-320..1e308:x2", "are farther apart than a float can say: narrow it"),
        ("l2=1e-320..1e308:log:3", "are farther apart than a float can say: narrow it"),
        ("l2=-1e308..1e308:linear:3", "-1e+308 and 1e+308 are farther apart than a float can say: narrow it"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        read_axis(text)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_grid_has_every_combination_once() -> None:
    points = grid([read_axis("l2=0,1"), read_axis("activation=relu,tanh,elu")])
    assert len(points) == len(set(points)) == 6
    assert points[:2] == [("l2=0", "activation=relu"), ("l2=0", "activation=tanh")]


def test_a_grid_without_a_count_asks_for_one() -> None:
    with pytest.raises(GlassnetError, match=r"l2=1\.\.2:log: a grid needs to know how many values"):
        grid([read_axis("l2=1..2:log")])


def test_random_points_differ_lie_inside_and_come_again() -> None:
    axes = [read_axis("l2=1e-6..1:log"), read_axis("activation=relu,tanh"), read_axis("epochs=1..4:linear")]
    points = at_random(axes, 200, seed=3)
    assert len(set(points)) == 200 and points == at_random(axes, 200, seed=3) != at_random(axes, 200, seed=4)
    rates = [float(point[0].removeprefix("l2=")) for point in points]
    assert 1e-6 <= min(rates) < 1e-5 and 0.1 < max(rates) <= 1
    below = sum(rate < 1e-3 for rate in rates) / len(rates)
    assert 0.35 < below < 0.65  # equally likely in every decade: half of them below the middle
    assert {point[1] for point in points} == {"activation=relu", "activation=tanh"}
    assert {point[2] for point in points} == {f"epochs={count}" for count in (1, 2, 3, 4)}


def test_more_random_points_than_there_are_is_refused() -> None:
    with pytest.raises(GlassnetError, match="there are only 2 different points"):
        at_random([read_axis("activation=relu,tanh")], 3, seed=0)


@pytest.mark.parametrize(
    ("points", "epochs", "eta", "expected"),
    [
        (9, 50, None, [(9, 50)]),
        (27, 27, 3, [(27, 3), (9, 9), (3, 27)]),
        (16, 100, 2, [(16, 12), (8, 25), (4, 50), (2, 100)]),
        (3, 50, 3, [(3, 50)]),
        (1000, 4, 2, [(1000, 1), (500, 2), (250, 4)]),  # never below one epoch
    ],
)
def test_halving_gives_fewer_points_more_epochs(
    points: int, epochs: int, eta: int | None, expected: list[tuple[int, int]]
) -> None:
    found = rounds(points, epochs, eta)
    assert found == expected
    for (many, few_epochs), (few, many_epochs) in pairwise(found):
        assert many > few and many_epochs >= few_epochs * (eta or 1)
