"""What PyPI asks of METADATA and PKG-INFO, the page that a package carries about itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from io import StringIO
from typing import Any

from packaging.metadata import InvalidMetadata, Metadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement

from ...errors import nearest
from .. import extra
from .addresses import email_fault, is_web_address, leads_somewhere
from .names import version_problems
from .problem import Problem

#: The newest that PyPI reads.
NEWEST_METADATA = (2, 5)
LONGEST_SUMMARY = 512  # characters
LONGEST_LABEL = 32  # characters

#: What old tools write where nothing was said; an index reads over it.
_NOTHING = "UNKNOWN"

Raw = Mapping[str, Any]


def metadata_problems(metadata: bytes) -> list[Problem]:
    """What is wrong with the text of METADATA or PKG-INFO, all of it at once.

    The name's own rules are `name_problems`: they depend on what else the index holds.
    """
    raw: Raw = parse_email(metadata)[0]
    problems: list[Problem] = []
    for rule in _RULES:
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
        if not label or not url:
            yield Problem(
                "url-empty",
                f"Must have a {'URL' if label else 'label'}.",
                f"Write both under [project.urls], such as Source = {url or 'https://...'!r}.",
            )
            continue
        if len(label) > LONGEST_LABEL:
            yield Problem(
                "url-label",
                f"{label!r} must be {LONGEST_LABEL} characters or less.",
                "Shorten it under [project.urls]: Source, Changelog, Documentation.",
            )
        yield from _url(url, label)
    for field in ("home_page", "download_url"):
        if _said(raw, field):
            yield from _url(raw[field], field.replace("_", "-"))


def _url(url: str, label: str) -> Iterator[Problem]:
    remedy = f"Give {label!r} under [project.urls] an address that begins with https://."
    if url.startswith(("http://", "https://")):
        remedy = (
            f"Correct {label!r} under [project.urls]: behind :// stand a host, a port of at most 65535 if any, and a "
            "path without spaces and brackets."
        )
    if not is_web_address(url):
        yield Problem("url-invalid", f"{url!r} is not a valid url.", remedy)
    elif not leads_somewhere(url):
        yield Problem("url-nowhere", f"{url!r} is an address that no browser can follow.", remedy, refused=False)


def _said(raw: Raw, field: str) -> bool:
    return bool(raw.get(field)) and raw[field].strip() != _NOTHING


def _emails(raw: Raw) -> Iterator[Problem]:
    for field in ("author_email", "maintainer_email"):
        written = raw[field] if _said(raw, field) else ""
        # Python's first 3.11 can't read a host in brackets: what it finds nothing in is judged as it is written.
        address = parseaddr(written)[1] or (written if "@[" in written else "")
        fault = email_fault(address) if address else ""
        if fault:
            yield Problem(
                "author-email",
                f"{address!r} is not a valid email address: {fault}",
                "Give one that mail reaches, or leave email out of authors in pyproject.toml.",
            )


def _dependencies(raw: Raw) -> Iterator[Problem]:
    for field in ("requires_dist", "provides_dist", "obsoletes_dist"):
        for written in raw.get(field, []):
            try:
                requirement = Requirement(written)
            except InvalidRequirement as error:
                if field != "requires_dist":  # of which `_standard` says so
                    yield Problem(
                        "metadata-invalid",
                        f"{written!r} is invalid: {str(error).splitlines()[0]}.",
                        f"Correct or remove the field {field.replace('_', '-')}, which pyproject.toml has no key for.",
                    )
                continue
            if requirement.url:
                yield Problem(
                    "direct-url",
                    f"Can't have direct dependency: {written}.",
                    f"Write '{requirement.name}' with a version in dependencies; an address works only for yourself.",
                )


def _description(raw: Raw) -> Iterator[Problem]:
    text = (raw.get("description") or "").strip()
    given = raw.get("description_content_type") or ""
    if not text or text == _NOTHING:
        yield Problem(
            "description-missing",
            "`long_description` missing.",
            'Write a README.md and readme = "README.md" in pyproject.toml.',
            refused=False,
        )
        return
    if not given:
        yield Problem(
            "description-type",
            "`long_description_content_type` missing. defaulting to `text/x-rst`.",
            'Write readme = "README.md" in pyproject.toml: the type follows from the ending.',
            refused=False,
        )
    if not given or given.startswith("text/x-rst"):
        yield from _rendering(text, given)


def _rendering(text: str, given: str) -> Iterator[Problem]:
    """A text in reStructuredText has to be without a fault; Markdown and plain text always render."""
    faults = StringIO()
    if extra("readme_renderer.rst").render(text, stream=faults) is None:
        how = f"for {given!r}" if given else "in the default format of reStructuredText"
        first = next((line.partition(" ")[2] or line for line in faults.getvalue().splitlines() if line.strip()), "")
        yield Problem(
            "description-render",
            f"The description failed to render {how}{f' ({first.strip()})' if first else ''}.",
            "Put that line of the README right, or call it README.md and write Markdown.",
        )


_RULES = (_version_of_the_format, _version, _classifiers, _licence, _summary, _urls, _emails, _dependencies)
