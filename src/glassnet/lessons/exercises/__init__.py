"""The ready-made exercises: each makes a checker of what is right and of what students get wrong."""

from .choices import choice
from .claims import claim
from .functions import find_the_bug, function
from .numbers import number
from .parts import part
from .places import artefact
from .runs import run

__all__ = ["artefact", "choice", "claim", "find_the_bug", "function", "number", "part", "run"]
