"""Numbered folders, `0001-iris`, `0002-moons`: how runs and sweeps are kept, and found by what they are called.

A number is given once, also where two processes ask at the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import GlassnetError, did_you_mean, join
from .files import ELSEWHERE, may_hold, writing

LATEST = 5  # are named where nothing is found
LONGEST = 200  # bytes of a title in a folder's name


def slug(title: str, kept: str = "-_") -> str:
    """A title as a part of a file's name: letters, digits and what is kept; a dash for everything else."""
    return "".join(letter if letter.isalnum() or letter in kept else "-" for letter in title)


def short(name: str) -> str:
    """As much of a name as every disk takes: they count bytes, and take 255 with whatever is put before and behind."""
    return name.encode()[:LONGEST].decode(errors="ignore")


def number_of(folder: Path) -> int:
    """3 of `0003-iris`; 0 where a folder has no number."""
    digits = folder.name.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


@dataclass(frozen=True)
class Folders:
    """One sort of numbered folders: `noun` is what each of them holds, and `mark` the file by which it is known.

    `remedy` ends the sentence where none is found; `elsewhere` says what to do where none can be made.
    """

    noun: str
    mark: str
    remedy: str = ""
    elsewhere: str = ELSEWHERE

    def new(self, home: Path, title: str) -> Path:
        """Make `home/0001-title` with the next free number; two processes never get the same one."""
        with writing(home, self.elsewhere):
            home.mkdir(parents=True, exist_ok=True)
            number = max((number_of(path) for path in home.iterdir()), default=0)
            while True:
                number += 1
                claim = home / f".{number:04d}"
                try:
                    claim.mkdir()  # numbers are claimed by themselves: names may differ
                except FileExistsError:
                    continue
                folder = home / f"{number:04d}-{short(slug(title))}"
                if not any(number_of(path) == number for path in home.iterdir()):
                    claim.rename(folder)
                    return folder
                claim.rmdir()

    def holds(self, folder: Path) -> bool:
        """Whether it is such a folder, wherever it lies and whatever it is called."""
        return may_hold(folder, self.mark)

    def all(self, home: Path) -> list[Path]:
        """Those in `home`, in order of their numbers."""
        found = [path for path in home.iterdir() if number_of(path) and self.holds(path)] if home.is_dir() else []
        return sorted(found, key=lambda path: (number_of(path), path.name))

    def is_one(self, word: str, home: Path) -> bool:
        """Whether a word can only mean such a folder: its path, its name in `home`, a number, or `last`."""
        return word == "last" or word.isdecimal() or self.holds(Path(word)) or self.holds(home / word)

    def find(self, word: str, home: Path) -> Path:
        """The folder that a word means: its path, its name in `home`, its number, or `last`.

        Raises `GlassnetError` where there is none, with the nearest guess, and where a number has several.
        """
        for path in (Path(word), home / word):
            if word and self.holds(path):
                return path
        known = self.all(home)
        if word == "last" and known:
            return known[-1]
        found = [path for path in known if word.isdecimal() and number_of(path) == int(word)]
        if len(found) > 1:
            raise GlassnetError(f"{self.noun} {word} may be any of {join(found)}: name its folder")
        if found:
            return found[0]
        raise GlassnetError(self._not_found(word, home, [path.name for path in known]))

    def _not_found(self, word: str, home: Path, names: list[str]) -> str:
        guess = did_you_mean(Path(word).name, names)
        said = f".{guess} Name its folder" if guess else ": name its folder"
        latest = join(names[-LATEST:]) or "none"
        return f"no {self.noun} {word!r}{said}, its number, or last; the latest in {home} are: {latest}{self.remedy}"
