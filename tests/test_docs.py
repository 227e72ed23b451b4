"""What the pages say is what happens: every command and every block of Python in them is run, and its output compared.

Written on a page like this. In a `console` block a line that begins with `$ ` is a command and the lines after it are
its output; a command may fail only where its output shows `Error:`. A `python` block is run, and a `text` block right
after it is what it prints; with a first line `# NAME.py` it is a file that later commands use (and so is a `toml`
block with `# NAME.toml`), as is a `markdown NAME.md` block, whose fence has a backtick more than those inside. `sh`
blocks are for a fresh clone: `make` is asked whether it knows the target.

A page has a folder, an environment and a practice index of its own, which are gone afterwards. Its commands and blocks
are forks of a Python that has done the imports (tests/forks.py). `$ cd FOLDER` holds for
all that follows, also for `sh` blocks. In a command CLONE stands for this repository, PORT for the port of the page's
practice index, PYPIRC for the file with its token, and TOKEN for the last that a class index gave. No index but that
one can be reached, so packages are built without isolation, and nothing is downloaded.

Output may leave out: `...` alone on a line stands for any lines, inside a line for any text. Numbers with a decimal
point may differ by 5 %, because another machine's BLAS rounds differently; all else is compared word by word.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import click
import forks
import pytest
from guests import environment
from waiting import PATIENCE

from glassnet.cli import main
from glassnet.publish import serving

ROOT = Path(__file__).parent.parent
PAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *sorted(ROOT.glob("docs/*.md"))]
# Some of these are run by other tests.
LANGUAGES = {"console", "python", "text", "toml", "sh", "notebook", "shell", "powershell", "markdown"}
TOLERANCE = 0.05


@dataclass
class Block:
    language: str
    text: str
    line: int
    file: str = ""


FENCED = re.compile(r"^(`{3,})(\w*)[ \t]*([\w.-]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def blocks_of(page: str) -> list[Block]:
    """The fenced blocks of a page, each with the line where it begins."""
    found = []
    for match in FENCED.finditer(page):
        found.append(Block(match[2], match[4], page[: match.start()].count("\n") + 1, match[3]))
    return found


def same_line(shown: str, printed: str) -> bool:
    """Equal word by word, where `...` is any text and numbers with a decimal point are only near."""
    pieces = re.split(r"(\.\.\.|-?\d+\.\d+(?:\.\.\.)?)", " ".join(shown.split()))
    pattern, wanted = "", []
    for piece in pieces:
        if piece == "...":
            pattern += ".*?"
        elif re.fullmatch(r"-?\d+\.\d+(\.\.\.)?", piece):
            pattern += r"(-?\d+\.\d+)"
            wanted.append(float(piece.removesuffix("...")))
        else:
            pattern += re.escape(piece)
    match = re.fullmatch(pattern, " ".join(printed.split()))
    return match is not None and all(
        float(number) == pytest.approx(value, rel=TOLERANCE, abs=0.002)
        for number, value in zip(match.groups(), wanted, strict=True)
    )


def difference(shown: list[str], printed: list[str]) -> str:
    """The first shown line that was not printed where it should be; empty if all were."""
    at, skipping = 0, False
    for line in shown:
        if line.strip() == "...":
            skipping = True
            continue
        while skipping and at < len(printed) and not same_line(line, printed[at]):
            at += 1
        if at >= len(printed) or not same_line(line, printed[at]):
            return f"shown {line!r}, but printed {printed[at] if at < len(printed) else 'no more lines'!r}"
        at, skipping = at + 1, False
    rest = [line for line in printed[at:] if line.strip()]
    return f"not shown: {rest[0]!r}" if rest and not skipping else ""


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


@dataclass
class Place:
    """Where a page's commands run: in `folder`, which `cd` changes, all of it inside `home`."""

    home: Path
    forking: dict | None = None  # who forks for commands, if anybody does
    reports: bool = False  # whether training writes its page, which takes longer than training itself
    token: str = ""  # the last that a class index gave
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.home / "page"
        self.folder.mkdir()
        venv.create(self.home / "environment")
        bin = self.home / "environment" / "bin"
        self._write(bin / "glassnet", f"#!{bin / 'python'}\n{forks.GLASSNET}")
        if self.forking:
            self._write(self.home / "itself" / "glassnet", forks.GLASSNET)
            self._write(bin / "glassnet", f"#!{bin / 'python'} -SE\n{self._asking(self.home / 'itself' / 'glassnet')}")
            self._write(self.home / "block", f"#!{bin / 'python'} -SE\n{self._asking('-c')}")
            self._write(self.home / "front" / "python", f"#!{bin / 'python'} -SE\n{self._asking()}")
            (site,) = (self.home / "environment").glob("lib/python*/site-packages")
            about = self.forking | {"site": str(site)}
            (self.home / "environment" / "forks.json").write_text(json.dumps(about), encoding="utf-8")

    def _write(self, file: Path, text: str) -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def _asking(self, script: object = None) -> str:
        """A program that has a script run, or the one that its first word names."""
        given = f"{str(script)!r}, sys.argv[1:]" if script else "*sys.argv[1:2], sys.argv[2:]"
        return f"""
import sys
if __name__ == "__main__":
    sys.path.insert(0, {str(Path(forks.__file__).parent)!r})
    from forks import ask
    ask({str(self.home / "environment")!r}, {given})
"""

    @property
    def index(self) -> Path:
        return self.home / "index"

    def environment(self) -> dict[str, str]:
        """The page's own `python`, `pip` and `glassnet` come first; no settings, tokens or names of a person get in."""
        env = environment()
        for name in list(env):
            if name.startswith(("PIP_", "TWINE_", "PYTEST_", "GIT_")) or name.endswith("PYPI_TOKEN"):
                del env[name]
        settings = "GLASSNET_RUNS GLASSNET_PLUGINS COLUMNS VIRTUAL_ENV MAKEFLAGS MAKELEVEL"
        for name in settings.split():
            env.pop(name, None)
        first = [self.home / "front", self.home / "environment" / "bin", Path(sys.executable).parent]
        return env | {
            "PATH": os.pathsep.join([*map(str, first), env["PATH"]]),
            "GLASSNET_INDEX": str(self.index),
            "GLASSNET_CACHE": str(self.home / "cache"),
            "GLASSNET_PYPIRC": str(self.home / ".pypirc"),
            "GLASSNET_PROGRESS": str(self.home / "lessons.json"),
            "GLASSNET_REPORT": "on" if self.reports else "off",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say: without isolation, which would need an index
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def run(self, command: str | list[str]) -> subprocess.CompletedProcess[str]:
        env = self.environment()
        if "--index-url http://127.0.0.1:" in command:
            del env["PIP_NO_INDEX"]  # it would hide that index, too
        return subprocess.run(
            command,
            shell=isinstance(command, str),
            env=env,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )

    def filled_in(self, command: str) -> str:
        """The command with this repository, port and token file in place of their names in capitals."""
        known = {"CLONE": str(ROOT), "PYPIRC": str(self.index / "practice.pypirc")}
        served = serving.running(self.index) if "PORT" in command else None
        known |= {"TOKEN": self.token} if self.token else {}
        known |= {"PORT": served.url.rpartition(":")[2]} if served else {}
        return re.sub(r"\b(CLONE|PORT|PYPIRC|TOKEN)\b", lambda found: known.get(found[0], found[0]), command)

    def leave(self) -> None:
        if self.index.exists():
            serving.stop(self.index)


def check_console(block: Block, place: Place) -> list[str]:
    troubles = []
    assert block.text.startswith("$ "), f"line {block.line}: a console block begins with a command"
    for piece in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = piece.partition("\n")
        if command.startswith("make") and not shutil.which("make"):
            pytest.skip("make is not installed")
        if command.startswith("cd "):
            place.folder = (place.folder / command.removeprefix("cd ")).resolve(strict=True)
            continue
        done = place.run(place.filled_in(command))
        place.token = (re.findall(r"index join \S+ (class-\S+)", done.stdout) or [place.token])[-1]
        if (done.returncode != 0) != ("Error:" in shown):
            troubles.append(f"`{command}` ended with {done.returncode}: {done.stdout[-500:]}")
        wrong = difference(trimmed(shown), trimmed(done.stdout)) if shown.strip() else ""
        troubles += [f"`{command}`: {wrong}"] if wrong else []
    return troubles


def check_python(block: Block, after: Block | None, place: Place) -> list[str]:
    python = [str(place.home / "block")] if place.forking else [sys.executable, "-c"]
    done = place.run([*python, block.text])
    if done.returncode:
        return [done.stdout[-800:]]
    shown = trimmed(after.text) if after and after.language == "text" else []
    wrong = difference(shown, trimmed(done.stdout))
    return [wrong] if wrong else []


def check_shell(block: Block, folder: Path) -> list[str]:
    troubles = []
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        if not words or words == ["source", ".venv/bin/activate"]:
            continue
        if words[0] != "make":
            troubles.append(f"`{line}` is neither make nor the environment's activation")
        elif not shutil.which("make"):
            pytest.skip("make is not installed")
        else:
            done = subprocess.run([*words, "--dry-run"], cwd=folder, capture_output=True, text=True)
            troubles += [f"`{line}`: {done.stderr}"] if done.returncode else []
    return troubles


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict | None]:
    """A Python that forks for the commands of all pages."""
    if not forks.HAS_FORK:
        yield None
        return
    folder = tmp_path_factory.mktemp("forks")
    place = Place(folder)
    address = str(folder / "line")
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", forks.__file__, address],
        env=place.environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert server.stdout is not None and server.stdout.readline() == "ready\n"
    variables = {name: value for name, value in place.environment().items() if name.startswith(forks.AT_START)}
    yield {"address": address, "variables": variables}
    os.killpg(server.pid, signal.SIGKILL)  # with all that may still run for a page
    server.communicate()


