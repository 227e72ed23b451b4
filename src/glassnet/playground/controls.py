"""What the page's controls for plain settings are called and where they stand, so that words can point to them."""

from __future__ import annotations

import re

from ..errors import GlassnetError
from .address import KIND_OF

#: Where a setting has its control, what it is called there, and one line of help. `more` and `data` are folded away, at
#: the end of the panels for training and for data.
FIELDS = {
    "training": {
        "batch_size": ("batch size", "rows a step, or full"),
        "l2": ("L2", "penalty on the squares of weights: keeps them small"),
        "epochs": ("epochs", "passes over the training rows"),
    },
    "more": {
        "l1": ("L1", "penalty on the size of weights: brings some to 0"),
        "dropout": ("dropout", "share of hidden units left out in each step"),
        "input_dropout": ("input dropout", "share of inputs left out in each step"),
        "batch_norm": ("batch norm", "each unit's scores on one scale, batch by batch"),
        "clip_norm": ("clip norm", "gradients longer than this are shortened"),
        "clip_value": ("clip value", "each element of the gradient is cut to this"),
        "patience": ("patience", "end after so many epochs without a better score"),
        "class_weight": ("class weight", "balanced: rare classes count as much as frequent ones"),
        "shuffle": ("shuffle", "a new order of rows for each epoch"),
        "seed": ("seed", "of the initial weights and the order of rows"),
    },
    "data": {
        "test": ("test rows", "share of all rows that training never sees"),
        "validation": ("validation rows", "share of the other rows, for looking on meanwhile"),
        "split_seed": ("split seed", "of the data that are drawn, and of test rows"),
        "scale": ("scaling", "how inputs are brought to one size"),
    },
}
_FOLDED = {name: label for place in ("more", "data") for name, (label, _) in FIELDS[place].items()}
_IN_SIGHT = {name: label for name, (label, _) in FIELDS["training"].items()}
_IN_SIGHT |= {name: name for name in (*KIND_OF, "hidden", "features")}


def in_controls(message: str) -> str:
    """A message with the page's controls in it where it names options of the command line."""

    def control(option: re.Match[str]) -> str:
        name = option[1].replace("-", "_")
        if name in _FOLDED:
            return f"{'More settings: ' if option.start() else ''}{_FOLDED[name]}"  # what begins with it is about it
        return _IN_SIGHT.get(name, option[0])

    return re.sub(r"--([a-z][a-z0-9-]*)", control, message)


def in_words(error: Exception) -> str:
    """An error as the page shows it; of a guest's own it says which kind."""
    words = str(error) if isinstance(error, GlassnetError) else f"{type(error).__name__}: {error}"
    return in_controls(" ".join(words.split()))
