"""The folder that is left behind: `model.py`, which runs on its own, and the arrays that it reads.

An engine writes the network in its library's own words; how a table becomes inputs, and outputs become answers,
is written here once, for all of them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog
from ..data.columns import Column
from ..engines import named
from ..errors import GlassnetError, did_you_mean, join
from ..experiment import Experiment
from ..experiment.recipes import ENGINE_PACKAGES, recipe_for
from ..files import aside, write_bytes, write_text
from ..libraries import Recipe
from ..places import in_options
from ..runs import Run
from . import graph, tables

Array = NDArray[Any]

ONNX = "onnx"  # beside the engines that write scripts
_ELSEWHERE = "give another --output"


def export(run: Run, to: str, output: Path | None = None) -> list[Path]:
    """Write a run as a program for another library; returns the files, `model.py` first.

    `to` is "onnx" or the phrase of an engine that writes scripts. The folder is `export-NAME` in the run's own unless
    `output` is given. Raises `GlassnetError` where the folder exists, and naming the part that can't be written.
    """
    name = to.partition(":")[0].rpartition("/")[2]
    if to.startswith(f"{ONNX}:"):
        raise GlassnetError(f"--to {to}: {ONNX} takes no options; write --to {ONNX}")
    folder = run.folder / f"export-{name}" if output is None else output
    if folder.exists():
        raise GlassnetError(f"{folder} exists already and is left as it is: remove it, or {_ELSEWHERE}")
    recipe = recipe_of_run(run)
    features, arrays = run.model.features, _arrays(run, recipe)
    plain = features.made is None and all(column.kind != "text" and not column.gaps for column in features.columns)
    raw = to == ONNX and plain
    files: dict[str, bytes] = {}
    if to == ONNX:
        files["model.onnx"] = graph.graph(recipe, features if raw else None, run.model.targets)
        network = graph.SCRIPT.format(shape="-".join(map(str, recipe.widths)))
        wanted = ("input_names",) if raw else ("input_", "made_")
        arrays = {name: array for name, array in arrays.items() if name.startswith(wanted)}
    else:
        network = _script(run, recipe, to)
    answers = tables.answers(run.model, in_own_units=to == ONNX)
    program = _program(network, tables.preparation(features, raw), answers, run)
    return _write(folder, program, arrays, files)


def recipe_of_run(run: Run) -> Recipe:
    """The recipe of a finished run, from what its folder holds: its data are not needed."""
    words, choose = run.experiment, run.catalog.choose
    rows = run.provenance.get("rows", {}).get("train") or len(run.trained.data.train)
    batch_size = rows if words.batch_size in (None, "full") else int(words.batch_size)
    optimizer, schedule = (choose(kind, _phrase(words, kind)) for kind in ("optimizer", "schedule"))
    return recipe_for(words, run.model, optimizer, schedule, rows, batch_size)


def _phrase(words: Experiment, what: str) -> str:
    phrase = str(getattr(words, what))
    if phrase.startswith("<function"):
        raise GlassnetError(f"the run was trained with {phrase} given as a function, which no other library knows")
    return phrase


def _script(run: Run, recipe: Recipe, to: str) -> str:
    """The network in the words of an engine's library."""
    engine = _choose(run.catalog, to).build()
    if engine.script is None:
        raise GlassnetError(f"the engine {to} writes no scripts: export to {join(_known(run.catalog))}")
    try:
        return str(engine.script(recipe))
    except ValueError as error:
        raise GlassnetError(f"{run.folder} can't be written for {to}: {error}") from error


def _choose(catalog: Catalog, to: str) -> Any:
    name, known = to.partition(":")[0], _known(catalog)
    if not catalog.matches("engine", name):
        package = ENGINE_PACKAGES.get(name)
        guess = did_you_mean(name, [*known, *ENGINE_PACKAGES])
        remedy = f" It comes with a plugin: pip install {package}." if package else guess
        raise GlassnetError(f"there is no engine {name!r} to export to.{remedy} Possible are {join(known)}.")
    return catalog.choose("engine", to)


def _known(catalog: Catalog) -> list[str]:
    return [*(catalog.short_name(part) for part in catalog.parts("engine")), ONNX]


