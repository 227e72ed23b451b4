"""A word of one's own about a run, kept in its folder: `glassnet train --note`, `glassnet runs 3 --note`."""

from __future__ import annotations

from pathlib import Path

from .errors import GlassnetError

NOTE = "note.txt"  # in the run's folder
LONGEST = 500


def note_of(folder: Path) -> str:
    """What was noted about the run in that folder, on one line; empty if nothing was."""
    try:
        return " ".join((folder / NOTE).read_text(encoding="utf-8", errors="replace")[:LONGEST].split())
    except OSError:
        return ""


def check_note(text: str) -> None:
    """A `GlassnetError` for a note that is too long, before anything is trained for it."""
    if len(text) > LONGEST:
        raise GlassnetError(f"a note has at most {LONGEST} letters, this one {len(text)}: shorten it")


def keep_note(folder: Path, text: str) -> None:
    """Keep it with the run in that folder; an empty one takes the old one away."""
    from .files import write_text  # here: it brings NumPy, and `train --help` must not wait for it

    check_note(text)
    if text.strip():
        write_text(folder / NOTE, text.strip() + "\n")
    else:
        (folder / NOTE).unlink(missing_ok=True)
