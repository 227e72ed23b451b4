"""What an index asks of entry_points.txt, the list of what a wheel offers to other programs."""

from __future__ import annotations

import configparser
import re

#: Groups whose names become commands, and so names of files.
_COMMANDS = ("console_scripts", "gui_scripts")
_COMMAND = re.compile(r"[\w.-]+")


class _AsWritten(configparser.ConfigParser):
    """An INI file whose keys keep their capitals."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def entry_points_fault(content: bytes) -> str:
    """Why an index can't read it, in half a sentence; empty where it can."""
    parser = _AsWritten(delimiters=("=",))
    try:
        parser.read_string(content.decode())
        for name in (name for group in _COMMANDS if parser.has_section(group) for name in parser[group]):
            if not _COMMAND.fullmatch(name):
                return f"the command {name!r} has letters that a file's name can't have"
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except configparser.DuplicateOptionError as error:
        return f"[{error.section}] has {error.option} twice"
    except configparser.DuplicateSectionError as error:
        return f"[{error.section}] stands in it twice"
    except configparser.Error as error:
        return f"it is no list of `name = module:attribute` below headings in brackets ({type(error).__name__})"
    return ""


def as_entry_points(groups: dict[str, dict[str, str]]) -> bytes:
    """The file that a backend makes of these groups."""
    lines = [
        line
        for group, points in groups.items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in points.items()))
    ]
    return "\n".join([*lines, ""]).encode()
