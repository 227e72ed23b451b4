"""A page is played once, from top to end, into blocks with what they printed and drew: every view is drawn from that.

Cells of `python` and `plot` share one namespace. Cells of `console` run `glassnet` in this process. All of a page
happens in one fresh folder, whatever it changes of the process is put back after each cell, and what a cell prints is
the real output of this machine, now.
"""

from __future__ import annotations

import ast
import io
import os
import runpy
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import process
from ..errors import GlassnetError
from .filling import Unfilled, awaiting, filled
from .reading import Block, Cell, Page, Prose, Question

WIDTH = 76
_MOST = 20_000  # letters that one cell may print
_ALLOWED_TO_FAIL = "error"


class CellFailed(GlassnetError):
    """A cell raised, or did not raise where the page says that it would. `cell` is the one, `reason` the line."""

    def __init__(self, cell: Cell, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.cell = cell


@dataclass(frozen=True)
class Printed:
    """What a cell printed, or what a command answered."""

    text: str


@dataclass(frozen=True)
class Drawn:
    """A figure that a cell has made, with words for those who can't see it."""

    figure: Any
    words: str


@dataclass(frozen=True)
class Played:
    """A block as it came out. `text` is the prose, or the question, with its figures filled in."""

    block: Block
    text: str = ""
    answer: str = ""
    outputs: Sequence[Printed | Drawn] = ()
    seconds: float = 0.0


@dataclass
class Stage:
    """Where a page is played: its folder, its names, and the words before each command that keep strangers out."""

    folder: Path
    before: Sequence[str] = ()
    width: int = WIDTH
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__lesson__"})

    @contextmanager
    def entered(self) -> Iterator[io.TextIOWrapper]:
        """In the folder, with what is printed going into the stream that is handed out."""
        screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True)
        with process.contained():
            os.chdir(self.folder)
            os.environ |= {
                "COLUMNS": str(self.width),
                "GLASSNET_RUNS": "runs",
                "GLASSNET_REPORT": "off",
                "NO_COLOR": "1",
            }
            os.environ.pop("FORCE_COLOR", None)
            with redirect_stdout(screen), redirect_stderr(screen), _nobody_asked():
                yield screen


class _Nobody(io.StringIO):
    """Standard input while a page is played: empty, and an error for whoever asks and would wait for an answer."""

    def readline(self, *size: Any) -> str:  # type: ignore[override]  # it has two, of text and of bytes
        """What `input()` calls."""
        raise EOFError("input() has nobody here who answers: write the answer into the cell")


@contextmanager
def _nobody_asked() -> Iterator[None]:
    before, sys.stdin = sys.stdin, _Nobody()
    try:
        yield
    finally:
        sys.stdin = before


