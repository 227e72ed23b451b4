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

from glassnet.answers import AnswerFailed, Answers, Bound, Limits, Returned, Server, opened, source_of_notebook, starting
from glassnet.errors import GlassnetError

SMALL = Limits(seconds=0.3, loading=0.3, megabytes=200, letters=10_000)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as one:
        yield one


def ask(server: Server, source: str, name: str, *arguments: Any) -> Returned:
    with opened(dedent(source), limits=SMALL, server=server) as answers:
        return answers.call(name, *arguments)


def look(server: Server, source: str, name: str) -> Bound:
    with opened(dedent(source), limits=SMALL, server=server) as answers:
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
    with opened(source, limits=SMALL, server=server) as answers:
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
    "import": ("import nowhere_at_all as best", "error", "line 1: ModuleNotFoundError: No module named 'nowhere_at_all'"),
    "relative": ("from .other import best", "error", "line 1: ImportError: attempted relative import"),
    "syntax": ("a = 1\nbest = (2", "error", "line 2: SyntaxError: '(' was never closed"),
    "syntax-elsewhere": ("best = 1\ndef f(:\n    pass", "error", "line 2: SyntaxError: invalid syntax"),
    "tabs": ("def best():\n\tif 1:\n        return 2", "error", "line 3: TabError: inconsistent use of tabs"),
    "indentation": ("best = 1\n  other = 2", "error", "line 2: IndentationError: unexpected indent"),
    "return": ("best = 1\nreturn best", "value", ""),
    "returns": ("if True:\n    best = 1\n    return", "error", "line 3: SyntaxError: 'return' outside function"),
    "zero-byte": ("best = 1\0", "error", "line 1: SyntaxError: source code string cannot contain null bytes"),
    "brackets": ("best = " + "(" * 300 + ")" * 300, "error", "line 1: SyntaxError: too many nested parentheses"),
    "deep": ("best = " + "-" * 20_000 + "1", "error", "line 1: "),
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
    "recursion": ("def f(): return f()\nbest = f()", "error", "line 1: RecursionError: maximum recursion depth exceeded"),
    "generator": ("best = (n for n in range(3))", "error", "line 1: best is a generator: `return` a value"),
    "map": ("best = map(abs, [1])", "error", "line 1: best is an iterator (map): put list(...) around it"),
    "map-inside": ("best = [map(abs, [1])]", "error", "line 1: best is a list with an iterator (map): put list(...)"),
    "module": ("import math as best", "error", "line 1: best is the module math"),
    "object": ("class Net: pass\nbest = Net()", "error", "line 2: best is an object of the class Net: give numbers, text"),
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
    "loop": ("a = 1\nwhile True:\n    best = 1", "error", "line "),
    "breaks-when-looked-at": (
        "class Net:\n    def __getattr__(self, name): raise RuntimeError(name)\nbest = Net()",
        "error",
        "line 3: best is an object of the class Net",
    ),
}


@pytest.mark.parametrize(("source", "state", "words"), STATES.values(), ids=STATES)
def test_each_state_has_its_words(source: str, state: str, words: str, server: Server) -> None:
    bound = look(server, source, "best")
    assert (bound.state, bound.words[: len(words)]) == (state, words)
    assert "\n" not in bound.words and len(bound.words) < 400
    assert bool(bound.words) == (state == "error")


# --- calls ---------------------------------------------------------------------------------------------------

FAILING = {
    "loop": ("def best():\n    while True:\n        pass", (), "line 2: stopped after 0.3 s of computing"),
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
        "crashed: segmentation fault",
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
        "class Net(dict):\n    def __iter__(self): 1 / 0\n    def keys(self): 1 / 0\ndef best():\n    return [Net(), set]",
        (),
        "returned a list with the class set: give what it makes",
    ),
}


@pytest.mark.parametrize(("source", "arguments", "words"), FAILING.values(), ids=FAILING)
def test_a_call_that_fails_says_why_and_spoils_nothing(
    source: str, arguments: tuple[Any, ...], words: str, server: Server
) -> None:
    with opened(dedent(source) + "\ndef other(a):\n    return 2 * a", limits=SMALL, server=server) as answers:
        with pytest.raises(AnswerFailed) as failed:
            answers.call("best", *arguments)
        assert words in str(failed.value)
        assert "\n" not in str(failed.value)
        if "SyntaxError" not in words:
            assert answers.call("other", 4).value == 8  # the next exercise is asked as if nothing had been
