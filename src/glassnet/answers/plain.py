"""Plain values as bytes and back: what a student's process sends can't be anything that runs.

A message is one piece of JSON and a piece for each array, as `.npy` writes it. What JSON can't tell apart is a list
that begins with a letter: `["t", ...]` a tuple, `["d", [key, value], ...]` a dict. Subclasses of numbers, texts and
arrays become the plain thing. Both sides bind what they need when they are loaded, so that a patched NumPy or json
in the student's process changes nothing.
"""

from __future__ import annotations

import decimal
import io
import json
import math
import numbers
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.lib.format import read_array, read_array_header_1_0, read_array_header_2_0, read_magic, write_array

from ..files import PLAIN_KINDS
from ..wording import a, amount, memory

DEEPEST = 50
MOST_VALUES = 200_000
MOST_BYTES = 100 << 20  # of all arrays together
MOST_BITS = 13_000  # 3,900 digits: Python prints no whole number of more than 4,300
_dumps = json.JSONEncoder().encode
_loads = json.JSONDecoder().decode
_asarray, _ndarray, _generic, _prod = np.asarray, np.ndarray, np.generic, math.prod
_rng, _pcg, _masked = np.random.Generator, np.random.PCG64, np.ma.MaskedArray


class Unsendable(Exception):
    """A value that is no plain one; the words say what it is, and what to do. `whole` is where they say all."""

    def __init__(self, words: str, *, whole: bool = False) -> None:
        super().__init__(words)
        self.whole = whole


class Packing:
    """Values on their way to the other side; `tree(value)` is for the JSON, `arrays` follow it."""

    def __init__(self) -> None:
        self.arrays: list[bytes] = []
        self._bytes = self._values = 0

    def message(self, **words: Any) -> list[bytes]:
        """All pieces; `words` are plain already, or what `tree` returned."""
        return [_dumps(words).encode(), *self.arrays]

    def tree(self, value: Any, deep: int = 0) -> Any:
        """The value as JSON has it."""
        self._values += 1
        if deep > DEEPEST:
            raise Unsendable(f"something nested more than {DEEPEST} deep: does it hold itself?", whole=True)
        if value is None or value is True or value is False:
            return value
        for kind, pack in _PACKERS:
            if isinstance(value, kind):
                return pack(self, value, deep)
        return self._other(value, deep)

    def several(self, mark: str, values: Collection[Any], noun: str, deep: int) -> list[Any]:
        if self._values + len(values) > MOST_VALUES:
            raise Unsendable(f"more than {amount(MOST_VALUES)} values: an array holds more than a list", whole=True)
        try:
            return [mark, *[self.tree(value, deep + 1) for value in values]]
        except Unsendable as error:
            raise error if error.whole else Unsendable(f"{a(noun)} with {error}", whole=True) from None

    def array(self, value: Any) -> list[Any]:
        """An array as `.npy` writes it, without pickle."""
        if isinstance(value, _masked):
            raise Unsendable("a masked array: fill its gaps with .filled(...)")
        value = _asarray(value)
        if value.dtype.kind == "O":
            raise Unsendable("an array of objects: are its rows of different lengths?")
        if value.dtype.kind not in PLAIN_KINDS or not value.dtype.itemsize:
            raise Unsendable(f"an array of the dtype {value.dtype}: give one of numbers or text")
        self._bytes += value.nbytes
        if self._bytes > MOST_BYTES:
            raise Unsendable(f"an array too large to be compared: at most {memory(MOST_BYTES)}")
        file = io.BytesIO()
        write_array(file, value, allow_pickle=False)
        self.arrays.append(file.getvalue())
        return ["a", len(self.arrays) - 1]

    def _other(self, value: Any, deep: int) -> Any:
        home = type(value).__module__.partition(".")[0]
        if home == "pandas" and hasattr(value, "to_numpy"):
            found = value.to_numpy()
            return self.tree(found.tolist(), deep) if found.dtype.kind == "O" else self.array(found)
        raise Unsendable(_said(value))


def _whole(_packing: Packing, value: Any, _deep: int) -> Any:
    plain = int.__int__(value)
    if plain.bit_length() > MOST_BITS:
        digits = int(plain.bit_length() * math.log10(2)) + 1
        raise Unsendable(f"a whole number of some {amount(digits)} digits")
    return plain if plain.bit_length() < 64 else ["i", f"{plain:x}"]


def _scalar(packing: Packing, value: Any, deep: int) -> Any:
    kind = value.dtype.kind
    if kind in "biufcUS":
        plain = value.item()
        return packing.tree(plain if not isinstance(plain, _generic) else float(plain), deep)
    raise Unsendable(f"{a(type(value).__name__)}: give a number or text")


def _text(_packing: Packing, value: Any, _deep: int) -> str:
    if len(value) > MOST_VALUES:
        raise Unsendable(f"a text of {amount(len(value))} letters")
    return str.__str__(value)


def _generator(packing: Packing, value: Any, deep: int) -> Any:
    if type(value.bit_generator) is not _pcg:
        raise Unsendable(f"a generator of random numbers on {type(value.bit_generator).__name__}")
    return ["g", packing.tree(value.bit_generator.state, deep + 1)]


