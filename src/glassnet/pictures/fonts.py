"""Letters that matplotlib's own font lacks: another font of this computer lends them, or the picture says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from ..wording import count, visible
from .names import FONT, wrapped


@contextmanager
def lent(figure: Any, say_so: bool = True) -> Iterator[None]:
    """While a figure is written: its texts in fonts that have their letters, or a line under its title that says how
    many letters no font has."""
    from matplotlib.text import Text

    every = figure.findobj(Text)
    orders = [(text, text.get_text()) for text in every if visible(text.get_text()) != text.get_text()]
    for text, words in orders:
        text.set_text(visible(words))
    texts = [(text, lacking(text.get_text())) for text in every]
    before = [(text, text.get_fontfamily()) for text, letters in texts if letters]
    for text, families in before:
        text.set_fontfamily([*families, *lenders(lacking(text.get_text()))])
    missing = sorted({letter for _, letters in texts for letter in letters if not lenders(letter)})
    title = figure.get_suptitle()
    if missing and say_so:
        some = count(len(missing), "of these letters", "of these letters")
        words = wrapped(
            f"no font here has {some}: as .svg they stay text",
            figure.get_figwidth() - 0.3,
            _look(figure).get("fontsize", 12),
        )
        figure.suptitle(f"{title}\n{words}".strip(), **_look(figure))
    try:
        yield
    finally:
        for text, families in before:
            text.set_fontfamily(families)
        for text, words in orders:
            text.set_text(words)
        if missing and say_so:
            figure.suptitle(title, **_look(figure))


def _look(figure: Any) -> dict[str, Any]:
    """How the title looks, so that it is the same in other words."""
    title = figure._suptitle  # no public way leads to it
    return {} if title is None else {"fontsize": title.get_fontsize(), "parse_math": title.get_parse_math()}


def lacking(text: str) -> str:
    """The letters that the font lacks, each once."""
    if text.isascii():
        return ""
    return "".join(dict.fromkeys(letter for letter in text if letter.isprintable() and not _has(_own(), letter)))


def lenders(letters: str) -> list[str]:
    """A font for each of these letters, as far as there is one."""
    return list(dict.fromkeys(family for letter in letters if (family := _lender(letter))))


@lru_cache(maxsize=4096)
def _lender(letter: str) -> str:
    """The first upright font of this computer that has the letter; empty where none has."""
    return next((family for family, file in _fonts() if _has(file, letter)), "")


@cache
def _fonts() -> list[tuple[str, str]]:
    """(name, file) of every font for texts."""
    from matplotlib.font_manager import fontManager

    upright = [font for font in fontManager.ttflist if font.style == "normal" and font.weight == 400]
    return sorted({font.name: font.fname for font in upright if not font.name.startswith(_NO_TEXT)}.items())


_NO_TEXT = ("Last", "cm")  # a box for every letter; signs of mathematics at the places of letters


@cache
def _own() -> str:
    from matplotlib.font_manager import FontProperties, findfont

    return str(findfont(FontProperties(family=[FONT])))


@lru_cache(maxsize=65536)
def _has(file: str, letter: str) -> bool:
    from matplotlib.font_manager import get_font

    return bool(get_font(file).get_char_index(ord(letter)))
