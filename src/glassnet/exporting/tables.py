"""Source that turns a table into a network's inputs, and its outputs into answers: the same for every library."""

from __future__ import annotations

from typing import Any

from ..data import Features
from ..data.cells import MISSING
from ..data.moments import PARTS
from ..errors import GlassnetError, join
from ..model import Model


def preparation(features: Features, raw: bool) -> str:
    """The functions `read` and `prepare`; with `raw`, numbers are left as they are, for a graph that scales them."""
    values = {column.name: list(column.values) for column in features.columns if column.kind == "text"}
    gaps = [column.name for column in features.columns if column.gaps]
    dates = [column.name for column in features.columns if column.kind == "date"]
    if parts := [name for name in values if name.rpartition(":")[2] in PARTS and ":" in name]:
        raise GlassnetError(f"{join(parts)}: what is asked of a date can't be written down as a program")
    any_numbers = any(column.measured for column in features.columns)
    constants = ["# What counts as a missing value.", f"GAPS = {_literal(list(MISSING))}"]
    if values:
        constants += ["# Text columns: each of these values becomes a column of 0 and 1.", f"VALUES = {_table(values)}"]
    if gaps:
        constants += ["# Columns whose gaps are marked by a column of 0 and 1.", f"WITH_GAPS = {_literal(gaps)}"]
    if dates:
        constants += ["# Dates, written as 2024-12-31: they become days since 1970.", f"DATES = {_literal(dates)}"]
    functions = [_READING, *([_NUMBERS_AND_DATES if dates else _NUMBERS] if any_numbers else [])]
    if raw:
        functions.append(_RAW)
    else:
        functions.append(_prepare(features, any_numbers, bool(values), bool(gaps)))
    return "\n\n\n".join(["\n".join(constants), *functions])


def _literal(values: list[str]) -> str:
    return "[" + ", ".join(_quoted(value) for value in values) + "]"


def _table(values: dict[str, list[str]]) -> str:
    rows = "".join(f"    {_quoted(name)}: {_literal(found)},\n" for name, found in values.items())
    return f"{{\n{rows}}}"


def _quoted(value: Any) -> str:
    """A plain value as source; text in double quotes, as the rest of the program has it."""
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and text[0] == "'" and '"' not in text else text


_READING = '''def read(path):
    """The rows of a text table with a header, each cell as text, NaN where it is missing."""
    with Path(path).open(encoding="utf-8-sig") as file:
        header = file.readline()
    separator = max(",;\\t|", key=header.count)
    options = {"dtype": str, "keep_default_na": False, "na_values": GAPS, "skipinitialspace": True}
    table = pd.read_csv(path, sep=separator, encoding="utf-8-sig", **options)
    return table.rename(columns=str.strip).apply(lambda column: column.str.strip())'''

_NUMBERS = '''def numbers(table):
    """The number columns (n, d) of a table: true and false are 1 and 0, missing values NaN."""
    found = table[list(weights["input_names"])]
    truth = {"true": "1", "false": "0"}
    return found.apply(lambda column: pd.to_numeric(column.str.lower().replace(truth))).to_numpy(float)'''

_NUMBERS_AND_DATES = '''def numbers(table):
    """The number columns (n, d) of a table: true and false are 1 and 0, dates days since 1970, missing values NaN."""
    found = table[list(weights["input_names"])].copy()
    truth = {"true": "1", "false": "0"}
    for name in found:
        if name in DATES:
            found[name] = (pd.to_datetime(found[name]) - pd.Timestamp(0)) / pd.Timedelta("1D")
        else:
            found[name] = pd.to_numeric(found[name].str.lower().replace(truth))
    return found.to_numpy(float)'''

_RAW = '''def prepare(table):
    """Inputs of the graph: the number columns as they are, because it scales them itself."""
    return numbers(table)'''

_WAYS = {
    "standard": "minus the mean, divided by the standard deviation of the training rows",
    "minmax": "minus the smallest, divided by the range of the training rows",
    "image": "divided by the brightest pixel of the training rows",
    "none": "left as they are: minus 0, divided by 1",
}


def _prepare(features: Features, numbers: bool, texts: bool, gaps: bool) -> str:
    """`prepare`, from a table to what the network takes in."""
    says = ["numbers on one scale"] * numbers + ["texts as 0 and 1"] * texts + ["marks for gaps"] * gaps
    lines = [f'"""Inputs of the network: {", ".join(says)}."""']
    columns = []
    if numbers:
        lines += [
            "X = numbers(table)",
            'X = np.where(np.isnan(X), weights["input_fill"], X)  # a gap becomes the mean of the training rows',
            *_made(features),
            f"# Each column is {_WAYS[features.scale]}.",
            'X = (X - weights["input_shift"]) / weights["input_scale"]',
        ]
        columns.append("X")
    if texts:
        lines += [
            "# A value that no training row had leaves zeros in all of its columns.",
            "texts = [table[[name]].to_numpy(object) == np.array(VALUES[name], object) for name in VALUES]",
        ]
        columns.append("*texts")
    columns += ["table[WITH_GAPS].isna()"] * gaps + ["made"] * (features.made is not None)
    whole = "X" if columns == ["X"] else f"np.hstack([{', '.join(columns)}])"
    lines.append(f'return {whole}.astype("{features.dtype.name}")')
    return "\n".join(["def prepare(table):", *(f"    {line}" for line in lines)])


def _made(features: Features) -> list[str]:
    """The lines that make more inputs of the numbers, before these are scaled."""
    if features.made is None:
        return []
    each = features.made.in_python([column.name for column in features.columns if column.measured])
    return [
        "made = np.column_stack([  # more inputs, made of these numbers before they are scaled",
        *(f"    {one}," for one in each),
        "])",
        'made = (made - weights["made_shift"]) / weights["made_scale"]',
    ]


def answers(model: Model, in_own_units: bool) -> str:
    """The function `answers`, from outputs to class names or numbers in their own units."""
    targets, loss = model.targets, model.parts.loss.part.full_name
    if targets.task == "regression" and model.loss.predict is None:
        return _answers_function("numbers in the target's own units", _in_units(in_own_units))
    if model.loss.predict is not None and loss != "glassnet/hinge":
        raise GlassnetError(f"{loss} has a rule of its own for what its outputs mean, which can't be written down")
    limit = "y > 0" if loss == "glassnet/hinge" else "y >= 0.5"
    if targets.task == "multilabel":
        return _answers_function("for each label 1 or 0", [f"return ({limit}).astype(int)"])
    single = model.network.outputs == 1
    code = f"({limit})[:, 0].astype(int)" if single else "y.argmax(axis=1)"
    names = "[" + ", ".join(_quoted(name) for name in targets.classes or ()) + "]"
    says = "the class of each row" + ("" if single else ", the one with the largest output")
    return f"CLASSES = {names}\n\n\n" + _answers_function(says, [f"return [CLASSES[code] for code in {code}]"])


def _in_units(done: bool) -> list[str]:
    if done:
        return ["return y"]
    return ['return y.astype(float) * weights["target_scale"] + weights["target_mean"]']


def _answers_function(says: str, lines: list[str]) -> str:
    body = "".join(f"    {line}\n" for line in [f'"""Outputs y as answers: {says}."""', *lines])
    return f"def answers(y):\n{body}".rstrip()