def check_page(text: str, home: Path, forking: dict | None = None) -> list[str]:
    """Everything on a page that is not as shown."""
    place = Place(home, forking)
    try:
        return check_blocks(blocks_of(text), place)
    finally:
        place.leave()


def _name_inside(text: str) -> str:
    """The name of a file that its first line says."""
    found = re.match(r"# ([\w-]+\.(?:py|toml))\n", text)
    return found[1] if found else ""


def check_blocks(blocks: list[Block], place: Place) -> list[str]:
    troubles, start = [], place.folder
    for block, after in zip_longest(blocks, blocks[1:]):
        name = block.file or _name_inside(block.text)
        place.reports = "report" in block.text
        if block.language not in LANGUAGES:
            found = [f"a block of {block.language or 'no language'}, which nothing checks"]
        elif name:
            (place.folder / name).write_text(block.text, encoding="utf-8")
            found = []
        elif block.language == "console":
            found = check_console(block, place)
        elif block.language == "python":
            found = check_python(block, after, place)
        elif block.language == "sh":
            found = check_shell(block, ROOT if place.folder == start else place.folder)
        else:
            found = []
        troubles += [f"line {block.line}: {one}" for one in found]
    return troubles


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path, forking: dict | None) -> None:
    troubles = check_page(page.read_text(encoding="utf-8"), tmp_path, forking)
    assert not troubles, "\n".join(troubles)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = FENCED.sub("", text)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings], target
    for path in re.findall(r"`((?:src|tests|docs|examples|benchmarks|\.ci)/[\w./-]*)`", prose):
        assert (ROOT / path).exists(), f"{page.name} names {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_named_in_a_sentence_exist_with_their_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = FENCED.sub("", text)
    for words in (shlex.split(found) for found in re.findall(r"`glassnet ([^`]+)`", prose)):
        command: click.Command = main
        for number, word in enumerate(words):
            if word.startswith("--"):
                flags = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
                assert word in flags | {"--help"}, f"{page.name}: glassnet {' '.join(words)} has no {word}"
            elif isinstance(command, click.Group) and not (number and words[number - 1] in ("--plugin", "--without")):
                found = command.get_command(click.Context(command), word)
                assert found is not None, f"{page.name}: glassnet has no command {word}"
                command = found


