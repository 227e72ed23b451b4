"""What a tag is a release of, as lines of NAME=VALUE: `v0.1.0` is glassnet, `glassnet-lion-v0.1.0` that guest.

A tag whose version is not the one in pyproject.toml is refused: the wheel would bear another than the release.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tagged(tag: str, root: Path = ROOT) -> dict[str, str]:
    """The package's name and folder, the extra that its tests need, and the glassnet that a guest is tested with."""
    found = re.fullmatch(r"(?:(glassnet-[a-z0-9-]+?)-)?v(\d[0-9a-z.]*)", tag)
    if not found:
        raise ValueError(f"{tag!r} is no tag of a release: write v0.1.0, or glassnet-lion-v0.1.0 for a guest")
    name, version = found[1] or "glassnet", found[2]
    folder = f"plugins/{name}" if found[1] else "."
    file = root / folder / "pyproject.toml"
    if not file.is_file():
        guests = ", ".join(sorted(path.parent.name for path in (root / "plugins").glob("*/pyproject.toml")))
        raise ValueError(f"there is no guest {name!r} in plugins: {guests}")
    written = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"]
    if written != version:
        raise ValueError(f"{tag!r} is a release of version {version}, and {folder}/pyproject.toml says {written}")
    return {"name": name, "folder": folder, "extra": "" if found[1] else "[test]", "host": "." if found[1] else ""}


if __name__ == "__main__":
    try:
        print("\n".join(f"{key}={value}" for key, value in tagged(*sys.argv[1:]).items()))
    except ValueError as error:
        sys.exit(str(error))
