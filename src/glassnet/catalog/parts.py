"""A part with everything that is known about it, and a choice: a part with all its options decided."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import FunctionType
from typing import Any

from ..errors import GlassnetError, did_you_mean, join
from ..faces import Face, Shows
from ..hooks import PROJECT
from ..kinds import KINDS, kind_of_bag
from ..synonyms import option as synonym
from ..wording import a, ours
from .calling import watched
from .faces import face_of
from .options import Option, read_options, write
from .phrases import Phrase

#: The home of a function that was handed over in a notebook or a script.
GIVEN = "given"
_LONGEST_HELP = 300  # letters of a docstring's first line that a list shows


@dataclass(frozen=True, repr=False)
class Part(Face):
    """One named member of a kind.

    `help` is the docstring's first line. `takes_rng` says that a generator of random numbers is handed in.
    """

    kind: str
    name: str
    full_name: str
    function: Callable[..., Any]
    distribution: str
    version: str
    help: str
    file: str
    line: int
    options: tuple[Option, ...]
    takes_rng: bool

    def __repr__(self) -> str:
        return f"<Part {self.kind} {self.full_name}: {self.help}>"

    def _face_(self) -> Iterable[str | Shows]:
        return face_of(self)

    @property
    def doc(self) -> str:
        """The whole docstring, unindented."""
        return inspect.getdoc(self.function) or ""

    @property
    def where(self) -> str:
        """Its source, as `file:line`."""
        return f"{self.file}:{self.line}"

    def option(self, name: str) -> Option:
        """The option of that name; an unknown one is an error with all names."""
        for option in self.options:
            if option.name == name:
                return option
        names = [option.name for option in self.options]
        guess = synonym(name, names) or did_you_mean(name, names)
        possible = f"Its options: {join(names)}" if names else "It takes none"
        raise GlassnetError(f"{self.full_name} has no option {name!r}.{guess} {possible}")

    def choose(self, given: Mapping[str, Any]) -> Choice:
        """This part with those options, the rest at their defaults."""
        options = {option.name: option.default for option in self.options}
        for name, value in given.items():
            option = self.option(name)
            try:
                options[name] = option.coerce(value)
            except GlassnetError as error:
                raise GlassnetError(f"{self.full_name}: {error}") from None
        return Choice(self, options)

    def build(self, rng: Any = None) -> Any:
        """Its bag, with every option at its default."""
        return self.choose({}).build(rng)


@dataclass(frozen=True, repr=False)
class Choice(Face):
    """A part with every option decided: plain data until it is built."""

    part: Part
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def rebuildable(self) -> bool:
        """Whether its words alone find it again: not so for a function that was given directly."""
        return self.part.distribution != GIVEN

    @cached_property
    def _words(self) -> str:
        written = tuple((name, write(value)) for name, value in self.options.items())
        return str(Phrase(self.part.full_name, written))

    def __str__(self) -> str:
        return self._words

    def __repr__(self) -> str:
        return f"<Choice {self.part.kind} {self}>"

    def _face_(self) -> Iterable[str | Shows]:
        return face_of(self.part, self.options)

    @property
    def short(self) -> str:
        """The phrase without the home of our own parts: `adam:lr=0.01,beta1=0.9`, but `glassnet-lion/lion`."""
        return ours(self)

    def build(self, rng: Any = None) -> Any:
        """The part's bag of functions; `rng` is the generator for a part that draws random numbers.

        What a function of somebody else's raises when it is called is a `GlassnetError` that says where.
        """
        bag = self.bag(rng)
        return bag if self.part.distribution == PROJECT else watched(self.part, bag)

    def bag(self, rng: Any = None) -> Any:
        """The bag as its author wrote it, for checks: they tell every error apart themselves."""
        part = self.part
        randomness = {"rng": _generator(rng)} if part.takes_rng else {}
        try:
            bag = part.function(**self.options, **randomness)
        except GlassnetError:
            raise
        except (Exception, SystemExit) as error:
            words = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            raise GlassnetError(f"{self} can't be built: {' '.join(words.split())} ({part.where})") from error
        if not isinstance(bag, KINDS[part.kind].bag):
            wanted = KINDS[part.kind].bag.__name__
            raise GlassnetError(
                f"{part.full_name} returned {a(type(bag).__name__)} instead of {a(wanted)} ({part.where}): "
                f"end the function with `return {wanted}(...)`"
            )
        return bag


def read_part(kind: str, function: Any, distribution: str, version: str = "", origin: str = "") -> Part:
    """All that a function's signature, docstring and source say about a part of that kind.

    `origin` says where it came from, for an error about something that has no source of its own.
    """
    try:
        _refuse_non_parts(kind, function)
    except GlassnetError as error:
        raise GlassnetError(f"{error} {origin}".rstrip()) from None
    source = inspect.unwrap(function).__code__
    where = f"({source.co_filename}:{source.co_firstlineno})"
    name = function.__name__
    if not name.isidentifier():
        raise GlassnetError(f"a part needs a name, and {name} {where} has none: write it with `def`")
    handed_in = KINDS[kind].handed
    try:
        options = read_options(function, handed_in)
    except GlassnetError as error:
        raise GlassnetError(f"{kind} {name}: {error} {where}") from None
    return Part(
        kind=kind,
        name=name,
        full_name=f"{distribution}/{name}",
        function=function,
        distribution=distribution,
        version=version,
        help=_first_line(inspect.getdoc(function) or ""),
        file=source.co_filename,
        line=source.co_firstlineno,
        options=options,
        takes_rng=any(name in inspect.signature(function).parameters for name in handed_in),
    )


def _first_line(doc: str) -> str:
    line = doc[: _LONGEST_HELP + 1].partition("\n")[0]
    return line if len(line) <= _LONGEST_HELP else line[:_LONGEST_HELP] + "…"


def runs_later(function: Any) -> str:
    """In which way calling it runs none of its lines; empty for an ordinary function."""
    function = inspect.unwrap(function)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return "is written `async def` instead of `def`"
    return "holds a `yield` instead of a `return`" if inspect.isgeneratorfunction(function) else ""


def _refuse_non_parts(kind: str, function: Any) -> None:
    bag = KINDS[kind].bag.__name__
    if kind_of_bag(function):
        raise GlassnetError(
            f"{a(kind)} is given by the function that returns {a(bag)}, not by the {type(function).__name__} itself"
        )
    if isinstance(function, partial):
        raise GlassnetError(
            "a part is a plain function, not a partial: write its options in a phrase, NAME:OPTION=VALUE"
        )
    if not callable(function) or not isinstance(inspect.unwrap(function), FunctionType):
        raise GlassnetError(f"{function!r:.80} is not a part: a part is a plain function that returns {a(bag)}")
    if later := runs_later(function):
        raise GlassnetError(f"{kind} {function.__name__} {later}: a part is a plain function that returns {a(bag)}")


def _generator(rng: Any) -> Any:
    if rng is not None:
        return rng
    from ..streams import Stream, generator

    return generator(0, Stream.DATA)  # a look at a data set must show the same rows each time


def kind_of_function(function: Callable[..., Any]) -> str:
    """The kind of a function, from what it is handed or from the bag that it returns."""
    parameters = inspect.signature(function).parameters
    for kind in KINDS.values():
        if set(kind.handed) & set(parameters):
            return kind.name
    try:
        bag = function()
    except Exception as error:
        raise GlassnetError(f"what kind of part is it? Say kind=..., because calling it raised {error!r}") from error
    found = kind_of_bag(bag)
    if found is None:
        bags = join(kind.bag.__name__ for kind in KINDS.values())
        raise GlassnetError(f"{function.__name__} returned {type(bag).__name__}: a part returns one of {bags}")
    return found
