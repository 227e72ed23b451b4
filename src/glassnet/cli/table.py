"""Our commands by name: where each stands, what it is for, and the line that says so. Help loads none of them."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command that is imported when it is called: `attribute` of `module` in this package."""

    module: str
    attribute: str
    help: str


#: Under what `glassnet --help` lists them, in the order in which one comes to need them.
GROUPS: dict[str, dict[str, Entry]] = {
    "Learn": {
        "lesson": Entry("lesson", "lesson", "Learn: pages that run, with exercises that are checked."),
        "museum": Entry("museum", "museum", "Mistakes that are easily made, and what finds them."),
        "explain": Entry("explain", "explain", "What a word means, and where it is taught."),
        "play": Entry("play", "play", "Build and train a network on a page, and look through it."),
        "docs": Entry("docs", "docs", "Read a PAGE of the manual, or list them."),
    },
    "Learn what there is": {
        "list": Entry("parts", "list_parts", "List parts: all, or those of one KIND."),
        "show": Entry("parts", "show", "Show one part: formula, options, source, drawing."),
        "conventions": Entry("conventions", "conventions", "Where libraries mean different things by one word."),
    },
    "Train": {
        "data": Entry("data", "data", "Look at the rows behind a training."),
        "train": Entry("training", "train", "Train a network on DATASET, keep the run, print the result."),
        "sweep": Entry("sweep", "sweep", "Train with many settings, and show which serve best."),
    },
    "Look": {
        "runs": Entry("listing", "list_runs", "List what has been trained: a line a run, the latest last."),
        "plot": Entry("plot", "plot", "Draw RUN: its curves, hits and misses, its inside."),
        "report": Entry("report", "report", "Write one page about RUN, or about several."),
        "summary": Entry("summary", "summary", "Layers, shapes, parameters and memory of a network."),
        "trace": Entry("trace", "trace", "Show one training step of DATASET with every number in it."),
    },
    "Use and compare": {
        "evaluate": Entry("predicting", "evaluate", "Score RUN again, on its own rows or on those of FILE."),
        "predict": Entry("predicting", "predict", "Predict each row of FILE with the model of RUN, as CSV."),
        "compare": Entry("compare", "compare", "Compare libraries on one DATASET, or several RUNs."),
        "export": Entry("export", "export", "Write the model of RUN as a program for another library."),
    },
    "Make and publish a part": {
        "new": Entry("new", "new", "Make a plugin package from the template."),
        "check": Entry("check", "check", "Check that parts keep their promises."),
        "plugins": Entry("guests", "plugins", "List installed plugins and whether each could be loaded."),
        "doctor": Entry("guests", "doctor", "Say what is wrong with plugins, and what to do."),
        "index": Entry("index", "index", "Practise publishing: a package index on this machine."),
        "release": Entry("release", "release", "Publish the package in DIR, step by step."),
        "sabotage": Entry("new", "sabotage", "Break a package in one known way, for somebody to find."),
    },
}
TABLE = {name: entry for entries in GROUPS.values() for name, entry in entries.items()}
