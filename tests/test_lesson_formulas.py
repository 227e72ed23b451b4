"""Formulas of pages: each command that a page may use, in both forms, against a table that was written by hand."""

import re
from xml.etree import ElementTree

import pytest
from formulas import TABLE, TOGETHER, rows

from glassnet.lessons.mathematics import COMMANDS, as_text, formulas, plain, replaced, trouble
from glassnet.lessons.mathml import as_mathml


@pytest.mark.parametrize(("formula", "text", "markup"), rows(TABLE))
def test_a_command_has_both_forms(formula: str, text: str, markup: str) -> None:
    assert as_text(formula) == text
    found = as_mathml(formula)
    inside = re.fullmatch(r"<math [^>]*><mrow>(.*)</mrow></math>", found)
    assert inside and inside[1].replace("\xa0", " ") == markup
    assert ElementTree.fromstring(found).get("display") == "inline"
    assert 'display="block"' in as_mathml(formula, displayed=True)
    assert trouble(formula) == ""


def test_the_table_holds_every_command() -> None:
    used = {name for formula, *_ in rows(TABLE) for name in re.findall(r"\\([A-Za-z]+|.)", formula)}
    assert used - {"begin", "end"} == COMMANDS


@pytest.mark.parametrize(("formula", "text"), rows(TOGETHER))
def test_formulas_are_spaced_as_by_hand(formula: str, text: str) -> None:
    assert as_text(formula) == text


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"\alhpa + 1", r"\alhpa is none of the commands that a page may use"),
        (r"\begin{tabular} a \end{tabular}", r"\begin{tabular} is none of the forms that a page may use"),
        (r"\frac{1}{2", "it can't be read"),
    ],
)
def test_what_has_not_both_forms_is_named(formula: str, words: str) -> None:
    assert trouble(formula).startswith(words)


def test_code_and_money_are_no_formulas() -> None:
    text = "`$x$` costs $5 or $6, and\n```\n$y$\n```\nbut $z^2$ is one, as is $$a\n= b$$"
    assert list(formulas(text)) == ["z^2", "a\n= b"]
    assert replaced(text, lambda formula, displayed: f"<{displayed}>").count("<") == 2
    assert plain("see [the line](xor): $w_1$") == "see the line: w₁"


def test_stressed_words_are_words_where_nothing_can_be_set_slanted() -> None:
    assert plain("Make it *less sure*: 2 * w * x, `a *b* c`, f(*x), w**2 * *two*.") == (
        "Make it less sure: 2 * w * x, `a *b* c`, f(*x), w**2 * two."
    )
