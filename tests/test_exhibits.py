"""The museum: each exhibit shows the mistake that was found, with the figures that were seen, and all of its code."""

import inspect
import json
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from click.testing import CliRunner, Result

from glassnet import Exhibit
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.lessons import find_the_bug
from glassnet.lessons.museum import caught, measured

PARTS = {part.name: part for part in Catalog.discover(guests=False).parts("exhibit")}

#: What the mistakes gave where they were found, or what follows by hand: the exhibits must show the same.
FIGURES = {
    "one_slope_for_all_costs": 60,  # 20 rows times 3 classes
    "softmax_slope_of_zero": 0,
    "adam_starts_anew": 2.51,
    "rmsprop_forgets_all": np.sqrt(10),
    "accuracy_of_entries": 0.9,
    "resampled_once": 1 - np.exp(-1),
    "xor_without_hidden": 0.75,
    "overflow_changes_all": 0,
    "slope_at_the_output": 0.198,
    "scores_as_probabilities": -np.log(6),
    "grid_of_four": 3,
    "standard_normal_weights": 16,
    "along_the_gradient": 1.1**10,
    "two_layers_for_one": 13 * 10 + 10 + 10 * 10 + 10 + 10 * 3 + 3,
}

#: What code of an exhibit may take from outside of itself; students have all of it, and `__name__` is a function's own.
AT_HAND = {"np", "warnings", "io", "zipfile", "Activation", "Initializer"} | {"__name__"}


def built(name: str) -> Exhibit:
    bag = PARTS[name].build()
    assert isinstance(bag, Exhibit)
    return bag


def museum(*words: str, plugin: Path | None = None) -> Result:
    host = ["--plugin", str(plugin)] if plugin else []
    return CliRunner().invoke(main, ["--no-plugins", *host, "museum", *words], prog_name="glassnet")


def test_there_is_one_exhibit_for_each_of_the_52_mistakes() -> None:
    assert len(PARTS) == 52
    assert next(iter(PARTS)) == "bias_times_a_hundred" and list(PARTS)[-1] == "comment_for_docstring"
    assert len({part.help for part in PARTS.values()}) == 52


@pytest.mark.parametrize("name", FIGURES)
def test_the_wrong_number_is_the_one_that_was_seen(name: str) -> None:
    exhibit = built(name)
    assert measured(exhibit, exhibit.wrong) == pytest.approx(FIGURES[name], rel=0.02, abs=1e-9)


def test_a_bias_whose_gradient_is_a_hundred_times_too_large() -> None:
    exhibit = built("bias_times_a_hundred")
    assert measured(exhibit, exhibit.wrong) == pytest.approx(100 * measured(exhibit, exhibit.mended))


@pytest.mark.parametrize("name", PARTS)
def test_what_is_shown_is_all_that_there_is(name: str) -> None:
    exhibit = built(name)
    for function in (exhibit.wrong, exhibit.mended):
        inside = inspect.getclosurevars(function)
        assert not inside.nonlocals and set(inside.globals) <= AT_HAND


def test_exhibits_are_bugs_to_find() -> None:
    exhibit = built("update_too_early")

    def inputs(rng: np.random.Generator) -> list[tuple[object, ...]]:
        return [(*(rng.normal(size=shape) for shape in ((4, 2), (4, 1), (2, 3), (3, 1))), 1.0)]

    bug = find_the_bug("step", exhibit, inputs=inputs, right=(), wrong=())
    assert bug.check(exhibit.mended).right
    assert bug.check(exhibit.wrong).words == "It still does what it did: the mistake is in it."


def test_filters_that_an_exhibit_sets_do_not_stay() -> None:
    import warnings

    exhibit, before = built("filters_for_all"), list(warnings.filters)
    measured(exhibit, exhibit.wrong), caught(exhibit, exhibit.wrong)
    assert list(warnings.filters) == before


def test_the_list_says_each_mistake_and_what_to_type_next() -> None:
    said = museum().output
    assert "52 exhibits. One of them: glassnet museum NAME; all measured: glassnet museum --check" in said
    assert said.index("bias_times_a_hundred") < said.index("xor_without_hidden") < said.index("version_twice")


def test_a_page_shows_both_codes_both_numbers_and_what_finds_it() -> None:
    done = museum("ten_times_e")
    assert done.exit_code == 0
    said = [line.strip() for line in done.output.splitlines()]
    assert said[0] == PARTS["ten_times_e"].help
    assert "leak = 10e-4" in said and "leak = 1e-2" in said
    assert "measured: leaky relu of -100, leak 0.01" in said
    assert "wrong: -0.1   mended: -1   true: -1" in said
    assert "found by: below 0 it falls by 0.001 for each 1, where the text says 0.01" in said


def test_machines_get_numbers() -> None:
    row = json.loads(museum("ten_times_e", "--check", "--json").output)[0]
    assert (row["exhibit"], row["wrong"], row["mended"], row["ok"]) == ("glassnet/ten_times_e", -0.1, -1.0, True)


def test_a_mistake_that_nothing_finds_is_said_by_the_exit_code(tmp_path: Path) -> None:
    plugin = tmp_path / "off.py"
    plugin.write_text(
        dedent(
            '''
            from glassnet import Exhibit, hookimpl

            def unseen():
                """Twice in place of once."""
                return Exhibit(lambda: 2, lambda: 1, lambda f: f(), lambda: 1, 0.5, lambda f: "", "here")

            @hookimpl
            def exhibits():
                return [unseen]
            '''
        ),
        encoding="utf-8",
    )
    done = museum("unseen", "--check", plugin=plugin)
    assert done.exit_code == 1 and "1 exhibit measured, 0 of them caught and mended." in done.output
