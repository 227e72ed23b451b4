"""Mistakes in packages: what is said twice, said in an old way, or never looked at before it is public."""

import ast
import io
import tomllib

from glassnet import Exhibit


def version_twice() -> Exhibit:
    """The version is written in two files, and one is forgotten: it installs as 0.1.4 and says that it is 0.1.3.

    A figure that is kept in two places will differ. The project's file can read it from the module (`dynamic`), or
    the module can ask what is installed.
    """

    def wrong(version):
        return {
            "pyproject.toml": f'[project]\nname = "shapes"\nversion = "{version}"\n',
            "shapes/__init__.py": '__version__ = "0.1.3"\n',
        }

    def mended(version):
        return {
            "pyproject.toml": (
                '[project]\nname = "shapes"\ndynamic = ["version"]\n'
                '[tool.setuptools.dynamic]\nversion = {attr = "shapes.__version__"}\n'
            ),
            "shapes/__init__.py": f'__version__ = "{version}"\n',
        }

    def versions(files):
        """What the metadata will say, and what the module says of itself."""
        module = ast.literal_eval(ast.parse(files["shapes/__init__.py"]).body[0].value)
        return tomllib.loads(files["pyproject.toml"])["project"].get("version", module), module

    def a_bump_is_one_step(release):
        metadata, module = versions(release("0.1.4"))
        return "" if metadata == module else f"the metadata say {metadata}, and shapes.__version__ is {module}"

    return Exhibit(
        wrong,
        mended,
        measure=lambda release: len(set(versions(release("0.1.4")))),
        truth=lambda: 1.0,  # a package has one version
        apart=1,
        caught_by=a_bump_is_one_step,
        source="course notes on packages, whose own example disagrees with itself",
        unit="versions after one bump",
    )


def licence_classifier() -> Exhibit:
    """The licence is a classifier and a table: since 2024 it is one expression, and build tools warn or refuse.

    `license = "MIT"` is an SPDX expression, which programs can read. Packaging's rule (PEP 639) deprecates the
    classifiers, and forbids them beside an expression.
    """

    def wrong():
        return """
            [project]
            name = "shapes"
            license = {text = "MIT License"}
            classifiers = ["License :: OSI Approved :: MIT License", "Programming Language :: Python :: 3"]
        """

    def mended():
        return """
            [project]
            name = "shapes"
            license = "MIT"
            license-files = ["LICENSE"]
            classifiers = ["Programming Language :: Python :: 3"]
        """

    def deprecated(project):
        fields = tomllib.loads(project())["project"]
        old = [words for words in fields["classifiers"] if words.startswith("License ::")]
        return old + ["license as a table"] * isinstance(fields["license"], dict)

    def one_expression(project):
        old = deprecated(project)
        return f"deprecated by PEP 639: {', '.join(old)}" if old else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda project: len(deprecated(project)),
        truth=lambda: 0.0,  # PEP 639 leaves none of them
        apart=1,
        caught_by=one_expression,
        source="course notes on packages, in the project's file",
        unit="deprecated ways to name a licence",
    )


def straight_to_the_index() -> Exhibit:
    """A wheel goes to the public index unseen: what is missing in it is found by strangers, and stays for ever.

    A version on the index cannot be uploaded again. So first look inside, practise on an index of one's own, install
    from there into an empty environment, and only then go public.
    """

    def wrong(wheel):
        return True

    def mended(wheel):
        import zipfile

        with zipfile.ZipFile(io.BytesIO(wheel)) as opened:
            files = {name: opened.read(name).decode() for name in opened.namelist()}
        module = files.get("shapes/__init__.py", "")
        metadata = files.get("shapes-1.0.dist-info/METADATA", "").splitlines()
        points = files.get("shapes-1.0.dist-info/entry_points.txt", "")
        target = points.partition(":")[2].strip()
        named = "Name: shapes" in metadata and "Version: 1.0" in metadata
        return named and bool(target) and f"def {target}(" in module

    whole = {
        "shapes/__init__.py": "def activations():\n    return []\n",
        "shapes-1.0.dist-info/METADATA": "Metadata-Version: 2.4\nName: shapes\nVersion: 1.0\n",
        "shapes-1.0.dist-info/entry_points.txt": "[glassnet]\nshapes = shapes:activations\n",
    }

    def wheel(**changed):
        import zipfile

        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as opened:
            for name, text in whole.items():
                if text := changed.get(name.rpartition("/")[2].partition(".")[0], text):
                    opened.writestr(name, text)
        return packed.getvalue()

    broken = {
        "its module": wheel(__init__=""),
        "its metadata": wheel(METADATA=""),
        "the right version": wheel(METADATA=whole["shapes-1.0.dist-info/METADATA"].replace("1.0", "0.9")),
        "entry points": wheel(entry_points=""),
        "the function that its entry point names": wheel(__init__="def activation():\n    return []\n"),
    }

    def let_through(released):
        return [missing for missing, packed in broken.items() if released(packed)]

    def broken_ones_are_held(released):
        if not released(wheel()):
            return "a wheel without a fault is held back"
        passed = let_through(released)
        return f"a wheel without {passed[0]} is released, and {len(passed) - 1} more" if passed else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda released: len(let_through(released)),
        truth=lambda: 0.0,  # each of the five lacks what its name says
        apart=3,
        caught_by=broken_ones_are_held,
        source="course notes on packages, whose first upload is to the real index",
        unit="broken wheels of 5 that are released",
    )


def comment_for_docstring() -> Exhibit:
    """The text that explains a function is not its first statement: help() shows nothing of it.

    Python keeps a string as `__doc__` only where it stands first; after an import or an assignment it is thrown away.
    The same holds for modules: the docstring comes before the imports. (And a list of a module's members shows what it
    imports as well: what is its own says so in `__module__`.)
    """

    def wrong(width, height):
        area = width * height
        """Area of a rectangle."""
        return area

    def mended(width, height):
        """Area of a rectangle."""
        return width * height

    def words(function):
        return len((function.__doc__ or "").split())

    def help_says_something(function):
        return "" if words(function) else f"help() finds no docstring: __doc__ is {function.__doc__}"

    return Exhibit(
        wrong,
        mended,
        measure=words,
        truth=lambda: float(len(["Area", "of", "a", "rectangle."])),
        apart=2,
        caught_by=help_says_something,
        source="course notes on packages, which look at __doc__ and the members of a module",
        unit="words that help() shows",
    )
