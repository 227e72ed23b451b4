"""Values that were typed as another program wants them, and how they are written here."""

from __future__ import annotations

import re
from typing import Any


def widths(value: Any) -> str:
    """Of widths that are divided in another way, `[64, 32]` or `64x32`, a guess; empty for anything else."""
    numbers = re.findall(r"\d+", value) if isinstance(value, str) else []
    rest = re.sub(r"\d+|[\s,;x*/+\-\[\](){}'\"]", "", value) if numbers else "none"
    return f". Did you mean {','.join(numbers)}?" if not rest else ""


def share(value: Any) -> str:
    """What `50%` is as a number; empty for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", value) if isinstance(value, str) else None
    return f" ({value} is {float(found[1]) / 100:g})" if found else ""
