"""Exercises on publishing: the name of a wheel, the next version, and a wheel to hand in."""

from zipfile import BadZipFile, ZipFile

from glassnet.lessons import artefact, function


def wheels(rng):
    """Names of wheels, the plainest first."""
    yield ("glassnet_bend-0.1.0-py3-none-any.whl",)
    yield ("numpy-2.4.0-cp312-cp312-manylinux_2_28_x86_64.whl",)
    yield ("tool-1.0rc1-2-py2.py3-none-win_amd64.whl",)


def from_behind(file):
    """(package, version, system) of a wheel's file name; between version and Python may stand a build number."""
    pieces = file.removesuffix(".whl").split("-")
    return pieces[0], pieces[1], pieces[-1]


def with_a_pattern(file):
    import re

    found = re.fullmatch(r"([^-]+)-([^-]+)(?:-\d+)?-[^-]+-[^-]+-([^-]+)\.whl", file)
    return list(found.groups())


def ending_left(file):
    pieces = file.split("-")
    return pieces[0], pieces[1], pieces[-1]


def counted_from_the_front(file):
    pieces = file.removesuffix(".whl").split("-")
    return pieces[0], pieces[1], pieces[4]


def python_for_system(file):
    pieces = file.removesuffix(".whl").split("-")
    return pieces[0], pieces[1], pieces[-3]


def versions(rng):
    """A version, and what has changed."""
    for version in ("0.1.0", "1.9.3", "2.0.10"):
        for change in ("mended", "added", "broken"):
            yield version, change


def by_cases(version, change):
    """The next version after a change: something "mended", something "added", or old code "broken"."""
    major, minor, patch = (int(part) for part in version.split("."))
    if change == "mended":
        return f"{major}.{minor}.{patch + 1}"
    if change == "added":
        return f"{major}.{minor + 1}.0"
    return f"{major + 1}.0.0"


def by_place(version, change):
    numbers = list(map(int, version.split(".")))
    place = ["broken", "added", "mended"].index(change)
    numbers[place] += 1
    return ".".join(str(n) for n in numbers[: place + 1] + [0] * (2 - place))


def rest_kept(version, change):
    numbers = list(map(int, version.split(".")))
    numbers[["broken", "added", "mended"].index(change)] += 1
    return ".".join(map(str, numbers))


def turned(version, change):
    major, minor, patch = (int(part) for part in version.split("."))
    if change == "mended":
        return f"{major + 1}.0.0"
    if change == "added":
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def digits_only(version, change):
    numbers = list(map(int, version.split(".")))
    place = ["broken", "added", "mended"].index(change)
    numbers[place] = (numbers[place] + 1) % 10
    return ".".join(str(n) for n in numbers[: place + 1] + [0] * (2 - place))


def trouble(path):
    """What is wrong with a wheel that was handed in; nothing where it is fine."""
    if path.suffix != ".whl":
        return "That is no wheel: its name ends in .whl."
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
            points = [archive.read(name).decode() for name in names if name.endswith(".dist-info/entry_points.txt")]
    except (BadZipFile, OSError):
        return "It is called a wheel and is no zip archive: build it, don't rename it."
    if not any("[glassnet]" in text for text in points):
        return "It has no entry point for glassnet: nobody would find the part in it."
    if any(name.split("/")[0] == "tests" for name in names):
        return "It has a package `tests` in it, which would be installed beside everybody else's."
    if path.name.split("-")[1] == "0.1.0":
        return "It is version 0.1.0 still: raise it in pyproject.toml, and build again."
    return ""


def packed(folder, version="0.1.1", points="[glassnet]\nbend = glassnet_bend.plugin\n", more=()):
    """A wheel with little in it."""
    path = folder / f"glassnet_bend-{version}-py3-none-any.whl"
    about = f"glassnet_bend-{version}.dist-info"
    with ZipFile(path, "w") as archive:
        archive.writestr("glassnet_bend/__init__.py", "")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.4\nName: glassnet-bend\nVersion: {version}\n")
        if points:
            archive.writestr(f"{about}/entry_points.txt", points)
        for name in more:
            archive.writestr(name, "")
    return path


def other_name(folder):
    path = packed(folder, "2.0.0")
    return path.rename(folder / "glassnet_other-2.0.0-py3-none-any.whl")


def pointless(folder):
    return packed(folder, points="")


def old(folder):
    return packed(folder, "0.1.0")


def renamed(folder):
    path = folder / "glassnet_bend-0.1.1-py3-none-any.whl"
    path.write_text("print('no archive')")
    return path


def source(folder):
    path = folder / "glassnet_bend-0.1.1.tar.gz"
    path.write_bytes(b"")
    return path


exercises = (
    function(
        "wheel_parts",
        "Write `wheel_parts(file)`: package, version and system of a wheel, from its file name. Between the version "
        "and the Python may stand a build number: count the last three from behind.",
        inputs=wheels,
        right=(from_behind, with_a_pattern),
        wrong=(
            (ending_left, "The ending .whl belongs to the file, and not to the system."),
            (counted_from_the_front, "With a build number everything behind the version moves: count from behind."),
            (python_for_system, "That is the Python: the system stands last."),
        ),
        hints=("`.removesuffix('.whl')`, then `.split('-')`.", "The last piece has the index -1."),
    ),
    function(
        "next_version",
        'Write `next_version(version, change)`: the number after `version`, "1.9.3", where something was "mended" (the '
        'last one rises), something was "added" (the middle one), or old code may be "broken" (the first).',
        inputs=versions,
        right=(by_cases, by_place),
        wrong=(
            (rest_kept, "What stands behind the number that rises begins at 0 again."),
            (turned, "It is turned round: a mended mistake raises the last number, what breaks old code the first."),
            (digits_only, "After 9 comes 10: each of the three is a number, and no digit."),
        ),
        hints=("`version.split('.')` gives three texts; make numbers of them.",),
    ),
    artefact(
        "handed_in",
        "Make a package with `glassnet new`, raise its version to 0.1.1, build it, and give the path of the wheel: "
        '`handed_in = "glassnet-bend/dist/..."`.',
        trouble,
        right=(packed, other_name),
        wrong=(
            (source, "That is no wheel: its name ends in .whl."),
            (renamed, "It is called a wheel and is no zip archive: build it, don't rename it."),
            (pointless, "It has no entry point for glassnet: nobody would find the part in it."),
            (old, "It is version 0.1.0 still: raise it in pyproject.toml, and build again."),
        ),
        hints=("`python -m build glassnet-bend` builds both files into `glassnet-bend/dist`.",),
    ),
)