@contextmanager
def stage(before: Sequence[str] = (), width: int = WIDTH) -> Iterator[Stage]:
    """A fresh folder, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lesson-"))
    try:
        yield Stage(folder, before, width)
    finally:
        _forgotten(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _forgotten(folder: Path) -> None:
    """What a cell has imported from the page's folder: another page's, or the same once more, lies elsewhere."""
    inside = f"{folder.resolve()}{os.sep}"
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(inside):
            del sys.modules[name]


def play(page: Page, before: Sequence[str] = (), width: int = WIDTH) -> Iterator[Played]:
    """Each block of a page in turn, played when it is asked for; what it prints has `width` columns, 76 at most."""
    with stage(before, min(width, WIDTH)) as here:
        for block in page.blocks:
            yield played(block, here)


def played(block: Block, here: Stage) -> Played:
    """One block, with what it came to."""
    if isinstance(block, Prose):
        return Played(block, _filled(block.text, here.names, block.line))
    if isinstance(block, Question):
        text, answer = (_filled(text, here.names, block.line) for text in (block.text, block.answer))
        return Played(block, text, answer)
    if isinstance(block, Cell):
        begin = time.process_time()
        outputs = _console(block, here) if block.language == "console" else _python(block, here)
        return Played(block, outputs=tuple(outputs), seconds=time.process_time() - begin)
    return Played(block, _filled(block.text, here.names, block.line))


def unplayed(block: Block) -> Played:
    """One block as it can be shown before it is played."""
    if isinstance(block, Cell):
        return Played(block)
    return Played(block, awaiting(block.text), awaiting(block.answer) if isinstance(block, Question) else "")


def _filled(text: str, names: Mapping[str, Any], line: int) -> str:
    try:
        return filled(text, names)
    except Unfilled as error:
        at = next((i for i, row in enumerate(text.split("\n")) if str(error).split(" ")[0] in row), 0)
        raise Unfilled(f"line {line + at}: {error}") from error


# --- Python ---------------------------------------------------------------------------------------------------------


def _python(cell: Cell, here: Stage) -> list[Printed | Drawn]:
    raised: BaseException | None = None
    figures: list[Any] = []
    with here.entered() as screen:
        try:
            value = _run(cell, here.names)
            figures = _figures(value)
            if value is not None and not figures:
                screen.write(f"{value!r}\n")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: a cell may do nothing to the page
            raised = error
    printed = _text(screen)
    may_fail = cell.words == _ALLOWED_TO_FAIL
    if raised is not None and not may_fail:
        line = cell.line - 1 + _line_of(raised)
        raise CellFailed(cell, line, f"{type(raised).__name__}: {raised}") from raised
    if raised is None and may_fail:
        raise CellFailed(cell, cell.line, "the page says that this cell raises, and it does not: leave out `error`")
    outputs: list[Printed | Drawn] = []
    if raised is not None:
        on_a_line = "" if printed.endswith("\n") or not printed else "\n"
        printed += f"{on_a_line}{type(raised).__name__}: {raised}\n"
    if printed.strip():
        outputs.append(Printed(printed.rstrip("\n")))
    if cell.language == "plot" and not figures and not may_fail:
        raise CellFailed(cell, cell.line, "a plot ends with a figure, as in `glassnet.plot(training, 'loss')`")
    words = "" if may_fail else _filled(cell.words, here.names, cell.line - 1)
    return outputs + [Drawn(figure, words) for figure in figures]


_FILE = "<cell>"


def _run(cell: Cell, names: dict[str, Any]) -> Any:
    """Run the statements; the value of the last one, where it is an expression."""
    tree = ast.parse(cell.text, _FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, _FILE, "exec"), names)
    return eval(compile(ast.Expression(last.value), _FILE, "eval"), names) if isinstance(last, ast.Expr) else None


def _line_of(error: BaseException) -> int:
    """The line of the cell in which it was raised."""
    if isinstance(error, SyntaxError) and error.filename == _FILE:
        return error.lineno or 1
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _figures(value: Any) -> list[Any]:
    values = value if isinstance(value, list | tuple) and value else [value]
    return list(values) if all(hasattr(one, "savefig") for one in values) else []


def _text(screen: io.TextIOWrapper) -> str:
    screen.flush()
    text = screen.buffer.getvalue().decode("utf-8", "replace")  # type: ignore[attr-defined]  # it is a BytesIO
    text = "\n".join(line.rstrip() for line in text.split("\n"))  # tables of rich are blank up to their edge
    return text if len(text) <= _MOST else text[:_MOST] + "\n... (it printed more)\n"


# --- glassnet's commands ---------------------------------------------------------------------------------------------


def _console(cell: Cell, here: Stage) -> list[Printed | Drawn]:
    outputs: list[Printed | Drawn] = []
    may_fail, failed = cell.words == _ALLOWED_TO_FAIL, False
    for line, command in commands_of(cell):
        words = _words_of(cell, line, command)
        with here.entered() as screen:
            code = _glassnet([*here.before, *words[1:]])
        text = _text(screen)
        failed = failed or bool(code)
        if code and not may_fail:
            raise CellFailed(cell, line, f"`{command}` ends with exit code {code}: {' '.join(text.split())[-300:]}")
        outputs.append(Printed(text.rstrip("\n")))
    if may_fail and not failed:
        raise CellFailed(cell, cell.line, "the page says that this command fails, and it does not: leave out `error`")
    return outputs


def _words_of(cell: Cell, line: int, command: str) -> list[str]:
    """The words of a command that begins with glassnet."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CellFailed(cell, line, f"`{command}` can't be read: {str(error).lower()}") from error
    if words[:1] != ["glassnet"]:
        first = words[0] if words else ""
        raise CellFailed(cell, line, f"a console cell runs glassnet and nothing else, not {first!r}")
    return words


def steps(block: Played) -> list[tuple[str, Sequence[Printed | Drawn]]]:
    """The code of a cell with what it printed; where it has several commands, each with its own."""
    cell = block.block
    assert isinstance(cell, Cell)
    if cell.language != "console" or not block.outputs:
        return [(cell.text, block.outputs)]
    starts = [line - cell.line for line, _ in commands_of(cell)]
    lines = cell.text.split("\n")
    codes = ["\n".join(lines[start:end]).rstrip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return [(code, [output]) for code, output in zip(codes, block.outputs, strict=True)]


def commands_of(cell: Cell) -> list[tuple[int, str]]:
    """(line of the page, command) of a console cell; a backslash at the end of a line goes on with the next."""
    found: list[tuple[int, str]] = []
    going_on = False
    for number, line in enumerate(cell.text.split("\n"), cell.line):
        if going_on:
            found[-1] = found[-1][0], found[-1][1] + " " + line.strip().rstrip("\\").strip()
        elif line.startswith("$ "):
            found.append((number, line[2:].rstrip("\\").strip()))
        elif line.strip():
            raise CellFailed(cell, number, f"{line!r} is no command: it begins with `$ `, and its output is computed")
        going_on = line.rstrip().endswith("\\")
    return found


def _glassnet(words: Sequence[str]) -> int:
    """What `python -m glassnet` does with these words, in this process; its exit code."""
    before = sys.argv
    sys.argv = ["glassnet", *words]
    try:
        runpy.run_module("glassnet", run_name="__main__", alter_sys=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.argv = before
    return 0
