"""What git knows of a package's folder; on a machine without git it knows nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(folder: Path, *words: str) -> str | None:
    """What git prints there; None where there is no git, no repository, or it refuses."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, errors="replace", timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def tag_line(folder: Path, distribution: str, version: str) -> str:
    """The command that marks a released version in git; empty where nothing is committed that it could mark.

    A repository of several packages says in the tag which one it is of.
    """
    above = git(folder, "rev-parse", "--show-prefix")
    if above is None or not git(folder, "log", "-1", "--format=%h", "--", "."):
        return ""
    tag = f"{distribution}-v{version}" if above.strip() else f"v{version}"
    home = "origin" in (git(folder, "remote") or "").split()
    return f"git tag {tag} && git push origin {tag}" if home else f"git tag {tag}"
