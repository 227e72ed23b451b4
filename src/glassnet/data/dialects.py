"""How a text table is written: its separator, what stands above it, and whether its first line holds names.

Each is found out from the first rows, by what most of them have in common, unless a word of `Reading` says it.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ..wording import count
from .headers import Row, has_names, is_rule, is_value, names_rows, stands_above_numbers
from .reading import Reading
from .sources import Source

SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "spaces"}
USUAL = {".tsv": "\t", ".tab": "\t", ".txt": "\t ,", ".data": "\t ,", ".dat": "\t ,"}
COMMENTS = ("#", "%")
SAMPLE = 100  # rows that are looked at
ENOUGH, FEWEST = 50_000, 8  # cells, if there are so many in fewer rows
MOST_ABOVE = 40  # lines above a table


@dataclass(frozen=True)
class Dialect:
    """`skip` lines stand above the table; `comment` begins lines that are none, "" if nothing does.

    header: the line `first` holds names. commented: it begins with the comment mark. row_names: it is one name short,
    because the first column holds names of the rows. rule: a line that is drawn below the names. `notes` say each
    unusual guess.
    """

    separator: str
    header: bool
    skip: int = 0
    comment: str = ""
    commented: bool = False
    row_names: bool = False
    first: int = 1
    rule: int = 0
    notes: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether the table begins in the first line, and every line is a row."""
        return not (self.skip or self.comment or self.row_names or self.rule)

    @property
    def separated(self) -> str:
        """What stands between fields, for people."""
        return SEPARATORS.get(self.separator, repr(self.separator))


def dialect_of(source: Source, reading: Reading, known: Collection[str] = ()) -> Dialect:
    """How a table is written; `known` column names tell a header from a first row."""
    skip, separator = reading.skip or 0, reading.separator or ""
    notes: list[str] = []
    if reading.separator is None and (said := re.match(r"sep=(.)\r?\n", source.text)):
        separator, skip = said[1], max(skip, 1)
    comment = _comment(source.text, skip) if reading.comment is None else reading.comment
    comment = "" if comment == "none" else comment
    draft = Dialect(separator, True, skip, comment)
    if not separator:
        separator = _separator(source.text, draft)
        if separator not in USUAL.get(_suffix(source.file), ","):
            notes.append(f"Fields are separated by {SEPARATORS[separator]} (--separator overrules).")
    draft = replace(draft, separator=separator)
    rows = sample(source.text, draft)
    if reading.comment is None and (rules := [line for line, row in rows[1:MOST_ABOVE] if is_rule(row)]):
        draft = replace(draft, rule=rules[0])
        rows = [(line, row) for line, row in rows if line != draft.rule]
        notes.append(f"Line {draft.rule} is drawn and is no row (--comment none overrules).")
    if comment and reading.comment is None:
        notes.append(f"Lines that begin with {comment} are no rows (--comment overrules).")
    dialect = with_structure(draft, rows, reading, known, source.text)
    return replace(dialect, notes=(*notes, *dialect.notes))


def with_structure(
    draft: Dialect, rows: Sequence[Row], reading: Reading, known: Collection[str] = (), text: str = ""
) -> Dialect:
    """What stands above the first rows of a table, and whether the first of them holds names."""
    notes: list[str] = []
    if reading.skip is None and (above := _above(rows)):
        last = rows[above][0] - 1
        draft = replace(draft, skip=last)
        rows = rows[above:]
        notes.append(f"Above the table {_stand(last)} left out (--skip-lines overrules).")
    rows = [(line, row) for line, row in rows if line > draft.skip]
    dialect = _with_header(text, draft, rows, reading, known)
    if reading.header is None and not dialect.header and rows:
        notes.append("The first line holds values and no names (--header overrules).")
    if reading.header is None and dialect.commented:
        notes.append(f"The names of the columns stand behind {draft.comment} (--no-header overrules).")
    return replace(dialect, notes=tuple(notes))


def _suffix(file: str) -> str:
    found = re.search(r"(\.\w+?)(\.(gz|bz2|xz|zip))?$", file.lower())
    return found[1] if found else ""


def _stand(last: int) -> str:
    return "a line is" if last == 1 else f"{count(last, 'line')} are"


