"""Names that fit a picture whatever their length: measured, broken into lines, shortened, and still told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from ..tables import breadth
from ..wording import amount, visible

FONT = "DejaVu Sans"  # comes with matplotlib
MOST_LETTERS, MOST_OF_AN_AXIS = 40, 120  # of a name that comes from data, and of one that has an axis for itself
MOST_LINES = 3
NAMELESS = "(no name)"  # an empty name, which a legend would leave out
_EM = 100.0  # size at which letters are measured
_POINTS_AN_INCH = 72.0


def width(text: str, size: float) -> float:
    """How wide a line of text is in inches, at a size in points, in the font that pictures are set in."""
    return sum(_advance(letter) for letter in text) * size / _EM / _POINTS_AN_INCH


def beyond(names: Sequence[str], usual: float = 1.0, size: float = 12) -> float:
    """How many inches more the longest of some names needs than it usually has: so much wider has the figure to be."""
    return max(0.0, max((width(name, size) for name in names), default=0.0) - usual)


@cache
def _advance(letter: str) -> float:
    """Points from one letter to the next at the size `_EM`; one that the font lacks is drawn as a box."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=[FONT])))
    if not font.get_char_index(ord(letter)):
        return _EM
    font.set_size(_EM, _POINTS_AN_INCH)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536


def wrapped(text: str, inches: float, size: float, most: int = MOST_LINES) -> str:
    """The text in lines of at most so many inches, `most` lines of it: broken between words, or inside long ones."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _lines(paragraph, inches, size)
    if len(lines) > most:
        lines = [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), inches, size)]
    return "\n".join(lines)


def _lines(text: str, inches: float, size: float) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size) <= inches:
            lines[-1] = longer
            continue
        if not lines[-1]:
            lines.pop()
        lines += _broken(word, inches, size)
    return lines


def _broken(word: str, inches: float, size: float) -> list[str]:
    """A word in pieces that fit a line each, broken after a mark where one is near the end."""
    pieces = []
    while width(word, size) > inches and len(word) > 1:
        end = next((at for at in range(1, len(word)) if width(word[: at + 1], size) > inches), 1)
        mark = max(word.rfind(sign, end // 2, end) for sign in ",;:/-_.")
        end = mark + 1 if mark > 0 else end
        pieces.append(word[:end])
        word = word[end:]
    return [*pieces, word]


def cut(text: str, inches: float, size: float) -> str:
    """Both ends of a line that is too long, as much of them as fits: names differ at either."""
    if width(text, size) <= inches:
        return text
    most = len(text)
    while most > 3 and width(shortened(text, most), size) > inches:
        most -= 1
    return shortened(text, most)


def tidy(name: str) -> str:
    """A name in one line without marks that nobody sees: blanks for line ends, `\\x00` for what is no letter."""
    return name if name.isprintable() and name.strip() else visible(" ".join(name.split())) or NAMELESS


def shortened(name: str, most: int = MOST_LETTERS) -> str:
    """A name as a picture has room for it: of a long one both ends, since names differ at either.

    A Chinese sign counts as two letters, as it takes the room of two.
    """
    name, half = tidy(name), most // 2
    if breadth(name) <= most:
        return name
    return f"{_beginning(name, most - half)}…{_beginning(name[::-1], half - 1)[::-1]}"


def _beginning(text: str, places: int) -> str:
    """As much of a text as has room in so many places."""
    if text.isascii():
        return text[: max(places, 0)]
    taken = accumulate(map(breadth, text))
    return "".join(letter for letter, end in zip(text, taken, strict=True) if end <= places)


def fitted(names: Sequence[str], inches: float, size: float) -> list[str]:
    """Names of which none is wider than so many inches, at a size in points, and no two alike that were different."""
    most = max(map(breadth, names), default=0)
    texts = apart(names, most)
    while most > 5 and max(width(text, size) for text in texts) > inches:
        most -= 1
        texts = apart(names, most)
    return texts


def apart(names: Sequence[str], most: int = MOST_LETTERS) -> list[str]:
    """Names of at most so many letters, of which no two are alike that were different before.

    Both ends of a long name are kept; where these are the same for several, what follows their common beginning; and
    where that does not help, a number: `previous g…es (1)`, `previous g…es (2)`.
    """
    found = {name: shortened(name, most) for name in dict.fromkeys(names)}
    for alike in _alike(found):
        for name in alike:
            found[name] = shortened(f"…{name[_where_they_part(alike) :]}", most)
    for alike in _alike(found):
        for number, name in enumerate(alike, 1):
            found[name] = f"{shortened(name, max(most - 2 - len(str(number)) - 1, 3))} ({number})"
    return [found[name] for name in names]


def _where_they_part(names: Sequence[str]) -> int:
    """Where the word begins in which names with a common beginning first differ."""
    same = next((at for at, letters in enumerate(zip(*names, strict=False)) if len(set(letters)) > 1), 0)
    return names[0].rfind(" ", 0, same) + 1 or same


def _alike(found: dict[str, str]) -> list[list[str]]:
    """Groups of names that would be called the same."""
    times = Counter(found.values())
    return [[name for name, text in found.items() if text == said] for said, many in times.items() if many > 1]


def first_of(shown: int, total: int, what: str) -> str:
    """`, first 9 of 12 classes` where not all are shown; else nothing."""
    return f", first {shown} of {amount(total)} {what}" if shown < total else ""


def spread(values: Sequence[Any], most: int) -> list[Any]:
    """At most `most` of the values, evenly spaced, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(step * (len(values) - 1) / (most - 1))] for step in range(most)]
