"""Beginnings worth trying. Each is an address and nothing else."""

from __future__ import annotations

_MORE = "&epochs=1000"
#: (group, title, address, what to watch)
PRESETS = (
    ("First steps", "Two half moons", "dataset=moons&hidden=8,8&activation=tanh&optimizer=adam:lr=0.01",
     "eight units are enough for one bend"),
    ("First steps", "One unit draws a line", "dataset=blobs:classes=2&hidden=none&optimizer=sgd:lr=0.1",
     "without a hidden layer the border is straight"),
    ("First steps", "A line is not enough", "dataset=moons&hidden=none&optimizer=sgd:lr=0.1",
     "some points stay on the wrong side, however long it trains"),
    ("First steps", "A circle", "dataset=circles&hidden=4&activation=tanh&optimizer=adam:lr=0.03",
     "four straight edges close a ring"),
    ("First steps", "XOR with two units", "dataset=xor&hidden=2&activation=tanh&optimizer=adam:lr=0.05",
     "try another start: some get stuck"),
    ("First steps", "A line in other inputs", "dataset=circles&features=squares&hidden=none&optimizer=sgd:lr=0.1",
     "with x² and y² as inputs a straight border is a circle"),
    ("Harder shapes", "Above or below a sine", "dataset=function&hidden=8,8&activation=tanh&optimizer=adam:lr=0.01",
     "the border is known: how near does it come?"),
    ("Harder shapes", "Two spirals", "dataset=spirals&hidden=32,32&activation=tanh&optimizer=adam:lr=0.01",
     "needs width, depth and patience"),
    ("Harder shapes", "Three spirals", "dataset=spirals:classes=3&hidden=32,32&activation=tanh&optimizer=adam:lr=0.01",
     "three classes, three colours"),
    ("Harder shapes", "Noise learned by heart",
     "dataset=moons:noise=0.4&hidden=64,64&optimizer=adam:lr=0.01&l2=0.0&test=0.5",
     "training gets better, validation gets worse"),
    ("Harder shapes", "The same, held back",
     "dataset=moons:noise=0.4&hidden=64,64&optimizer=adam:lr=0.01&l2=0.03&test=0.5",
     "L2 keeps the border smooth"),
    ("What goes wrong", "A rate far too large", "dataset=moons&hidden=8&optimizer=sgd:lr=50",
     "the loss jumps, or training breaks off and says where"),
    ("What goes wrong", "A rate far too small", "dataset=moons&hidden=8&activation=tanh&optimizer=sgd:lr=0.0003",
     "nothing seems to happen"),
    ("What goes wrong", "All weights alike",
     "dataset=moons&hidden=4&activation=tanh&initializer=zeros&optimizer=sgd:lr=0.1",
     "units that begin alike stay alike"),
    ("What goes wrong", "Sigmoids, deep",
     "dataset=circles&hidden=8,8,8,8,8&activation=sigmoid&optimizer=sgd:lr=0.1",
     "look at the gradients: the first layers learn nothing"),
    ("What goes wrong", "Without scaling", "dataset=wine_cultivars&hidden=8&activation=tanh&scale=none",
     "large inputs drown small ones"),
    ("Curves", "A sine", "dataset=sine&hidden=16&activation=tanh&optimizer=adam:lr=0.01",
     "a curve made of bends"),
    ("Curves", "A jump", "dataset=step_function&hidden=16&optimizer=adam:lr=0.01",
     "a smooth network can only come near to it"),
    ("Real data", "Irises", "dataset=iris&hidden=8&activation=tanh&optimizer=adam:lr=0.01",
     "choose two of four measures for the plane"),
    ("Real data", "Wines", "dataset=wine_cultivars&hidden=16&optimizer=adam:lr=0.01",
     "thirteen chemical measures"),
    ("Real data", "Tumours", "dataset=breast_cancer&hidden=8&optimizer=adam:lr=0.003",
     "thirty measures, two answers"),
    ("Real data", "Handwritten digits", "dataset=digits8x8&hidden=32&optimizer=adam:lr=0.003",
     "each hidden unit is a picture of what it looks for"),
)  # fmt: skip


def presets() -> list[dict[str, str]]:
    """All of them as plain data."""
    return [
        {"group": group, "title": title, "address": address + _MORE, "words": words}
        for group, title, address, words in PRESETS
    ]
