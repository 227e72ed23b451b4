"""What a lesson promises: its page runs, its right answers are accepted, and each wrong one is told what is wrong."""

from __future__ import annotations

import atexit
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from ..auditing import watched
from ..errors import GlassnetError, did_you_mean, join
from ..lessons import filling, mathematics
from ..lessons.course import strangers_of
from ..lessons.pages import exercises_of
from ..lessons.playing import Played, play
from ..lessons.reading import Cell, Page, Place, Prose, Question, read_page
from ..lessons.stubs import FUNCTIONS
from ..lessons.trying import Tried, survivors, tried
from ..teaching import Exercise, Lesson
from ..wording import count, exact
from .cases import Call, Case, NotApplicable, Refused
from .running import Promise

if TYPE_CHECKING:
    from ..answers import Server

EXEMPT = {
    "input-untouched": "it is handed nothing",
    "paper": "its sources stand on its page",
    "repeatable": "its page is played anew each time, and shows this machine",
}
_OVER = 3  # times the seconds that a lesson says, beyond which it fails


@dataclass
class _Tryout:
    """A lesson that is played once, and whose answers are tried once, for all of its promises."""

    case: Case
    bag: Lesson
    own: frozenset[tuple[str, str]]
    reached: list[str] = field(default_factory=list)

    @cached_property
    def page(self) -> Page:
        return read_page(self.bag.page)

    @cached_property
    def exercises(self) -> list[Exercise]:
        return exercises_of(self.bag, self.page)

    @cached_property
    def played(self) -> tuple[list[Played], GlassnetError | None]:
        """The blocks, as far as the page runs, and what has ended it."""
        blocks: list[Played] = []
        try:
            with watched(self._watch):
                for block in play(self.page, strangers_of(self.case.part, self.case.find())):
                    blocks.append(block)
        except GlassnetError as error:
            return blocks, error
        return blocks, None

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Nothing leaves the machine, and nothing is fetched that the header does not name."""
        if event == "glassnet.fetch" and arguments not in self.own:
            self.reached.append("/".join(arguments))
        elif event in ("socket.getaddrinfo", "socket.connect"):
            address = arguments[1] if event == "socket.connect" else arguments
            host = address[0] if isinstance(address, tuple) else None  # a text is a file of this machine
            if host is not None and str(host) not in _HERE:
                self.reached.append(str(host))
                raise OSError(f"a lesson is read without a network, and this asks for {host}")

    @cached_property
    def answers(self) -> dict[str, list[Tried]]:
        return {exercise.name: list(tried(exercise, _server())) for exercise in self.exercises}

    def of(self, *roles: str) -> Iterator[tuple[str, Tried]]:
        for name, results in self.answers.items():
            for one in results:
                if one.role in roles:
                    yield name, one


_HERE = ("localhost", "127.0.0.1", "::1")
_latest: list[Any] = [None, None]


def _tryout(case: Case) -> _Tryout:
    if _latest[0] is not case:
        _latest[:] = [case, _Tryout(case, case.bag, _fetched(case))]
    tryout: _Tryout = _latest[1]
    return tryout


def _fetched(case: Case) -> frozenset[tuple[str, str]]:
    """The files of a lesson's data; one whose rows are not on this machine can't be tried here."""
    files: set[tuple[str, str]] = set()

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "glassnet.fetch":
            files.add((arguments[0], arguments[1]))

    with watched(watch):
        for name in case.bag.data:
            Case(case.find().choose("dataset", name), case.find, case.download).fresh()
    return frozenset(files)


@cache
def _server() -> Server:
    """One process for the answers of all lessons that are checked; it ends with ours."""
    from ..answers import Server

    server = Server()
    atexit.register(server.close)
    return server


def whole(case: Case, bag: Lesson) -> None:
    """Its page can be read, has a title, and each place on it has its exercise."""
    try:
        page = read_page(bag.page)
        exercises_of(bag, page)
    except GlassnetError as error:
        raise Refused(str(error)) from error
    if not page.title:
        raise Refused("its page has no title: begin with a line `# What it is about`")
    if bag.minutes <= 0 or bag.seconds <= 0:
        raise Refused(f"it takes {bag.minutes} minutes and {bag.seconds} seconds: both are more than 0")


def calls(case: Case, bag: Lesson) -> Iterator[Call]:
    """Nothing of a lesson is called: its page is played and its answers are tried."""
    yield from ()


def page_runs(case: Case) -> str:
    """What a page shows has to be so: every cell runs, one after the other, in a fresh folder."""
    tryout = _tryout(case)
    _, trouble = tryout.played
    if trouble and not isinstance(trouble, filling.Unfilled):
        raise Refused(str(trouble))
    return count(len(tryout.page.cells), "cell")


_DECIMAL = re.compile(r"(?<![\w.,/-])\d+\.\d+(?![\w.])")


def claims_filled(case: Case) -> str:
    """A figure that was typed is old tomorrow: figures in prose are filled in from what the cells have computed."""
    tryout = _tryout(case)
    _, trouble = tryout.played
    if isinstance(trouble, filling.Unfilled):
        raise Refused(str(trouble))
    bare = [
        found[0]
        for block in tryout.page.blocks
        if isinstance(block, Prose)
        for piece in filling.KEPT.split(block.text)[::2]
        for found in _DECIMAL.finditer(piece)
    ]
    return f"{join(bare[:3])} stands in the prose as it was typed: fill it in, as in {{best:.2f}}" if bare else ""


def right_accepted(case: Case) -> str:
    """Nothing discourages like a right answer that is refused: each right answer, and each variant of it, is right."""
    _require_exercises(case)
    for exercise in _tryout(case).exercises:
        if len(exercise.right) < 2:
            raise Refused(f"exercise {exercise.name!r} has {count(len(exercise.right), 'right answer')}: give two, "
                          "written differently")  # fmt: skip
        if callable(exercise.right[0]) and exercise.sort in FUNCTIONS and len(set(exercise.right)) < 2:
            raise Refused(f"exercise {exercise.name!r} has one right answer twice: give two, written differently")
    number = 0
    for name, one in _tryout(case).of("right", "variant"):
        number += 1
        if one.result.state != "right":
            words = f"its words: {one.result.words}" if one.result.words else "without a word"
            raise Refused(f"exercise {name!r}: this {one.role} answer is {one.result.state}, {words}\n{_cut(one.text)}")
    return count(number, "answer")


def wrong_refused(case: Case) -> str:
    """A check that takes anything teaches nothing: every known wrong answer is refused."""
    _require_exercises(case)
    for exercise in _tryout(case).exercises:
        if len(exercise.wrong) < (3 if exercise.sort != "choice" else 2):
            raise Refused(f"exercise {exercise.name!r} has {count(len(exercise.wrong), 'wrong answer')}: give three, "
                          "with the words that each gets")  # fmt: skip
    number = 0
    for name, one in _tryout(case).of("wrong"):
        number += 1
        if one.result.state == "right":
            raise Refused(f"exercise {name!r} accepts this wrong answer:\n{_cut(one.text)}")
        if one.result.state != "wrong":
            raise Refused(
                f"exercise {name!r}: this wrong answer is {one.result.state}: {one.result.words}\n{_cut(one.text)}"
            )
    return count(number, "answer")


def wrong_explained(case: Case) -> None:
    """ "Wrong" alone helps nobody: each known wrong answer is met with its own words, and with no other's."""
    _require_exercises(case)
    words_of = {exercise.name: [words for _, words in exercise.wrong] for exercise in _tryout(case).exercises}
    for name, one in _tryout(case).of("wrong"):
        if not one.words.strip():
            raise Refused(f"exercise {name!r}: this wrong answer has no words:\n{_cut(one.text)}")
        said = max((words for words in words_of[name] if one.result.words.startswith(words)), key=len, default="")
        if one.result.state == "wrong" and said != one.words:
            raise Refused(
                f"exercise {name!r}: expected {one.words!r}, and it says {one.result.words!r}\n{_cut(one.text)}"
            )


