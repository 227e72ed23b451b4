"""Students' files of every kind, run in a process of their own: each costs only its own names, and is told in words.

Limits are seconds of computing, counted from outside; those in which other processes had the machine don't count.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from waiting import wait_until

from glassnet.answers import (
    AnswerFailed,
    Bound,
    Limits,
    Returned,
    Server,
    opened,
    source_of_notebook,
    starting,
    usage,
)
from glassnet.errors import GlassnetError

ROOMY = Limits(seconds=60, loading=60, megabytes=200, letters=10_000)
SMALL = Limits(seconds=0.3, loading=0.3, megabytes=200, letters=10_000)  # for what never ends


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as one:
        yield one


def ask(server: Server, source: str, name: str, *arguments: Any) -> Returned:
    with opened(dedent(source), limits=ROOMY, server=server) as answers:
        return answers.call(name, *arguments)


def look(server: Server, source: str, name: str, limits: Limits = ROOMY) -> Bound:
    with opened(dedent(source), limits=limits, server=server) as answers:
        return answers.bound(name)


# --- what a name comes to ------------------------------------------------------------------------------------

NAN = float("nan")
VALUES = {
    "best = 0.75": 0.75,
    "best = 3": 3,
    "best = 'c'": "c",
    "best = True": True,
    "best = None": None,
    "best = 1\nbest = 2": 2,
    "a = best = 3": 3,
    "(a, [best, *c]) = 1, [2, 3, 4]": 2,
    "a, *best = 1, 2, 3": [2, 3],
    "best: float = 0.5": 0.5,
    "best = 1\nbest += 1": 2,
    "if True:\n    best = 4": 4,
    "for best in range(3):\n    pass": 2,
    "with open(__import__('os').devnull) as file:\n    best = file.read()": "",
    "(best := 6)": 6,
    "[best := n for n in range(3)]": 2,
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    best = 7": 7,
    "match [1, 8]:\n    case [1, best]:\n        pass": 8,
    "globals()['best'] = 9": 9,
    "from math import pi as best": np.pi,
    "import numpy as np\nbest = np.float32(0.5)": 0.5,
    "import numpy as np\nbest = np.int64(3)": 3,
    "import numpy as np\nbest = np.bool_(True)": True,
    "import numpy as np\nbest = np.str_('a')": "a",
    "best = 2 + 3j": 2 + 3j,
    "best = float('inf')": float("inf"),
    "best = 2 ** 100": 2**100,
    "best = -2 ** 100": -(2**100),
    "from fractions import Fraction\nbest = Fraction(3, 4)": 0.75,
    "from decimal import Decimal\nbest = Decimal('0.75')": 0.75,
    "best = range(3)": [0, 1, 2],
    "best = {'a': 1}.keys()": ["a"],
    "best = {1: (2, [3, {4}]), (5, 6): b'7'}": {1: (2, [3, {4}]), (5, 6): b"7"},
    "class Mine(float): pass\nbest = Mine(0.5)": 0.5,
    "class Mine(str):\n    def __str__(self): return 'other'\nbest = Mine('a')": "a",
    "class Mine(list): pass\nbest = Mine([1])": [1],
    "from enum import IntEnum\nclass Mine(IntEnum):\n    A = 3\nbest = Mine.A": 3,
    "from collections import OrderedDict\nbest = OrderedDict(a=1)": {"a": 1},
    "from __future__ import annotations\ndef f(a: nowhere): return a\nbest = f(1)": 1,
    "\ufeffbest = 0.5": 0.5,
    "best = 0.5\r\n\r\nother = 1\r\n": 0.5,
    "best = '\u00e9\U0001f600'": "\u00e9\U0001f600",
    "import sys\nbest = sys.argv": [""],
    "import numpy as np\nnp.random.seed(0)\nbest = 1": 1,
    "import os\nbest = sorted(os.listdir())": [],
    "import os\nbest = os.environ['HOME'] == os.getcwd()": True,
    "if __name__ == '__main__':\n    best = 1\nelse:\n    best = 2": 2,
}


@pytest.mark.parametrize("source", VALUES)
def test_a_name_is_the_last_value_that_was_bound_to_it(source: str, server: Server) -> None:
    bound = look(server, source, "best")
    assert (bound.state, bound.words) == ("value", "")
    assert type(bound.value) is type(VALUES[source])
    assert bound.value == VALUES[source]


ARRAYS = {
    "np.arange(6).reshape(2, 3)": np.arange(6).reshape(2, 3),
    "np.ones(3, np.float32)": np.ones(3, np.float32),
    "np.array([True, False])": np.array([True, False]),
    "np.array(['a', 'bcd'])": np.array(["a", "bcd"]),
    "np.array([1, float('nan'), float('inf')])": np.array([1, NAN, np.inf]),
    "np.arange(6).reshape(2, 3).T[::-1]": np.arange(6).reshape(2, 3).T[::-1],
    "np.float64(1) * np.zeros((0, 3))": np.zeros((0, 3)),
    "np.array(5)": np.array(5),
    "np.array([1 + 2j])": np.array([1 + 2j]),
    "np.matrix([[1, 2]])": np.array([[1, 2]]),
    "np.zeros(3).view(type('Mine', (np.ndarray,), {}))": np.zeros(3),
    "np.broadcast_to(1.0, (3, 2))": np.ones((3, 2)),
    "np.array(['2026-01-01'], 'datetime64[D]')": np.array(["2026-01-01"], "datetime64[D]"),
}


def test_arrays_come_as_plain_arrays(server: Server) -> None:
    source = "import warnings\nwarnings.simplefilter('ignore')\nimport numpy as np\n"
    lines = "\n".join(f"best{number} = {text}" for number, text in enumerate(ARRAYS))
    with opened(source + lines, server=server) as answers:
        for number, wanted in enumerate(ARRAYS.values()):
            bound = answers.bound(f"best{number}")
            assert type(bound.value) is np.ndarray and bound.value.dtype == wanted.dtype
            np.testing.assert_array_equal(bound.value, wanted)


FUNCTIONS = [
    "def best(a): return a + 1",
    "best = lambda a: a + 1",
    "import functools, operator\nbest = functools.partial(operator.add, 1)",
    "import numpy as np\nbest = np.vectorize(lambda a: a + 1)",
    "import numpy as np\nbest = np.frompyfunc(lambda a: a + 1, 1, 1)",
    "class Adds:\n    def __call__(self, a): return a + 1\nbest = Adds()",
    "class Adds:\n    def add(self, a): return a + 1\nbest = Adds().add",
    "def outer():\n    def inner(a): return a + 1\n    return inner\nbest = outer()",
    "import functools\n@functools.cache\ndef best(a): return a + 1",
    "def helper(a): return a + 1\ndef best(a): return helper(a)",
    "def best(a, *more, plus=1): return a + plus",
    "class best(int):\n    def __new__(cls, a): return int(a) + 1",
    "if True:\n    def best(a): return a + 1",
    "def best(a):\n    return a if a == 2 else best(a + 1)",
]


@pytest.mark.parametrize("source", FUNCTIONS)
def test_whatever_can_be_called_is_a_function(source: str, server: Server) -> None:
    with opened(source, limits=ROOMY, server=server) as answers:
        assert answers.bound("best").state == "function"
        assert answers.call("best", 1).value == 2


STATES = {
    "open": ("best = ...", "open", ""),
    "open-again": ("best = 1\nbest = ...", "open", ""),
    "open-of-two": ("a, best = ..., ...", "open", ""),
    "open-function": ("def best(a):\n    '''What it does.'''\n    ...", "open", ""),
    "empty": ("", "missing", ""),
    "another-lesson": ("worst = 1\ndef beast(): pass", "missing", ""),
    "annotated-alone": ("best: float", "missing", ""),
    "deleted": ("best = 1\ndel best", "missing", ""),
    "in-a-function": ("def f():\n    best = 1", "missing", ""),
    "in-a-comprehension": ("[1 for best in range(3)]", "missing", ""),
    "raises": ("a = 1\nbest = 1 / 0", "error", "line 2: ZeroDivisionError: division by zero"),
    "raises-after": ("best = 1\nbest = 1 / 0", "error", "line 2: ZeroDivisionError: division by zero"),
    "raises-inside": ("def f():\n    return 1 / 0\nbest = f()", "error", "line 2: ZeroDivisionError: division by zero"),
    "raises-in-numpy": (
        "import numpy as np\nbest = np.ones((2, 3)) @ np.ones(2)",
        "error",
        "line 2: ValueError: matmul: Input operand 1 has a mismatch",
    ),
    "needs-it": (
        "a = {}['x']\nbest = a + 1",
        "error",
        "line 2: NameError: name 'a' is not defined, because line 1 failed",
    ),
    "mistyped": ("best = bset", "error", "line 1: NameError: name 'bset' is not defined"),
    "import": (
        "import nowhere_at_all as best",
        "error",
        "line 1: ModuleNotFoundError: No module named 'nowhere_at_all'",
    ),
    "relative": ("from .other import best", "error", "line 1: ImportError: attempted relative import"),
    "syntax": ("a = 1\nbest = (2", "error", "line 2: SyntaxError: '(' was never closed"),
    "syntax-elsewhere": ("best = 1\ndef f(:\n    pass", "error", "line 2: SyntaxError: invalid syntax"),
    "tabs": ("def best():\n\tif 1:\n        return 2", "error", "line 3: TabError: inconsistent use of tabs"),
    "indentation": ("best = 1\n  other = 2", "error", "line 2: IndentationError: unexpected indent"),
    "return": ("best = 1\nreturn best", "value", ""),
    "returns": ("if True:\n    best = 1\n    return", "error", "line 3: SyntaxError: 'return' outside function"),
    "zero-byte": ("best = 1\0", "error", "line 1: SyntaxError: source code string cannot contain null bytes"),
    "brackets": ("best = " + "(" * 300 + ")" * 300, "error", "line 1: SyntaxError: too many nested parentheses"),
    "deep": ("best = " + "-" * 20_000 + "1", "error", "line 1: "),  # by parser, tree or compiler
    "exit": ("import sys\nbest = sys.exit(3)", "error", "line 2: it ends the program with sys.exit(3)"),
    "exit-inside": ("def best(): pass\nraise SystemExit", "function", ""),
    "input": ("best = input('?')", "error", "line 1: EOFError: input() has nobody here who answers"),
    "stdin": ("import sys\nbest = sys.stdin.read()", "value", ""),
    "interrupt": ("best = 1\nraise KeyboardInterrupt", "value", ""),
    "broken-exception": (
        "class E(Exception):\n    def __str__(self): return 1 / 0\nraise E\nbest = 1",
        "value",
        "",
    ),
    "broken-exceptions-text": (
        "class E(Exception):\n    def __str__(self): return 1 / 0\nif 1:\n    best = 1\n    raise E",
        "error",
        "line 5: E (and its text raises something itself)",
    ),
    "long-exception": ("best = int('9 ' * 5000)", "error", "line 1: ValueError: invalid literal"),
    "recursion": (
        "def f(): return f()\nbest = f()",
        "error",
        "line 1: RecursionError: maximum recursion depth exceeded",
    ),
    "generator": ("best = (n for n in range(3))", "error", "line 1: best is a generator: `return` a value"),
    "map": ("best = map(abs, [1])", "error", "line 1: best is an iterator (map): put list(...) around it"),
    "map-inside": ("best = [map(abs, [1])]", "error", "line 1: best is a list with an iterator (map): put list(...)"),
    "module": ("import math as best", "error", "line 1: best is the module math"),
    "object": (
        "class Net: pass\nbest = Net()",
        "error",
        "line 2: best is an object of the class Net: give numbers, text",
    ),
    "objects": (
        "import numpy as np\nbest = np.array([[1, 2], [3]], object)",
        "error",
        "line 2: best is an array of objects: are its rows of different lengths?",
    ),
    "masked": (
        "import numpy as np\nbest = np.ma.masked_invalid([np.nan])",
        "error",
        "line 2: best is a masked array: fill its gaps with .filled(...)",
    ),
    "fields": (
        "import numpy as np\nbest = np.zeros(2, [('a', 'f8')])",
        "error",
        "line 2: best is an array of the dtype [('a', '<f8')]: give one of numbers or text",
    ),
    "huge": ("best = 10 ** 10_000", "error", "line 1: best is a whole number of some 10,001 digits"),
    "itself": ("best = []\nbest.append(best)", "error", "line 1: best is something nested more than 50 deep"),
    "large": (
        "import numpy as np\nbest = np.broadcast_to(0.0, (10 ** 6, 10 ** 6))",
        "error",
        "line 2: best is an array too large to be compared: at most 100.0 MiB",
    ),
    "many": ("best = [0] * 200_001", "error", "line 1: best is more than 200,000 values"),
    "loop": ("a = 1\nwhile True: best = 1", "error", "line 2: stopped after 0.3 s of computing"),
    "breaks-when-looked-at": (
        "class Net:\n    def __getattr__(self, name): raise RuntimeError(name)\nbest = Net()",
        "error",
        "line 3: best is an object of the class Net",
    ),
}


@pytest.mark.parametrize(("source", "state", "words"), STATES.values(), ids=STATES)
def test_each_state_has_its_words(source: str, state: str, words: str, server: Server) -> None:
    bound = look(server, source, "best", SMALL if "while" in source else ROOMY)
    assert (bound.state, bound.words[: len(words)]) == (state, words)
    assert "\n" not in bound.words and len(bound.words) < 400
    assert bool(bound.words) == (state == "error")


# --- calls ---------------------------------------------------------------------------------------------------

FAILING = {
    "loop": ("def best():\n    while True: pass", (), "line 2: stopped after 0.3 s of computing"),
    "loop-that-catches": (
        "def best():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        (),
        "line 4: stopped after 0.3 s of computing",
    ),
    "loop-that-ignores-signals": (
        """
        import signal
        def best():
            for one in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(one, signal.SIG_IGN)
            while True:
                pass
        """,
        (),
        "stopped after 0.3 s of computing",
    ),
    "loop-in-c": ("def best():\n    return 10 ** 10 ** 8", (), "line 2: stopped after 0.3 s of computing"),
    "loop-in-a-pattern": (
        "import re\ndef best():\n    return re.match('(a+)+$', 'a' * 60 + 'b')",
        (),
        "line 3: stopped after 0.3 s of computing",
    ),
    "sleep": ("import time\ndef best():\n    time.sleep(1e6)", (), "line 3: stopped after 0.9 s of waiting"),
    "lock": (
        "import threading\ndef best():\n    threading.Semaphore(0).acquire()",
        (),
        "line 3: stopped after 0.9 s of waiting",
    ),
    "memory": ("def best():\n    return bytearray(10 ** 9)", (), "line 2: needs more than 200 MB of memory"),
    "memory-of-numpy": (
        "import numpy as np\ndef best():\n    return np.ones(10 ** 9)",
        (),
        "line 3: needs more than 200 MB of memory",
    ),
    "memory-bit-by-bit": (
        "def best():\n    all = []\n    while True:\n        all.append(bytearray(10 ** 7))",
        (),
        "line 4: needs more than 200 MB of memory",
    ),
    "output": ("def best():\n    print('x' * 100_000_000)", (), "printed more than 10,000 letters"),
    "output-without-end": ("def best():\n    while True: print('x' * 99_999)", (), "printed more than 10,000"),
    "output-of-a-child": ("import os\ndef best():\n    os.system('head -c 20000 /dev/zero')", (), "printed more than"),
    "exit": ("import sys\ndef best():\n    sys.exit()", (), "line 3: it ends the program with sys.exit()"),
    "hard-exit": ("import os\ndef best():\n    os._exit(0)", (), "ended its process (exit code 0)"),
    "segfault": (
        "import ctypes\ndef best():\n    ctypes.string_at(0)",
        (),
        "line 3: crashed: segmentation fault",
    ),
    "abort": ("import os\ndef best():\n    os.abort()", (), "line 3: crashed: aborted"),
    "kills-itself": ("import os\ndef best():\n    os.kill(os.getpid(), 9)", (), "crashed: killed"),
    "kills-its-group": ("import os\ndef best():\n    os.killpg(0, 15)", (), "crashed: terminated"),
    "stack": (
        "import sys\nsys.setrecursionlimit(10 ** 9)\nclass A:\n    pass\ndef best():\n    a = A()\n    A.__repr__ = lambda s: repr(s)\n    return repr(a)",  # noqa: E501
        (),
        "line 7: ",  # a segmentation fault, or Python's own limit for C since 3.12
    ),
    "forks": (
        "import os\ndef best():\n    while True:\n        os.fork()",
        (),
        "started more than 32 processes",
    ),
    "forks-in-groups-of-their-own": (
        """
        import os, time
        def best():
            for _ in range(100):
                if not os.fork():
                    os.setsid()
                    time.sleep(1e6)
            time.sleep(1e6)
        """,
        (),
        "started more than 32 processes",
    ),
    "closes-files": (
        "import os\ndef best():\n    os.closerange(3, 1000)",
        (),
        "closed the line through which glassnet asks it: which file does it close?",
    ),
    "writes-into-files": (
        """
        import os
        def best():
            for number in range(3, 50):
                try:
                    os.write(number, b'right')
                except OSError:
                    pass
        """,
        (),
        "wrote into the line through which glassnet asks it: which file does it write to?",
    ),
    "writes-a-long-message": (
        """
        import os, struct
        def best():
            for number in range(3, 50):
                try:
                    os.write(number, struct.pack('>4sIQ', b'gn01', 1, 2 ** 60))
                except OSError:
                    pass
        """,
        (),
        "wrote into the line through which glassnet asks it: which file does it write to?",
    ),
    "breaks-python": (
        "import builtins\ndef best():\n    builtins.isinstance = builtins.len = None\n    return 1",
        (),
        "crashed: it has changed something of Python or NumPy that its own answer needs",
    ),
    "raises": ("def best(a):\n    b = a\n    return 1 / b", (0,), "line 3: ZeroDivisionError: division by zero"),
    "raises-in-numpy": (
        "import numpy as np\ndef best(a):\n    return (\n        a @ np.ones(3))",
        (np.ones((2, 2)),),
        "line 4: ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0",
    ),
    "too-many": ("\ndef best():\n    return 1", (1, 2), "line 2: TypeError: best() takes 0 positional arguments but 2"),
    "too-few": ("def best(a, b):\n    return 1", (1,), "line 1: TypeError: best() missing 1 required positional"),
    "recursion": ("def best():\n    return best()", (), "line 2: RecursionError: maximum recursion depth exceeded"),
    "not-implemented": ("def best():\n    raise NotImplementedError", (), "line 2: NotImplementedError"),
    "generator": ("def best():\n    yield 1", (), "returned a generator: `return` a value instead of `yield`"),
    "coroutine": ("async def best():\n    return 1", (), "returned a coroutine: leave out `async`"),
    "function": ("def best():\n    return best", (), "returned a function (best): did you forget the brackets of its"),
    "class": ("class Net: pass\ndef best():\n    return Net", (), "returned the class Net: give what it makes"),
    "object": ("class best: pass", (), "returned an object of the class best: give numbers, text, lists or arrays"),
    "dots": ("def best():\n    return ...", (), "returned `...`, which stands for an answer that isn't written yet"),
    "tuple": ("def best():\n    return 1, zip()", (), "returned a tuple with an iterator (zip): put list(...) around"),
    "changes-for-the-worse": (
        "def best(a):\n    a.append(best)",
        ([],),
        "its arguments hold a list with a function (best): did you forget the brackets of its call? afterwards",
    ),
    "no-function": ("best = 0.75", (), "best is 0.75, and not a function"),
    "open": ("best = ...", (), "best is not written yet"),
    "missing": ("", (), "there is no best in the file"),
    "error": ("best = 1 / 0", (), "line 1: ZeroDivisionError: division by zero"),
    "syntax": ("def best(:", (), "line 1: SyntaxError: invalid syntax"),
    "interrupt": ("def best():\n    raise KeyboardInterrupt('no')", (), "line 2: KeyboardInterrupt: no"),
    "asserts": ("def best():\n    assert 1 == 2, 'no\\nnever'", (), "line 2: AssertionError: no never"),
    "breaks-when-looked-at": (
        "class Net(dict):\n    def __iter__(self): 1 / 0\n    def keys(self): 1 / 0\ndef best(): return [Net(), set]",
        (),
        "returned a list with the class set: give what it makes",
    ),
}


@pytest.mark.parametrize(("source", "arguments", "words"), FAILING.values(), ids=FAILING)
def test_a_call_that_fails_says_why_and_spoils_nothing(
    source: str, arguments: tuple[Any, ...], words: str, server: Server
) -> None:
    limits = SMALL if "stopped" in words else ROOMY
    with opened(dedent(source) + "\ndef other(a):\n    return 2 * a", limits=limits, server=server) as answers:
        with pytest.raises(AnswerFailed) as failed:
            answers.call("best", *arguments)
        assert words in str(failed.value)
        assert "\n" not in str(failed.value)
        if "SyntaxError" not in words:
            assert answers.call("other", 4).value == 8  # the next exercise is asked as if nothing had been


def test_a_call_brings_value_output_and_arguments_back(server: Server) -> None:
    source = """
        print('while loading')
        def best(a, rows, rng):
            print('inside', end='')
            a *= 2
            rows.append(len(rows))
            return a.sum(), {'rows': tuple(rows)}, rng.random()
    """
    given = np.arange(3.0)
    with opened(dedent(source), limits=ROOMY, server=server) as answers:
        first = answers.call("best", given, [5], np.random.default_rng(7))
        assert first.value == (6.0, {"rows": (5, 1)}, np.random.default_rng(7).random())
        np.testing.assert_array_equal(first.arguments[0], [0, 2, 4])  # what it did to its own copy is seen
        assert first.arguments[1] == [5, 1] and given.tolist() == [0, 1, 2]
        assert (answers.printed, first.printed) == ("while loading\n", "inside")
        assert answers.call("best", given, [5], np.random.default_rng(7)).value == first.value
        assert answers.call("best", given, [], np.random.default_rng(8)).printed == "inside"


def test_a_call_of_nothing_returns_none(server: Server) -> None:
    assert ask(server, "def best(a): print(a)", "best", 1) == Returned(None, (1,), "1\n")


def test_numbers_come_as_they_went(server: Server) -> None:
    values = [
        0.1,
        -0.0,
        1e-320,
        NAN,
        np.inf,
        2**63,
        -(2**64),
        1 + 2j,
        "\n\u20ac\ud800"[:2],
        b"\x00",
        (),
        {},
        None,
        True,
    ]
    back = ask(server, "def best(*a): return list(a)", "best", *values).value
    assert list(map(repr, back)) == list(map(repr, values))
    text = ask(server, "def best(): return 'a\\ud800b'", "best").value
    assert text == "a?b"  # half of a pair can't be printed


def test_what_the_author_hands_in_must_be_plain(server: Server) -> None:
    with opened("def best(f): pass", server=server) as answers, pytest.raises(GlassnetError) as wrong:
        answers.call("best", [print])
    assert str(wrong.value).startswith("best can't be called with a list with a function (print)")


def test_names_are_in_order_and_statements_as_they_were_written(server: Server) -> None:
    source = dedent("""
        import os.path, numpy as np
        from math import *
        b, c = 1, 2; a = (
            3)
        @staticmethod
        # a remark
        def f(x):
            y = "é" ; return x   # done
        def unused(): z = 1
        b = [k for k in range(3)]
        class Net:
            w = 1
        try:
            t = 1
        except ValueError as error:
            u = 1
        lambda q: q
    """).strip()
    with opened(source, server=server) as answers:
        assert answers.names == ("os", "np", "b", "c", "a", "f", "unused", "Net", "t", "error", "u")
        assert answers.bound("a") == Bound("a", "value", 3, "", "a = (\n    3)", 3)
        f = answers.bound("f")
        wanted = '@staticmethod\n# a remark\ndef f(x):\n    y = "é" ; return x'
        assert (f.state, f.line, f.source) == ("function", 5, wanted)
        assert answers.bound("pi").value == np.pi and answers.bound("pi").source == ""
        assert answers.bound("k").state == "missing"


STOPPING = {
    "while True: pass": "stopped after 0.3 s of computing",
    "__import__('time').sleep(1e6)": "stopped after 0.9 s of waiting",
    "__import__('os')._exit(3)": "ended its process (exit code 3)",
    "__import__('ctypes').string_at(0)": "crashed: segmentation fault",
    "print('x' * 20_000)": "printed more than 10,000 letters",
    "while True: print('x' * 99)": "printed more than 10,000 letters",
    "bytearray(10 ** 9)": "needs more than 200 MB of memory",
    "while True: __import__('os').fork()": "started more than 32 processes",
    "__import__('os').closerange(3, 99)": "closed the line through which glassnet asks it",
    "raise GeneratorExit": "GeneratorExit",
}


@pytest.mark.parametrize("line", STOPPING)
def test_a_statement_that_has_to_be_stopped_costs_its_own_names_alone(line: str, server: Server) -> None:
    source = f"first = 1\nif (bad := 1):\n    {line}\nlast = 2\ndef f(): return first + last\n"
    limits = SMALL if "stopped" in STOPPING[line] else ROOMY
    with opened(source, limits=limits, server=server) as answers:
        place, _, words = answers.bound("bad").words.partition(": ")
        assert place in ("line 2", "line 3") and words.startswith(STOPPING[line])
        assert (answers.bound("first").value, answers.bound("last").value) == (1, 2)
        assert answers.call("f").value == 3


def test_after_several_that_were_stopped_the_rest_is_not_run(server: Server) -> None:
    source = "import os\n" + "\n".join(f"a{number} = os._exit({number})" for number in range(6)) + "\nlast = 1"
    with opened(source, limits=ROOMY, server=server) as answers:
        assert answers.bound("a4").words == "line 6: ended its process (exit code 4)"
        rest = "not run, because too many statements before it had to be stopped"
        assert [answers.bound(name).words for name in ("a5", "last")] == [f"line 7: {rest}", f"line 8: {rest}"]
        assert answers.bound("os").state == "error"


def test_a_call_may_have_limits_of_its_own(server: Server) -> None:
    source = "def f(n): return len(bytearray(n))\ndef g():\n    print('x' * 500)\ndef h():\n    while True: pass"
    with opened(source, limits=ROOMY, server=server) as answers:
        assert answers.call("f", 10**8).value == 10**8
        with pytest.raises(AnswerFailed, match="line 1: needs more than 50 MB of memory"):
            answers.call("f", 10**8, limits=Limits(megabytes=50))
        with pytest.raises(AnswerFailed, match="printed more than 100 letters"):
            answers.call("g", limits=Limits(letters=100))
        with pytest.raises(AnswerFailed, match=r"line 5: stopped after 0\.1 s of computing"):
            answers.call("h", limits=Limits(seconds=0.1))
        assert answers.call("g").printed == "x" * 500 + "\n"


def test_imports_don_t_count_as_memory(server: Server) -> None:
    source = "import pandas as pd\nframe = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})\nnames = pd.Series(['x', 'y'])"
    with opened(source, limits=Limits(megabytes=40), server=server) as answers:
        np.testing.assert_array_equal(answers.bound("frame").value, [[1, 3], [2, 4]])
        assert answers.bound("names").value == ["x", "y"]


# --- nothing of ours is reached ------------------------------------------------------------------------------


def test_patches_of_numpy_and_python_stay_where_they_are(server: Server) -> None:
    source = """
        import builtins, json, os, random, sys, numpy as np
        np.allclose = np.array_equal = lambda *a, **k: True
        json.dumps = builtins.print = os.write = None
        os.environ['GLASSNET_PATCHED'] = 'yes'
        np.lib.format.write_array = np.asarray = np.ndarray.__eq__ and None
        sys.stdout = sys.stderr = None
        def best(): return np.ones(2)
    """
    with opened(dedent(source), limits=ROOMY, server=server) as answers:
        np.testing.assert_array_equal(answers.call("best").value, [1, 1])
        assert answers.bound("np").words == "line 2: np is the module numpy"
    assert not np.allclose(1, 2) and "GLASSNET_PATCHED" not in os.environ
    assert ask(server, "import numpy as np\ndef best(): return np.allclose(1, 2)", "best").value is False


LOOKING = """
    import os, sys
    files = sorted(os.readlink(f'/proc/self/fd/{one}').split(':')[0] for one in os.listdir('/proc/self/fd')[:-1])
    variables = sorted(os.environ)
    here = sorted(os.listdir()), os.getcwd() == os.environ['HOME']
    modules = [name for name in sys.modules if name.startswith(('pytest', '_pytest', 'test_', 'guests'))]
    path = [one for one in sys.path if one in ('', '.') or one.endswith('tests')]
    alone = os.getsid(0) == os.getpid() == os.getpgid(0)
