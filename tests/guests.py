"""Real tiny plugin distributions for tests: a module beside a `.dist-info`, in a folder that is put on the path."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from waiting import PATIENCE

GOOD = """
    from glassnet import Activation, hookimpl

    def {name}(scale: float = 1.0):
        '''A line through 0, from {module}.'''
        return Activation(f=lambda z: scale * z, df=lambda z, a: z * 0 + scale)

    @hookimpl
    def activations():
        return [{name}]
"""

# distribution -> (its module's source, words that its reason must hold, and where: file:line or "").
BROKEN = {
    "broken-import": (
        "import numpy\nimport no_such_library_anywhere",
        "ModuleNotFoundError: No module named 'no_such_library_anywhere'",
        "broken_import.py:2",
    ),
    "broken-syntax": ("x = 1\ndef broken(:\n    pass", "SyntaxError: invalid syntax", "broken_syntax.py:2"),
    "broken-exit": ("import sys\nsys.exit(3)", "it called sys.exit(3)", "broken_exit.py:2"),
    "broken-attribute": ("", "module 'broken_attribute' has no attribute 'plugin'", ""),
    "broken-module": ("", "there is no module 'broken_nowhere'", ""),
    "broken-raise": (
        "from glassnet import hookimpl\n@hookimpl\ndef losses():\n    raise KeyError('boom')",
        "KeyError: 'boom', in losses()",
        "broken_raise.py:4",
    ),
    "broken-none": (
        "from glassnet import hookimpl\n@hookimpl\ndef losses():\n    pass",
        "losses() returned nothing: end it with `return [...]`",
        "broken_none.py:2",
    ),
    "broken-spelling": (
        "from glassnet import hookimpl\n@hookimpl\ndef activaton():\n    return []",
        "there is no hook 'activaton'. Did you mean 'activations'?",
        "broken_spelling.py:2",
    ),
    "broken-undecorated": (
        "def optimizers():\n    return []",
        "optimizers() lacks its decorator: write @hookimpl above it",
        "broken_undecorated.py:1",
    ),
    "broken-marker": (
        "import pluggy\n@pluggy.HookimplMarker('pytest')\ndef metrics():\n    return []",
        "metrics() is decorated with the hookimpl of 'pytest'",
        "broken_marker.py:2",
    ),
    "broken-arguments": (
        "from glassnet import hookimpl\n@hookimpl\ndef datasets(rows):\n    return []",
        "hook datasets(rows) takes arguments",
        "broken_arguments.py:2",
    ),
    "broken-empty": ("x = 1", "broken_empty.py) has no hook: write a function decorated with @hookimpl", ""),
    "broken-near": ("def activation():\n    pass", "did you mean 'activations' by activation()?", ""),
    "broken-list": (
        "from glassnet import hookimpl\n@hookimpl\ndef losses():\n    return []",
        "its hooks return empty lists",
        "",
    ),
    "broken-number": (
        "from glassnet import hookimpl\n@hookimpl\ndef losses():\n    return [3]",
        "3 is not a part: a part is a plain function that returns a Loss",
        "broken_number.py:2",
    ),
    "broken-bag": (
        "from glassnet import Activation, hookimpl\n@hookimpl\ndef activations():\n    return [Activation(f=abs)]",
        "an activation is given by the function that returns an Activation, not by the Activation itself",
        "broken_bag.py:2",
    ),
    "broken-twice": (
        "from glassnet import hookimpl\ndef a():\n    pass\n"
        "@hookimpl\ndef losses():\n    return [a]\n"
        "@hookimpl(specname='losses')\ndef more():\n    return [a]",
        "loss broken-twice/a is provided twice",
        "",
    ),
    "broken-default": (
        "from glassnet import hookimpl\ndef a(rate):\n    pass\n@hookimpl\ndef losses():\n    return [a]",
        "loss a: option 'rate' has no default",
        "broken_default.py:2",
    ),
    "broken-keywords": (
        "from glassnet import hookimpl\ndef a(**options):\n    pass\n@hookimpl\ndef losses():\n    return [a]",
        "loss a: parameter '**options' can't be an option",
        "broken_keywords.py:2",
    ),
    "broken-type": (
        "from glassnet import hookimpl\ndef a(x=[1]):\n    pass\n@hookimpl\ndef losses():\n    return [a]",
        "loss a: option 'x' has no type that glassnet knows",
        "broken_type.py:2",
    ),
}

_VALUES = {"broken-attribute": "broken_attribute:plugin", "broken-module": "broken_nowhere"}


def write_guest(
    folder: Path,
    distribution: str,
    source: str,
    *,
    version: str = "1.0",
    points: Mapping[str, str] | None = None,
    requires: Sequence[str] = (),
    group: str = "glassnet",
) -> Path:
    """Install a distribution of one module into `folder`, the way pip leaves it; returns the module's file."""
    folder.mkdir(parents=True, exist_ok=True)
    module = distribution.replace("-", "_").lower()
    file = folder / f"{module}.py"
    file.write_text(dedent(source), encoding="utf-8")
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir()
    needs = "".join(f"Requires-Dist: {line}\n" for line in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n{needs}")
    lines = "".join(f"{name} = {value}\n" for name, value in (points or {"part": module}).items())
    (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
    return file


def write_good(folder: Path, distribution: str, name: str, **about: object) -> Path:
    """A guest that works, with one activation of that name."""
    module = distribution.replace("-", "_").lower()
    return write_guest(folder, distribution, GOOD.format(name=name, module=module), **about)  # type: ignore[arg-type]


def write_broken(folder: Path) -> None:
    """Every broken guest of `BROKEN` at once."""
    for distribution, (source, _, _) in BROKEN.items():
        value = _VALUES.get(distribution)
        write_guest(folder, distribution, source, points={"part": value} if value else None)


def write_glassnet(folder: Path, version: str) -> None:
    """Metadata that say which version of glassnet this is, whether or not it is installed here."""
    info = folder / f"glassnet-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: glassnet\nVersion: {version}\n")


def environment(*folders: Path, **more: str) -> dict[str, str]:
    """What a fresh Python needs to see these folders first, and glassnet as this one does."""
    path = os.pathsep.join([*map(str, folders), *filter(None, sys.path)])
    programs = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])  # also where not activated
    return {**os.environ, "PATH": programs, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **more}


def python(code: str, *folders: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh Python."""
    return _run([sys.executable, "-c", dedent(code)], environment(*folders, **more))


def glassnet(*words: str, path: Sequence[Path] = (), **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a fresh Python that sees the guests in these folders."""
    return _run([sys.executable, "-m", "glassnet", *words], environment(*path, **more))


def _run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )
