"""PyPI's rules as pure functions, asked by `glassnet release` before an upload and by the practice index at one.

PyPI's own sentence comes first in a message, because that is what a person will meet there.
"""

from .addresses import email_fault
from .archives import archive_problems, read_metadata
from .entry_points import as_entry_points, entry_points_fault
from .metadata import metadata_problems
from .names import fold, name_problems, version_problems
from .problem import WHY, Problem

__all__ = [
    "WHY",
    "Problem",
    "archive_problems",
    "as_entry_points",
    "email_fault",
    "entry_points_fault",
    "fold",
    "metadata_problems",
    "name_problems",
    "read_metadata",
    "version_problems",
]
