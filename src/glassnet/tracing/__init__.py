"""One training step with every number in it: what a course works out by hand, told by the network itself.

The step is the real one. The trainer's own code runs, and a witness beside it copies what passes; finite differences of
the loss can repeat every slope.
"""

from .telling import trace
from .traces import Trace
from .values import Card, Comparison, Matrix, Step, in_full

__all__ = ["Card", "Comparison", "Matrix", "Step", "Trace", "in_full", "trace"]
