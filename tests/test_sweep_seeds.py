"""How many seeds a sweep has where nobody says: several where they cost little, by words and data alone."""

import json
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result

from glassnet import Experiment
from glassnet import run as begin_training
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.sweeps import Plan
from glassnet.sweeps.seeds import with_seeds

CATALOG = Catalog.discover(guests=False)
LITTLE = "they cost little side by side"
SIZE = "more networks of this size would take their time"
STEPS = "so many steps would take their time"
WHOLE = "lbfgs looks at all rows at once"

pytestmark = pytest.mark.usefixtures("empty_folder")


def sweep(*words: str, before: tuple[str, ...] = ()) -> Result:
    done = CliRunner().invoke(main, ["--no-plugins", *before, "sweep", *words, "--jobs", "1"], prog_name="glassnet")
    assert done.exit_code == 0, done.output
    return done


def chosen(plan: Plan, catalog: Catalog = CATALOG) -> tuple[int | None, str]:
    found = with_seeds(plan, begin_training(plan.experiment, catalog))
    assert replace(found, seeds=plan.seeds, why_seeds=plan.why_seeds) == plan, "more than the seeds were changed"
    return found.seeds, found.why_seeds


@pytest.mark.parametrize(
    ("words", "over", "seeds", "why"),
    [
        ({"dataset": "iris"}, ["optimizer.lr=1e-4..1:log:7", "l2=1e-4..1:log:7"], 5, LITTLE),
        ({"dataset": "digits8x8"}, ["activation=relu,tanh,sigmoid"], 5, LITTLE),  # at our own width, 50 epochs
        ({"dataset": "digits8x8"}, ["optimizer.lr=1e-4..1:log:7", "l2=1e-4..1:log:7"], 1, STEPS),
        ({"dataset": "iris"}, ["epochs=10,100000"], 1, STEPS),
        ({"dataset": "iris", "batch_size": 1}, ["epochs=20,190"], 1, STEPS),  # 22,680 steps with one seed
        ({"dataset": "iris"}, ["batch_size=1,2", "epochs=10,50"], 5, LITTLE),
        ({"dataset": "digits8x8", "epochs": 1}, ["hidden=16;500"], 1, SIZE),  # one that is large is enough
        ({"dataset": "digits8x8", "epochs": 1, "batch_size": "full"}, ["l2=0,1"], 1, SIZE),
        ({"dataset": "iris", "batch_size": "full"}, ["l2=0,1"], 5, LITTLE),
        ({"dataset": "breast_cancer"}, ["features=squares;sines"], 5, LITTLE),  # 60 inputs
        ({"dataset": "breast_cancer"}, ["features=squares;products"], 1, SIZE),  # 465 inputs
        ({"dataset": "iris"}, ["optimizer=adam,lbfgs"], 1, WHOLE),
        ({"dataset": "iris", "optimizer": "lbfgs"}, ["l2=0,1"], 1, f"{WHOLE} and ends when it likes"),
        ({"dataset": "iris"}, ["optimizer=adam,nobodys"], 5, LITTLE),  # that point's cells fail at once
    ],
)
def test_several_seeds_where_small_networks_take_few_steps(words: dict, over: list[str], seeds: int, why: str) -> None:
    assert chosen(Plan(Experiment(**words), tuple(over))) == (seeds, why)


@pytest.mark.parametrize("given", [{"folds": 3}, {"halving": 3}, {"seeds": 2}, {"seeds": 1}])
def test_who_says_how_points_are_repeated_is_not_told_about_it(given: dict[str, int]) -> None:
    plan = Plan(Experiment(dataset="iris"), ("l2=0,1,2,3,4",), **given)
    assert chosen(plan) == (given.get("seeds", 1), "")


def test_one_point_is_one() -> None:
    done = sweep("xor", "--over", "l2=0..1", "--random", "1", "--seeds", "1", "--epochs", "1").output
    assert "\npoints     1 point drawn at random: 1 cell\n" in done and "of all 4 rows, too few" in done


def test_points_that_are_drawn_have_several_seeds_as_well() -> None:
    assert chosen(Plan(Experiment(dataset="iris"), ("l2=0..1",), random=9)) == (5, LITTLE)


def test_a_guests_solver_is_known_by_what_it_does_and_not_by_its_name() -> None:
    Path("leap.py").write_text(
        dedent("""
        from glassnet import Optimizer, hookimpl

        def leap():
            '''One that looks at all rows at once.'''
            def minimize(objective, w, max_iter):
                yield w
            return Optimizer(minimize=minimize)

        @hookimpl
        def optimizers():
            return [leap]
    """)
    )
    catalog = Catalog.discover([Path("leap.py")], guests=False)
    plan = Plan(Experiment(dataset="iris"), ("optimizer=adam,leap",))
    assert chosen(plan, catalog) == (1, "leap looks at all rows at once")


def test_a_part_that_minds_company_trains_once() -> None:
    Path("ranks.py").write_text(
        dedent("""
        from glassnet import Activation, hookimpl

        def ranks():
            '''One that looks at other rows than its own.'''
            return Activation(f=lambda z: z - z.mean(axis=0), df=lambda z, a: 1 + 0 * z)

        @hookimpl
        def activations():
            return [ranks]
    """)
    )
    catalog = Catalog.discover([Path("ranks.py")], guests=False)
    seeds, why = chosen(Plan(Experiment(dataset="iris", activation="ranks"), ("l2=0,1",)), catalog)
    assert seeds == 1 and why.startswith("ranks wants its rows alone: ")


def test_the_choice_is_said_in_a_line_with_the_way_to_another() -> None:
    words = ("iris", "--over", "l2=0,0.1", "--epochs", "1")
    done = sweep(*words)
    assert "\nseeds      5 each, for they cost little side by side: --seeds 1 for one\n" in done.output
    assert "2 points, 5 seeds: 10 cells" in done.output and "(5 trainings each, 12 validation rows)" in done.output
    assert json.loads(Path("sweeps/0001-iris/sweep.json").read_text())["seeds"] == 5
    assert Path("sweeps/0001-iris/best.toml").read_text().startswith("# mean accuracy 0.")
    assert "\nseeds " not in sweep(*words, "--seeds", "1").output
    assert Path("sweeps/0002-iris/best.toml").read_text().startswith("# accuracy 0.")
    large = sweep("digits8x8", "--over", "hidden=2;300", "--epochs", "0").output
    assert f"\nseeds      1 each, for {SIZE}: --seeds 5 shows the spread\n" in large
    assert "2 points: 2 cells" in large


@pytest.mark.parametrize("begun", [1, 2])
def test_a_sweep_that_was_begun_goes_on_with_its_own_seeds(begun: int) -> None:
    sweep("iris", "--over", "l2=0,0.1", "--epochs", "1", "--seeds", str(begun), "--quiet")
    kept = Path("sweeps/0001-iris/cells.jsonl")
    first, *others = kept.read_text().splitlines(keepends=True)
    kept.write_text(first)
    again = sweep("--resume", "last").output
    assert f"1 of {2 * begun} cells are finished already" in again and "\nseeds " not in again
    assert len(kept.read_text().splitlines()) == 1 + len(others)
