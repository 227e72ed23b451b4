"""What the network says everywhere: over the plane of two inputs, or along one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run


def fitted_curve(split: pictures.Split = None, points: Annotated[int, Range(10, 10000)] = 500) -> Plot:
    """The prediction along the only input, with the rows it is judged by: a curve for each target.

    x = the input, y = prediction and actual numbers, both in their own units

    split: the rows: train, validation or test; none: those that the run is judged by
    points: places at which the network is asked, a count
    """

    def draw(run: Run) -> Any:
        column = np.asarray(run.trained.source.X, dtype=float)[:, 0]
        x = np.linspace(np.nanmin(column), np.nanmax(column), points)
        said = run.trained.model.predict(x[:, None]).reshape(points, -1)
        names = pictures.target_captions(run)
        shown = names[: pictures.MOST_PANELS]
        label = shown[0] if len(names) == 1 else "prediction and actual number"
        note = pictures.rows_in_words(run, split) + pictures.first_of(len(shown), len(names), "targets")
        made, axes = pictures.single(f"Prediction: {pictures.title_of(run)}", _input_captions(run)[0], label, note)
        rows, actual = raw_rows(run, split)[:, 0], run.rows(split).target
        for number, (name, look) in enumerate(zip(shown, pictures.looks(), strict=False)):
            suffix = "" if len(names) == 1 else f" {name}"
            line = look | {"marker": None} | ({"color": pictures.VERMILION} if len(names) == 1 else {})
            axes.scatter(rows, actual[:, number], s=24, color=look["color"], marker=look["marker"], alpha=0.5,
                         linewidths=0, label=f"actual{suffix}")  # fmt: skip
            axes.plot(x, said[:, number], linewidth=2.5, label=f"predicted{suffix}", **line)
        pictures.legend(axes)
        return made

    return Plot(
        draw, unsuited=lambda run: pictures.wants_numbers(run) or _wants_inputs(run, 1) or pictures.lacks(run, split)
    )


@dataclass(frozen=True)
class Plane:
    """Places over the plane of two inputs, and the rows on it; all in the units of the data set."""

    x: Any  # (columns,)
    y: Any  # (lines,)
    rows: Any  # (n, 2)
    pair: tuple[int, int]  # which inputs x and y are
    middle: Any  # (d,), where all others are

    @property
    def places(self) -> Any:
        """Every pair of x and y, (lines * columns, d), line by line; other inputs in their middle."""
        pairs = [values.ravel() for values in np.meshgrid(self.x, self.y)]
        places = np.tile(self.middle, (len(pairs[0]), 1))
        places[:, self.pair[0]], places[:, self.pair[1]] = pairs
        return places

    def grid(self, values: Any) -> Any:
        """Values of the places as (lines, columns)."""
        return np.reshape(values, (len(self.y), len(self.x)))

    def colour(self, axes: Any, values: Any, colours: Any, low: float, high: float) -> Any:
        """Every place in the colour of its value, as an image: thousands of cells would make a heavy vector file."""
        (left, right), (bottom, top) = (_ends(self.x), _ends(self.y))
        return axes.imshow(
            self.grid(values), cmap=colours, vmin=low, vmax=high, extent=(left, right, bottom, top),
            origin="lower", aspect="auto", interpolation="nearest",
        )  # fmt: skip

    def outline(self, axes: Any, inside: Any, width: float) -> None:
        """A line around the places that are inside; none where all or none of them are."""
        if 0 < np.count_nonzero(inside) < np.size(inside):
            axes.contour(
                self.x, self.y, self.grid(inside).astype(float), levels=[0.5], colors=pictures.BLACK, linewidths=width
            )


def _ends(positions: Any) -> tuple[float, float]:
    """Where the cells around evenly spaced positions begin and end."""
    half = (positions[1] - positions[0]) / 2
    return float(positions[0] - half), float(positions[-1] + half)


YES_NO = ["no", "yes"]  # the classes of a label
Panel = tuple[str, Callable[[Any], None]]  # (its name, what draws it into axes)


def decision_boundary(
    split: pictures.Split = None, points: Annotated[int, Range(10, 1000)] = 240, x: str = "", y: str = ""
) -> Plot:
    """What the network says at every place of the plane of its two inputs, with the rows on it: one panel a target.

    Two classes: the output, with the boundary where it changes its mind. More classes: the class that it says.
    Numbers: the prediction, in the target's own units, the rows on the same colour scale.

    x, y = two inputs in the units of the data set. Of more than two inputs, two are chosen; the others stay at their
    medians, so that a row may lie on the wrong side here and be said right.

    x: the input that goes across, by its name; none: the first
    y: the input that goes up; none: the second
    split: the rows: train, validation or test; none: those that the run is judged by
    points: places along each axis at which the network is asked, a count
    """

    def draw(run: Run) -> Any:
        pair = _pair(run, x, y)
        plane = plane_of(run, split, points, pair)
        panels = _panels(run, split, plane)
        count = min(len(panels), pictures.MOST_PANELS)
        wide = min(3, count)
        size = (6.8, 5.2) if count == 1 else (4.8 * wide, 0.7 + 4.2 * -(-count // wide))
        across, upwards = (_input_captions(run)[at] for at in pair)
        title = "Prediction" if pictures.task_of(run) == "regression" else "Decision boundary"
        made = pictures.figure(
            f"{title}: {pictures.title_of(run)}{pictures.first_of(count, len(panels), 'targets')}", *size
        )
        for number, (axes, (name, fill)) in enumerate(zip(pictures.panels(made, count), panels, strict=False)):
            note = pictures.rows_in_words(run, split)
            note += ", other inputs at their medians" * (len(plane.middle) > 2)
            pictures.dress(axes, f"{name}, {note}" if name else note, across, upwards)
            axes.grid(visible=False)
            fill(axes)
            axes.set_xlim(plane.x[0], plane.x[-1])
            axes.set_ylim(plane.y[0], plane.y[-1])
            if number and axes.get_legend():  # what it says holds for all panels
                axes.get_legend().remove()
        return made

    return Plot(draw, unsuited=lambda run: wants_plane(run, x, y) or pictures.lacks(run, split))


def wants_plane(run: Run, x: str, y: str) -> str:
    """Why there is no such plane: two inputs make one, of more two have to be named."""
    columns = run.trained.data.features.columns
    if not (x and y):
        return _wants_inputs(run, 2) + " (of more, name two: x=NAME,y=NAME)" * (len(columns) > 2)
    names = [column.name for column in columns]
    for name in (x, y):
        if name not in names:
            return f"there is no input {name!r}{_nearest(name, names)}"
    if x == y:
        return f"x and y are both {x!r}"
    return "" if all(column.kind == "number" for column in columns) else "an input is not a number"


def _nearest(name: str, names: list[str]) -> str:
    """The nearest name there is, and the others as far as they have room."""
    of_pipeline = next((one for one in names if one.endswith(f"__{name}")), None)
    close = of_pipeline or pictures.nearest(name, names)
    guess = f"; did you mean {close!r}?" if close else ""
    return f"{guess} (there are {pictures.shortened(', '.join(names), 80)})"


def _pair(run: Run, x: str, y: str) -> tuple[int, int]:
    names = [column.name for column in run.trained.data.features.columns]
    return (names.index(x), names.index(y)) if x and y else (0, 1)


def plane_of(run: Run, split: pictures.Split, points: int, pair: tuple[int, int] = (0, 1)) -> Plane:
    """The plane over all rows and a little beyond, with the rows of one split."""
    every = np.asarray(run.trained.source.X, dtype=float)
    low, high = np.nanmin(every, axis=0), np.nanmax(every, axis=0)
    margin = 0.06 * np.where(high > low, high - low, 1.0)
    x, y = (np.linspace(low[at] - margin[at], high[at] + margin[at], points) for at in pair)
    return Plane(x, y, raw_rows(run, split)[:, pair], pair, np.nanmedian(every, axis=0))


def raw_rows(run: Run, split: pictures.Split) -> Any:
    """The inputs of a split in the units of the data set, (n, d)."""
    source, index = run.trained.source, run.rows(split).index
    given = np.asarray(source.X, dtype=float)
    every = given if source.test_X is None else np.vstack([given, np.asarray(source.test_X, dtype=float)])
    return every[index]


def hidden_units(
    most: Annotated[int, Range(1, 12)] = 8, points: Annotated[int, Range(10, 400)] = 80, x: str = "", y: str = ""
) -> Plot:
    """What each hidden unit sees: its activation over the plane of two inputs, a line of panels for each layer.

    a = f(z) of the unit, light where it is high, on one scale a layer. Units of the first layer see a straight edge
    each; later ones bend what the layer before has seen. Other inputs stay at their medians.

    most: at most so many units of a layer, evenly spaced
    points: places along each axis
    x: the input that goes across, by its name; none: the first
    y: the input that goes up; none: the second
    """

    def draw(run: Run) -> Any:
        pair, network = _pair(run, x, y), run.trained.network
        plane = plane_of(run, None, points, pair)
        *seen, _ = network.activations_of(run.trained.data.features.transform(plane.places))
        shown = [pictures.spread(range(width), most) for width in network.hidden]
        wide = max(map(len, shown))
        title = f"What each hidden unit sees: {pictures.title_of(run)}"
        title += f"\n{_axes_in_words(run, pair)}"
        made = pictures.figure(title, max(6.4, 1.6 + 1.5 * wide), 1.2 + 1.8 * len(shown))
        grid = made.add_gridspec(len(shown), wide)
        for layer, (units, a) in enumerate(zip(shown, seen, strict=True)):
            panels = [made.add_subplot(grid[layer, place]) for place in range(len(units))]
            for axes, unit in zip(panels, units, strict=True):
                pictures.without_scale(axes, f"layer {layer + 1}\nunit {unit + 1}")
                image = plane.colour(axes, a[:, unit], pictures.SEQUENTIAL, float(a.min()), float(a.max()))
            pictures.colour_bar(image, panels, "a")
        return made

    def unsuited(run: Run) -> str:
        return wants_plane(run, x, y) or _no_hidden(run)

    return Plot(draw, unsuited=unsuited)


def _axes_in_words(run: Run, pair: tuple[int, int]) -> str:
    """Which inputs go across and up, and where the others are."""
    captions = _input_captions(run)
    others = ", other inputs at their medians" * (len(captions) > 2)
    return f"across {captions[pair[0]]}, up {captions[pair[1]]}{others}"


def _no_hidden(run: Run) -> str:
    hidden = run.trained.network.hidden
    if len(hidden) > 6:
        return f"it has {len(hidden)} hidden layers, more than 6 lines can be read"
    return "" if hidden else "it has no hidden layer"


def _outputs(run: Run, places: Any) -> Any:
    return run.trained.network.predict(run.trained.data.features.transform(places))


def _input_captions(run: Run) -> list[str]:
    return [pictures.caption(run, name) for name in run.trained.data.features.names]


def _wants_inputs(run: Run, count: int) -> str:
    """Why the inputs can't be the axes; empty where they can."""
    columns = run.trained.data.features.columns
    if len(columns) != count:
        return f"it has {len(columns)} input{'s' * (len(columns) != 1)}, not {count}"
    return "" if all(column.kind == "number" for column in columns) else "an input is not a number"