def _dict(packing: Packing, value: Any, deep: int) -> Any:
    pairs = [packing.several("", pair, "dict", deep)[1:] for pair in dict.items(value)]
    return ["d", *pairs]


_PACKERS: Sequence[tuple[Any, Callable[[Packing, Any, int], Any]]] = (
    (_generic, _scalar),  # before float: a float64 is one
    (int, _whole),
    (float, lambda packing, value, deep: float.__float__(value)),
    (str, _text),
    (complex, lambda packing, value, deep: ["c", complex(value).real, complex(value).imag]),
    (numbers.Rational | decimal.Decimal, lambda packing, value, deep: float(value)),
    (bytes | bytearray, lambda packing, value, deep: ["b", bytes(value).hex()]),
    (list, lambda packing, value, deep: packing.several("l", list(list.__iter__(value)), "list", deep)),
    (tuple, lambda packing, value, deep: packing.several("t", tuple(tuple.__iter__(value)), "tuple", deep)),
    (dict, _dict),
    (set | frozenset, lambda packing, value, deep: packing.several("s", value, "set", deep)),
    (
        range | type({}.keys()) | type({}.values()) | type({}.items()),
        lambda packing, value, deep: packing.several("l", value, "list", deep),
    ),
    (_ndarray, lambda packing, value, deep: packing.array(value)),
    (_rng, _generator),
)


def _said(value: Any) -> str:
    """What a value is that can't be sent, and what to do."""
    kind = type(value)
    if value is ...:
        return "`...`, which stands for an answer that isn't written yet"
    if kind.__name__ in ("generator", "async_generator"):
        return "a generator: `return` a value instead of `yield`, or put list(...) around it"
    if kind.__name__ == "coroutine":
        return "a coroutine: leave out `async`"
    if isinstance(value, type):
        return f"the class {value.__name__}: give what it makes, with () behind its name"
    if kind.__name__ == "module":
        return f"the module {value.__name__}"
    if hasattr(kind, "__next__"):
        return f"an iterator ({kind.__name__}): put list(...) around it"
    if hasattr(kind, "toarray"):
        return "a sparse matrix: .toarray() makes an array of it"
    if hasattr(kind, "numpy"):
        return "a tensor: .numpy() makes an array of it"
    if callable(value):
        return f"a function ({getattr(value, '__name__', kind.__name__)}): did you forget the brackets of its call?"
    return f"an object of the class {kind.__name__}: give numbers, text, lists or arrays"


# --- and back ------------------------------------------------------------------------------------------------


def unpacked(message: Sequence[bytes]) -> dict[str, Any]:
    """The words of a message; `ValueError` for all that is none. Trees in it are read by `value_of`."""
    try:
        words = _loads(message[0].decode())
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(words, dict):
        raise ValueError("no object")
    return words


def value_of(tree: Any, arrays: Sequence[bytes], deep: int = 0) -> Any:
    """The value that `Packing.tree` made a tree of; `ValueError` for all that it never makes."""
    if deep > DEEPEST + 5:
        raise ValueError("nested too deep")
    if isinstance(tree, str):
        return tree.encode("utf-8", "replace").decode()  # half of a pair of surrogates can't be printed
    if not isinstance(tree, list):
        if isinstance(tree, dict):
            raise ValueError("no tree")
        return tree
    mark, *rest = tree
    return _READERS[mark](rest, arrays, deep + 1)


def _values(rest: Sequence[Any], arrays: Sequence[bytes], deep: int) -> list[Any]:
    return [value_of(one, arrays, deep) for one in rest]


def _read_dict(rest: Sequence[Any], arrays: Sequence[bytes], deep: int) -> dict[Any, Any]:
    return {value_of(key, arrays, deep): value_of(value, arrays, deep) for key, value in rest}


def _read_array(rest: Sequence[Any], arrays: Sequence[bytes], _deep: int) -> Any:
    """An array, if its bytes are as many as its head tells."""
    file = io.BytesIO(arrays[rest[0]])
    heads = {(1, 0): read_array_header_1_0, (2, 0): read_array_header_2_0}
    shape, _, dtype = heads[read_magic(file)](file)
    left = len(arrays[rest[0]]) - file.tell()
    if dtype.kind not in PLAIN_KINDS or not dtype.itemsize or _prod(shape) * dtype.itemsize != left:
        raise ValueError("no plain array")
    file.seek(0)
    return read_array(file, allow_pickle=False)


def _read_generator(rest: Sequence[Any], arrays: Sequence[bytes], deep: int) -> Any:
    bits = _pcg()
    bits.state = value_of(rest[0], arrays, deep)
    return _rng(bits)


_READERS: dict[str, Callable[[Sequence[Any], Sequence[bytes], int], Any]] = {
    "l": _values,
    "t": lambda rest, arrays, deep: tuple(_values(rest, arrays, deep)),
    "s": lambda rest, arrays, deep: set(_values(rest, arrays, deep)),
    "d": _read_dict,
    "i": lambda rest, arrays, deep: int(rest[0], 16),
    "c": lambda rest, arrays, deep: complex(rest[0], rest[1]),
    "b": lambda rest, arrays, deep: bytes.fromhex(rest[0]),
    "a": _read_array,
    "g": _read_generator,
}
