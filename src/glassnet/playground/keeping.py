"""What is taken away: a run in its folder, with its page, and the network alone as a program."""

from __future__ import annotations

import base64
import io
import os
import webbrowser
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..experiment import command_of
from ..runs import DEFAULT_FOLDER, Run, record
from .address import Refused
from .session import Session


def keep(session: Session) -> dict[str, Any]:
    """The training as it stands, as the next run in the folder of runs; the same moment is kept once."""
    session.finish_epoch()
    training = session.training
    stands = (session.generation, session.epoch, len(session.changes))
    if session.kept and session.kept["stands"] == list(stands):
        return session.kept
    if not session.epoch:
        raise Refused("nothing is trained yet: let it run first")
    asked = command_of(session.asked, short=True) if not session.changes else ""
    stopped = training.progress.stopped
    try:
        recording = record(training, os.environ.get("GLASSNET_RUNS", DEFAULT_FOLDER), command=asked)
        recording.keep()
    finally:
        training.progress.stopped = stopped
    folder = str(recording.folder)
    session.kept = {"folder": folder, "words": f"kept in {folder}: glassnet report {folder}", "stands": list(stands)}
    session.version += 1
    return session.kept


def report(session: Session) -> dict[str, Any]:
    """The page about the run, written into its folder and opened in the browser."""
    from ..pages import report as write

    kept = keep(session)
    run = Run(Path(kept["folder"]), session.catalog, session.training)
    page = write(run)
    opened = session.may_open and webbrowser.open(page.resolve().as_uri())
    return {**kept, "page": str(page), "words": f"{page} is opened beside this page" if opened else f"written: {page}"}


def script(session: Session) -> dict[str, Any]:
    """The network alone, as a program that needs no glassnet: its files in one archive."""
    from ..exporting import export

    session.finish_epoch()
    with TemporaryDirectory(prefix="glassnet-") as folder:
        files = export(Run.of(session.training, session.asked.title), "sklearn", Path(folder) / "model")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packing:
            for file in files:
                packing.write(file, f"model/{file.name}")
    return {"name": f"{session.asked.title}-model.zip", "base64": base64.b64encode(archive.getvalue()).decode()}
