"""What a student's code raised, in one line: the line of theirs that it comes from, its kind and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..wording import amount

MOST_LETTERS = 300
_OWN_WORDS: dict[type, Callable[[Any], str]] = {
    SystemExit: lambda error: f"it ends the program with sys.exit({'' if error.code is None else repr(error.code)})",
    EOFError: lambda error: "EOFError: input() has nobody here who answers",
}


def too_large(megabytes: int) -> str:
    """The limit of memory, as it is named everywhere."""
    return f"needs more than {amount(megabytes)} MB of memory"


def too_long(letters: int) -> str:
    """The limit of output, as it is named everywhere."""
    return f"printed more than {amount(letters)} letters"


def line_of(error: BaseException, filename: str) -> int:
    """The innermost line of the student's file that an exception went through; 0 where it went through none."""
    line = 0
    if isinstance(error, SyntaxError) and error.filename == filename:
        line = error.lineno or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def words_of(error: BaseException, megabytes: int) -> str:
    """`ZeroDivisionError: division by zero`; an exception may be as broken as the code that raised it."""
    if isinstance(error, MemoryError):
        return too_large(megabytes)
    for kind, say in _OWN_WORDS.items():
        if isinstance(error, kind):
            return one_line(say(error))
    name = type(error).__name__
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:  # its __str__ is the student's as well
        return f"{name} (and its text raises something itself)"
    return one_line(f"{name}: {text}" if text else name)


def one_line(text: str) -> str:
    """A text without line breaks, and no longer than a message."""
    text = " ".join(text.split())
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"