def stub_open(case: Case) -> None:
    """Who has not begun is not wrong, and not right either: an untouched stub is open."""
    _require_exercises(case)
    for name, one in _tryout(case).of("stub"):
        if one.result.state != "open":
            raise Refused(f"exercise {name!r}: the stub is {one.result.state}: {one.result.words}")
    for name, one in _tryout(case).of("begun"):
        if one.result.state == "right":
            raise Refused(f"exercise {name!r}: the stub is a right answer already:\n{_cut(one.text)}")


def hints(case: Case) -> None:
    """Who is stuck needs a next step: every exercise has a hint, and none gives the answer away."""
    _require_exercises(case)
    for exercise in _tryout(case).exercises:
        if not exercise.hints:
            raise Refused(f"exercise {exercise.name!r} has no hint")
        for hint in exercise.hints:
            if not hint.strip():
                raise Refused(f"exercise {exercise.name!r} has an empty hint")


def order(case: Case) -> str:
    """What a lesson needs comes before it: `after` names lessons that stand earlier in their course."""
    parts = case.find().parts("lesson")
    own = [part.name for part in parts if part.distribution == case.part.distribution]
    for name in case.bag.after:
        found = case.find().matches("lesson", name, case.part.distribution)
        if not found:
            known = [case.find().short_name(part) for part in parts]
            guess = did_you_mean(name, known)
            raise Refused(f"it comes after {name!r}, and there is no such lesson.{guess} There are {join(known)}")
        mine = case.part.name in own
        ours = found[0].distribution == case.part.distribution and mine
        if ours and own.index(found[0].name) >= own.index(case.part.name):
            raise Refused(f"it comes after {name!r}, which stands behind it in the course")
    return join(case.bag.after) or "it needs no other"


