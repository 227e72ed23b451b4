"""Lessons and exhibits that are wrong on purpose, each in one thing only: the check of its name has to refuse it.

A mutant is a healthy page, exercise or exhibit with one change. `says` are words that the refusal must hold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from glassnet import Activation, Exercise, Exhibit, Lesson, Verdict
from glassnet.lessons import find_the_bug, function
from glassnet.lessons.pages import lesson_of

PAGE = """---
minutes: 5
seconds: 60
---
# Halves

A half is one of two equal pieces.

```python
half = 1 / 2
```

## How much it is

A half is {half:.2f}, or $\\frac{1}{2}$.

:::choice why
Why is a half no whole?
- [x] Because one piece is missing => So it is.
- [ ] Because it is round => A square has halves as well: $\\frac{1}{2} x^2$.
- [ ] Because it is small => Half of the sea is not small.
? Put two of them together.
:::
"""

#: Everything that a page may have, in its right form.
RICH = """---
minutes: 5
seconds: 60
after: first_network
---
# Halves and doubles

```text
# This is shown as it is: {no} figure, no $formula$, no title.
```

```python
import numpy as np
double = np.array([2, 4])
double
```

It ends with {double[1]:.1f}, and `{this}` is code. Here is a cell that must fail:

```python error
1 / 0
```

```plot Nothing but an empty frame around {double[0]:d} axes.
from matplotlib.figure import Figure
Figure()
```

## Commands

```console
$ glassnet conventions \\
    --json
```

```console error
$ glassnet conventions --nonsense
```

:::question
Is $2 \\cdot 2$ equal to $2 + 2$?
=> It is: {double[1]}.
:::

:::number four
How much is 2 + 2?
= 4
+- 0.01
unit: pieces
~ 22 => You have put the digits beside each other.
~ 0 => That is 2 - 2.
~ 1 => That is 2 / 2.
? Count on your fingers.
:::

:::exercise doubled
:::

