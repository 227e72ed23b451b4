"""The run folder: an experiment that happened, kept so that it can be read, used and gone on with."""

from .by_hand import program_of
from .checkpoints import read_states, state_arrays
from .labelled import Labelled, is_own, own_table, score_handed
from .listing import Row, Runs, choices_of, load_all, row_of, rows_table, told_apart
from .looks import looks
from .reading import Run, load
from .recording import DEFAULT_FOLDER, FOLDERS, Recording, provenance, record
from .scores import Score
from .subjects import inputs_of, need_run, run_of

__all__ = [
    "DEFAULT_FOLDER",
    "FOLDERS",
    "Labelled",
    "Recording",
    "Row",
    "Run",
    "Runs",
    "Score",
    "choices_of",
    "inputs_of",
    "is_own",
    "load",
    "load_all",
    "looks",
    "need_run",
    "own_table",
    "program_of",
    "provenance",
    "read_states",
    "record",
    "row_of",
    "rows_table",
    "run_of",
    "score_handed",
    "state_arrays",
    "told_apart",
]
