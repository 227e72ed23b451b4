"""What is wrong with something that is to be published, and why an index minds."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One broken rule.

    `id` is stable and a key of `WHY`; `message` says what is wrong, in PyPI's words where PyPI has some;
    `remedy` says what to do. `refused` tells a rule of PyPI from good advice, which PyPI does not enforce.
    """

    id: str
    message: str
    remedy: str
    refused: bool = True

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


#: id of a problem -> why there is such a rule.
WHY: Mapping[str, str] = {
    "name-invalid": "A name becomes part of addresses, file names and commands, so only plain letters and digits do.",
    "name-not-canonical": "pip, links and folders all use the form in small letters with single hyphens; with that "
    "form in pyproject.toml nobody has to know two spellings.",
    "name-prohibited": "Some names are typing mistakes of common commands (`pip install requirements.txt` without -r); "
    "whoever owned one could run code on strangers' machines.",
    "name-stdlib": "A project called like a module of Python would be installed by people who only meant to import it.",
    "name-similar": "Names that look alike are how harmful packages pass for well-known ones.",
    "version-invalid": "pip sorts versions to find the newest, which only works when all follow one grammar, PEP 440.",
    "version-not-canonical": "Build tools rewrite such a version silently, so files and tags no longer agree.",
    "version-local": "What follows the + marks a build that one place made for itself; it has no order for others.",
    "metadata-version": "An index can only check and show the fields that it knows.",
    "metadata-invalid": "pip decides from these fields what to install, so they must follow the written standard.",
    "classifier-unknown": "Classifiers are a fixed list, so that everybody finds a topic under one name.",
    "classifier-deprecated": "The list of classifiers is tidied from time to time, and new uploads follow it.",
    "classifier-private": "`Private ::` is no real classifier, on purpose: it keeps inside what must not go out.",
    "licence-twice": "Two statements about the licence could contradict each other.",
    "summary-long": "The summary is one line in lists and search results.",
    "url-label": "Labels of links stand in the narrow column beside a project's page.",
    "url-empty": "A link has a word to click on and a place to lead to.",
    "url-invalid": "Links are shown to everybody who visits the project's page.",
    "author-email": "The address is what people write to when they find a mistake or a hole.",
    "url-nowhere": "Whoever clicks on it would land nowhere.",
    "direct-url": "A published package may only need packages that indexes hold: what lies behind an address can "
    "change or vanish after it was checked.",
    "description-missing": "Without a README the project's page is empty, and `twine check --strict` refuses it.",
    "description-render": "A page that can't be rendered would be shown as its source, or not at all.",
    "description-type": "Without a type the README is read as reStructuredText, and Markdown then looks broken.",
    "file-extension": "An index holds wheels (.whl) and source archives (.tar.gz), which pip can install.",
    "file-name": "pip reads name and version from the file name before it downloads anything.",
    "platform-tag": "A wheel built on one Linux does not run on every Linux.",
    "archive-broken": "A file that can't be read can't be installed.",
    "archive-bomb": "A small file that unpacks to a huge one fills other people's disks.",
    "archive-path": "A member that leads out of its folder could overwrite files when it is unpacked.",
    "record": "RECORD lists every file with its checksum; pip uses it to check and later to uninstall.",
    "entry-points": "Programs read this list at every start: one line that can't be read hides all that is offered.",
    "licence-file": "Metadata that promise a licence text which is not inside leave people without their rights.",
    "no-package": "Such a wheel installs, and then there is nothing to import.",
    "top-level": "Every top-level name lands beside everybody else's packages; `tests` would clash with the next one.",
    "secret": "A published file is copied by mirrors within minutes and can't be called back.",
    "large-file": "Data sets and build leftovers slip in by accident and are downloaded by everybody for ever.",
    "authentication": "The token says who may add files under a name.",
    "not-yours": "Who installs a name again wants the next version by the same people, so a name belongs to those who "
    "published it first.",
    "quota": "What one person may keep on an index has an end, so that there is room for everybody.",
    "rate": "An index that anybody could keep busy would have no time for the others.",
    "unreadable": "What an index can't look into, it can't vouch for.",
    "disk": "What an index has taken must still be there tomorrow.",
    "upload-form": "Upload tools send one form with one file.",
    "upload-size": "Every file is kept for ever and copied to mirrors.",
    "digest": "The checksum shows that the file arrived as it was sent.",
    "file-exists": "What was published can't be replaced, so that a version always means the same bytes; "
    "the same bytes once more do no harm.",
    "file-burnt": "A name that once meant certain bytes never means others, even after they were deleted.",
    "release-closed": "An old release that suddenly gets a new file would be trusted although nobody looked at it.",
    "second-sdist": "A release has one source, from which all its wheels are built.",
}