def _arrays(run: Run, recipe: Recipe) -> dict[str, Array]:
    """Everything that the program reads: weights by layer, and what preparing inputs and answers takes."""
    found = named(recipe.start)
    numbers = [column for column in run.model.features.columns if column.measured]
    found |= _inputs(numbers)
    if (made := run.model.features.made) is not None:
        found |= {"made_shift": made.shift, "made_scale": made.scale}
    if recipe.task == "regression":
        found |= {"target_scale": run.model.targets.scale, "target_mean": run.model.targets.mean}
    return found


def _inputs(numbers: list[Column]) -> dict[str, Array]:
    return {
        "input_names": np.array([column.name for column in numbers], dtype=str),
        "input_fill": np.array([column.fill for column in numbers]),
        "input_shift": np.array([column.shift for column in numbers]),
        "input_scale": np.array([column.scale for column in numbers]),
    }


def _program(network: str, preparation: str, answers: str, run: Run) -> str:
    """One module text: its imports on top, then the network, then the way in and the way out."""
    what, imports, body = _taken_apart(network)
    standard = ["import sys", "from pathlib import Path", *(line for line in imports if _is_standard(line))]
    others = ["import numpy as np", "import pandas as pd", *(line for line in imports if not _is_standard(line))]
    return _PROGRAM.format(
        what=what,
        source=_harmless(f"{run.experiment.title}, run {run.folder.name}"),
        remark=_of_training(run.experiment) if "\ndef train(" in body else "",
        standard="\n".join(sorted(set(standard), key=_plain_first)),
        others="\n".join(dict.fromkeys(others)),
        network=body.strip("\n"),
        preparation=preparation,
        answers=answers,
    )


def _of_training(words: Experiment) -> str:
    """What of the run's training the `train` of a program doesn't do."""
    remarks = [_OF_CLASS_WEIGHTS] if words.class_weight else []
    remarks += [_OF_FROZEN.format(frozen=in_options(words.freeze))] if words.freeze else []
    return "".join(remarks)


def _harmless(words: str) -> str:
    """Words fit for a docstring. A run may come from anybody, and quotes in a name would end the text."""
    return re.sub(r"[^\w .,:=+-]", "_", words)


def _taken_apart(source: str) -> tuple[str, list[str], str]:
    """(docstring, imports that open the text, the rest) of a module text."""
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    imports, last = [], 0
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(ast.unparse(node))
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            break
        last = node.end_lineno or last
    return ast.get_docstring(tree) or "", imports, "".join(lines[last:])


def _is_standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names


def _plain_first(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _write(folder: Path, program: str, arrays: Mapping[str, Array], files: Mapping[str, bytes]) -> list[Path]:
    """The folder whole or not at all: it gets its name when all is in it."""
    with aside(folder, _ELSEWHERE) as temporary:
        write_text(temporary / "model.py", program, _ELSEWHERE)
        write_bytes(temporary / "weights.npz", lambda file: np.savez(file, **arrays), _ELSEWHERE)  # type: ignore[arg-type]
        for name, content in files.items():
            write_bytes(temporary / name, lambda file, content=content: file.write(content), _ELSEWHERE)  # type: ignore[misc]
    return [folder / name for name in ("model.py", "weights.npz", *files)]


_OF_CLASS_WEIGHTS = """
The run was trained with class weights: rare classes counted more there. `train` here counts every row the same.
"""
_OF_FROZEN = """
The run was trained with {frozen}. `train` here moves those weights like all others.
"""
_PROGRAM = '''"""{what}

    python model.py rows.csv

prints an answer for each row of a table with a header. From another program:

    from model import answers, outputs, prepare, read

Written by glassnet ({source}), which is not needed to run it.
{remark}"""

{standard}

{others}

with np.load(Path(__file__).with_name("weights.npz")) as file:
    weights = dict(file)

{network}


# --- from a table to inputs, from outputs to answers -----------------------------------------------------------

{preparation}


{answers}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python model.py rows.csv")
    for answer in answers(outputs(prepare(read(sys.argv[1])))):
        print(*np.atleast_1d(answer), sep=",")
'''
