"""The run folder: an experiment that happened, kept so that it can be read, used and gone on with."""

from .reading import Run, list_folders, load
from .recording import DEFAULT_FOLDER, Recording, record

__all__ = ["DEFAULT_FOLDER", "Recording", "Run", "list_folders", "load", "record"]