:::exercise mended
:::
"""


def columns(rng):
    yield (np.array([1.0, 2.0]),)
    yield (np.array([0.0, -3.0]),)
    yield (rng.normal(size=4),)


def by_product(x):
    """Twice x."""
    return 2 * x


def by_sum(x):
    return x + x


def squared(x):
    return x**2


def tripled(x):
    return 3 * x


def halved(x):
    return x / 2


def unchanged(x):
    return x


def by_steps(x):
    return [2 * n if n < 2 else 2 * n + 1 for n in x]


def as_it_is(x):
    return np.asarray(x) * 1.0


def twice(x):
    return x * 2.0


def in_place(x):
    x *= 2
    return x


FIRST = {1.0: "That is x^2.", 0.5: "That is half.", 3.0: "That is 3 x.", 2.0: ""}


def arrays_only(answer: Any) -> Verdict:
    """A checker that wants an array, and refuses a list with the same numbers."""
    value = answer(np.array([1.0, 2.0]))
    if not isinstance(value, np.ndarray):
        return Verdict(False, "That is no array.")
    return Verdict(bool(np.allclose(value, [2, 4])), FIRST[float(value[0])])


def small_letters_only(answer: Any) -> Verdict:
    words = {"a": "So it is.", "b": "That is the second.", "c": "That is the third."}
    return Verdict(answer == "a", words.get(answer, "That is none of them."))


def at_two_alone(answer: Any) -> Verdict:
    """A weak check: what is 4 at 2 may be 2 x, 2 + x and x^2."""
    value = float(answer(np.array([2.0]))[0])
    return Verdict(value == 4, {1.0: "That is half.", 6.0: "That is 3 x.", 2.0: "That is x."}.get(value, "no"))


WRONG = (
    (squared, "That is x^2: it grows faster."),
    (halved, "That is half of x."),
    (unchanged, "That is x as it was."),
)
DOUBLED = function(
    "doubled",
    "Write `doubled(x)`, which returns twice $x$.",
    inputs=columns,
    right=(by_product, by_sum),
    wrong=WRONG,
    hints=("Multiply.",),
)


def straight() -> Activation:
    """The line.

    f(z) = z
    """
    return Activation(f=lambda z: z, df=lambda z, a: np.ones_like(z))


def bent() -> Activation:
    """A line with the slope of another.

    f(z) = z
    """
    return Activation(f=lambda z: z, df=lambda z, a: 2 * np.ones_like(z))


def exhibit() -> Exhibit:
    """A double that is a square: right for 2 alone.

    The mended one is 2 x.
    """
    return _exhibit()


def _exhibit(**changes: Any) -> Exhibit:
    def wrong(x):
        return x**2

    def mended(x):
        return 2 * x

    def adds_up(double: Callable[[float], float]) -> str:
        return "" if double(1.0) + double(2.0) == double(3.0) else "1 and 2 doubled do not make 3 doubled"

    healthy = Exhibit(
        wrong, mended, lambda double: double(3.0), lambda: 6.0, 1.0, adds_up, "A slip on a blackboard.", "apples"
    )
    return replace(healthy, **changes)


MENDED = find_the_bug(
    "mended",
    exhibit(),
    inputs=columns,
    right=(by_product, by_sum),
    wrong=(*WRONG[1:], (in_place, "The result is right, and `x` is not what it was")),
    hints=("Try it with 3.",),
)


@dataclass(frozen=True)
class Mutant:
    """`check` refuses what `build` returns, in words that hold `says`, and no other required check does."""

    kind: str
    check: str
    says: str
    build: Callable[[], Any]


@dataclass
class Gallery:
    """All mutants in order."""

    mutants: list[Mutant] = field(default_factory=list)

    def page(self, check: str, says: str, *changes: tuple[str, str], text: str = PAGE) -> None:
        """A page with changes: (what stands there, what stands there instead)."""
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.mutants.append(Mutant("lesson", check, says, lambda: lesson_of(text)))

    def exercise(self, check: str, says: str, base: Exercise = DOUBLED, /, **changes: Any) -> None:
        """A page with one exercise, which has changes."""
        changed = replace(base, **changes)
        self.mutants.append(Mutant("lesson", check, says, lambda: asking(changed)))

    def exhibit(self, check: str, says: str, /, **changes: Any) -> None:
        """The exhibit with changes."""
        self.mutants.append(Mutant("exhibit", check, says, lambda: _exhibit(**changes)))


def asking(*exercises: Exercise) -> Lesson:
    """A lesson that asks these."""
    return lesson_of("# Doubles\n" + "".join(f"\n:::exercise {one.name}\n:::\n" for one in exercises), exercises)


def doubling(wrong: Sequence[tuple[Any, str]] = WRONG, **changes: Any) -> Exercise:
    return function("doubled", "Write it.", inputs=columns, right=changes.pop("right", (by_product, by_sum)),
                    wrong=wrong, hints=("Multiply.",), **changes)  # fmt: skip


GALLERY = Gallery()
CELL = "half = 1 / 2"
CHOICE = "? Put two of them together.\n"

# --- the page -------------------------------------------------------------------------------------------------

GALLERY.page("page-runs", "line 11: ZeroDivisionError: division by zero", (CELL, "half = 1 / 2\n1 / 0"))
GALLERY.page("page-runs", "line 10: SyntaxError: '(' was never closed", (CELL, "half = (1 / 2"))
GALLERY.page("page-runs", "line 11: SystemExit: 3", (CELL, f"{CELL}\nraise SystemExit(3)"))
GALLERY.page("page-runs", "this cell raises, and it does not", ("```python", "```python error"))
GALLERY.page("page-runs", "a plot ends with a figure", ("```python", "```plot A line"))
GALLERY.page(
    "page-runs",
    "line 7: a console cell runs glassnet and nothing else, not 'rm'",
    ("# Halves\n", "# Halves\n\n```console\n$ rm -r halves\n```\n"),
    ("minutes: 5\n", ""),
)
GALLERY.page(
    "page-runs",
    "line 7: '0.5' is no command: it begins with `$ `, and its output is computed",
    ("# Halves\n", "# Halves\n\n```console\n0.5\n```\n"),
    ("minutes: 5\n", ""),
)
GALLERY.page(
    "page-runs",
    "line 7: `glassnet show 'relu` can't be read: no closing quotation",
    ("# Halves\n", "# Halves\n\n```console\n$ glassnet show 'relu\n```\n"),
    ("minutes: 5\n", ""),
)
GALLERY.page(
    "page-runs",
    "`glassnet conventions --nonsense` ends with exit code 2: Error: No such option",
    ("# Halves\n", "# Halves\n\n```console\n$ glassnet conventions --nonsense\n```\n"),
)
GALLERY.page(
    "page-runs",
    "this command fails, and it does not",
    ("# Halves\n", "# Halves\n\n```console error\n$ glassnet conventions --json\n```\n"),
)
GALLERY.page(
    "page-runs",
    "line 11: RuntimeError: no face",
    (CELL, f"{CELL}\ntype('Shy', (), {{'__repr__': lambda self: (_ for _ in ()).throw(RuntimeError('no face'))}})()"),
)
GALLERY.page("claims-filled", "line 15: {hlaf:.2f} stands in the prose, and no cell above has 'hlaf'. Did you mean "
             "'half'?", ("{half:.2f}", "{hlaf:.2f}"))  # fmt: skip
GALLERY.page("claims-filled", "no cell above has 'half'", ("A half is one", "{half} is one"))
GALLERY.page("claims-filled", "{half:d} can't be filled in: ValueError", ("{half:.2f}", "{half:d}"))
GALLERY.page("claims-filled", "{half[0]} can't be filled in: TypeError", ("{half:.2f}", "{half[0]}"))
GALLERY.page("in-time", "seconds of CPU, and it says 0.001", (CELL, f"{CELL}\nsum(range(3_000_000))"),
             ("seconds: 60", "seconds: 0.001"))  # fmt: skip
GALLERY.page(
    "offline",
    "its cells ask for 192.0.2.1: rows come from data sets",
    (
        CELL,
        f"{CELL}\nimport socket\ntry:\n    socket.create_connection(('192.0.2.1', 80))\nexcept OSError:\n    pass",
    ),
)
GALLERY.page(
    "offline",
    "its cells ask for nowhere.invalid",
    (CELL, f"{CELL}\nfrom urllib.request import urlopen\ntry:\n    urlopen('http://nowhere.invalid/rows.csv')\n"
           "except OSError:\n    pass"),
)  # fmt: skip
GALLERY.page(
    "offline",
    "its cells ask for houses/rows.csv",
    (CELL, f"{CELL}\nimport glassnet\ntry:\n    glassnet.fetch('houses', 'rows.csv', sha256='0' * 64, urls=[])\n"
           "except glassnet.GlassnetError:\n    pass"),
)  # fmt: skip
GALLERY.page("order", "it comes after 'xro', and there is no such lesson. Did you mean 'xor'?",
             ("minutes: 5", "after: xro"))  # fmt: skip
GALLERY.page("accessible", "the heading 'How much it is' is of level 3 after one of level 1", ("## How", "### How"))
GALLERY.page("accessible", "the page has a second title, 'How much it is'", ("## How", "# How"))
GALLERY.page("accessible", "line 9: this picture has no words", ("```python", "```plot"),
             (CELL, f"{CELL}\nfrom matplotlib.figure import Figure\nFigure()"))  # fmt: skip
GALLERY.page("accessible", "the picture ![](half.png) has no words", ("equal pieces.", "equal pieces. ![](half.png)"))
GALLERY.page("accessible", "\\heartsuit is none of the commands", ("or $\\frac{1}{2}$", "or $\\heartsuit$"))
GALLERY.page("accessible", "\\heartsuit is none of the commands", ("two of them", "$\\heartsuit$ of them"))
GALLERY.page("accessible", "\\heartsuit is none of the commands", ("\\frac{1}{2} x^2", "\\heartsuit x^2"))
GALLERY.page("accessible", "\\begin{tabular} is none of the forms",
             ("or $\\frac{1}{2}$", "or $\\begin{tabular}1\\end{tabular}$"))  # fmt: skip

# --- what can't be read ---------------------------------------------------------------------------------------

GALLERY.page("loads", "line 2: a page's header has no 'minuets'. Did you mean 'minutes'?", ("minutes", "minuets"))
GALLERY.page("loads", "line 2: 'minutes 5' is no line of a header: write `minutes: 20`", ("minutes: 5", "minutes 5"))
GALLERY.page("loads", "the header's minutes is 'five': expected a number", ("minutes: 5", "minutes: five"))
GALLERY.page("loads", "the header's seconds is 'nan': expected a number", ("seconds: 60", "seconds: nan"))
GALLERY.page("loads", "both are more than 0", ("minutes: 5", "minutes: 0"))
GALLERY.page("loads", "the header begins with --- and never ends", ("\n---\n#", "\n#"))
GALLERY.page("loads", "its page has no title", ("# Halves\n", "Halves\n"))
GALLERY.page("loads", "line 9: '```python' is never closed", ("1 / 2\n```\n", "1 / 2\n"))
GALLERY.page("loads", "a fence of 'pyhton' does not run. Did you mean 'python'?", ("```python", "```pyhton"))
GALLERY.page("loads", "line 17: ':::choice why' is never closed", (f"{CHOICE}:::\n", CHOICE))
GALLERY.page("loads", "':::' opens nothing", (":::choice why\n", ":::\n"))
GALLERY.page("loads", "there is no :::chioce. Did you mean 'choice'?", (":::choice", ":::chioce"))
GALLERY.page("loads", "needs a name that Python could use", (":::choice why", ":::choice 2nd"))
GALLERY.page("loads", "a question has its answer on a line that begins with `=> `",
             ("## How", ":::question\nWhy?\n:::\n\n## How"))  # fmt: skip
GALLERY.page("loads", "line 17, :::choice why: none of its answers is right", ("- [x]", "- [ ]"))
GALLERY.page("loads", "two of its answers are 'Because it is round'", ("it is small", "it is round"))
GALLERY.page("loads", "an answer is written `- [ ] text => words`", (" => So it is.", ""))
GALLERY.page("loads", "a number has one line `= 0.75` and one `+- 0.004`", ("+- 0.01\n", ""),
             (":::exercise doubled\n:::\n", ""), (":::exercise mended\n:::\n", ""), text=RICH)  # fmt: skip
GALLERY.page("loads", "two exercises are called 'why'",
             ("## How", ":::choice why\nWhy?\n- [x] A => B.\n- [ ] C => D.\n? E\n:::\n\n## How"))  # fmt: skip
GALLERY.page("loads", "there is no exercise 'doubled' in the lesson's module", ("## How", ":::exercise doubled\n:::\n"
             "\n## How"))  # fmt: skip
GALLERY.page("loads", "the question of 'doubled' stands in its module, and here is 'Write it.'",
             ("## How", ":::exercise doubled\nWrite it.\n:::\n\n## How"))  # fmt: skip
GALLERY.mutants.append(
    Mutant("lesson", "loads", "exercise 'doubled' stands nowhere: write `:::exercise doubled` on the page",
           lambda: lesson_of(PAGE, [DOUBLED]))
)  # fmt: skip

# --- exercises ------------------------------------------------------------------------------------------------

GALLERY.exercise("right-accepted", "this right answer is wrong, its words: doubled([1, 2])[1] is 5, and should be 4.",
                 right=(by_product, by_steps))  # fmt: skip
GALLERY.exercise("right-accepted", "this variant answer is wrong, its words: That is no array.", check=arrays_only,
                 wrong=((squared, "That is x^2."), (halved, "That is half."), (tripled, "That is 3 x.")))  # fmt: skip
GALLERY.exercise("right-accepted", "this right answer is wrong, its words: The result is right, and `x` is not",
                 right=(by_product, in_place))  # fmt: skip
GALLERY.exercise("right-accepted", "has 1 right answer: give two, written differently", right=(by_product,))
GALLERY.exercise("right-accepted", "has one right answer twice", right=(by_product, by_product))
LETTERS = Exercise("letter", "Which?", small_letters_only, ("a", "a"), (("b", "That is the second."),
                   ("c", "That is the third.")), ("The first.",), sort="choice", options=("1", "2", "3"))  # fmt: skip
GALLERY.exercise("right-accepted", "this variant answer is wrong, its words: That is none of them.", LETTERS)
GALLERY.exercise("wrong-refused", "accepts this wrong answer", wrong=(*WRONG[:2], (by_sum, "That is a sum.")))
GALLERY.exercise("wrong-refused", "has 2 wrong answers: give three", wrong=WRONG[:2])
GALLERY.exercise("wrong-explained", "expected 'That is x.', and it says 'That is x as it was.'",
                 doubling((*WRONG, (as_it_is, "That is x."))))  # fmt: skip
GALLERY.exercise("wrong-explained", "this wrong answer has no words", doubling((*WRONG[:2], (unchanged, ""))))
GALLERY.page("loads", "an answer is written `- [ ] text => words`", ("Half of the sea is not small.", ""))
GALLERY.exercise("stub-open", "the stub is a right answer already", stub=twice)
GALLERY.exercise("hints", "exercise 'doubled' has no hint", hints=())
GALLERY.exercise("hints", "has an empty hint", hints=("Multiply.", " "))
GALLERY.page("hints", "exercise 'why' has no hint", (CHOICE, ""))

# --- exhibits -------------------------------------------------------------------------------------------------

GALLERY.exhibit("wrong-differs", "the wrong one gives 9, which is nearer to 6 than 4", apart=4.0)
GALLERY.exhibit("mended-right", "the mended one gives 6, and it should give 5.5", truth=lambda: 5.5)
GALLERY.exhibit("mended-right", "the mended one gives nan", mended=lambda x: 2 * x if x < 3 else np.nan, caught_by=
                lambda double: "it squares" if double(1.0) == 1 else "")  # fmt: skip
GALLERY.exhibit("caught", "nothing catches the wrong one", caught_by=lambda double: "")
GALLERY.exhibit("caught", "speaks of the mended one too: no", caught_by=lambda double: "no")
GALLERY.exhibit("caught", "caught_by is 'slope': write kind/check", caught_by="slope")
OF_PARTS = {
    "wrong": bent,
    "mended": straight,
    "measure": lambda part: part().df(np.zeros(1), np.zeros(1))[0],
    "truth": lambda: 1.0,
}
GALLERY.exhibit(
    "caught", "activation has no check 'slop'. Did you mean 'slope'?", **OF_PARTS, caught_by="activation/slop"
)
GALLERY.exhibit("caught", "there is no kind 'activatoin'", **OF_PARTS, caught_by="activatoin/slope")
GALLERY.exhibit("loads", "it has no source: say where the mistake was found", source=" ")
GALLERY.exhibit("loads", "apart is 0: expected a number above 0", apart=0)
GALLERY.exhibit("loads", "apart is nan: expected a number above 0", apart=float("nan"))
GALLERY.exhibit("loads", "truth is 6.0: expected a function", truth=6.0)