def test_the_pages_are_here_and_long_enough_to_say_something() -> None:
    names = [page.name for page in PAGES]
    wanted = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "architecture.md", "decisions.md", "checks.md"]
    assert {*wanted, "write-a-part.md", "write-a-lesson.md", "publish.md"} <= set(names)
    blocks = [block for page in PAGES for block in blocks_of(page.read_text(encoding="utf-8"))]
    commands = sum(block.text.count("$ ") for block in blocks if block.language == "console")
    assert commands + sum(block.language == "python" for block in blocks) >= 12


# --- the checks themselves can fail -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("```console\n$ echo seven\neight\n```\n", "shown 'eight', but printed 'seven'"),
        ("```console\n$ echo seven; echo more\nseven\n```\n", "not shown: 'more'"),
        ("```console\n$ echo seven\nseven\neight\n```\n", "but printed 'no more lines'"),
        ("```console\n$ echo loss 1.20\nloss 1.40\n```\n", "shown 'loss 1.40'"),
        ("```console\n$ exit 2\n```\n", "ended with 2"),
        ("```console\n$ echo fine\nError: ...\n```\n", "ended with 0"),
        ("```console\n$ glassnet lst\n```\n", "there is no command 'lst'. Did you mean 'list'?"),
        ("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", "shown '3', but printed '2'"),
        ("```python\nprint(1 + 1)\n```\n", "not shown: '2'"),
        ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
        ("```sh\nmake tea\n```\n", "tea"),
        ("```console\n$ cd ..\n$ basename $PWD\npage\n```\n", "shown 'page'"),
        ("```console\n$ echo http://PORT\nhttp://127...\n```\n", "printed 'http://PORT'"),
        ("```bash\necho\n```\n", "a block of bash, which nothing checks"),
    ],
)
def test_a_page_that_is_wrong_is_refused(block: str, words: str, tmp_path: Path, forking: dict | None) -> None:
    assert words in "\n".join(check_page(block, tmp_path, forking))


