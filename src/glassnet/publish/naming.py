"""Names and other answers for a new package: what may be written, and why not, before a single file exists.

Nothing but the standard library is imported here: the template's hook reads these rules too, in whatever Python
runs cookiecutter.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import GlassnetError, did_you_mean, join
from ..kinds import KINDS

PREFIX = "glassnet-"
BACKENDS = ("hatchling", "setuptools", "uv_build")
#: By their SPDX names; the texts are those of template/templates/licences.
LICENCES = ("MIT", "BSD-3-Clause", "Apache-2.0", "GPL-3.0-or-later")
#: Examples of a contract's other ways; the kind alone is the plain one. Each has its files in template/templates.
FORMS = {
    "activation": {"vjp": "columns that mix, with their own way back"},
    "loss": {"width": "three outputs for each target"},
    "optimizer": {"layout": "looks at the layers", "minimize": "a solver for all rows at once"},
    "dataset": {"drawn": "from a formula", "fetched": "from its publisher, by its SHA-256"},
}
EXAMPLES = (*KINDS, *(f"{kind}:{form}" for kind, forms in FORMS.items() for form in forms))
_CHOICES: dict[str, tuple[str, ...]] = {"kind": EXAMPLES, "backend": BACKENDS, "license": LICENCES}
#: What a new package is made from; the template's cookiecutter.json asks for the same.
ANSWERS = ("name", "kind", "backend", "description", "author", "email", "license", "github")

_LONGEST_NAME = 30
LONGEST_LINE = 512  # of PyPI, for the description
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Before the @ what RFC 5322 calls an atom, apostrophes and all, behind it letters of any language: what backends
# can write; `email_fault` knows the rest.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[\w-]+(\.[\w-]+)+")
#: Plugins that we publish ourselves; whoever installs one of them must not get another's.
OUR_GUESTS = (
    "autograd", "conjugate", "course-wine", "keras", "lion", "lookahead", "mixture", "penguins", "physics", "rate-test",
    "robust", "swish", "torch", "weight-sizes",
)  # fmt: skip
_OWNER = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}")
# A part of that name would take the place of something that its own module needs.
_NEEDED_INSIDE = (*(kind.plural for kind in KINDS.values()), "hookimpl", "np", "click", "plugin", "glassnet")


@dataclass(frozen=True)
class Names:
    """What follows from a name: `my-bend` gives glassnet-my-bend, glassnet_my_bend and the part my_bend."""

    short: str
    distribution: str
    package: str
    part: str


def names(given: str) -> Names:
    """The names of a package called `bent` or `glassnet-bent`; a name that can't be used is an error."""
    problem = _name_problem(given)
    if problem:
        raise GlassnetError(problem)
    short = given.removeprefix(PREFIX)
    distribution = PREFIX + short
    return Names(short, distribution, distribution.replace("-", "_"), short.replace("-", "_"))


def problems(answers: Mapping[str, str]) -> list[str]:
    """All that is wrong with the answers, one sentence each; empty if nothing is."""
    found = [problem_with(answer, given) for answer, given in answers.items()]
    return [problem for problem in found if problem]


def problem_with(answer: str, given: str) -> str:
    """What is wrong with one answer; empty if nothing is."""
    if answer == "name":
        return _name_problem(given)
    if choices := _CHOICES.get(answer):
        return "" if given in choices else f"{answer} {given!r}:{did_you_mean(given, choices)} Write {join(choices)}."
    if answer == "email":
        if given and not _ADDRESS.fullmatch(given):
            return f"email {given!r} is no address: write name@example.org, or leave it empty."
        return _line_problem(answer, given) if given else ""
    if answer == "github":
        fits = not given or _OWNER.fullmatch(given)
        return "" if fits else f"github {given!r} is no account there: write its name, as in https://github.com/NAME."
    return _line_problem(answer, given)


def _name_problem(given: str) -> str:
    if re.match(r"(glassnet[-_. ]*){2}", given.lower()):
        short = _slug(re.sub(r"^(glassnet[-_. ]*)+", "", given.lower())) or "a name"
        return f"name {given!r} has the prefix {PREFIX} twice: write {short!r}, and it is put in front once."
    short = given.removeprefix(PREFIX)
    if given == "glassnet" or not short:
        return f"name {given!r} is ours: write a name of your own, and {PREFIX} is put in front."
    if not _NAME.fullmatch(short):
        slug = _slug(short.removeprefix("glassnet_"))
        example = f" For example {slug!r}." if _NAME.fullmatch(slug) else ""
        return f"name {given!r}: write small letters a to z, digits and single dashes, a letter first.{example}"
    if len(short) > _LONGEST_NAME:
        return f"name {given!r} has {len(short)} characters: {_LONGEST_NAME} are possible."
    if short in OUR_GUESTS:
        return f"name {given!r} is that of a plugin of ours, {PREFIX}{short}: choose another, such as 'my-{short}'."
    return _taken(given, short.replace("-", "_"))


def _taken(given: str, part: str) -> str:
    """Its part becomes a Python function of that name: does the word mean something already?"""
    another = f"choose another, such as 'my-{part.replace('_', '-')}'."
    if keyword.iskeyword(part):
        return f"name {given!r} is a word of the Python language: {another}"
    if part in sys.stdlib_module_names:
        return f"name {given!r} is a module of Python's standard library: {another}"
    if hasattr(builtins, part) or part in _NEEDED_INSIDE:
        return f"name {given!r} means something in a plugin's code already: {another}"
    return ""


def _line_problem(answer: str, given: str) -> str:
    odd = sorted({character for character in given if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")})
    if not given.strip():
        return f"{answer} is empty: write something, in one line."
    if odd:
        return f"{answer} {given!r} holds {join(map(repr, odd))}: write one line of ordinary characters."
    if any(mark in given for mark in ("{{", "{%", "{#")):
        return f"{answer} {given!r} holds a mark of the template language: leave out {{{{, {{% and {{#."
    if len(given) > LONGEST_LINE:
        return f"{answer} has {len(given)} characters: {LONGEST_LINE} are possible."
    return ""


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789").rstrip("-")
