"""What the tools of publishing say when they refuse, in plain words, with the way out.

Most of these messages stop people for an hour the first time. The original words are still shown below ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .commands import TOKENS, Done
from .state import Release, StepFailed

LINES_SHOWN = 15  # of what a tool printed, from its end


@dataclass(frozen=True)
class Explanation:
    """What a message means; the two texts may name `{name}`, `{version}`, `{target}`, `{token}`, and groups."""

    pattern: str
    rule: str
    way_out: str


_UNREACHABLE = (
    r"Connection refused|ConnectionError|Failed to establish|NewConnectionError|Max retries|Network is unreachable"
    r"|Name or service not known|Temporary failure in name resolution|getaddrinfo|timed out"
)

#: What an upload answers. The first that fits is said.
UPLOAD = (
    Explanation(
        r"WRONG_VERSION_NUMBER|record layer failure|SSLV3_ALERT|wrong version number",
        "the address says https, and the server there speaks plain http",
        "the practice index is http://127.0.0.1:PORT/; check the address in the pypirc file that was used",
    ),
    Explanation(
        r"CERTIFICATE_VERIFY_FAILED",
        "the server's certificate is not one that this machine trusts",
        "behind a company's proxy, point REQUESTS_CA_BUNDLE and PIP_CERT at its certificate",
    ),
    Explanation(
        _UNREACHABLE,
        "nothing answers at the address of {target}: the server is down, or there is no network",
        "start the practice index with `glassnet index start`, or look at https://status.python.org; "
        "then `glassnet release --resume` sends the same files",
    ),
    Explanation(
        r"name .{0,80} conflicts with an existing project",
        "a project on {target} has the name {name} already, or got it a moment ago",
        "choose another name in pyproject.toml, then delete dist/ and release again; if that project is yours, its "
        "page lists who may upload",
    ),
    Explanation(
        r"releases older than (?P<days>\d+) days|Only one sdist may be uploaded",
        "{name} {version} is finished on {target}: no new file after two weeks, and never a second sdist",
        "raise the version in pyproject.toml and release again",
    ),
    Explanation(
        r"[Ff]ile already exists|already exists|409 Conflict|previously used by a file|has already been used",
        "a file of {name} {version} is on {target} already, with other content: a published file is never replaced",
        "raise the version in pyproject.toml and release again (deleting a release frees no name: a file name is used "
        "once for ever)",
    ),
    Explanation(
        r"too similar to an existing project(?P<rest>[^\n<]*)",
        "the name {name} is too similar to that of a project that is there: once . _ - are left out, and l and i "
        "are read as 1 and o as 0, they are the same",
        "choose another name in pyproject.toml, then delete dist/ and release again",
    ),
    Explanation(
        r"name .{0,80}(isn't allowed|is not allowed|prohibited|not available|is invalid)",
        "{target} does not allow the name {name}: it belongs to the standard library, or was set aside",
        "choose another name in pyproject.toml, then release again",
    ),
    Explanation(
        r"(project-scoped|OIDC scoped) token (is not valid for project|used outside)",
        "this token is for another project than {name}",
        "make a token for {name} at {target} and put it into {token}; the first upload of a project needs one for the "
        "whole account, since {name} is not there yet. Then `glassnet release --resume`",
    ),
    Explanation(
        r"token is expired",
        "the token has run out; one of Trusted Publishing lives for 15 minutes",
        "run the workflow again, or make a new token at {target} and put it into {token}; then "
        "`glassnet release --resume`",
    ),
    Explanation(
        r"isn't allowed to upload to project|not allowed to upload to project|The user .* isn't allowed",
        "the project {name} on {target} belongs to somebody else, or your token is meant for another project",
        "is it yours? Then make a token for it, in the account that published it first (the first upload of a project "
        "needs a token for the whole account); if not, choose another name, such as {name}-yourname, in pyproject.toml",
    ),
    Explanation(
        r"Non-user identities cannot create new projects",
        "the pending publisher at {target} is for a project of another name than {name}",
        "compare its five fields with yours, letter by letter: project name, owner, repository, workflow file, "
        "environment. {target} has made an empty project of that other name: delete it and make a pending publisher "
        "for {name}, or take its name in pyproject.toml",
    ),
    Explanation(
        r"invalid-publisher|invalid-pending-publisher|invalid-payload",
        "{target} knows no Trusted Publisher with exactly these fields",
        "compare owner, repository, workflow file and environment with what you typed at the index, letter by letter; "
        "for a project that is not there yet it is a pending publisher, whose fifth field is the project name, {name}",
    ),
    Explanation(
        r"(Read-only mode|[Uu]ploads are temporarily disabled|registration (is )?temporarily disabled)",
        "{target} takes no uploads at the moment, or no new projects, from anybody",
        "wait, https://status.python.org says for how long; then `glassnet release --resume` sends the same files",
    ),
    Explanation(
        r"Organization account owning this project is inactive",
        "the organization that owns {name} on {target} is switched off",
        "ask whoever runs it to put its account in order; then `glassnet release --resume`",
    ),
    Explanation(
        r"two-factor|2FA|Two factor",
        "{target} takes uploads only from accounts with two-factor sign-in",
        "switch it on in your account settings, then make a token",
    ),
    Explanation(
        r"verified (primary )?email",
        "{target} wants the e-mail address of your account confirmed first",
        "follow the link in the message that it sent you when you registered",
    ),
    Explanation(
        r"403 |401 |Forbidden|Unauthorized|Invalid or non-existent authentication",
        "{target} does not know this token",
        "copy a token again, whole, from the account settings of {target} itself into {token}: accounts and tokens of "
        "PyPI and TestPyPI are separate, the user name is always __token__, and a password is not taken",
    ),
    Explanation(
        r"Credential not found|NonInteractive",
        "no token was found for {target}",
        "make one in your account settings there and put it in the variable {token}, or in a keyring",
    ),
    Explanation(
        r"405 |Method Not Allowed",
        "the address is one to read from, not one to upload to",
        "upload to the address that ends in /legacy/ on PyPI and TestPyPI; installing uses /simple/",
    ),
    Explanation(
        r"Missing '(?P<section>[^']+)' section",
        "the pypirc file has no section [{section}]",
        "stop and start the practice index: it writes the file anew (`glassnet index stop`, then release again)",
    ),
    Explanation(
        r"skip-existing",
        "twine has --skip-existing only for PyPI itself",
        "`glassnet release --resume` looks for itself at what is there, on any index",
    ),
    Explanation(
        r"Project size too large(?:.*?total size is (?P<limit>\d+ ?GB))?",
        "all files of {name} together would be more than {target} keeps for one project{limit}",
        "delete releases there that nobody needs any more, or ask for more room at "
        "https://docs.pypi.org/project-management/storage-limits; and keep data out of the package",
    ),
    Explanation(
        r"digest supplied does not match",
        "the file changed on its way: what {target} got is not what was sent",
        "`glassnet release --resume` sends the same files once more; if it happens again, ask who runs the network",
    ),
    Explanation(
        r"413 |Request Entity Too Large|File too large|too large",
        "a file is larger than {target} takes (100 MB)",
        "keep data out of the package: let a dataset fetch them from their publisher",
    ),
    Explanation(
        r"429 |Too many (new projects|requests)",
        "{target} has had too many uploads or new projects from you in a short time",
        "wait an hour, then `glassnet release --resume`",
    ),
    Explanation(
        r"5\d\d (Server Error|Internal|Bad Gateway|Service)|50[0234] ",
        "{target} itself has a fault",
        "wait a little, then `glassnet release --resume`; https://status.python.org says more",
    ),
    Explanation(
        r"400 Bad Request(?: from \S+)?[\s:.]*(?P<reason>[^\n]*)",
        "{target} refused the file: {reason}",
        "put that right in pyproject.toml and release again: nothing was published",
    ),
)

#: What twine, pip and the build backends say before anything is sent.
TOOLS = (
    Explanation(
        r"No space left on device|Disk quota exceeded|\[Errno (28|122)\]",
        "there is no space left on the disk",
        "make room, `glassnet release --clear-rooms` frees some; then release again",
    ),
    Explanation(
        r"No module named (?P<quote>'?)(?P<tool>twine|build|check_wheel_contents|pip|pytest)\b",
        "{tool} is not installed in this Python",
        "python -m pip install 'glassnet[publish]', in a clone -e '.[publish]' "
        "(and always `python -m {tool}`: a bare `{tool}` may be another "
        "Python's, or none)",
    ),
    Explanation(
        r"'(?P<version>2\.\d)' is not a valid metadata version|malformed field 'license-file'"
        r"|'license-expression'|unrecognized or malformed field",
        "twine or packaging is older than the backend that wrote this package's metadata",
        "python -m pip install --upgrade 'twine>=7' 'packaging>=26.1', "
        'and core-metadata-version = "2.4" in the hatch tables of pyproject.toml',
    ),
    Explanation(
        r"Unknown distribution format: '(?P<file>[^']+)'",
        "{file} lies in dist/ and is no package",
        "delete it: dist/ should hold one wheel and one sdist",
    ),
    Explanation(
        r"no such option: --group",
        "this pip is too old for [dependency-groups]",
        "python -m pip install --upgrade pip (25.1 or newer)",
    ),
    Explanation(
        r"License classifiers have been superseded by license expressions",
        'the licence is declared twice, as license = "..." and as a classifier `License ::`, and setuptools minds',
        "delete the classifier `License :: ...` in pyproject.toml",
    ),
    Explanation(
        r"Multiple top-level (?P<what>packages|modules) discovered in a flat-layout: (?P<found>\[[^\]]*\])",
        "setuptools found several top-level {what}, {found}, and does not know which is yours",
        "move your package to src/PACKAGE/ and leave the others where they are",
    ),
    Explanation(
        r"Readme file does not exist|does not exist.*[Rr]eadme|File '[^']+' cannot be found",
        "the README that pyproject.toml declares is not there",
        'write it, or correct the name in readme = "..."',
    ),
    Explanation(
        r"[Uu]nknown classifiers?(?P<rest>[^\n]*)",
        "a classifier is not one that exists{rest}",
        "copy it from https://pypi.org/classifiers/",
    ),
    Explanation(
        r"`?project\.entry-points\.(?P<group>[^`\s]+?)`? must be string",
        "[project.entry-points.{group}] has a dot outside quotes, so TOML reads a table in a table",
        'quote the group: [project.entry-points."{group}"]',
    ),
    Explanation(
        r"`?project\.name`? must be pep508-identifier|[Nn]ot a valid (project|package) name",
        "the project's name has letters that a name can't have",
        "use a-z, 0-9 and single dashes, such as glassnet-bent",
    ),
    Explanation(
        r"Unable to determine which files to ship|file selection option|package director(y|ies) .* does not exist",
        "the backend can't find your package's folder",
        'put the modules in src/NAME/ and name that folder: packages = ["src/NAME"] under '
        "[tool.hatch.build.targets.wheel]",
    ),
    Explanation(
        r"License file|[Nn]o files found for license|license-files.*match|did not match any files",
        "the licence file that pyproject.toml names is not there",
        "put a LICENSE beside pyproject.toml",
    ),
    Explanation(
        r"BackendUnavailable|Cannot import '(?P<backend>[^']+)'|Missing dependencies",
        "the build backend that pyproject.toml names is not there",
        'write both lines: requires = ["hatchling>=1.27"], build-backend = "hatchling.build"',
    ),
    Explanation(
        r"No matching distribution found for (?P<wanted>[^\n]+)"
        r"|Could not find a version that satisfies the requirement (?P<other>[^\n(]+)",
        "pip finds {wanted} on no index that it asks",
        "check the spelling in pyproject.toml and the network; what is on no index yet can't be depended on",
    ),
    Explanation(
        r"ResolutionImpossible|conflicting dependencies",
        "what the package requires can't be had together with this glassnet",
        "widen the versions under dependencies in pyproject.toml",
    ),
    Explanation(
        _UNREACHABLE,
        "the ordinary index could not be reached",
        "check the network; with hatchling or setuptools installed here, the build needs none",
    ),
    Explanation(
        r"long_description` missing|long_description missing",
        "the package has no long description: its page on the index would be empty",
        'write readme = "README.md" under [project]',
    ),
    Explanation(
        r"`long_description` has syntax errors in markup|syntax errors in markup",
        "the README can't be rendered as what its ending says",
        "the lines below say where; or call it README.md and write Markdown",
    ),
)

_NO_NETWORK = re.compile(rf"{_UNREACHABLE}|No matching distribution|Could not find a version")


#: What tools add after the reason, and says nothing of it.
_AFTERTHOUGHT = re.compile(
    r"\W*(ERROR Backend (subprocess exited|operation failed)|TIP pass|\[end of output\]|See above for"
    r"|This error originates|note: This|hint: See|\[notice\]"
    r"|error: (subprocess-exited-with-error|metadata-generation-failed)"
    r"|(Encountered error while|Getting requirements|Preparing metadata).*|exit code: \d+)"
)


def _reason_last(output: str) -> str:
    """What a tool printed without empty lines, and without what it adds after the reason."""
    lines = [line for line in output.splitlines() if line.strip()]
    end = next((end for end in range(len(lines), 0, -1) if not _AFTERTHOUGHT.match(lines[end - 1])), len(lines))
    return "\n".join(lines[:end])


def failure(release: Release, done: Done, what: str, table: tuple[Explanation, ...] = TOOLS) -> StepFailed:
    """The error for a command that failed: our words where the message is known, its last line where not."""
    output = _reason_last(done.output)
    for explanation in table:
        found = re.search(explanation.pattern, output)
        if found:
            words = _words(release, found)
            rule, way_out = explanation.rule.format(**words), explanation.way_out.format(**words)
            return StepFailed(f"{rule}. What to do: {way_out}", _tail(output))
    last = output.splitlines()[-1].strip() if output else f"it ended with code {done.code} and no word"
    return StepFailed(f"{what} failed: {last}. What to do: read what it printed, above, from the end", _tail(output))


def lacks_network(done: Done) -> bool:
    """Whether a command failed because packages could not be fetched."""
    return done.code != 0 and bool(_NO_NETWORK.search(done.output))


def is_unreachable(done: Done) -> bool:
    """Whether a command failed because no index answered, whatever the index would have said."""
    return done.code != 0 and bool(re.search(_UNREACHABLE, done.output))


def _words(release: Release, found: re.Match[str]) -> dict[str, str]:
    groups = {name: (value or "").strip() for name, value in found.groupdict().items()}
    if groups.get("limit"):
        groups["limit"] = f" ({groups['limit']})"
    if "wanted" in groups:
        groups["wanted"] = groups["wanted"] or groups.get("other", "")
    project = release.project
    of_a_class = release.target is not None and release.target.student is not None
    other = "~/.pypirc" if of_a_class else "practice.pypirc, which the practice index writes"
    token = TOKENS.get(release.to, other)
    known = {"name": project.canonical_name, "version": project.version, "target": release.to, "token": token}
    return known | groups


def _tail(output: str) -> str:
    return "\n".join(output.splitlines()[-LINES_SHOWN:])
