"""What PyPI asks of METADATA and PKG-INFO, the page that a package carries about itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from packaging.metadata import InvalidMetadata, Metadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement

from ...errors import nearest
from .. import extra
from .names import version_problems
from .problem import Problem

#: The newest that PyPI reads.
NEWEST_METADATA = (2, 5)
LONGEST_SUMMARY = 512  # characters
LONGEST_LABEL = 32  # characters

#: Ends of addresses that no mail ever reaches.
_NO_MAIL = frozenset({"example", "invalid", "local", "localhost", "test"})

Raw = Mapping[str, Any]


def metadata_problems(metadata: bytes) -> list[Problem]:
    """What is wrong with the text of METADATA or PKG-INFO, all of it at once.

    The name's own rules are `name_problems`: they depend on what else the index holds.
    """
    raw: Raw = parse_email(metadata)[0]
    problems: list[Problem] = []
    for rule in (_version_of_the_format, _version, _classifiers, _licence, _summary, _urls, _emails, _dependencies):
        problems += rule(raw)
    return problems + list(_standard(metadata, raw, problems)) + list(_description(raw))


def _standard(metadata: bytes, raw: Raw, known: list[Problem]) -> Iterator[Problem]:
    """Breaches of the standard itself, each named by its field, unless a rule above put it better."""
    better = {"metadata-version": "metadata-version", "version": "version-invalid"}
    said = {problem.id for problem in known}
    try:
        Metadata.from_email(metadata)
    except ExceptionGroup as group:
        for error in group.exceptions:
            field = error.field if isinstance(error, InvalidMetadata) else ""
            if better.get(field) not in said:
                yield Problem(
                    "metadata-invalid",
                    f"{str(error).rstrip('.')}.",
                    f"Correct the key behind {field or 'it'} in pyproject.toml and build again.",
                )


def _version_of_the_format(raw: Raw) -> Iterator[Problem]:
    written = str(raw.get("metadata_version", ""))
    numbers = tuple(int(number) for number in written.split(".") if number.isdigit())
    if numbers > NEWEST_METADATA:
        yield Problem(
            "metadata-version",
            f"{written!r} is not a valid metadata version.",
            f'The index reads up to {".".join(map(str, NEWEST_METADATA))}: write core-metadata-version = "2.4" under '
            "[tool.hatch.build.targets.wheel] and [tool.hatch.build.targets.sdist], and build again.",
        )


def _version(raw: Raw) -> Iterator[Problem]:
    if raw.get("version"):
        yield from (problem for problem in version_problems(raw["version"]) if problem.refused)


def _classifiers(raw: Raw) -> Iterator[Problem]:
    trove = extra("trove_classifiers")
    for classifier in sorted(set(raw.get("classifiers", []))):
        if classifier.startswith("Private ::"):
            yield Problem(
                "classifier-private",
                f"{classifier!r} is not a valid classifier.",
                "It is there to keep this package from being published: remove it if that is not meant any more.",
            )
        elif classifier in trove.deprecated_classifiers:
            yield _deprecated(classifier, trove.deprecated_classifiers[classifier])
        elif classifier not in trove.classifiers:
            guess = nearest(classifier, trove.classifiers)
            yield Problem(
                "classifier-unknown",
                f"{classifier!r} is not a valid classifier.",
                f"{f'Did you mean {guess!r}? ' if guess else ''}The list is at https://pypi.org/classifiers/.",
            )


def _deprecated(classifier: str, instead: list[str]) -> Problem:
    message = f"The classifier {classifier!r} has been deprecated"
    if instead:
        return Problem("classifier-deprecated", f"{message}, use one of {instead} instead.", "Replace it.")
    return Problem("classifier-deprecated", f"{message}.", "Remove it; nothing takes its place.")


def _licence(raw: Raw) -> Iterator[Problem]:
    expression = raw.get("license_expression")
    if not expression:
        return
    old = [name for name in raw.get("classifiers", []) if name.startswith("License ::")]
    if old:
        yield Problem(
            "licence-twice",
            f"License classifiers have been superseded by license expressions, and this package has both: "
            f"{expression!r} and {old[0]!r}.",
            f'Keep license = "{expression}" and remove the classifier.',
        )
    if raw.get("license"):
        yield Problem(
            "licence-twice",
            "License and License-Expression are mutually exclusive.",
            f'Keep license = "{expression}" and remove the other statement.',
        )


def _summary(raw: Raw) -> Iterator[Problem]:
    if len(raw.get("summary") or "") > LONGEST_SUMMARY:
        yield Problem(
            "summary-long",
            f"'summary' field must be {LONGEST_SUMMARY} characters or less.",
            f"The description in pyproject.toml has {len(raw['summary'])}: say it in one line, the rest in the README.",
        )


def _urls(raw: Raw) -> Iterator[Problem]:
    for label, url in raw.get("project_urls", {}).items():
        if len(label) > LONGEST_LABEL:
            yield Problem(
                "url-label",
                f"{label!r} must be {LONGEST_LABEL} characters or less.",
                "Shorten it under [project.urls]: Source, Changelog, Documentation.",
            )
        if not _is_web_address(url):
            yield Problem(
                "url-invalid",
                f"{url!r} is not a valid url.",
                f"Give {label!r} under [project.urls] an address that begins with https://.",
            )


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is never closed, as in http://[::1
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _emails(raw: Raw) -> Iterator[Problem]:
    for field in ("author_email", "maintainer_email"):
        address = parseaddr(raw.get(field) or "")[1]
        local, _, domain = address.rpartition("@")
        if address and (not local or "." not in domain or domain.rpartition(".")[2].lower() in _NO_MAIL):
            yield Problem(
                "author-email",
                f"{address!r} is not a valid email address.",
                "Give one that mail reaches, or leave email out of authors in pyproject.toml.",
            )


def _dependencies(raw: Raw) -> Iterator[Problem]:
    for written in raw.get("requires_dist", []):
        try:
            requirement = Requirement(written)
        except InvalidRequirement:
            continue  # `_standard` says so
        if requirement.url:
            yield Problem(
                "direct-url",
                f"Can't have direct dependency: {written}.",
                f"Write '{requirement.name}' with a version in dependencies; an address works only for yourself.",
            )


def _description(raw: Raw) -> Iterator[Problem]:
    text = (raw.get("description") or "").strip()
    if not text or text == "UNKNOWN":
        yield Problem(
            "description-missing",
            "`long_description` missing.",
            'Write a README.md and readme = "README.md" in pyproject.toml.',
            refused=False,
        )
    elif not raw.get("description_content_type"):
        yield Problem(
            "description-type",
            "`long_description_content_type` missing. defaulting to `text/x-rst`.",
            'Write readme = "README.md" in pyproject.toml: the type follows from the ending.',
            refused=False,
        )
