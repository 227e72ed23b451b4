"""Students' answers: a file runs in a process of its own, which computes; whoever judges stays outside and asks it."""

from .answers import Answers, opened
from .forms import AnswerFailed, Bound, Limits, Returned
from .needed import needed
from .sources import Source, source_of_notebook
from .starting import Server
from .statements import bound_in

__all__ = [
    "AnswerFailed",
    "Answers",
    "Bound",
    "Limits",
    "Returned",
    "Server",
    "Source",
    "bound_in",
    "needed",
    "opened",
    "source_of_notebook",
]