def split(text: str, dialect: Dialect) -> Iterator[Row]:
    """Rows that aren't blank, each with the number of its first line, blanks around a cell taken away."""
    reader = csv.reader(lines(text, dialect), delimiter=dialect.separator, skipinitialspace=True)
    start = 1
    for row in reader:
        cells = [cell.strip() for cell in row]
        if len(row) > 1 or (row and (cells[0] or _is_quoted(text, row))):
            yield start, cells
        start = reader.line_num + 1


def sample(text: str, dialect: Dialect, most: int = SAMPLE) -> list[Row]:
    """The first rows, or those before a quotation mark that is never closed: whoever reads all of them says so."""
    rows: list[Row] = []
    cells = 0
    with suppress(csv.Error):
        for row in itertools.islice(split(text, dialect), most):
            rows.append(row)
            cells += len(row[1])
            if cells > ENOUGH and len(rows) >= FEWEST:
                break
    return rows


def lines(text: str, dialect: Dialect) -> Iterator[str]:
    """All lines of a file, those that are none of the table's as blank ones: so each keeps its number."""
    stream = io.StringIO(text, newline="")
    if dialect.plain and dialect.separator != " ":
        yield from stream
        return
    opened = False  # a quotation mark: what begins like a comment may stand inside a cell
    for number, line in enumerate(stream, 1):
        comment = dialect.comment and not opened and line.lstrip().startswith(dialect.comment)
        if comment or number <= dialect.skip or number == dialect.rule:
            yield "\n"
            continue
        if dialect.separator == " ":
            line = _spaced(line, opened)
        opened ^= line.count('"') % 2 == 1
        yield line.rstrip() if dialect.separator == " " and not opened else line


def _spaced(line: str, opened: bool) -> str:
    """A line of which tabs, too, separate fields; those inside quotation marks stay."""
    if "\t" in line:
        parts = line.split('"')
        line = '"'.join(part if j % 2 != opened else part.replace("\t", " ") for j, part in enumerate(parts))
    return line if opened else line.lstrip()


def _is_quoted(text: str, row: Sequence[str]) -> bool:
    """In a table of a single column an empty cell is written "" and a blank line is nothing."""
    return row == [""] and '""' in text and _ALONE.search(text) is not None


_ALONE = re.compile(r'^[ \t]*""[ \t]*\r?$', re.MULTILINE)


def _comment(text: str, skip: int) -> str:
    """The mark with which the first lines begin; a single line as wide as those below is a header called so."""
    first = list(itertools.islice((line for line in io.StringIO(text) if line.strip()), skip, skip + 2))
    for mark in COMMENTS:
        if first and first[0].lstrip().startswith(mark):
            named = len(first) > 1 and not first[1].lstrip().startswith(mark)
            alike = any(
                s in first[0] and _width(first[0], s) == _width(first[1], s) for s in ("\t", ";", "|", ",") if named
            )
            spaced = first[0].lstrip().removeprefix(mark)[:1] in (" ", "\t")
            return "" if named and alike and not spaced else mark
    return ""


def _width(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator)))


