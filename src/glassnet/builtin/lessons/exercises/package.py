"""Exercises on packages: the version from pyproject.toml, and what a module has defined itself."""

from glassnet.lessons import function

PLAIN = '[project]\nname = "glassnet-bend"\nversion = "0.1.0"\n'
TWO = '[tool.other]\nversion = "9.9"\n\n[project]\nname = "x"\nversion = "1.2.3"\n'
SINGLE = "[project]\nversion = '2.0'\nname = 'y'\n"
COMMENT = '[project]\n# version = "0.0.1"\nversion = "0.4.0"  # the only place\n'


def projects(rng):
    """Texts of pyproject.toml, the plainest first."""
    for text in (PLAIN, SINGLE, COMMENT, TWO):
        yield (text,)


def by_tomllib(text):
    """The version in the text of a pyproject.toml."""
    import tomllib

    return tomllib.loads(text)["project"]["version"]


def line_by_line(text):
    table = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            table = line
        elif table == "[project]" and line.replace(" ", "").startswith("version="):
            return line.split("=", 1)[1].split("#")[0].strip().strip("'\"")


def first_version(text):
    for line in text.splitlines():
        if line.startswith("version"):
            return line.split("=", 1)[1].split("#")[0].strip().strip("'\"")


def with_quotes(text):
    import tomllib

    return f'"{tomllib.loads(text)["project"]["version"]}"'


def the_whole_table(text):
    import tomllib

    return tomllib.loads(text)["project"]


def modules(rng):
    """A module's name, and its members with the modules that these come from."""
    yield "mine", {"soft_bend": "mine", "Activation": "glassnet.kinds"}
    yield "mine", {"_hidden": "mine", "shown": "mine", "np": ""}
    yield "a.b", {"two": "a.b", "one": "a.b", "three": "a", "zip": "builtins"}
    yield "empty", {}


def sorted_own(module, members):
    """The public names that a module has defined itself, sorted; members maps each name to its home."""
    return sorted(name for name, home in members.items() if home == module and not name.startswith("_"))


def with_a_loop(module, members):
    names = []
    for name in members:
        if members[name] != module or name[0] == "_":
            continue
        names.append(name)
    names.sort()
    return tuple(names)


def all_public(module, members):
    return sorted(name for name in members if not name.startswith("_"))


def hidden_too(module, members):
    return sorted(name for name, home in members.items() if home == module)


def unsorted(module, members):
    return [name for name, home in members.items() if home == module and not name.startswith("_")]


exercises = (
    function(
        "version_of",
        "Write `version_of(text)`: the version that the text of a `pyproject.toml` gives to its project.",
        inputs=projects,
        right=(by_tomllib, line_by_line),
        wrong=(
            (first_version, "Another table may have a version as well: the one of [project] is asked for."),
            (with_quotes, "The quotes belong to the file, and not to the version."),
            (the_whole_table, "That is the whole table of the project: its version is one entry of it."),
        ),
        hints=("The standard library reads this form: `tomllib.loads(text)` gives a dict of tables.",),
    ),
    function(
        "own_names",
        "Write `own_names(module, members)`: the public names, sorted, that a module has defined itself. `members` "
        "maps each name to the module where it was defined; a name with `_` in front is not public.",
        inputs=modules,
        right=(sorted_own, with_a_loop),
        wrong=(
            (all_public, "What was imported is a member, too: ask where each was defined."),
            (hidden_too, "Names that begin with _ are not public."),
            (unsorted, "They are all there; sorted they can be found."),
        ),
        hints=("Two conditions: its home is the module, and its name does not begin with `_`.",),
    ),
)
