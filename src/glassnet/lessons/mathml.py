"""A formula as MathML that today's browsers draw as it is meant.

latex2mathml knows the commands; what browsers have stopped to do is mended in its tree: letters in bold or script are
letters of their own, signs are operators, and the names of functions stand apart from what they are applied to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from xml.etree.ElementTree import Element, tostring

#: Functions by name, which are upright and stand apart from letters.
FUNCTIONS = (
    "log", "ln", "exp", "max", "min", "sin", "cos", "tan", "tanh", "arg", "lim", "det", "dim", "sup", "inf", "Pr",
)  # fmt: skip
_STYLES = {"bold": "BOLD", "bold-italic": "BOLD ITALIC", "script": "SCRIPT", "sans-serif": "SANS-SERIF"}
_OPERATORS = set("±∓~∣|‖⟨⟩⌊⌋⌈⌉{}¬")
_SCRIPTED = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
_LETTERS = ("mi", "mn", "mtext")


@lru_cache(maxsize=512)
def as_mathml(formula: str, displayed: bool = False) -> str:
    """MathML of a formula."""
    from latex2mathml.converter import convert_to_element

    formula = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{split}", formula)
    formula = re.sub(r"\\operatorname\{([^}]*)\}", r"\\mathrm{\1}", formula)
    root = convert_to_element(formula, display="block" if displayed else "inline")
    _mended(root)
    return tostring(root, encoding="unicode")


def _mended(element: Element) -> None:
    for child in list(element):
        _mended(child)
    element.text = unescape(element.text) if element.text else None
    _one_word(element)
    if element.tag in _LETTERS:
        _letters(element)
    _aligned(element)
    _spaced(element)


def _aligned(element: Element) -> None:
    """Columns are aligned by style: browsers no longer read the attribute. Those of `aligned` touch."""
    close = element.attrib.pop("columnspacing", "").startswith("0em")
    for cell in element.iter("mtd") if element.tag == "mtable" else ():
        side = cell.attrib.pop("columnalign", "")
        if side:
            cell.set("style", f"text-align: {side}" + (f"; padding-{side}: 0" if close else ""))


def _letters(element: Element) -> None:
    """The text of one element, in letters that are what they look like."""
    text = (element.text or "").removeprefix("\\")
    style = element.attrib.pop("mathvariant", "")
    if element.tag == "mtext" and style == "bold":
        element.set("style", "font-weight: bold")
    elif style == "normal" and len(text) == 1:
        element.set("mathvariant", "normal")
    elif style in _STYLES:
        text = "".join(_styled(letter, _STYLES[style]) for letter in text)
    if element.tag == "mi" and text in _OPERATORS:
        element.tag = "mo"
        element.attrib |= {} if text in "±∓~" else {"stretchy": "false"}
    element.text = text


def _styled(letter: str, style: str) -> str:
    """The letter in that style, as a letter of its own; itself where there is none."""
    name = unicodedata.name(letter, "").replace("LATIN ", "").replace("GREEK ", "").replace(" LETTER", "")
    for known in (f"MATHEMATICAL {style} {name}", f"{style} {name}"):
        try:
            return unicodedata.lookup(known)
        except KeyError:
            continue
    return letter


def _one_word(element: Element) -> None:
    """Upright letters one by one, as `\\mathrm` gives them, become one word."""
    letters = list(element)
    if len(letters) > 1 and all(one.tag == "mi" and one.get("mathvariant") == "normal" for one in letters):
        word = "".join(one.text or "" for one in letters)
        for one in letters:
            element.remove(one)
        element.tag, element.text = "mi", word


def _spaced(element: Element) -> None:
    """A thin space on either side of a function's name, where no sign is."""
    if element.tag not in ("math", "mrow", "mtd", "mstyle"):
        return
    children = list(element)
    for one in children:
        element.remove(one)
    element.extend(_apart(children))


def _apart(children: list[Element]) -> Iterator[Element]:
    before: Element | None = None
    for one in children:
        if before is not None and ((_function(one) and _closes(before)) or (_function(before) and not _sign(one))):
            yield Element("mspace", {"width": "0.167em"})
        yield one
        before = one


def _function(element: Element) -> bool:
    if element.tag in _SCRIPTED and len(element):
        return _function(element[0])
    named = element.text in FUNCTIONS and element.tag in ("mi", "mo")
    if named and element.tag == "mo":
        element.attrib |= {"lspace": "0", "rspace": "0"}
    return named


def _sign(element: Element) -> bool:
    bracketed = element.tag == "mrow" and len(element) and element[0].get("fence") == "true"
    return element.tag in ("mo", "mspace") or bool(bracketed)


def _closes(element: Element) -> bool:
    return not _sign(element) or element.text in (")", "]", "|") or element.tag == "mrow"