@pytest.mark.parametrize(
    "block",
    [
        "```console\n$ echo one; echo two; echo three\none\n...\nthree\n```\n",
        "```console\n$ echo loss 1.21 after 3 ms\nloss 1.20 after ...\n```\n",
        "```console\n$ echo 'Error: no such thing'; exit 2\nError: ...\n```\n",
        "```python\n# three.py\nprint(3)\n```\n\n```console\n$ python three.py\n3\n```\n",
        "```python\nprint(0.123456)\n```\n\n```text\n0.123...\n```\n",
        "```console\n$ glassnet --version | cat; LANG=C glassnet --version\nglassnet ...\nglassnet ...\n```\n",
        "```console\n$ glassnet show nothing 2> words || echo $?; grep -c Error: words\n2\n1\n```\n",
        "```console\n$ mkdir inner\n$ cd inner\n$ basename $PWD\ninner\n```\n",
        "```console\n$ ls CLONE/docs/decisions.md\n/...\n```\n",
        "```console\n$ glassnet index start\n...\n$ glassnet index status\n... http://127.0.0.1:...\n...\n```\n",
    ],
)
def test_a_page_that_is_right_passes(block: str, tmp_path: Path, forking: dict | None) -> None:
    assert check_page(block, tmp_path, forking) == []