def _panels(run: Run, split: pictures.Split, plane: Plane) -> list[Panel]:
    """One panel for classes, one for each label or target."""
    outputs, actual = _outputs(run, plane.places), run.rows(split).target
    captions, names = pictures.target_captions(run), pictures.class_names(run)
    said = run.trained.model.predict(plane.places)
    if pictures.task_of(run) == "regression":
        numbers = said.reshape(len(said), -1)
        return [_numbers(plane, numbers[:, j], actual[:, j], captions[j]) for j in range(numbers.shape[1])]
    if pictures.task_of(run) == "multilabel":
        return [_two(plane, outputs[:, j], said[:, j], actual[:, j], YES_NO, names[j]) for j in range(len(names))]
    code_of = {str(name): code for code, name in enumerate(run.trained.data.targets.classes or ())}
    codes = np.array([code_of[str(name)] for name in said.tolist()])
    if outputs.shape[1] == 1:
        return [_two(plane, outputs[:, 0], codes, actual, names, captions[0])]
    return [_several(plane, codes, actual, names, captions[0])]


def _two(plane: Plane, output: Any, said: Any, actual: Any, names: list[str], what: str) -> Panel:
    """Two classes: the output as colour, the boundary as a line, the rows by colour and marker."""

    def fill(axes: Any) -> None:
        share = output.min() >= 0 and output.max() <= 1
        low, high = (0.0, 1.0) if share else (float(output.min()), float(output.max()))
        image = plane.colour(axes, output, pictures.between(_colour(0), _colour(1)), low, high)
        plane.outline(axes, said == 1, 2.0)
        pictures.colour_bar(image, [axes], f"output for {what if names == YES_NO else names[1]}")
        _classes(axes, plane.rows, actual, names, what)

    return (what if names == YES_NO else ""), fill


