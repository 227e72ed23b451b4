"""How figures, counts and names are said to people: one rule for terminal, page, picture and notebook."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: What the rows of a split are called, in the order in which splits are shown.
SPLITS: Mapping[str, str] = {"train": "training rows", "validation": "validation rows", "test": "test rows"}

DASH = "–"  # where there is no number


def figure(value: float | None) -> str:
    """A score, loss or error as people read it: 0.9722, -2.650, 148.3, 42,694, 3.2e-05; a dash where it is undefined.

    Four decimals below 1 and four significant digits above it, whole numbers with separators from 10,000 on, and
    an exponent only below 1e-4 and from 1e7 on.
    """
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    size = abs(value)
    if size and (size < 1e-4 or size >= 1e7):
        return significant(value, 4)
    if size >= 9999.5:
        return f"{value:,.0f}"
    if size < 0.99995:
        return f"{value:.4f}" if size else f"{0:.4f}"
    return f"{value:#.4g}".rstrip(".")


def change(value: float | None) -> str:
    """A difference with its sign: +0.0278, -0.0111, 0."""
    if value == 0:
        return "0"
    return f"{'+' if value is not None and value > 0 else ''}{figure(value)}"


def significant(value: float, digits: int = 3) -> str:
    """A setting or a size in a title, without zeros that say nothing: 0.001, 12.5, 3.16e-05, 12,300."""
    if not math.isfinite(value):
        return figure(value)
    size = abs(value)
    if size and (size < 1e-4 or size >= 1e7):
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent):+03d}"
    rounded = float(f"{value:.{digits}g}") + 0.0  # + 0.0 turns -0.0 into 0.0
    if rounded == int(rounded):
        return f"{int(rounded):,}"
    return f"{rounded:,.10f}".rstrip("0")


def spelled(value: float, digits: int = 3) -> str:
    """A number beside an axis, without an exponent: `150,000`, `25 million`, `3.2 billion`, `2×10⁻⁵`."""
    if not math.isfinite(value):
        return figure(value)
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if 1e7 <= abs(value) < 1e15 and abs(value) >= size:
            return f"{significant(value / size, digits)} {word}"
    mantissa, sign, exponent = significant(value, digits).partition("e")
    power = f"10{str(int(exponent or 0)).translate(_RAISED)}"
    return f"{'' if mantissa == '1' else mantissa + '×'}{power}" if sign else mantissa


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def round_numbers(low: float, high: float, about: int) -> list[float]:
    """Round numbers from `low` to `high`, about so many, for an axis."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]  # 0.3, not 0.30000000000000004


def rounded(value: float, digits: int) -> str:
    """A number for a table that programs read, in so many significant digits: 42690, 0.1235, 3.2e-05; none if NaN."""
    if not math.isfinite(value):
        return "" if math.isnan(value) else str(value)
    text = f"{value:.{digits - 1}e}"
    mantissa, exponent = text.split("e")
    if not -5 < int(exponent) < 16:
        return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent):+03d}"
    whole = f"{float(text):.{max(0, digits - 1 - int(exponent))}f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def exact(value: float, digits: int = 6) -> str:
    """A number beside the one that it should be, in as many digits as show the difference; what is no number, too."""
    return f"{value:.{digits}g}"


def tiny(value: float) -> str:
    """A difference that should be nothing, by its order of magnitude: 2.2e-16."""
    return f"{value:.1e}"


def percent(share: float) -> str:
    """A share of 1 in two digits: `5.3 %`, `23 %`, `100 %`."""
    return f"{significant(100 * share, 2)} %"


def amount(number: int) -> str:
    """A number of things without their name, as in a table: `1,200`."""
    return f"{number:,}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 input`, `1,200 inputs`, `2 classes`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def rows_of(split: str, number: int) -> str:
    """`1 training row`, `1,437 test rows`."""
    return count(number, SPLITS[split].removesuffix("s"))


def listed(things: Iterable[Any], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    texts = [str(thing) for thing in things]
    return f" {last} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def first_of(names: Sequence[Any], most: int = 12) -> str:
    """Names behind each other, and how many more there are."""
    more = [f"and {amount(len(names) - most)} more"] if len(names) > most else []
    return ", ".join([*map(str, names[:most]), *more])


def a(noun: str) -> str:
    """The noun with its article: `an activation`, `a loss`."""
    return f"{'an' if noun.lstrip('`')[:1].lower() in 'aeiou' else 'a'} {noun}"


def duration(seconds: float) -> str:
    """`12 ms`, `3.4 s`, `2 min 5 s`, `1 h 3 min`."""
    if seconds < 0.9995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def memory(size: float) -> str:
    """A number of bytes: `310 B`, `1.5 KiB`, `12.0 MiB`; 1 KiB is 1,024 bytes."""
    if size < 1024:
        return f"{size:.0f} B"
    for unit in ("KiB", "MiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.1f} {unit}"
    return f"{size / 1024:.1f} GiB"


def ours(phrase: Any) -> str:
    """A phrase or full name without the home of our own parts: `adam:lr=0.01`, but `glassnet-lion/lion`."""
    return str(phrase).removeprefix("glassnet/")


def bare(phrase: Any) -> str:
    """A phrase's name alone, as words: `cross entropy`."""
    return ours(phrase).partition(":")[0].rpartition("/")[2].replace("_", " ")


def metric(name: str) -> str:
    """A metric's name as people write it: `mean absolute error`, `R²`."""
    return {"r2": "R²"}.get(name, name.replace("_", " "))


def same(names: Sequence[str]) -> str:
    """One name where all are alike, else all of them: what the layers of a network have in common."""
    return names[0] if len(set(names)) == 1 else ", ".join(names)


#: What a terminal may obey: control characters but for lines and tabs, marks that turn the direction of what follows.
_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """A text in which a terminal finds no order: `\\x1b` for an escape; lines and tabs stay as they are."""
    return _ORDERS.sub(
        lambda found: f"\\x{ord(found[0]):02x}" if ord(found[0]) < 256 else f"\\u{ord(found[0]):04x}", text
    )


def bounded(text: str, longest: int) -> str:
    """A text, or its beginning and its end, with how much lies between."""
    if len(text) <= longest:
        return text
    begin, end = longest * 2 // 3, longest // 3
    return f"{text[:begin]} … ({amount(len(text) - begin - end)} letters more) … {text[-end:]}"
