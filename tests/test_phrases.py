"""How a part is written, and how its options are read."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet import Activation, GlassnetError, Range
from glassnet.catalog import Catalog, Option, Phrase
from glassnet.catalog.options import read_options, write

CATALOG = Catalog([], [])
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}(/[a-z][a-z0-9_]{0,8})?", fullmatch=True)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


def test_a_name_alone_and_a_name_with_options() -> None:
    assert Phrase.parse("adam") == Phrase("adam")
    assert Phrase.parse("adam:") == Phrase("adam")
    assert Phrase.parse("adam:lr=0.01,beta1=0.8") == Phrase("adam", (("lr", "0.01"), ("beta1", "0.8")))
    assert Phrase.parse("adam:lr=0.01,beta1=0.8").option("lr") == "0.01" and Phrase.parse("adam").option("lr") == ""
    assert Phrase.parse("glassnet-lion/lion:lr=1e-4") == Phrase("glassnet-lion/lion", (("lr", "1e-4"),))
    assert str(Phrase.parse(" adam : lr=0.01, beta1=0.8")) == "adam:lr=0.01,beta1=0.8"


def test_a_comma_inside_a_value_is_written_with_a_backslash() -> None:
    phrase = Phrase.parse(r"table:columns=a\,b,folder=C:\data\\")
    assert phrase.options == (("columns", "a,b"), ("folder", "C:\\data\\"))


@given(names, st.dictionaries(keys, st.text(), max_size=4))
def test_every_phrase_is_read_back_as_it_was_written(name: str, options: dict[str, str]) -> None:
    phrase = Phrase(name, tuple(options.items()))
    assert Phrase.parse(str(phrase)) == phrase


@given(st.text())
def test_any_text_is_a_phrase_or_one_clear_line(text: str) -> None:
    try:
        phrase = Phrase.parse(text)
    except GlassnetError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert Phrase.parse(str(phrase)) == phrase


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no name"),
        (":lr=1", "has no name"),
        ("adam:lr", "'lr' is not OPTION=VALUE"),
        ("adam:=1", "'=1' is not OPTION=VALUE"),
        ("adam:lr=1,2", r"a comma inside a value is written \,"),
        ("adam:lr=1,lr=2", "'lr' is given twice"),
    ],
)
def test_what_is_wrong_with_a_phrase_is_said(text: str, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        Phrase.parse(text)
    assert words in str(caught.value)


def test_an_option_is_set_in_its_place() -> None:
    phrase = Phrase.parse("adam:lr=1,beta1=2")
    assert str(phrase.with_option("lr", "3")) == "adam:lr=3,beta1=2"
    assert str(phrase.with_option("beta2", "4")) == "adam:lr=1,beta1=2,beta2=4"
    assert str(phrase) == "adam:lr=1,beta1=2"


@dataclass(frozen=True)
class Case:
    option: Option
    given: object
    value: object


NUMBER = Option("x", float, 1.0)
SHARE = Option("x", float, 0.5, range=Range(0, 1))
ENDLESS = Option("x", float, 1.0, range=Range(0, infinite=True))
WHOLE = Option("x", int, 1)
SWITCH = Option("x", bool, False)
WORD = Option("x", str, "a")
CHOICE = Option("x", str, "inside", choices=("inside", "outside"))
LEVEL = Option("x", int, 1, choices=(1, 2))
MAYBE = Option("x", float, None, optional=True)


@pytest.mark.parametrize(
    "case",
    [
        Case(NUMBER, "1e-3", 1e-3),
        Case(NUMBER, 2, 2.0),
        Case(NUMBER, " 0.5 ", 0.5),
        Case(ENDLESS, "inf", math.inf),
        Case(ENDLESS, "1e400", math.inf),
        Case(NUMBER, np.float32(0.5), 0.5),
        Case(NUMBER, np.array(0.25), 0.25),
        Case(SHARE, "0", 0.0),
        Case(SHARE, "1", 1.0),
        Case(WHOLE, "10", 10),
        Case(WHOLE, "1e4", 10000),
        Case(WHOLE, 3.0, 3),
        Case(WHOLE, np.int64(3), 3),
        Case(SWITCH, "Yes", True),
        Case(SWITCH, "0", False),
        Case(SWITCH, 1, True),
        Case(SWITCH, np.True_, True),
        Case(WORD, "3", "3"),
        Case(CHOICE, "outside", "outside"),
        Case(LEVEL, "2", 2),
        Case(MAYBE, "none", None),
        Case(MAYBE, None, None),
        Case(MAYBE, "2", 2.0),
    ],
)
def test_values_become_plain_python_scalars(case: Case) -> None:
    value = case.option.coerce(case.given)
    assert value == case.value
    assert type(value) is type(case.value)


@pytest.mark.parametrize(
    ("option", "given_value", "words"),
    [
        (NUMBER, "fast", "x=fast is not a number"),
        (NUMBER, "nan", "x=nan is not a number"),
        (NUMBER, float("nan"), "x=nan is not a number"),
        (NUMBER, True, "x=True is not a number"),
        (NUMBER, None, "x=None is not a number"),
        (NUMBER, "none", "x=none is not a number"),
        (SHARE, "1.5", "x=1.5 is out of range: it may be a number from 0 to 1"),
        (NUMBER, "inf", "x=inf is not finite: it may be a number"),
        (NUMBER, -math.inf, "x=-inf is not finite: it may be a number"),
        (NUMBER, "1e400", "x=1e400 is not finite: it may be a number"),
        (NUMBER, 10**400, " is not finite: it may be a number"),
        (NUMBER, np.float32("inf"), "x=inf is not finite: it may be a number"),
        (MAYBE, "inf", "x=inf is not finite: it may be a number or none"),
        (ENDLESS, "-inf", "x=-inf is out of range: it may be a number at least 0"),
        (WHOLE, "1.5", "x=1.5 is not a whole number"),
        (WHOLE, "inf", "x=inf is not a whole number"),
        (SWITCH, "maybe", "x=maybe is not true or false"),
        (WORD, 3, "x=3 is not text"),
        (CHOICE, "outsid", "Did you mean 'outside'? Choices: inside, outside"),
        (LEVEL, "3", "x=3 is not among its choices. Choices: 1, 2"),
        (MAYBE, "x", "x=x is not a number or none"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(option: Option, given_value: object, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        option.coerce(given_value)
    assert words in str(caught.value)


@given(st.one_of(st.floats(allow_nan=False), st.integers(), st.booleans(), st.text()))
def test_a_written_value_is_read_back_as_the_same_value(value: object) -> None:
    back = Option("x", type(value), value).coerce(write(value))
    assert back == value
    assert type(back) is type(value)


def test_options_are_typed_by_annotation_or_by_default() -> None:
    def part(
        lr: Annotated[float, Range(0, 1)] = 1,  # type: ignore[assignment]
        steps: int = 3,
        *,
        place: Literal["in", "out"] = "in",
        limit: float | None = None,
        cap: Annotated[float, Range(low=0)] | None = None,
        fast=False,
        scale=np.float64(2.0),  # noqa: B008
    ) -> "NameKnownToTypeCheckersOnly":  # type: ignore[name-defined]  # noqa: F821
        ...

    options = {option.name: option for option in read_options(part)}
    assert [(o.name, o.type, o.default) for o in options.values()] == [
        ("lr", float, 1.0),
        ("steps", int, 3),
        ("place", str, "in"),
        ("limit", float, None),
        ("cap", float, None),
        ("fast", bool, False),
        ("scale", float, 2.0),
    ]
    assert type(options["lr"].default) is float and type(options["scale"].default) is float
    assert options["lr"].range == Range(0, 1) and options["cap"].range == Range(low=0)
    assert options["place"].choices == ("in", "out")
    assert options["limit"].optional and not options["lr"].optional
    assert options["lr"].describe() == "a number from 0 to 1, default 1.0"
    assert options["cap"].describe() == "a number at least 0 or none, default none"
    assert options["place"].describe() == "one of in, out, default in"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("lambda *rest: None", "parameter '*rest' can't be an option"),
        ("lambda x, /: None", "parameter 'x' can't be an option"),
        ("lambda x: None", "option 'x' has no default"),
        ("lambda x=None: None", "option 'x' has no type that glassnet knows"),
        ("lambda x=(1, 2): None", "option 'x' has no type that glassnet knows"),
        ("lambda x=float('nan'): None", "the default of option 'x' does not fit its own type"),
    ],
)
def test_a_parameter_that_cannot_be_an_option_is_refused(source: str, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        read_options(eval(source))
    assert words in str(caught.value)


def test_annotations_that_cannot_be_read_or_are_two_types_at_once_are_refused() -> None:
    def unknown(x: "Nowhere" = 1): ...  # type: ignore[name-defined,no-untyped-def]  # noqa: F821
    def two(x: int | str = 1): ...  # type: ignore[no-untyped-def]
    def outside(x: Annotated[float, Range(0, 1)] = 2.0): ...  # type: ignore[no-untyped-def]

    with pytest.raises(GlassnetError, match="its annotations can't be read: name 'Nowhere' is not defined"):
        read_options(unknown)
    with pytest.raises(GlassnetError, match="option 'x' has no type"):
        read_options(two)
    with pytest.raises(GlassnetError, match=r"default of option 'x' does not fit.* out of range"):
        read_options(outside)


def half(slope: float = 0.5) -> Activation:
    """Half of everything."""
    return Activation(f=lambda z: slope * z)


def test_a_function_given_directly_is_typed_in_the_same_way() -> None:
    choice = CATALOG.choose("activation", half)
    assert choice.options == {"slope": 0.5}
    assert str(choice) == "given/half:slope=0.5"
    assert not choice.rebuildable
    assert choice.build().f(4.0) == 2.0
    with pytest.raises(GlassnetError, match="function given directly, which words can't find again"):
        CATALOG.choose("activation", str(choice))


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (Activation(f=abs), "an activation is given by the function that returns an Activation"),
        (partial(half, slope=1.0), "write its options in a phrase"),
        (np.tanh, "is not a part: a part is a plain function that returns an Activation"),
        (3, "3 is not a part"),
        (lambda: None, "a part needs a name"),
    ],
)
def test_what_is_no_part_is_refused_in_words(thing: object, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        CATALOG.choose("activation", thing)  # type: ignore[arg-type]
    assert words in str(caught.value)


def unlucky() -> Activation:
    raise ValueError("no luck\ntoday")


def confused() -> Activation:
    return 3.0  # type: ignore[return-value]


def leaving() -> Activation:
    raise SystemExit


def test_a_part_that_cannot_be_built_is_named_with_file_and_line() -> None:
    for part, words in [
        (unlucky, "given/unlucky can't be built: no luck today"),
        (confused, "given/confused returned a float instead of an Activation"),
        (leaving, "given/leaving can't be built: SystemExit"),
    ]:
        with pytest.raises(GlassnetError) as caught:
            CATALOG.choose("activation", part).build()
        assert words in str(caught.value)
        assert f"{__file__}:{part.__code__.co_firstlineno}" in str(caught.value)


# --- options are finite --------------------------------------------------------------------------------------


def test_no_part_of_the_catalog_takes_infinity_unasked() -> None:
    """Every number of every part: what it is built with is finite, unless its own Range says otherwise."""
    tried = 0
    for part in Catalog.discover(guests=False).parts():
        for option in part.options:
            if option.type is not float or option.choices or (option.range and option.range.infinite):
                continue
            for number in ("inf", "-inf", math.inf, "1e999", np.float64("inf")):
                with pytest.raises(GlassnetError, match=r" is not finite: it may be a number"):
                    Catalog.discover(guests=False).choose(part.kind, f"{part.name}:{option.name}={number}")
            tried += 1
    assert tried > 30


def test_a_guest_says_itself_that_a_number_may_be_infinite() -> None:
    def cut(at: float = 1.0, end: Annotated[float, Range(0, infinite=True)] = math.inf) -> Activation:
        """Cut."""
        return Activation(lambda z: np.clip(z, -at, end))

    at, end = read_options(cut)
    assert (at.coerce(2), end.default, end.coerce("inf")) == (2.0, math.inf, math.inf)
    with pytest.raises(GlassnetError, match="at=inf is not finite"):
        at.coerce("inf")

    def endless(at: float = math.inf) -> Activation:
        """No end."""
        return Activation(lambda z: z)

    assert read_options(endless)[0].coerce("inf") == math.inf  # its default says so
