"""Figures into files: PNG, SVG and PDF, written whole, and the same figure gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np

from .. import process
from ..errors import GlassnetError, did_you_mean
from .fonts import lent

FORMS = ("png", "svg", "pdf")
POINTS_AN_INCH = 72  # what SVG and PDF count in
PIXELS_AN_INCH = 96  # what pages count in


def get_ready() -> None:
    """Load what it takes to draw a figure and to write it: a third of a second that can pass beside other work."""
    process.load_matplotlib()
    for name in ("PIL.Image", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"):
        import_module(name)


def save(figure: Any, path: str | Path, elsewhere: str = "give another path", dark: bool = False) -> Path:
    """Write a matplotlib figure whole or not at all, as the ending of its path says: .png, .svg or .pdf.

    `elsewhere` is what to do where nothing may be written, `dark` that it is for a dark page. Raises `GlassnetError`
    for any other ending, for a dark pdf, and where the disk refuses.
    """
    path = Path(path)
    form = path.suffix[1:].lower()
    if form not in FORMS:
        hint = did_you_mean(form, FORMS)
        raise GlassnetError(f"{str(path)!r} does not say what to write.{hint} Possible: .{', .'.join(FORMS)}")
    content = render(figure, form, salt=path.stem, dark=dark)
    from ..files import write_bytes  # here: a list of all pictures writes none

    write_bytes(path, lambda file: file.write(content), elsewhere=elsewhere)
    return path


def render(figure: Any, form: str, salt: str = "", dpi: float | None = None, dark: bool = False) -> bytes:
    """The bytes of a figure as png, svg (whose text stays text) or pdf: neither a date nor random names are in them.

    `salt` is what names inside an SVG are made of; `dpi` the dots an inch of a PNG, else the figure's own; `dark` that
    it is for a dark page: png or svg, since a pdf is for paper. The figure is the same afterwards.

    Raises `GlassnetError` for a dark pdf.
    """
    if dark:
        return _in_dark(figure, form, salt, dpi)
    with process.drawing(svg_fonttype="none", svg_hashsalt=salt, pdf_fonttype=42, image_composite_image=False):
        dots = (dpi or figure.dpi) if form == "png" else POINTS_AN_INCH
        with lent(figure, say_so=form != "svg"), _laid_out(figure, dots):
            return _written(figure, form)


def _in_dark(figure: Any, form: str, salt: str, dpi: float | None) -> bytes:
    from .dark import darkened_png, darkened_svg, photos_kept

    if form == "pdf":
        raise GlassnetError("a pdf is for paper, which is white: a dark picture is a .png or an .svg")
    with photos_kept(figure):
        light = render(figure, form, salt, dpi)
    return darkened_png(light) if form == "png" else darkened_svg(light.decode()).encode()


@contextmanager
def _laid_out(figure: Any, dpi: float) -> Iterator[None]:
    """Everything in its place, found out once: `savefig` would do so twice."""
    canvas, before, engine = figure.canvas, figure.dpi, figure.get_layout_engine()
    figure.set_dpi(dpi)
    try:
        if engine is not None:
            engine.execute(figure)
            figure.set_layout_engine("none")
        yield
    finally:
        if engine is not None:
            figure.set_layout_engine(engine)
        figure.set_dpi(before)
        figure.set_canvas(canvas)


def _written(figure: Any, form: str) -> bytes:
    if form == "svg":
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        text = StringIO()
        FigureCanvasSVG(figure).print_svg(text, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        return text.getvalue().encode()
    content = BytesIO()
    if form == "pdf":
        from matplotlib.backends.backend_pdf import FigureCanvasPdf

        FigureCanvasPdf(figure).print_pdf(content, metadata=dict.fromkeys(("CreationDate", "Creator", "Producer")))
    else:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image

        # The one that the layout has measured words with, where it has: they are not measured again.
        canvas = figure.canvas if type(figure.canvas) is FigureCanvasAgg else FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())
        if (pixels[..., 3] == 255).all():  # nothing shines through, and a quarter less is to be packed
            pixels = np.ascontiguousarray(pixels[..., :3])
        dots = (figure.dpi, figure.dpi)
        Image.fromarray(pixels).save(content, "png", compress_level=3, dpi=dots)  # 6 takes half as long again
    return content.getvalue()
