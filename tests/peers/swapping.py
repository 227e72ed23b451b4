"""A plugin of pytest that puts our estimators into scikit-learn's own test files, as they are installed.

A test that names none of ours is left out. One that the table of differences names has to fail, and all others have
to pass; a row of the table that means no test is an error as well.
"""

import os
from collections.abc import Iterator
from itertools import groupby
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from peers.differences import covers, differences
from peers.stand_ins import OURS, STAND_INS

#: What takes more than a second or two, and is always left to `make peers`; the names of test functions.
LONG = """
    test_oob_score_classification test_regression test_parallel_classification test_parallel_fit test_gridsearch
    test_gridsearchcv_cross_val_predict_with_method test_cross_validate_many_jobs test_cross_validate_params_none
    test_cross_val_predict_with_method_multilabel_ovr test_validation_curve_cv_splits_consistency
    test_cross_val_predict_method_checking test_n_features_to_select_stopping_criterion test_n_features_to_select
    test_parallel_execution test_calibration_multiclass test_calibrated_classifier_cv_works_with_large_confidence_scores
    test_tuned_threshold_classifier_metric_with_parameter test_tuned_threshold_classifier_with_string_targets
    test_tuned_threshold_classifier_refit test_tuned_threshold_classifier_store_cv_results
    test_tuned_threshold_classifier_cv_zeros_sample_weights_equivalence
    test_tuned_threshold_classifier_without_constraint_value test_threshold_classifier_estimator_response_methods
    test_results_per_cv_in_rfecv test_grid_search_cv_splits_consistency test_random_search_cv_results
    test_callable_single_metric_same_as_single_string test_classes__property test_grid_search_groups
    test_grid_search_correct_score_results test_search_cv_sample_weight_equivalence
    test_grid_search_cv_results_multimetric test_grid_search_no_score test_scalar_fit_param_compat
    test_callable_multimetric_same_as_list_of_strings test_refit_callable
    test_ovo_gridsearch test_ovr_gridsearch test_ecoc_gridsearch test_stacking_classifier_multilabel_auto_predict
    test_partial_dependence_kind_individual_ignores_sample_weight
    test_sparse_regression test_estimator test_permutation_importance_equivalence_sequential_parallel
    test_partial_dependence_equivalence_equal_sample_weight test_kind_average_and_average_of_individual
    test_partial_dependence_feature_type test_cross_val_predict test_cross_validate test_cross_validate_return_indices
    test_cross_val_predict_with_method test_multi_output_classification_partial_fit_parallelism test_nan_support
    test_rfe_cv_n_jobs test_rfecv test_backward_neg_tol test_rfe_with_joblib_threading_backend
    test_n_features_to_select_float test_base_chain_fit_and_predict_with_sparse_data_and_cv
"""
ALL = bool(os.environ.get("GLASSNET_PEERS"))
EIGHTH = 8  # of what is left, one in so many of each file is run where not all are


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """A test file takes its names from scikit-learn's packages, and finds ours there; nobody else ever does."""
    if not isinstance(collector, pytest.Module):
        return (yield)
    np.random.seed(0)  # noqa: NPY002
    with pytest.MonkeyPatch.context() as patch:
        for path, cls in STAND_INS.items():
            patch.setattr(path, cls)
        return (yield)


def pytest_runtest_setup() -> None:
    """Rows that a test draws without a seed are the same each time: a difference is one, or none."""
    np.random.seed(0)  # noqa: NPY002


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if isinstance(item, pytest.Function) and takes_part(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in ours])
    items[:] = ours
    files = {item.path.name for item in items}
    rows = {name: reason for name, reason in differences().items() if name.partition("::")[0] in files}
    for name, reason in rows.items():
        meant = [item for item in items if covers(name, called(item))]
        if not meant and not any("::" in arg for arg in config.args):  # not where one test is asked for
            raise pytest.UsageError(f"docs/estimators.md names {name}, and there is no such test with ours in it")
        for item in meant:
            item.add_marker(pytest.mark.xfail(strict=True, reason=reason))
    items[:] = ours if ALL else sample(ours)
    config.hook.pytest_deselected(items=[item for item in ours if item not in items])


def sample(items: list[pytest.Function]) -> list[pytest.Item]:
    """What is run where not all are: the first and then every eighth of each file, of those that do not take long."""
    short = [item for item in items if item.originalname not in LONG.split()]
    return [item for _, of_file in groupby(short, lambda item: item.path) for item in list(of_file)[::EIGHTH]]


def called(item: pytest.Item) -> str:
    return f"{item.path.name}::{item.nodeid.partition('::')[2]}"


def takes_part(item: pytest.Function) -> bool:
    """Whether a test, its cases or its fixtures name one of ours, themselves or through what they name."""
    cases = getattr(item, "callspec", None)
    fixtures = [one.func for found in item._fixtureinfo.name2fixturedefs.values() for one in found]
    seen: set[int] = set()
    return any(names_ours(one, seen) for one in (item.function, cases and cases.params, *fixtures))


def names_ours(thing: Any, seen: set[int]) -> bool:
    if id(thing) in seen:
        return False
    seen.add(id(thing))
    if isinstance(thing, OURS) or (isinstance(thing, type) and issubclass(thing, OURS)):
        return True
    return any(names_ours(one, seen) for one in _behind(thing))


def _behind(thing: Any) -> Iterator[Any]:
    """What is named by a function, held by a collection, or a parameter of an estimator."""
    if isinstance(thing, FunctionType):
        wrapped = getattr(thing, "__wrapped__", None)
        yield from (thing.__globals__[name] for name in _names(thing.__code__) if name in thing.__globals__)
        yield from () if wrapped is None else (wrapped,)
    elif isinstance(thing, dict):
        yield from thing.values()
    elif isinstance(thing, list | tuple | set):
        yield from thing
    elif hasattr(thing, "get_params") and not isinstance(thing, type | ModuleType):
        yield from thing.get_params(deep=False).values()


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
