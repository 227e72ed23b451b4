"""Words of the glossary on a page: each is linked quietly, at the first place where it stands in a sentence.

Headings, code, formulas, drawings, links, and what is folded away are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape

from .words import Word, key, terms

#: How a linked word looks, for every style sheet: like the words around it, on a line of dots.
STYLE = """\
a.term { color: inherit; text-decoration: underline dotted; text-underline-offset: .2em; }
a.term:hover, a.term:focus-visible { text-decoration-style: solid; }
dl.words dt { font-weight: 700; margin-top: .8rem; }
dl.words dd { margin: 0; }
@media print { a.term { text-decoration: none; } }
"""
_CLOSED = "a|button|code|h[1-6]|math|nav|pre|script|style|summary|svg|thead|title"
_HIDDEN = r"<details>.*?</details>|<div class=\"(?:panels|toctree)[^>]*>.*?</div>|<!--.*?-->"
#: What has no words to link, as a whole; and tags, between which they stand.
_PASSED = re.compile(rf"<({_CLOSED})\b.*?</\1>|{_HIDDEN}|<[^>]*>", re.DOTALL)


def words_linked(markup: str, address: Callable[[str], str]) -> tuple[str, list[Word]]:
    """The markup of a page with its words linked, and these words; `address` says where the one of an id is told."""
    found: list[Word] = []

    def link(match: re.Match[str]) -> str:
        word = _meant(match[0])
        if word in found:
            return match[0]
        found.append(word)
        where, says = escape(address(id_of(word))), escape(_short(word))
        return f'<a class="term" href="{where}" title="{says}">{match[0]}</a>'

    pieces, end = [], 0
    for passed in [*_PASSED.finditer(markup), None]:
        start, stop = (passed.start(), passed.end()) if passed else (len(markup), len(markup))
        pieces += [_pattern().sub(link, markup[end:start]), markup[start:stop]]
        end = stop
    return "".join(pieces), found


def on_one_page(page: str) -> str:
    """A page that is whole in itself, its words linked to a section at the end of `main`, which tells these alone."""
    before, opening, rest = page.partition("<body>")
    body, closing, after = rest.rpartition("</main>")
    body, found = words_linked(body, lambda id: f"#{id}")
    return "".join([before, opening, body, _section(found), closing, after])


def id_of(word: Word) -> str:
    """The id of the place where a word is told."""
    return "word-" + re.sub(r"\W+", "-", word.name.lower())


def _section(found: Sequence[Word]) -> str:
    if not found:
        return ""
    told = "".join(
        f'<dt id="{id_of(word)}">{escape(word.name)}</dt><dd>{escape(word.says)}</dd>\n'
        for word in sorted(found, key=lambda word: word.name.lower())
    )
    more = "<p><code>glassnet explain WORD</code> has its formula, the lesson that teaches it, and what shows it.</p>"
    return (
        f'<section aria-labelledby="words"><h2 id="words">Words</h2>\n<dl class="words">{told}</dl>{more}</section>\n'
    )


def _short(word: Word) -> str:
    """The first sentence that is said of a word."""
    return re.split(r"(?<=[.!?]) ", word.says)[0]


# --- which name stands where ----------------------------------------------------------------------------------------


@cache
def _pattern() -> re.Pattern[str]:
    """Any name, the longest first, in singular or plural; none that is a piece of another word."""
    names = sorted(terms(), key=len, reverse=True)
    return re.compile(rf"(?<![\w&-])(?:{'|'.join(map(_spelled, names))})(?![\w-])")


def _spelled(name: str) -> str:
    """A name as it may be written: with a blank or a hyphen, a capital first or not, `MSE` as it stands."""
    letters = r"[\s-]".join(map(re.escape, re.split(r"[\s-]", name)))
    return (f"(?i:{letters})" if name == name.lower() else letters) + "(?:e?s)?"


def _meant(written: str) -> Word:
    """The word of a name as it was written."""
    known, name = _by_key(), key(written)
    return next(known[one] for one in (name, name.removesuffix("s"), name.removesuffix("es")) if one in known)


@cache
def _by_key() -> dict[str, Word]:
    return {key(name): word for name, word in terms().items()}