"""


@pytest.mark.skipif(not starting.CAN_FORK, reason="asks /proc")
def test_a_student_s_process_sees_nothing_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GLASSNET_SECRET", "answers")
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("a,b\n", "utf-8")
    files = {"data.csv": tmp_path / "data.csv", "more/data.csv": tmp_path / "data.csv"}
    with (tmp_path / "kept.txt").open("w"), opened(dedent(LOOKING), files=files) as answers:
        assert answers.bound("here").value == (["data.csv", "more"], True)
        variables = set(answers.bound("variables").value)
        assert "GLASSNET_DATA_MIRROR" in variables and "OPENBLAS_NUM_THREADS" in variables
        assert not {"GLASSNET_SECRET", "PYTHONPATH", "GLASSNET_HOME", "PYTEST_CURRENT_TEST"} & variables
        open_files = [one for one in answers.bound("files").value if not one.startswith(("/dev/null", "socket"))]
        assert {Path(one).name for one in open_files} == {"printed", "traced"}
        assert (answers.bound("modules").value, answers.bound("path").value) == ([], [])
        assert answers.bound("alone").value is True


def test_files_of_an_exercise_stay_in_its_folder(server: Server, tmp_path: Path) -> None:
    refused = pytest.raises(GlassnetError, match=r"\.\./a is no name for a file of an exercise: it leads out")
    with refused, opened("", files={"../a": tmp_path / "a"}, server=server):
        pass


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_nothing_that_a_file_has_begun_outlives_it(server: Server, tmp_path: Path) -> None:
    source = f"""
        import atexit, os, subprocess, sys, threading, time
        atexit.register(lambda: open({str(tmp_path / "late")!r}, 'w'))
        mine = [os.getpid()]
        for leaves in (False, True):
            if not (child := os.fork()):
                if leaves:
                    os.setsid()
                time.sleep(1e6)
            mine.append(child)
        mine.append(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1e6)']).pid)
        threading.Thread(target=time.sleep, args=(1e6,)).start()
    """
    with opened(dedent(source), limits=ROOMY, server=server) as answers:
        pids = answers.bound("mine").value
        home = answers.bound("mine") and Path(f"/proc/{pids[0]}/cwd").resolve()
        assert len(pids) == 4 and all(map(alive, pids))
    assert not any(map(alive, pids))
    assert not home.exists() and not (tmp_path / "late").exists()


def test_threads_that_a_call_leaves_running_don_t_count_for_the_next(server: Server) -> None:
    source = """
        import os, threading
        def spin():
            while True: pass
        def best():
            threading.Thread(target=spin).start()
            return os.getpid()
        def other(): return os.getpid()
    """
    with opened(dedent(source), limits=ROOMY, server=server) as answers:
        assert answers.call("best").value != answers.call("other").value == answers.call("other").value


def test_a_fork_that_comes_back_is_not_asked(server: Server) -> None:
    source = "import os\nfirst = os.fork() and 1\ndef best():\n    return os.fork() and 2"
    with opened(source, limits=ROOMY, server=server) as answers:
        assert (answers.bound("first").value, answers.call("best").value, answers.call("best").value) == (1, 2, 2)


@pytest.mark.skipif(not starting.CAN_FORK, reason="there is a server where it can fork")
def test_a_server_that_was_ended_begins_anew() -> None:
    source = """
        import os, time
        pid = os.getpid()
        def best(): os.kill(os.getppid(), 9)
        def other(): return 1
        def rests():
            while True: time.sleep(1)
    """
    with Server() as server:
        with opened(dedent(source), limits=ROOMY, server=server) as answers:
            pid = answers.bound("pid").value
            for _ in range(2):
                answers.call("best")
                assert ask(server, "def best(): return 2", "best").value == 2
            with pytest.raises(AnswerFailed, match=r"stopped after 0\.3 s of waiting"):
                answers.call("rests", limits=Limits(seconds=0.1))
            assert answers.call("other").value == 1
            # Nobody is there any more who has begun it, and it would rest for ever.
            wait_until(lambda: usage.used(pid) is None)
        server.close()
        assert ask(server, "def best(): return 3", "best").value == 3


def test_one_server_serves_threads(server: Server) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(number: int) -> Any:
        return ask(server, f"def best(a): return a + {number}", "best", 100).value

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(8))) == [*range(100, 108)]


# --- files ---------------------------------------------------------------------------------------------------

WRITTEN = {
    "utf-8": ("best = 'é'".encode(), "é", ""),
    "bom": (b"\xef\xbb\xbfbest = 1", 1, ""),
    "crlf": (b"best = 1\r\nother = '''a\r\nb'''", 1, ""),
    "old-mac": (b"best = 1\rother = 2", 1, ""),
    "declared": ("# coding: latin-1\nbest = 'é'".encode("latin-1"), "é", ""),
    "cp1252": ("best = 1\n\n# é\n".encode("cp1252"), None, "line 3: the byte 0xe9 is no UTF-8: save it as UTF-8"),
    "cp1252-below": (b"\n\n\n\n# \xe9\n", None, "line 5: the byte 0xe9 is no UTF-8: save it as UTF-8"),
    "utf-16": ("best = 1".encode("utf-16"), None, "it is written in UTF-16: save it as UTF-8"),
    "utf-16-bare": (
        "best = 1".encode("utf-16-le"),
        None,
        "line 1: it holds a byte 0, so it is no text: save it as UTF-8",
    ),
    "unknown": (b"# coding: klingon\nbest = 1", None, "line 1: unknown encoding: klingon: save it as UTF-8"),
    "empty": (b"", None, ""),
}


@pytest.mark.parametrize(("data", "value", "words"), WRITTEN.values(), ids=WRITTEN)
def test_a_file_is_read_however_it_was_saved(
    data: bytes, value: Any, words: str, server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "answers_xor.py"
    path.write_bytes(data)
    with opened(path, limits=ROOMY, server=server) as answers:
        bound = answers.bound("best")
    assert (bound.value, bound.words) == (value, words)
    assert bound.state == ("value" if value else "error" if words else "missing")


def test_what_is_no_file_is_said(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "answers_xor.py"
    path.write_text("best = 1", "utf-8")
    (tmp_path / "link.py").symlink_to(path)
    with opened(tmp_path / "link.py", server=server) as answers:
        assert answers.bound("best").value == 1
    (tmp_path / "nowhere.py").symlink_to(tmp_path / "gone.py")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "large.py").write_bytes(b"#" * (3 << 20))
    refused = {
        "answers_xr.py": f"there is no file {tmp_path / 'answers_xr.py'}. Did you mean 'answers_xor.py'?",
        "nowhere.py": f"there is no file {tmp_path / 'nowhere.py'}.",
        ".": f"{tmp_path} is a folder: give the file with the answers, such as {path}",
        "pipe.py": f"{tmp_path / 'pipe.py'} is a pipe or a device: give a file",
        "large.py": f"{tmp_path / 'large.py'} has more than 2.0 MiB: such a file holds answers alone",
        "answers_xor.py/a": f"can't read {path / 'a'}: Not a directory",
    }
    for name, words in refused.items():
        with pytest.raises(GlassnetError) as error, opened(tmp_path / name, server=server):
            pass
        assert str(error.value).startswith(words)
    with pytest.raises(GlassnetError, match="is a pipe or a device"), opened(Path("/dev/zero")):
        pass


def cells(*sources: str | list[str]) -> str:
    import json

    code = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# XOR"}, *code]})


def test_a_notebook_is_its_cells_in_order(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "answers_xor.ipynb"
    path.write_text(
        cells(
            ["%matplotlib inline\n", "import math"],
            "!pip install nothing\nbest = 0.5\nif best:\n    %time best = 1\nmath.pi?",
            "%%bash\nrm -rf nothing\n",
            "def broken(:\n    pass",
            "x = 1\n\nworse = 1 / 0",
            "best = 0.75\ntext = '''\n% not a magic'''",
            "def spin():\n    while True: pass",
        ),
        "utf-8",
    )
    source = source_of_notebook(path)
    assert source.place(1) == "cell 2, line 1"
    with opened(path, limits=SMALL, server=server) as answers:
        assert answers.names == ("math", "best", "x", "worse", "text", "spin")
        assert answers.bound("best").value == 0.75 and answers.bound("best").source == "best = 0.75"
        assert answers.bound("text").value == "\n% not a magic"
        assert answers.bound("worse").words == "cell 6, line 3: ZeroDivisionError: division by zero"
        assert answers.bound("broken").words == "cell 5, line 1: SyntaxError: invalid syntax"
        with pytest.raises(AnswerFailed, match=r"cell 8, line 2: stopped after 0\.3 s of computing"):
            answers.call("spin")
    with opened(source, server=server) as answers:
        assert answers.bound("best").value == 0.75


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": [1]}', "[" * 100_000, '{"cells": [{"cell_type": "code"}]}']
)
def test_what_is_no_notebook_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(text, "utf-8")
    with pytest.raises(GlassnetError, match="is no notebook that can be read: save it again"):
        source_of_notebook(tmp_path / "a.ipynb")


def test_a_notebook_without_code_has_no_names(tmp_path: Path, server: Server) -> None:
    (tmp_path / "a.ipynb").write_text(cells(), "utf-8")
    with opened(tmp_path / "a.ipynb", server=server) as answers:
        assert answers.names == () and answers.bound("best").state == "missing"


# --- where nothing can be forked -----------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="forced here, and used there in every test")
def test_a_python_of_its_own_tells_the_same(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setattr(starting, "CAN_FORK", False)
    source = "import os\nbest = 0.75\nworse = 1 / 0\ndef f(a):\n    while a: pass\n    return a\ndef g(): os._exit(4)"
    with Server() as none, opened(source, limits=SMALL, server=none) as answers:
        assert answers.bound("best").value == 0.75
        assert answers.bound("worse").words == "line 3: ZeroDivisionError: division by zero"
        with pytest.raises(AnswerFailed, match=r"line 5: stopped after 0\.3 s of computing"):
            answers.call("f", 1)
        assert answers.call("f", 0).value == 0
        with pytest.raises(AnswerFailed, match=r"ended its process \(exit code 4\)"):
            answers.call("g")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="lifts the limit that Linux holds")
def test_memory_is_watched_from_outside_where_the_system_holds_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "CAN_FORK", False)
    monkeypatch.setattr(usage, "_LINUX", False)
    source = """
        import resource
        def f():
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
            kept = bytearray(b'x') * (300 << 20)
            while True: pass
    """
    with Server() as none, opened(dedent(source), limits=ROOMY, server=none) as answers:
        with pytest.raises(AnswerFailed, match=r"line [56]: needs more than 200 MB of memory"):
            answers.call("f")
        assert answers.bound("f").state == "function"


@pytest.mark.skipif(os.name != "posix", reason="asks ps")
def test_ps_tells_what_proc_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_LINUX", False)
    before, told, after = os.times(), usage.used(os.getpid()), os.times()
    assert told and told.megabytes and told.megabytes > 20
    # ps may tell whole seconds alone
    assert before.user + before.system - 1.1 < told.seconds < after.user + after.system + 1.1
    assert usage.used(2**22 + 1) is None


def test_an_answer_is_known_after_its_file_is_closed(server: Server) -> None:
    with opened("best = 0.75\ndef f(): return 1", server=server) as answers:
        assert answers.bound("best").value == 0.75
        answers.bound("f")
    assert answers.bound("best").value == 0.75
    with pytest.raises(AnswerFailed, match="the file is closed again"):
        answers.call("f")


@pytest.mark.parametrize("name", ["numpy.py", "random.py", "student.py", "no name.é.py", "a'b.py"])
def test_a_file_may_be_called_anything(name: str, tmp_path: Path, server: Server) -> None:
    source = """
        import dataclasses, random, numpy as np
        @dataclasses.dataclass
        class Net:
            width: 'int' = 3
        best = Net().width
        def f(): return 1 / 0
        def g():
            while True: pass
    """
    path = tmp_path / name
    path.write_text(dedent(source), "utf-8")
    with opened(path, limits=SMALL, server=server) as answers:
        assert answers.bound("best").value == 3
        with pytest.raises(AnswerFailed, match="line 7: ZeroDivisionError"):
            answers.call("f")
        if name == "student.py":  # as one of our own modules, which the line is looked for in
            with pytest.raises(AnswerFailed, match="line 9: stopped"):
                answers.call("g")