def _several(plane: Plane, said: Any, actual: Any, names: list[str], what: str) -> Panel:
    """More classes: the class that is said, as light areas with lines between them."""

    def fill(axes: Any) -> None:
        from matplotlib.colors import ListedColormap, to_rgb

        light = [tuple(0.65 + 0.35 * part for part in to_rgb(_colour(code))) for code in range(len(names))]
        plane.colour(axes, said, ListedColormap(light), -0.5, len(names) - 0.5)
        for code in range(len(names)):
            plane.outline(axes, said == code, 1.2)
        _classes(axes, plane.rows, actual, names, what)

    return "", fill


def _numbers(plane: Plane, said: Any, actual: Any, what: str) -> Panel:
    """Numbers: the prediction as colour with level lines, the rows in the same colours."""

    def fill(axes: Any) -> None:
        low, high = min(said.min(), actual.min()), max(said.max(), actual.max())
        image = plane.colour(axes, said, pictures.SEQUENTIAL, low, high)
        if said.min() < said.max():
            axes.contour(
                plane.x,
                plane.y,
                plane.grid(said),
                levels=8,
                colors="white",
                linestyles="solid",
                linewidths=0.8,
                alpha=0.8,
            )
        look = {"cmap": pictures.SEQUENTIAL, "vmin": low, "vmax": high, "edgecolors": "white", "linewidths": 0.7}
        axes.scatter(*plane.rows.T, c=actual, s=_size(plane.rows), **look)
        pictures.colour_bar(image, [axes], what)

    return what, fill


def _colour(code: int) -> str:
    return pictures.COLOURS[code % len(pictures.COLOURS)]


def _size(rows: Any) -> int:
    return 42 if len(rows) < 300 else 18


def _classes(axes: Any, rows: Any, actual: Any, names: list[str], what: str) -> None:
    """The rows of each class, by colour and marker."""
    for code, name in enumerate(names):
        look = {"color": _colour(code), "marker": pictures.MARKERS[code % len(pictures.MARKERS)], "s": _size(rows)}
        axes.scatter(*rows[actual == code].T, edgecolors="white", linewidths=0.8, label=name, **look)
    if len(names) <= 12:
        pictures.legend(axes, title=None if names == YES_NO else what, title_fontsize=pictures.NOTE)
