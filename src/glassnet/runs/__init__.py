"""The run folder: an experiment that happened, kept so that it can be read, used and gone on with."""

from .checkpoints import read_states, state_arrays
from .looks import looks
from .reading import Run, load
from .recording import DEFAULT_FOLDER, FOLDERS, Recording, provenance, record
from .scores import Score

__all__ = [
    "DEFAULT_FOLDER",
    "FOLDERS",
    "Recording",
    "Run",
    "Score",
    "load",
    "looks",
    "provenance",
    "read_states",
    "record",
    "state_arrays",
]
