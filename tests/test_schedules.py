"""Schedules: their values by hand, and the bounds that all of them keep."""

from types import SimpleNamespace

import pytest
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

from glassnet.builtin import schedules as module

PARTS = module.schedules()


def finished(*losses: float) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(number=i, loss=loss, validation_loss=None, monitored=loss)
        for i, loss in enumerate(losses, start=1)
    ]


def built(name: str, **options):
    return getattr(module, name)(**options).factor


def test_what_kept_runs_name_is_there_and_stays_in_order():
    names = [part.__name__ for part in PARTS]
    known = ["constant", "step_decay", "exponential_decay", "inverse_scaling", "cosine", "warmup_cosine", "adaptive"]
    assert len(names) == len({*names})
    assert [name for name in names if name in known] == known


@pytest.mark.parametrize("part", PARTS)
def test_factors_are_numbers_from_zero_to_one_at_every_step(part):
    for total in (1, 2, 7, 100):
        for epochs in ([], finished(*[1.0] * 30)):
            factors = [part().factor(step, total, epochs) for step in range(1, total + 1)]
            assert all(isinstance(f, float) and 0 < f <= 1 for f in factors)


def test_constant():
    assert built("constant")(7, 10, finished(1, 2)) == 1


def test_step_decay_goes_down_a_stair_after_every_so_many_epochs():
    factor = built("step_decay", drop=0.1, every=3)
    assert [factor(1, 9, finished(*[1] * n)) for n in range(7)] == pytest.approx([1, 1, 1, 0.1, 0.1, 0.1, 0.01])


def test_exponential_decay_loses_the_same_share_each_epoch():
    factor = built("exponential_decay", rate=0.9)
    assert [factor(1, 9, finished(*[1] * n)) for n in range(3)] == pytest.approx([1, 0.9, 0.81])
    assert built("exponential_decay")(1, 9, finished(*[1] * 14)) == pytest.approx(0.5, abs=0.02)


def test_inverse_scaling_is_a_power_of_the_step():
    assert [built("inverse_scaling")(step, 100, []) for step in (1, 4, 100)] == pytest.approx([1, 0.5, 0.1])
    assert built("inverse_scaling", power=1.0)(4, 100, []) == 0.25
    theirs = SGDOptimizer([], 1.0, lr_schedule="invscaling", power_t=0.3)
    theirs.iteration_ends(41)  # theirs counts from 0 what ours counts from 1
    assert built("inverse_scaling", power=0.3)(42, 100, []) == pytest.approx(theirs.learning_rate)


def test_cosine_starts_at_one_is_half_way_down_in_the_middle_and_ends_near_the_floor():
    factor = built("cosine")
    assert [factor(step, 100, []) for step in (1, 51, 101)] == pytest.approx([1, 0.5, 0])
    assert factor(100, 100, []) > 0  # the last step is not wasted
    assert [built("cosine", floor=0.2)(step, 100, []) for step in (1, 51, 101)] == pytest.approx([1, 0.6, 0.2])
    assert factor(150, 100, []) == 0  # beyond the end it does not climb again


def test_warmup_cosine_climbs_straight_then_glides():
    factor = built("warmup_cosine", warmup=0.1)
    assert [factor(step, 100, []) for step in (1, 5, 10, 11, 56, 101)] == pytest.approx([0.1, 0.5, 1, 1, 0.5, 0])
    without, plain = built("warmup_cosine", warmup=0.0), built("cosine")
    assert [without(s, 20, []) for s in range(1, 21)] == [plain(s, 20, []) for s in range(1, 21)]
    only = built("warmup_cosine", warmup=1.0, floor=0.3)
    assert [only(step, 4, []) for step in (1, 2, 3, 4, 5)] == pytest.approx([0.25, 0.5, 0.75, 1, 1])


@pytest.mark.parametrize(
    ("losses", "divisions"),
    [
        ([], 0),
        ([3.0], 0),
        ([3.0, 2.0, 1.0, 0.5], 0),
        ([3.0, 3.0], 0),  # one epoch without progress is forgiven
        ([3.0, 3.0, 3.0], 1),
        ([3.0, 3.0, 2.0, 2.0], 0),  # the two must follow each other
        ([3.0, 3.0, 3.0, 3.0], 1),  # the count starts again after a division
        ([3.0, 3.0, 3.0, 3.0, 3.0], 2),
        ([3.0, 5.0, 4.0], 1),  # better than the last, not than the best
        ([3.0, 2.99995, 2.9999], 1),  # progress below the tolerance
        ([3.0, 2.9, 2.8], 0),
        ([3.0, 3.0, 3.0, 1.0, 0.5], 1),  # the rate does not come back
    ],
)
def test_adaptive_divides_when_training_stalls(losses, divisions):
    factor = built("adaptive", divide=5.0, patience=2, tolerance=1e-4)
    assert factor(1, 10, finished(*losses)) == pytest.approx(5.0**-divisions)


def test_adaptive_keeps_no_memory_of_its_own():
    factor = built("adaptive")
    stalled = finished(3.0, 3.0, 3.0)
    assert factor(1, 10, stalled) == factor(2, 10, stalled) == pytest.approx(0.2)
    assert factor(3, 10, finished(3.0)) == 1
