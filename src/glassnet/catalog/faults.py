"""What went wrong with a guest, in one line with file and line, and what to do about it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import GlassnetError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from traceback import FrameSummary

_OURS = Path(__file__).parent.parent
_LONGEST = 400
#: How the name of the frame begins from which a guest is loaded.
LOADING = "<glassnet loads "


class Fault(GlassnetError):
    """Something about a guest that its author can put right, with a remedy of its own."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


class NoModule(Fault):
    """There is no module of the name that an entry point gives."""


def resolve(point: EntryPoint) -> Any:
    """The object that an entry point names."""
    text = f"entry point {point.name} = {point.value}"
    remedy = "correct [project.entry-points.glassnet] in its pyproject.toml and install it again"
    try:
        module_name, attributes = point.module, point.attr or ""
    except (AttributeError, ValueError):
        raise Fault(f"{text!r} is neither MODULE nor MODULE:NAME", remedy) from None
    try:
        found: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if _frames(error) or not f"{module_name}.".startswith(f"{missing}."):
            raise
        raise NoModule(f"there is no module {missing!r}, which its {text} names", remedy) from error
    for attribute in filter(None, attributes.split(".")):
        if not hasattr(found, attribute):
            raise Fault(f"module {module_name!r} has no attribute {attributes!r}, which its {text} names", remedy)
        found = getattr(found, attribute)
    return found


def explain(error: BaseException, owner: str, file: str = "") -> tuple[str, str]:
    """(reason, remedy) of whatever a guest raised; `owner` is "local" or the distribution.

    `file` is the guest's own, where others (click, say) stand between us and it.
    """
    if isinstance(error, Fault):
        return _one_line(str(error)), error.remedy
    mend = "correct the file" if owner == "local" else f"tell its author, or pip install --upgrade {owner}"
    if isinstance(error, GlassnetError):
        return _one_line(str(error)), mend
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("glassnet"):
        package = error.name.partition(".")[0]
        if owner == "local":
            return _described(error, file), _lacking(package, error)
        return _described(error, file), f"install what it needs: pip install {package} (if that is the package's name)"
    if isinstance(error, SystemExit):
        where = _place(error, file)
        return f"it called sys.exit({error.code!r}){where}", f"{mend}; a plugin must not end the program"
    return _described(error, file), mend


def _lacking(module: str, error: BaseException) -> str:
    """What to do about a module that a one-file plugin lacks.

    No package is advised by the name of a module alone: `helper` is a file that was left behind, and on an index
    somebody else's.
    """
    beside = {Path(frame.filename).parent for frame in _frames(error)}
    for folder in sorted(beside):
        if (folder / f"{module}.py").is_file() or (folder / module / "__init__.py").is_file():
            return (
                f"{module} lies beside it and is not read, as a one-file plugin stands alone: move what it needs into "
                f"the file (or make a package first: glassnet new NAME)"
            )
    return (
        f"if {module} is a file of yours, move what is needed into the plugin's own; if it is a package, install it by "
        f"the name that its own page gives, which may be another"
    )


def raised_by_hand(error: BaseException) -> bool:
    """Whether a `raise` statement of the guest raised it, and not the system: Ctrl-C comes between two statements."""
    import dis

    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return False
    code = place.tb_frame.f_code
    return any(
        step.offset == place.tb_lasti and step.opname in ("RAISE_VARARGS", "RERAISE")
        for step in dis.get_instructions(code)
    )


def _described(error: BaseException, file: str) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return _one_line(f"{type(error).__name__}: {error.msg} ({error.filename}:{error.lineno})")
    from traceback import format_exception_only

    words = format_exception_only(error)[0]
    return _one_line(words) + _place(error, file)


def _place(error: BaseException, file: str) -> str:
    frames = _frames(error)
    if not frames:
        return ""
    own = [frame for frame in frames if frame.filename == file] or _own(frames)
    last = own[-1]
    within = "" if last.name.startswith("<") else f", in {last.name}()"
    return f"{within} ({last.filename}:{last.lineno})"


def _frames(error: BaseException) -> list[FrameSummary]:
    """The calls that led to the error, without those of the import system and our own."""
    from traceback import extract_tb

    calls = extract_tb(error.__traceback__)
    return [
        call
        for call in calls
        if not call.filename.startswith(("<frozen importlib", LOADING))
        and "importlib" not in Path(call.filename).parts
        and _OURS not in Path(call.filename).parents
    ]


def _own(frames: list[FrameSummary]) -> list[FrameSummary]:
    """Of these, the guest's own: its first file and, for a package, those beside it."""
    first = Path(frames[0].filename)
    folder = first.parent if first.name == "__init__.py" else None
    return [
        frame
        for frame in frames
        if Path(frame.filename) == first or (folder is not None and folder in Path(frame.filename).parents)
    ]


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
