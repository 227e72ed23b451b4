"""Exhibits: mistakes of four course documents, each beside its mended form and the check that finds it."""

from collections.abc import Callable

from glassnet import Exhibit, hookimpl

from .gradients import (
    bias_times_a_hundred,
    jacobian_row_twice,
    slope_at_the_output,
    slope_by_name,
    softmax_slope_of_zero,
    update_too_early,
)
from .networks import (
    all_positive_weights,
    bias_as_column,
    standard_normal_weights,
    two_intercepts,
    two_layers_for_one,
    width_between_ends,
    xor_without_hidden,
)
from .optimizers import (
    adagrad_by_rows,
    adam_starts_anew,
    along_the_gradient,
    epsilon_under_the_root,
    rmsprop_forgets_all,
    ten_times_e,
    wrong_memory_reset,
)
from .outputs import (
    half_for_many_classes,
    log_of_nothing,
    loss_from_accuracy,
    one_cost_three_scales,
    one_slope_for_all_costs,
    overflow_changes_all,
    scores_as_probabilities,
    softmax_almost_one,
)
from .packaging import comment_for_docstring, licence_classifier, straight_to_the_index, version_twice
from .programs import (
    backends_that_are_gone,
    every_error_swallowed,
    filters_for_all,
    letter_read_as_one,
    name_bound_in_the_loop,
    rate_called_lr,
)
from .rows import (
    digits_called_mnist,
    grid_of_four,
    last_rows_held_out,
    resampled_once,
    scaler_saw_all,
    scored_where_trained,
)
from .scores import (
    accuracy_of_entries,
    anchored_at_the_end,
    best_of_a_tie,
    better_by_four_rows,
    chosen_by_the_test,
    cost_of_answers,
    falls_smoothly,
    judged_by_a_hundred,
)


@hookimpl
def exhibits() -> list[Callable[..., Exhibit]]:
    return [
        bias_times_a_hundred,  # Q1, and so on to Q52
        update_too_early,
        one_slope_for_all_costs,
        softmax_slope_of_zero,
        adam_starts_anew,  # Q5
        rmsprop_forgets_all,
        adagrad_by_rows,
        wrong_memory_reset,
        epsilon_under_the_root,
        accuracy_of_entries,  # Q10
        half_for_many_classes,
        cost_of_answers,
        resampled_once,
        xor_without_hidden,
        overflow_changes_all,  # Q15
        every_error_swallowed,
        filters_for_all,
        ten_times_e,
        softmax_almost_one,
        slope_at_the_output,  # Q20
        scores_as_probabilities,
        slope_by_name,
        name_bound_in_the_loop,
        grid_of_four,
        digits_called_mnist,  # Q25
        two_intercepts,
        standard_normal_weights,
        one_cost_three_scales,
        letter_read_as_one,
        jacobian_row_twice,  # Q30
        chosen_by_the_test,
        rate_called_lr,
        backends_that_are_gone,
        scored_where_trained,
        along_the_gradient,  # Q35
        all_positive_weights,
        bias_as_column,
        log_of_nothing,
        two_layers_for_one,
        scaler_saw_all,  # Q40
        better_by_four_rows,
        best_of_a_tie,
        judged_by_a_hundred,
        falls_smoothly,
        anchored_at_the_end,  # Q45
        width_between_ends,
        loss_from_accuracy,
        last_rows_held_out,
        version_twice,
        licence_classifier,  # Q50
        straight_to_the_index,
        comment_for_docstring,
    ]
