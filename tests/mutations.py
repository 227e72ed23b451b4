"""Files as strangers, failing disks and other versions leave them: seeded mutations of honest ones.

Each mutation takes a file and a generator, and changes the file in place. `MUTATIONS` says which suit which ending.
"""

import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

Mutation = Callable[[Path, random.Random], None]


# --- any file -----------------------------------------------------------------------------------------------


def flip(path: Path, dice: random.Random) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        content[dice.randrange(len(content))] = dice.randrange(256)
    path.write_bytes(content)


def cut(path: Path, dice: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: dice.randrange(len(content) + 1)])


def doubled(path: Path, dice: random.Random) -> None:
    content = path.read_bytes()
    at = dice.randrange(len(content) + 1)
    path.write_bytes(content[:at] + content[dice.randrange(at + 1) :] + content[at:])


def emptied(path: Path, dice: random.Random) -> None:
    path.write_bytes(dice.choice((b"", b"\n", b"\0" * 100, b"\xff\xfe", b"null", b"[" * 100_000, b"{" * 50)))


def not_a_file(path: Path, dice: random.Random) -> None:
    """A pipe waits for ever, /dev/zero has no end, a folder is none, and a link may lead anywhere."""
    path.unlink()
    kind = dice.randrange(5)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.mkdir()
    else:
        path.symlink_to(("/dev/zero", "nowhere", str(path))[kind - 2])


# --- JSON ---------------------------------------------------------------------------------------------------

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**31, 2**63, 10**300, 10**4000, 1e-320, float("nan"), float("inf"), "", "many", "\ud800",
    "a\0b", "x" * 10_000, "../../etc/passwd", "/dev/zero", "<script>", [], [1], [[]], {}, {"a": 1}, {"": None},
    [None] * 3, ["a", 1], "relu", "glassnet/relu:slope=1e999", "99999999,99999999", [10**9, 10**9], "1999-01-01",
    "|O", "<U999999999",
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from _places(one, (*path, key))


def other_value(words: Any, dice: random.Random) -> Any:
    """The same JSON with one value replaced by one of another type, size or depth, or left out."""
    places = list(_places(words))
    if not places or dice.random() < 0.03:
        return dice.choice(VALUES)
    *way, last = dice.choice(places)
    holder = words
    for key in way:
        holder = holder[key]
    if dice.random() < 0.15:
        del holder[last]
    elif dice.random() < 0.1:
        deep: Any = 1
        for _ in range(dice.choice((10, 59, 200, 5000))):
            deep = [deep]
        holder[last] = deep
    else:
        holder[last] = dice.choice(VALUES)
    return words


def _said(value: Any) -> str:
    return value if isinstance(value, str) else _written(value)


def _written(words: Any) -> str:
    try:
        return json.dumps(words)
    except (RecursionError, ValueError):  # deeper than Python writes, longer than it counts
        return "[" * 5000 + "]" * 5000


def json_value(path: Path, dice: random.Random) -> None:
    path.write_text(_written(other_value(json.loads(path.read_text()), dice)))


def json_line(path: Path, dice: random.Random) -> None:
    lines = path.read_text().splitlines()
    at = dice.randrange(len(lines))
    lines[at] = _written(other_value(json.loads(lines[at]), dice))
    path.write_text("\n".join(lines) + "\n")


def csv_cell(path: Path, dice: random.Random) -> None:
    rows = [line.split(",") for line in path.read_text().splitlines()]
    row = dice.choice(rows)
    cell = dice.choice(("", "x", "nan", "inf", "-1", "1e999", "9" * 300, "9" * 5000, '"', "1_0", "\0", "1.5", "a,b,c"))
    row[dice.randrange(len(row))] = cell
    if dice.random() < 0.3:
        del rows[dice.randrange(len(rows))]
    path.write_text("\n".join(map(",".join, rows)) + "\n")


# --- arrays -------------------------------------------------------------------------------------------------


def other_arrays(path: Path, dice: random.Random) -> None:
    """One array of another dtype, shape or size, or none, or words inside it that say something else."""
    arrays = dict(np.load(path))
    name = dice.choice(list(arrays))
    array = arrays[name]
    kind = dice.randrange(10)
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[dice.choice(list(arrays))] = array
    elif kind == 2:
        dtype = dice.choice(("c16", "U5", "f2", "?", "i1", "S3"))
        arrays[name] = np.zeros(array.shape, dtype) if array.dtype.kind == "U" else np.asarray(array).astype(dtype)
    elif kind == 3:
        arrays[name] = np.resize(array, tuple(dice.choice((0, 1, 2, 7, 40)) for _ in range(dice.randrange(4))))
    elif kind == 4:
        arrays[name] = array[None]
    elif kind == 5:
        arrays[name] = np.array(dice.choice([-1, 0, 2**40, 2**62, 3.7, "many", float("nan"), b"x"]))
    elif kind == 6 and array.dtype.kind in "iuf":
        arrays[name] = array.astype(float if array.dtype.kind == "f" else int) * dice.choice(
            (-1, 0, 10**9)
        ) + dice.choice((0, 1, -5))
    elif kind == 7 and array.dtype.kind == "f":
        arrays[name] = np.full_like(array, dice.choice((np.nan, np.inf, 1e38, -1e-38)))
    elif array.dtype.kind == "U" and array.size:
        flat = array.astype(object).reshape(-1)
        text = flat[dice.randrange(len(flat))]
        changed = _written(other_value(json.loads(text), dice)) if text.startswith("{") else _said(dice.choice(VALUES))
        flat[dice.randrange(len(flat))] = changed.encode(errors="replace").decode()
        arrays[name] = np.array(flat.reshape(array.shape).tolist())
    with path.open("wb") as file:
        np.savez(file, **arrays)


def _header(dtype: str, shape: tuple[int, ...]) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_2_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


def claims(path: Path, dice: random.Random) -> None:
    """An array whose header claims more than there is."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = dice.choice(list(members))
    shape = dice.choice(((2**40,), (2**31, 2**20), (2**62, 0), (0, 2**62), (10**9,), (-1,), (2**64,), (3, 2**30)))
    members[name] = _header(dice.choice(("<f8", "|u1", "<U0", "<U100000", "|V16", "|O", "<c16")), shape) + b"\0" * 64
    with zipfile.ZipFile(path, "w") as archive:
        for one, content in members.items():
            archive.writestr(one, content)


def bomb(path: Path, dice: random.Random) -> None:
    """A few kilobytes that unpack to hundreds of megabytes."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = dice.choice(list(members))
    count = dice.choice((10**6, 3 * 10**6))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in members.items():
            if one != name:
                archive.writestr(one, content)
        with archive.open(name, "w", force_zip64=True) as file:
            file.write(_header("<f8", (count,)))
            for _ in range(8):
                file.write(b"\0" * count)


ANY: tuple[Mutation, ...] = (flip, flip, cut, doubled, emptied, not_a_file)
MUTATIONS: dict[str, tuple[Mutation, ...]] = {
    ".json": (*ANY, *(json_value,) * 14),
    ".jsonl": (*ANY, *(json_line,) * 14),
    ".csv": (*ANY, *(csv_cell,) * 6),
    ".npz": (*ANY, *(other_arrays,) * 12, claims, claims, bomb),
}


def mutate(path: Path, seed: object) -> str:
    """Change a file as the seed says; what was done to it."""
    dice = random.Random(str(seed))
    mutation = dice.choice(MUTATIONS[path.suffix])
    mutation(path, dice)
    return mutation.__name__