def offline(case: Case) -> None:
    """A classroom has no network: a page uses what is on the machine, and what `data` names."""
    tryout = _tryout(case)
    _ = tryout.played
    if tryout.reached:
        raise Refused(f"its cells ask for {join(dict.fromkeys(tryout.reached))}: rows come from data sets, which the "
                      "header's data names")  # fmt: skip


def in_time(case: Case) -> str:
    """Who waits stops reading: all cells together take no longer than the lesson says."""
    tryout = _tryout(case)
    spent = sum(block.seconds for block in tryout.played[0])
    if spent > _OVER * case.bag.seconds:
        raise Refused(f"its cells take {exact(spent, 2)} seconds of CPU, and it says {case.bag.seconds:g}")
    return f"its cells take {exact(spent, 2)} s of CPU, more than it says" if spent > case.bag.seconds else ""


def accessible(case: Case) -> None:
    """Everybody reads it: headings in order, words for every picture, formulas in both forms."""
    level = 0
    for block in _tryout(case).page.blocks:
        if isinstance(block, Cell) and block.language == "plot" and not block.words:
            raise Refused(f"line {block.line - 1}: this picture has no words for those who can't see it: ```plot WORDS")
        if not isinstance(block, Prose):
            continue
        for heading in re.finditer(r"^(#+) (.*)$", filling.KEPT.sub("", block.text), re.M):
            depth = len(heading[1])
            if depth > level + 1:
                raise Refused(f"the heading {heading[2]!r} is of level {depth} after one of level {level}")
            if depth == 1 and level:
                raise Refused(f"the page has a second title, {heading[2]!r}: sections begin with ##")
            level = depth
        if unseen := re.search(r"!\[\s*\]\([^)]*\)", filling.KEPT.sub("", block.text)):
            raise Refused(f"the picture {unseen[0]} has no words for those who can't see it: ![WORDS](FILE)")
        if beside := re.search(r"!\[[^\]]*\]\((?!data:)[^)]*\)", filling.KEPT.sub("", block.text)):
            raise Refused(f"{beside[0]} is a file of its own, and a page is one: draw it in a `plot` cell")
    for text in _texts(_tryout(case)):
        for formula in mathematics.formulas(text):
            trouble = mathematics.trouble(formula)
            if trouble:
                raise Refused(f"the formula {formula!r}: {trouble}")


def _texts(tryout: _Tryout) -> Iterator[str]:
    """All that is read: the page, the questions, and what answers are told."""
    for block in tryout.page.blocks:
        if isinstance(block, Prose | Place | Question):
            yield block.text
        if isinstance(block, Question):
            yield block.answer
    for exercise in tryout.exercises:
        yield from (exercise.question, *exercise.options, *exercise.hints, *(words for _, words in exercise.wrong))


def strong(case: Case) -> str:
    """A check that takes half-right answers is weak: one operator or number changed in the right answer is refused."""
    for exercise in _tryout(case).exercises:
        left = survivors(exercise, _server())
        if left:
            return f"exercise {exercise.name!r} accepts this too:\n{_cut(left[0])}"
    return ""


def _require_exercises(case: Case) -> None:
    if not _tryout(case).exercises:
        raise NotApplicable("it has no exercise")


def _cut(text: str) -> str:
    return "\n".join(text.split("\n")[1:12])


PROMISES = (
    *(
        Promise(test, moved=False)
        for test in (page_runs, claims_filled, right_accepted, wrong_refused, wrong_explained)
    ),
    *(Promise(test, moved=False) for test in (stub_open, hints, order, offline, in_time, accessible)),
    Promise(strong, required=False, moved=False),
)
