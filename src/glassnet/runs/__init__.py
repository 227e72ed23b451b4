"""The run folder: an experiment that happened, kept so that it can be read, used and gone on with."""

from .checkpoints import read_states, state_arrays
from .labelled import Labelled, is_own, own_table, score_handed
from .looks import looks
from .reading import Run, load
from .recording import DEFAULT_FOLDER, FOLDERS, Recording, provenance, record
from .scores import Score
from .subjects import need_run, run_of

__all__ = [
    "DEFAULT_FOLDER",
    "FOLDERS",
    "Labelled",
    "Recording",
    "Run",
    "Score",
    "is_own",
    "load",
    "looks",
    "need_run",
    "own_table",
    "provenance",
    "read_states",
    "record",
    "run_of",
    "score_handed",
    "state_arrays",
]
