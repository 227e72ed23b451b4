"""Pictures of a run, of several runs, of a sweep and of parts, drawn with matplotlib's object API alone."""

from collections.abc import Callable

from glassnet import Plot, hookimpl

from .classes import class_report, confusion_matrix
from .curves import loss, metrics
from .data import all_inputs
from .decisions import calibration, precision_recall, raw_scores, roc
from .dependence import learning_curve, partial_dependence
from .histograms import activation_histograms, gradient_histograms
from .inputs import first_layer, permutation_importance
from .inside import dead_and_saturated, gradient_norms, signals, update_sizes
from .landscape import loss_surface
from .layers import gradient_norms_runs
from .losses import loss_shape
from .network import network_diagram
from .numbers import predicted_actual, residuals
from .parts import activation_slope
from .paths import optimizer_paths
from .plane import decision_boundary, fitted_curve, hidden_units
from .rows import gallery
from .schedules import schedule_rates
from .several import loss_runs, scores_runs
from .sweeps import bars_sweep, heatmap_sweep, line_sweep, points_sweep, ranking_sweep
from .trials import batch_strategies, learning_rate_range
from .weights import initial_weights
from .wrong import most_wrong


@hookimpl
def plots() -> list[Callable[..., Plot]]:
    return [
        loss,
        metrics,
        confusion_matrix,
        class_report,
        roc,
        precision_recall,
        calibration,
        raw_scores,
        gallery,
        most_wrong,
        predicted_actual,
        residuals,
        decision_boundary,
        fitted_curve,
        hidden_units,
        first_layer,
        permutation_importance,
        partial_dependence,
        learning_curve,
        network_diagram,
        signals,
        gradient_norms,
        update_sizes,
        dead_and_saturated,
        activation_histograms,
        gradient_histograms,
        loss_surface,
        learning_rate_range,
        batch_strategies,
        activation_slope,
        loss_shape,
        schedule_rates,
        initial_weights,
        optimizer_paths,
        all_inputs,
        loss_runs,
        scores_runs,
        gradient_norms_runs,
        heatmap_sweep,
        line_sweep,
        bars_sweep,
        points_sweep,
        ranking_sweep,
    ]