def _separator(text: str, draft: Dialect) -> str:
    """The separator with which most rows have the same number of fields, several if possible.

    The second half of the sample decides first, since titles stand above a table.
    """
    best, agreement, fits = ",", (0.0, 0.0), False
    for separator in SEPARATORS:
        if separator == " " and fits:
            break
        rows = [row for _, row in sample(text, replace(draft, separator=separator))]
        width = _usual_width(rows)
        if width < 2:
            continue
        named = len(rows[0]) == width and not any(map(is_value, rows[0]))  # a name for each field: telephone,age
        if not named and _holds_numbers_side_by_side([row for row in rows if len(row) == width]):
            continue
        if separator == " " and agreement[0] > 0.5 and not _blanks_separate(rows, width):
            continue
        half = rows[len(rows) // 2 :]
        agree = tuple(sum(len(row) == width for row in some) / len(some) for some in (half, rows))
        if agree > agreement:
            best, agreement, fits = separator, agree, len(rows[0]) == width and agree[0] > 0.5  # type: ignore[assignment]
    return best


def _blanks_separate(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether blanks separate all rows, where another separator has only the first against it: a comma in a text."""
    if any(len(row) != width for row in rows):
        return False
    return not any(
        sum(any(mark in cell for mark in ";|") for cell in column) * 5 > 4 * len(rows)
        for column in zip(*rows, strict=True)
    )


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    half = rows[len(rows) // 2 :] if len(rows) > 2 else rows
    widths = Counter(map(len, half))
    return max(widths, key=lambda width: (widths[width], width), default=0)


_SIDE_BY_SIDE = re.compile(r"[+-]?[\d.,]+([eE][+-]?\d+)?(\s+([+-]?[\d.,]+([eE][+-]?\d+)?|\?|NA|NaN))+")
_GROUPS = re.compile(r"[+-]?\d{1,3}(\s\d{3})+([.,]\d*)?")


def _holds_numbers_side_by_side(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the cells of one of the first columns are several numbers each: the blank between them separates."""
    for column in itertools.islice(zip(*rows, strict=True), SAMPLE):
        parted = [cell for cell in column if " " in cell or not cell.isprintable()]
        hits = sum(bool(_SIDE_BY_SIDE.fullmatch(cell)) and not _GROUPS.fullmatch(cell) for cell in parted)
        if hits * 5 > len(column) * 4:
            return True
    return False


def _above(rows: Sequence[Row]) -> int:
    """How many rows of the sample stand above the table: a title, who measured, when.

    They have fewer fields than the rows below, or other numbers of fields and a blank line under them. What might as
    well be a row with a field forgotten is none of them.
    """
    width = _usual_width([row for _, row in rows])
    if width < 2 or len(rows) < 3:
        return 0
    if all(len(row) == width for _, row in rows) and _filled(rows[0][1]) > 1:
        return 0
    most = min(MOST_ABOVE, len(rows) - 2)
    for above in range(most, 0, -1):
        gap = rows[above][0] - rows[above - 1][0] > 1
        uneven = any(len(row) != width for _, row in rows[:above])
        data = any(_filled(row) > 1 and all(map(is_value, filter(None, row))) for _, row in rows[:above])
        if gap and uneven and not data and len(rows[above][1]) == width and not any(map(is_value, rows[above][1])):
            return above
    above = 0
    while above < len(rows) and _is_above(rows[above][1], width):
        above += 1
    if not 0 < above <= most or len(rows[above][1]) < width - 1:
        return 0
    longest = max(_filled(row) for _, row in rows[:above])
    return above if longest == 1 or 2 * longest <= width else 0


def _is_above(row: Sequence[str], width: int) -> bool:
    """Whether a row is short, or holds nothing but its first cell, as a title in a spreadsheet does."""
    if all(is_value(cell) for cell in row if cell):
        return not any(row)
    alone = width > 2 and _filled(row) == 1 and bool(row[0])
    return alone or len(row) < width - (width > 2)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _with_header(text: str, draft: Dialect, rows: Sequence[Row], reading: Reading, known: Collection[str]) -> Dialect:
    """Whether the first row is one of names, and of how many columns."""
    if not rows:
        return draft
    cells, missing = [row for _, row in rows], reading.missing or ()
    if draft.comment and reading.header is not False and not stands_above_numbers(cells, missing):
        at = _commented_header(text, draft, rows, known)
        if at:
            return replace(draft, header=True, commented=True, skip=at - 1, first=at)
    header = has_names(cells, known, missing) if reading.header is None else reading.header
    first = rows[0][0] if draft.skip or draft.comment else 1  # blank lines above it need no word
    return replace(draft, header=header, first=first, row_names=header and names_rows(cells))


def _commented_header(text: str, draft: Dialect, rows: Sequence[Row], known: Collection[str]) -> int:
    """The line above the first row, if it holds as many names behind the comment mark; 0 if it does not."""
    first, cells = rows[0]
    above = list(itertools.islice(io.StringIO(text, newline=""), first - 1))
    if not above or not above[-1].lstrip().startswith(draft.comment):
        return 0
    names = next(split(uncommented(above[-1], draft.comment), replace(draft, skip=0, comment="")), (0, []))[1]
    right = len(names) == len(cells) and not any(map(is_value, names))
    return first - 1 if right or set(names) & set(known) else 0


def uncommented(line: str, comment: str) -> str:
    """A line without the mark at its beginning."""
    return line.lstrip().removeprefix(comment).lstrip(comment + " \t")
