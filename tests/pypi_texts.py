"""What PyPI takes in METADATA and what it refuses, each family of texts with the place where the rule is written.

The verdicts are those of PyPI's own server (github.com/pypi/warehouse as of August 2026, named by file below), of
`packaging.metadata`, which it and twine ask first, and of the specifications at packaging.python.org. An id is that of
the rule of ours that has to refuse; an empty one stands for a text that an index takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archives import metadata
from trove_classifiers import classifiers, deprecated_classifiers

SERVER = "warehouse/forklift/metadata.py, _validate_metadata"
STANDARD = "packaging.metadata, Metadata.from_email: the core metadata specification"


@dataclass(frozen=True)
class Family:
    """Values of one field: those that are taken, and those that are refused by the rule `id`."""

    field: str
    source: str
    id: str
    taken: tuple[str, ...]
    refused: tuple[str, ...]
    text: Callable[[str, str], str] = lambda field, value: metadata("bent", "1.0", f"{field}: {value}")

    def cases(self) -> Iterator[tuple[str, str, str]]:
        """(value, METADATA text, id or nothing)."""
        for value in self.taken:
            yield value, self.text(self.field, value), ""
        for value in self.refused:
            yield value, self.text(self.field, value), self.id


def _bare(field: str, value: str) -> str:
    """The least that a METADATA can hold, so that each version of the format allows it."""
    head = {"Metadata-Version": "2.1", "Name": "bent", "Version": "1.0", field: value}
    return "".join(f"{name}: {content}\n" for name, content in head.items()) + "\n"


def _newest(field: str, value: str) -> str:
    return _bare(field, value).replace("Metadata-Version: 2.1", "Metadata-Version: 2.5")


_MAIL = (
    *("a@b.co", "ada@example.org", "Ada Lovelace <ada@example.org>", "ada.b+c@example.org", "ada_b@example.org"),
    *("1@example.org", "ada@sub.sub.example.org", "ada@xn--bcher-kva.de", "ada@bücher.de", "ädä@example.org"),
    *(
        '"Lovelace, Ada" <ada@example.org>',
        "ada@example.org, not an address",
        "UNKNOWN",
        "ada@",
        "Ada <>ada@home",
        "o'b@x.org",
        "ada@example.c",
        f"{'a' * 65}@example.org",
    ),
)
_NO_MAIL = (
    *(
        "Ada Lovelace",
        "ada@home",
        "ada@localhost",
        "ada@example.org.",
        "ada@.example.org",
        "ada@example..org",
        "ada@-x.org",
    ),
    *("ada@x-.org", "ada@example.test", "ada@example.invalid", "ada@printer.local", "ada@x.localhost", "ada@x.y_z"),
    *("ada@1.2.3.4", "ada@[127.0.0.1]", "ada", "ada.example.org", "<ada>", ".ada@example.org", "ada.@example.org"),
    *("a..b@example.org", f"a@{'b' * 64}.org", "ada@x.o-", "ada@e_x.org"),
    *("Ada <ada@home>", "ada@x.onion", "ada@x.arpa", "ada@exa$mple.org", "ada@ex*.org", "ada@xn--.de"),
)
_ADDRESSES = (
    *("https://example.org", "http://example.org/a/b?c=d#e", "HTTPS://EXAMPLE.ORG", "https://example.org:443/"),
    *("https://me:secret@example.org/", "https://[::1]/", "https://127.0.0.1:8000", "https://xn--bcher-kva.de/"),
    *("https://example.org/%C3%A9", "https://github.com/me/bent/issues", "https://example.org:65535"),
)
_NO_ADDRESSES = (
    *("github.com/me", "example.org", "//example.org", "/docs", "ftp://example.org", "git+https://example.org/x"),
    *("mailto:ada@example.org", "javascript:alert(1)", "file:///etc/passwd", "httpss://example.org", "see README"),
    *("https://example.org:65536", "https://example.org:99999/a", "http://example.org:70000", "ssh://git@example.org"),
    *("data:text/html,hello", "docs", "?page=1", "#top", "git@github.com:me/bent.git"),
)


def _labelled(field: str, value: str) -> str:
    return metadata("bent", "1.0", f"{field}: Source, {value}")


_VERSIONS = (
    *(
        "1",
        "0.1.0",
        "1.0rc1",
        "1.0a1.post2.dev3",
        "2026.1",
        "1!2.0",
        "v1.0",
        "1.0-1",
        "1.0.dev",
        "0",
        "1.0RC1",
        "01.02",
    ),
    *("1.0.post1", "1.0.1", "1.0.0.0.0.0", "999999.1", "1.0-alpha", "1.0.c1", "1.0-r4"),
)
_NO_VERSIONS = (
    *(
        "one",
        "1.0.x",
        "1..0",
        "1.0-",
        "-1",
        "1.0 beta one",
        "1,0",
        "1.0.0-SNAPSHOT",
        "latest",
        "1.0~1",
        "1.0_1",
        "1.0/2",
        "..",
        "1.0!",
    ),
    *("1.0+", "1.0+a b", "2024-01-01-x", "①", "1.0rc1.2.3x", "^1.0", ">=1.0", "dev"),
)
_EXPRESSIONS = (
    "MIT",
    "mit",
    "Apache-2.0",
    "MIT OR Apache-2.0",
    "(MIT AND BSD-3-Clause)",
    "GPL-3.0-or-later",
    "GPL-2.0+",
)
_EXPRESSIONS += ("LicenseRef-Mine", "GPL-2.0-only WITH Classpath-exception-2.0", "0BSD", "LicenseRef-Public-Domain")
_NO_EXPRESSIONS = (
    "MITT",
    "MIT License",
    "GPL",
    "MIT OR",
    "MIT,Apache-2.0",
    "MIT and/or BSD",
    "(MIT",
    "BSD",
    "Apache 2.0",
)
_NO_EXPRESSIONS += (
    "MIT WITH nothing",
    "LicenseRef-",
    "Proprietary",
    "MIT OR OR MIT",
    "see LICENSE",
    "GPLv3",
    "mit-license",
)
_NEEDS = (
    *("numpy", "numpy>=2", "numpy >= 2, < 3", "numpy[fast]", "numpy; python_version < '3.12'", "a.b_c-d", "numpy~=2.0"),
    *('numpy; extra == "x"', "numpy (>=2)", "numpy!=2.1.*", "numpy===2.0", "numpy==2.0+local", "n; sys_platform=='x'"),
)
_NO_NEEDS = (
    *(
        "numpy>>2",
        "numpy >= two",
        "numpy 2",
        "-numpy",
        "numpy>=2;",
        "numpy; python == 3",
        "numpy[fast",
        "numpy>=",
        "==2",
    ),
    *(
        "numpy=2",
        "numpy^2",
        "numpy; extra = 'x'",
        "num py",
        "numpy>=2.*",
        "numpy~=2",
        "numpy;python_version",
        "numpy->2",
    ),
)
_PYTHONS = (">=3.11", ">=3.11,<4", "!=3.12.1", "~=3.11", "==3.*", ">3", "", ">=3.11, !=3.12.*", "===3.11", ">= 3.11")
_NO_PYTHONS = (
    "3.11",
    ">=3.x",
    "three",
    ">=3.11;<4",
    "=>3.11",
    "~=3",
    ">=3.*",
    "^3.11",
    ">=3.11 <4",
    "3.11+",
    "Python>=3.11",
)
_TYPES = (
    *("text/markdown", "text/x-rst", "text/plain", "text/markdown; charset=UTF-8", "text/markdown; variant=GFM"),
    *("text/markdown; variant=CommonMark", "text/plain; charset=UTF-8", "text/markdown;variant=GFM;charset=UTF-8"),
)
_NO_TYPES = (
    *(
        "text/html",
        "text/troff",
        "markdown",
        "text/md",
        "text/markdown; charset=latin-1",
        "text/markdown; variant=MyST",
    ),
    *("text/plain; charset=ascii", "application/json", "text/rst", "text", "image/png", "text/x-rst; charset=utf-16"),
)
_DYNAMIC = (
    *("Platform", "Supported-Platform", "Summary", "Description", "Description-Content-Type", "Keywords", "Home-page"),
    *("Download-URL", "Author", "Author-email", "Maintainer", "Maintainer-email", "License", "Classifier", "Requires"),
    *(
        "Requires-Dist",
        "Requires-Python",
        "Requires-External",
        "Project-URL",
        "Provides-Extra",
        "Provides-Dist",
        "Provides",
    ),
    *("Obsoletes-Dist", "Obsoletes", "License-Expression", "License-File", "summary", "SUMMARY"),
)
_FILES = ("LICENSE", "LICENSES/MIT.txt", "a/b/c.txt", "LICENSE.txt", "COPYING")
_NO_FILES = ("../LICENSE", "/LICENSE", "a/../../LICENSE", "licenses\\MIT.txt", "..", "a/..")
_NAMES = ("bent", "Bent", "glassnet-bent", "a", "a1", "a.b", "a_b", "0x", "A-B.c_d", "x" * 100)
_NO_NAMES = (
    "-bent",
    "bent-",
    "be nt",
    "bént",
    "bent!",
    ".bent",
    "bent_",
    "b/c",
    "b\\c",
    "名",
    "bent@1",
    "a+b",
    "(bent)",
    "b:c",
)
_EXTRAS = ("fast", "all", "a-b", "a1")
_NO_EXTRAS = ("-fast", "fa st", "fast!", "_", "é", "a/b", "fast-")
_CLASSIFIERS = ("Programming Language :: Python :: 3", "Typing :: Typed", "Intended Audience :: Education")
_NO_CLASSIFIERS = (
    *("Private :: Do Not Upload", "Private", "Topic :: Scientific/Engeneering", "typing :: typed", "Typing::Typed"),
    *("Programming Language :: Python :: 9", "Topic", "Typing :: Typed ::", "License :: MIT", "Framework :: glassnet"),
    *("Intended Audience :: Students", "Development Status :: 8 - Done", "Operating System :: TempleOS", "Made up"),
)
_STRUCTURED = (
    "Bent\n====\n\nA part.",
    "* one\n* two",
    ".. image:: https://example.org/a.png",
    "`a <https://example.org>`_",
    "::\n\n    code",
)
_BROKEN = (
    "Bent\n==\n\n`open",
    ".. nothing::\n\n   x",
    "Bent\n====\n\n*a* :ref:`here`",
    "|missing|",
    "a_\n\n.. _a: b_\n\nx `y`_",
)


def _rendered(field: str, value: str) -> str:
    return f"Metadata-Version: 2.1\nName: bent\nVersion: 1.0\n{field}: text/x-rst\n\n{value}\n"


FAMILIES = (
    *(
        Family(field, f"{SERVER}: email-validator without asking a server", "author-email", _MAIL, _NO_MAIL)
        for field in ("Author-email", "Maintainer-email")
    ),
    *(
        Family(
            field, f"{SERVER}: warehouse/utils/http.py, is_valid_uri", "url-invalid", _ADDRESSES, _NO_ADDRESSES, text
        )
        for field, text in (("Project-URL", _labelled), ("Home-page", _bare), ("Download-URL", _bare))
    ),
    Family(
        "Project-URL",
        f"{SERVER}: 'must be 32 characters or less'",
        "url-label",
        tuple(f"{'S' * length}, https://example.org" for length in (1, 2, 31, 32)),
        tuple(f"{'S' * length}, https://example.org" for length in (33, 34, 64, 500)),
    ),
    Family(
        "Project-URL",
        f"{SERVER}: 'Must have a label', 'Must have a URL'",
        "url-empty",
        (),
        (", https://example.org", "Source,", "Source", "https://example.org", ","),
    ),
    Family(
        "Summary",
        f"{SERVER}: _LENGTH_LIMITS",
        "summary-long",
        tuple("b" * length for length in (1, 2, 511, 512)),
        tuple("b" * length for length in (513, 514, 1024, 5000)),
        _bare,
    ),
    Family("Version", f"{STANDARD}, PEP 440", "version-invalid", _VERSIONS, _NO_VERSIONS, _bare),
    Family(
        "Version",
        f"{SERVER}: 'The use of local versions'",
        "version-local",
        (),
        ("1.0+local1", "0.1.0+g12", "1.0rc1+ubuntu.1", "1!1.0+a", "1.0+1", "1.0.post1+x_y", "1.0+A-B"),
        _bare,
    ),
    Family(
        "Metadata-Version",
        f"{SERVER}: SUPPORTED_METADATA_VERSIONS",
        "metadata-version",
        ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"),
        ("2.6", "2.9", "2.10", "3.0", "10.0"),
        _bare,
    ),
    Family(
        "Metadata-Version", STANDARD, "metadata-invalid", (), ("0.9", "1.3", "2.0", "2", "1", "two", "2.4.0", ""), _bare
    ),
    Family("License-Expression", f"{STANDARD}, PEP 639", "metadata-invalid", _EXPRESSIONS, _NO_EXPRESSIONS, _newest),
    Family("License-File", f"{STANDARD}, PEP 639", "metadata-invalid", _FILES, _NO_FILES, _newest),
    Family(
        "License",
        f"{SERVER}: 'Only License-Expression should be present'",
        "licence-twice",
        (),
        ("MIT", "Free", "x\n        y"),
    ),
    Family("Requires-Dist", f"{STANDARD}, PEP 508", "metadata-invalid", _NEEDS, _NO_NEEDS),
    *(
        Family(
            field,
            f"{SERVER}: 'is invalid'",
            "metadata-invalid",
            ("numpy", "numpy>=2"),
            ("numpy>>2", "num py", "-n"),
            _bare,
        )
        for field in ("Provides-Dist", "Obsoletes-Dist")
    ),
    *(
        Family(field, f'{SERVER}: "Can\'t have direct dependency"', "direct-url", (), _DIRECT, _bare)
        for _DIRECT in [("a @ https://example.org/a.zip", "a @ file:///a.whl", "a[x] @ git+https://example.org/a@main")]
        for field in ("Requires-Dist", "Provides-Dist", "Obsoletes-Dist")
    ),
    Family("Requires-Python", f"{STANDARD}, version specifiers", "metadata-invalid", _PYTHONS, _NO_PYTHONS, _bare),
    Family("Description-Content-Type", STANDARD, "metadata-invalid", _TYPES, _NO_TYPES, _bare),
    Family(
        "Dynamic",
        f"{SERVER}: DYNAMIC_FIELDS, PEP 643",
        "metadata-invalid",
        _DYNAMIC,
        ("Name", "Version", "Metadata-Version", "Colour", "project.version", "dependencies"),
        _newest,
    ),
    Family("Name", f"{STANDARD}, names and normalization", "metadata-invalid", _NAMES, _NO_NAMES, _bare),
    Family("Provides-Extra", f"{STANDARD}, PEP 685", "metadata-invalid", _EXTRAS, _NO_EXTRAS, _newest),
    Family(
        "Classifier",
        f"{SERVER}: trove-classifiers",
        "classifier-unknown",
        _CLASSIFIERS + tuple(sorted(classifiers)[::60]),
        _NO_CLASSIFIERS[2:],
        _bare,
    ),
    Family("Classifier", "pypi.org/classifiers: 'Private ::'", "classifier-private", (), _NO_CLASSIFIERS[:1], _bare),
    Family(
        "Classifier",
        f"{SERVER}: deprecated_classifiers",
        "classifier-deprecated",
        (),
        tuple(deprecated_classifiers),
        _bare,
    ),
    Family(
        "Description-Content-Type",
        "warehouse/forklift/legacy.py: 'The description failed to render'",
        "description-render",
        _STRUCTURED,
        _BROKEN,
        _rendered,
    ),
)
