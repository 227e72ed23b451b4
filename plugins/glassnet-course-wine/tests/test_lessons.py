"""What is known of the lessons from outside: scikit-learn and SciPy, and answers as students write them."""

import glassnet
import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet_course_wine.exercises import wine_hidden, wine_line, wine_tuned


def verdict(lesson, **answer):
    """What the one answer comes to."""
    [result] = glassnet.lesson(f"glassnet-course-wine/{lesson}").check(**answer).results
    return result


def test_three_lines_are_as_good_as_scikit_learns():
    """Its logistic regression on the same table is as right as the lesson says that a line can be."""
    X, t = load_wine(return_X_y=True)
    scores = cross_val_score(make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)), X, t, cv=5)
    assert 0.95 < scores.mean() < 1


def test_the_accuracy_is_that_of_scikit_learn():
    """Of random answers, by both right answers of the lesson."""
    for y, t in wine_line.answers(np.random.default_rng(1)):
        wanted = accuracy_score(t, y.argmax(axis=1))
        assert wine_line.by_argmax(y, t) == wine_line.by_counting(y, t) == pytest.approx(wanted)


def test_the_error_of_a_difference_is_that_of_scipy():
    """Student's t of SciPy is the mean of the differences divided by it."""
    for a, b in wine_hidden.two_rows_of_scores(np.random.default_rng(1)):
        mean, error = wine_hidden.paired(a, b)
        np.testing.assert_allclose(mean / error, stats.ttest_rel(a, b).statistic)


def test_the_judge_of_settings_is_scipys_test():
    """2.2 is the quantile of Student's t for 11 degrees of freedom."""
    assert stats.t.ppf(0.975, wine_tuned.SPLITS - 1) == pytest.approx(2.2, abs=0.002)
    rng = np.random.default_rng(1)
    for differs in (False, True) * 20:
        a, b = wine_tuned.two_settings(rng, differs)
        assert (
            wine_tuned.paired_t(a, b) == (stats.ttest_rel(a, b).pvalue < 0.05)
            or abs(stats.ttest_rel(a, b).pvalue - 0.05) < 0.001
        )


@pytest.mark.parametrize(
    ("lesson", "name", "answer"),
    [
        (
            "wine_line",
            "share_right",
            lambda p, classes: sum(r.argmax() == c for r, c in zip(p, classes, strict=True)) / len(p),
        ),
        ("wine_line", "share_right", lambda y, t: 1 - np.count_nonzero(y.argmax(1) - t) / t.size),
        ("wine_line", "one_row", "1/36"),
        ("wine_hidden", "gain", lambda a, b: (float((a - b).mean()), stats.sem(a - b))),
        ("wine_hidden", "gain", lambda a, b: np.array([np.mean(a) - np.mean(b), np.sqrt(np.cov(a - b) / a.size)])),
        ("wine_hidden", "parameters", 13 * 8 + 8 + 8 * 3 + 3),
        ("wine_tuned", "error", np.sqrt(0.9722 * 0.0278 / 36)),
        ("wine_tuned", "better", lambda a, b: stats.ttest_rel(a, b).pvalue < 0.05),
        ("wine_tuned", "better", lambda a, b: bool(stats.wilcoxon(a, b).pvalue < 0.05)),
        ("wine_tuned", "report", "b"),
    ],
)
def test_right_answers_in_other_styles_are_right(lesson, name, answer):
    """Written otherwise than in the lesson."""
    found = verdict(lesson, **{name: answer})
    assert found.state == "right", found.words


@pytest.mark.parametrize(
    ("lesson", "name", "answer", "words"),
    [
        ("wine_line", "share_right", lambda y, t: np.mean(y.round() == np.eye(3)[t]), "share_right("),
        ("wine_line", "share_right", lambda y, t: 100 * np.mean(y.argmax(1) == t), "share_right("),
        ("wine_line", "one_row", 1 / 178, "That is one of all 178 rows"),
        ("wine_line", "one_row", 2.78, "That is in percent"),
        ("wine_line", "straight", "glassnet train iris --hidden none", "it trains iris"),
        ("wine_hidden", "gain", lambda a, b: (np.mean(a - b), np.std(b - a)), "gain("),
        ("wine_hidden", "gain", lambda a, b: np.mean(b) - np.mean(a), "gain("),
        ("wine_hidden", "parameters", 128, "Those are the weights alone"),
        ("wine_tuned", "error", 0.0123, "That is for all 178 rows"),
        ("wine_tuned", "better", lambda a, b: abs(np.mean(a) - np.mean(b)) > 0.01, "Of 100 experiments"),
        ("wine_tuned", "better", lambda a, b: stats.ttest_ind(a, b).pvalue < 0.05, "You take the two rows apart"),
        ("wine_tuned", "better", lambda a, b: a.mean() > b.mean(), "Any difference is a gain to you"),
    ],
)
def test_misconceptions_are_met_with_words(lesson, name, answer, words):
    """Those that the lessons know, and some that they don't."""
    found = verdict(lesson, **{name: answer})
    assert found.state == "wrong" and found.words.startswith(words), found.words
