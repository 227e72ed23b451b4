"""The loss as a landscape over two directions of the weights, with the way that training took through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run

LEVELS = 16  # contours
TINY = 1e-300


def loss_surface(points: Annotated[int, Range(3)] = 25, rows: Annotated[int, Range(10)] = 500) -> Plot:
    """The loss over a plane through the initial and the final weights, with the path of the training.

    x = share of the way from the initial weights (0) to the final ones (1). y = the same length, at a right angle:
    where the path was watched, the direction in which it strays most (its first principal component), else
    a random one, each of whose arrays of parameters has the length that it has in x. Colour = mean loss without
    penalties and dropout; batch normalisation takes mean and variance of the rows. After Li et al. 2018, who
    scale random directions filter by filter; here it is whole arrays.

    points: a side of the grid
    rows: at most so many evenly spaced training rows
    """

    def draw(run: Run) -> Any:
        plane = Plane.of(run)
        path = plane.path(run)
        reach = max(0.5, 1.3 * float(np.abs(path[:, 1]).max()))
        x = np.linspace(min(-0.4, path[:, 0].min() - 0.2), max(1.4, path[:, 0].max() + 0.2), points)
        y = np.linspace(-reach, reach, points)
        losses = plane.losses(run, x, y, rows)
        made, axes = pictures.single(
            f"Loss surface of {pictures.title_of(run)}", "share of the way from initial to final weights",
            "across, " + ("where the path strays most" if plane.watched else "a random direction"),
            "" if plane.watched else "train with --watch path to see the way between", 7.6, 5.6,
        )  # fmt: skip
        _contours(made, axes, x, y, losses)
        _draw_path(axes, path, plane.watched)
        return made

    return Plot(draw, unsuited=_has_not_moved)


class Plane:
    """Two directions at right angles from the initial weights, both as long as the way to the final ones."""

    def __init__(self, start: Any, end: Any, second: Any, watched: bool) -> None:
        self.start, self.end, self.watched = start, end, watched
        self.first = end - start
        across = second - (second @ self.first) / (self.first @ self.first) * self.first
        self.second = across * (_length(self.first) / _length(across))

    @classmethod
    def of(cls, run: Run) -> Plane:
        start = run.training().network.w.astype(float)
        network = run.trained.network
        end = network.w.astype(float)
        way = end - start
        seen = run.watched
        if seen is not None and len(seen.path) > 2:
            steps = seen.path.astype(float) - start
            strayed = steps - np.outer(steps @ way / (way @ way), way)
            if np.abs(strayed).max() > 1e-6 * np.abs(way).max():
                return cls(start, end, np.linalg.svd(strayed, full_matrices=False)[2][0], watched=True)
        second = np.random.default_rng(run.experiment.seed).standard_normal(len(way))
        for block in network.layout:
            part = second[block.slice]
            part *= _length(way[block.slice]) / _length(part)
        return cls(start, end, second, watched=False)

    def path(self, run: Run) -> Any:
        """The weights that were watched, and always the initial and the final ones, as points of the plane (K, 2)."""
        seen = run.watched
        between = seen.path.astype(float) if seen is not None and self.watched else np.zeros((0, len(self.start)))
        steps = np.vstack([self.start[None], between[1:], self.end[None]]) - self.start
        return np.column_stack([steps @ self.first, steps @ self.second]) / (self.first @ self.first)

    def losses(self, run: Run, x: Any, y: Any, rows: int) -> Any:
        """Mean loss at each point of the grid, (y, x)."""
        objective, some = run.trained.objective.apart(), run.rows("train")
        every = slice(None, None, -(-len(some) // rows))
        weight = None if some.weight is None else some.weight[every]
        X, t = np.ascontiguousarray(some.X[every]), some.t[every]
        found = np.empty((len(y), len(x)))
        with np.errstate(all="ignore"):
            for row, column in np.ndindex(found.shape):
                objective.network.w[:] = self.start + x[column] * self.first + y[row] * self.second
                found[row, column] = objective.value(X, t, weight)
        return found


def _length(vector: Any) -> float:
    return float(np.linalg.norm(vector)) or TINY  # a length to divide by


def _contours(made: Any, axes: Any, x: Any, y: Any, losses: Any) -> None:
    """Filled contours with lines, in equal steps of the logarithm where all losses are above 0."""
    from matplotlib.colors import LogNorm

    finite = losses[np.isfinite(losses)]
    low, high = float(finite.min()), float(finite.max())
    shown = np.where(np.isfinite(losses), losses, high)
    if low > 0 and high > low:
        levels, norm = np.geomspace(low, high, LEVELS), LogNorm(low, high)
        levels[0], levels[-1] = low, high
    else:
        levels, norm = np.linspace(low, high if high > low else low + 1, LEVELS), None
    filled = axes.contourf(x, y, shown, levels, cmap=pictures.SEQUENTIAL, norm=norm, extend="both")
    axes.contour(x, y, shown, levels, colors="white", linewidths=0.6, alpha=0.7)
    pictures.colour_bar(filled, [axes], "mean loss, without penalties")
    axes.grid(visible=False)


def _draw_path(axes: Any, path: Any, watched: bool) -> None:
    if watched:
        axes.plot(
            *path.T, color=pictures.VERMILION, marker="o", markersize=4, linewidth=2, label="path of the training"
        )
    axes.plot(
        *path[0],
        "s",
        color="white",
        markeredgecolor=pictures.BLACK,
        markersize=11,
        linestyle="none",
        label="initial weights",
    )
    axes.plot(
        *path[-1],
        "*",
        color="white",
        markeredgecolor=pictures.BLACK,
        markersize=17,
        linestyle="none",
        label="final weights",
    )
    pictures.legend_below(axes, down=-0.13)


def _has_not_moved(run: Run) -> str:
    start = run.training().network.w
    return "its weights are still the initial ones" if (start == run.trained.network.w).all() else ""
