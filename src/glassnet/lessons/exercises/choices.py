"""Which of these is true? Each answer has words of its own, the wrong ones too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from ...errors import GlassnetError
from ...teaching import Exercise, Verdict
from ...wording import listed


def choice(
    name: str,
    question: str,
    options: Mapping[str, str],
    right: str | Collection[str],
    hints: Sequence[str] = (),
) -> Exercise:
    """A question with answers to choose from, called a, b, c in this order.

    `options` has the words that are shown after each answer; `right` is the answer that is true, or all that are.
    """
    texts, words = list(options), list(options.values())
    wanted = {right} if isinstance(right, str) else set(right)
    if not wanted or not wanted <= set(texts):
        raise GlassnetError(f"choice {name!r}: right is {right!r}, which is none of its answers")
    letters = {ascii_lowercase[texts.index(text)] for text in wanted}

    def check(answer: Any) -> Verdict:
        chosen = _letters(answer, texts)
        if isinstance(chosen, str):
            return Verdict(False, chosen, answer)
        wrong = sorted(chosen - letters)
        if wrong:
            return Verdict(False, words[ascii_lowercase.index(wrong[0])], answer)
        if chosen == letters:
            return Verdict(True, words[ascii_lowercase.index(min(chosen))], answer)
        return Verdict(False, f"{listed(sorted(chosen))} is right, and not all that is: there is more.", answer)

    key = "".join(sorted(letters))
    others = [(ascii_lowercase[i], words[i]) for i in range(len(texts)) if ascii_lowercase[i] not in letters]
    return Exercise(
        name,
        question,
        check,
        right=(key, key.upper() if len(letters) == 1 else sorted(letters)),
        wrong=tuple(others),
        hints=tuple(hints),
        sort="choice",
        options=tuple(texts),
    )


def _letters(answer: Any, texts: Sequence[str]) -> set[str] | str:
    """The letters that an answer names, or words on why it names none."""
    possible = ascii_lowercase[: len(texts)]
    given = list(_spoken(answer))
    by_text = {text.strip().lower(): letter for text, letter in zip(texts, possible, strict=True)}
    letters = {_letter(one.strip().lower(), by_text) for one in given}
    if not letters or not letters <= set(possible):
        several = {letter for one in letters for letter in one.replace(",", "").replace(" ", "")}
        if several and several <= set(possible):
            return several
        return (
            f"{answer!r:.60} is none of the answers: write one letter of {listed(list(possible), 'or')}, such as 'a'."
        )
    return letters


def _letter(one: str, by_text: Mapping[str, str]) -> str:
    """The letter of "b", "(b)", "b. a line is a line" or "a line is a line"; else the text itself."""
    for text, letter in by_text.items():
        rest = one.removeprefix("(").removeprefix(letter).lstrip(".): ")
        if text.rstrip(".") in (one.rstrip("."), rest.rstrip(".")):
            return letter
    return one.strip("().")


def _spoken(answer: Any) -> Iterator[str]:
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, list | tuple | set):
        yield from (str(one) for one in answer)
    else:
        yield str(answer)
