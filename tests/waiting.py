"""Waiting in tests: for what happens, never for a while. A busy machine may take its time.

`PATIENCE` bounds every wait. It is far more than anything takes: only what can't happen any more reaches it. Nothing
else in the tests may sleep or count seconds; tests/test_house_of_tests.py looks.
"""

import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 600  # seconds


def wait_until(happened: Callable[[], object], process: subprocess.Popen | None = None) -> None:
    """Come back as soon as `happened()` is true; fail as soon as `process`, which has to bring it about, has ended."""
    until = time.monotonic() + PATIENCE
    while not happened():
        ended = process is not None and process.poll() is not None
        assert not ended or happened(), "the process ended before what was waited for had happened"
        assert time.monotonic() < until, f"what was waited for has not happened within {PATIENCE} seconds"
        time.sleep(0.002)


def any_moment(dice: random.Random, most: float) -> None:
    """Let a moment pass, so that a kill comes anywhere: nothing may be expected to have happened meanwhile."""
    time.sleep(dice.uniform(0, most))


def worked() -> float:
    """Seconds of a processor that this process has used: on a busy machine as many as on an idle one."""
    return time.process_time()


class Gate:
    """A plugin file with an activation before which trainings stand still until the gate is opened.

    `gated:calls=N` is tanh; in each process its call number N and all later ones wait. What has to be disturbed in
    the middle of its work stands there, however slow the machine and whoever disturbs it.
    """

    def __init__(self, folder: Path) -> None:
        self.plugin, self._closed = folder / "gate.py", folder / "closed"
        self.plugin.write_text(_GATE, encoding="utf-8")
        self._closed.touch()

    def open(self) -> None:
        """Let everybody go on."""
        self._closed.unlink()


_GATE = '''
import time
from pathlib import Path

import numpy as np
from glassnet import Activation, hookimpl

CLOSED = Path(__file__).with_name("closed")
made = 0

def gated(calls: int = 1000):
    """tanh, which stands still after that many calls as long as the gate is closed."""
    def f(z):
        global made
        made += 1
        while made >= calls and CLOSED.exists():
            time.sleep(0.01)
        return np.tanh(z)
    return Activation(f=f, df=lambda z, a: 1 - a**2)

@hookimpl
def activations():
    return [gated]
'''
