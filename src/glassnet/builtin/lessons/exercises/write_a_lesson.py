"""Exercises on lessons: filling figures in, and words for an answer."""

from glassnet.lessons import function


def sentences(rng):
    """Texts with names in braces, and what the names stand for; the plainest first."""
    yield "It is {best}.", {"best": 3}
    yield "{a} and {b}, not {a}{b}", {"a": 1, "b": 2}
    yield "nothing to fill", {"best": 3}
    yield "{n} of {total}", {"n": 2, "total": 10, "unused": 5}
    yield "{a}", {"a": "{b}", "b": 1}


def with_format(text, names):
    """The text with each {name} in place of which its value stands."""
    return text.format(**names)


def with_a_pattern(text, names):
    import re

    return re.sub(r"\{(\w+)\}", lambda found: str(names[found[1]]), text)


def first_only(text, names):
    for name, value in names.items():
        text = text.replace("{" + name + "}", str(value), 1)
    return text


def braces_left(text, names):
    import re

    return re.sub(r"\{(\w+)\}", lambda found: "{" + str(names[found[1]]) + "}", text)


def one_after_the_other(text, names):
    for name, value in names.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def questions(rng):
    """An answer, the right number, how far off it may be, and known wrong numbers with their words."""
    near = {0.5: "That is half.", 4.0: "That is twice."}
    for answer in (2.0, 2.05, 0.5, 4.02, 9.0, 1.89):
        yield answer, 2.0, 0.1, near


def in_order(answer, right, allowed, near):
    """The words for an answer: "right", those of a known wrong number that is as near, or "wrong"."""
    if abs(answer - right) <= allowed:
        return "right"
    for value, words in near.items():
        if abs(answer - value) <= allowed:
            return words
    return "wrong"


def by_the_nearest(answer, right, allowed, near):
    known = {right: "right", **near}
    nearest = min(known, key=lambda value: abs(answer - value))
    return known[nearest] if abs(answer - nearest) <= allowed else "wrong"


def always_the_nearest(answer, right, allowed, near):
    known = {right: "right", **near}
    return known[min(known, key=lambda value: abs(answer - value))]


def exactly(answer, right, allowed, near):
    return "right" if answer == right else near.get(answer, "wrong")


def without_words(answer, right, allowed, near):
    return "right" if abs(answer - right) <= allowed else "wrong"


exercises = (
    function(
        "filled_in",
        "Write `filled_in(text, names)`: the text in which each `{name}` is replaced by what `names` has for it. What "
        "was filled in is not looked at again.",
        inputs=sentences,
        right=(with_format, with_a_pattern),
        wrong=(
            (first_only, "A name may stand there more than once."),
            (braces_left, "The braces go as well: they only mark the place."),
            (one_after_the_other, "What was filled in is filled in again: a value may hold braces itself."),
        ),
        hints=("Texts have a method for just this.",),
    ),
    function(
        "answer_of",
        'Write `answer_of(answer, right, allowed, near)`: "right" where the answer is at most `allowed` away from '
        '`right`; the words that `near` has for a number, where it is at most as far from that; else "wrong".',
        inputs=questions,
        right=(in_order, by_the_nearest),
        wrong=(
            (always_the_nearest, "An answer far from everything gets words that were meant for another mistake."),
            (exactly, "Who rounds a little is right, too: how far off it may be is `allowed`."),
            (without_words, "The words are missing: a known mistake gets its own."),
        ),
        hints=("First the right number, then the known wrong ones, then the rest.",),
    ),
)
