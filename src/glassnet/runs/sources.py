"""The rows of a run on a table, had again: from where they were, or from where they lie now, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..catalog import Catalog
from ..data.frames import stands_for_frame
from ..data.preparation import checksum_of
from ..data.sources import STANDARD_INPUT
from ..errors import GlassnetError
from ..experiment import Experiment, is_table, load_dataset, need_plugins
from ..files import is_plain
from ..kinds import Dataset


@dataclass(frozen=True)
class Origin:
    """What a run was trained on: `words` name the table, `checksum` is that of its rows, `moved` says where it is now.

    `folder` is the run's, for messages.
    """

    folder: Path
    words: Experiment
    checksum: str | None
    moved: Any = None

    def rows(self, catalog: Catalog) -> Dataset | None:
        """The very rows; None for a data set of the catalog. Raises `GlassnetError` for any others."""
        if not is_table(self.words.dataset):
            if self.moved is not None:
                raise GlassnetError(
                    f"{self.folder} was trained on {self.words.title}, which is no table that can move: "
                    "leave --data away"
                )
            return None
        need_plugins(self.words, catalog)
        return self._here(catalog) if self.moved is None else self._elsewhere(catalog)

    def _here(self, catalog: Catalog) -> Dataset:
        """Where the run says that it was.

        Whoever made the run has chosen the path, which may be that of a letter of yours. So nothing that stands in
        the file is repeated, on a page or in a message, before it has the checksum of what the run was trained on.
        """
        if self.words.dataset == STANDARD_INPUT:
            raise GlassnetError(
                f"the data of {self.folder} came from standard input, which can't be read again: give the same rows "
                "with --data FILE (their checksum is kept), or train a new run"
            )
        if stands_for_frame(self.words.dataset):
            raise GlassnetError(
                f"{self.folder} was trained on a {self.words.dataset}, which is in no file: give that DataFrame again, "
                f"glassnet.load({str(self.folder)!r}, data=df)"
            )
        if not is_plain(Path(str(self.words.dataset))):
            raise GlassnetError(
                f"the data of {self.folder} are not there: no file {str(self.words.dataset)!r}; if the table has "
                "moved, say where it is with --data FILE; else bring it back, or train a new run"
            )
        try:
            _, source = load_dataset(self.words, catalog)
            if checksum_of(source) == self.checksum:
                return source
        except (GlassnetError, MemoryError):
            pass
        raise self.changed()

    def _elsewhere(self, catalog: Catalog) -> Dataset:
        """Where a person says that it is now, who may be told what is wrong there."""
        _, source = load_dataset(self.words.replace(dataset=self.moved), catalog)
        if checksum_of(source) != self.checksum:
            what = repr(str(self.moved)) if isinstance(self.moved, str | Path) else "--data"
            raise GlassnetError(
                f"{what} does not hold the rows that {self.folder} was trained on: their checksum differs; "
                "give --data the very table, or train a new run"
            )
        return source

    def changed(self) -> GlassnetError:
        """What to say of other rows where the run's own should be."""
        return GlassnetError(
            f"the data of {self.folder} ({self.words.dataset}) are no longer those it was trained on: "
            "their checksum differs; bring the old file back, say with --data FILE where it is now, or train a new run"
        )
