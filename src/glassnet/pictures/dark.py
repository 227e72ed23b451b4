"""Pictures for dark pages: light and dark change places, every hue stays, and the figure itself is not touched.

It is done with the finished picture, so that it holds for whatever a guest draws. A page does the same with one line
of CSS, `filter: invert(89%) hue-rotate(180deg)`, and needs each picture once.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import numpy as np

INVERT = 0.89  # of 1, so that white becomes a dark grey and black a light one: full contrast dazzles at night
#: The filter of the two CSS functions by their formulas; `hue-rotate(180deg)` keeps the lightness.
FILTER = f"invert({100 * INVERT:.0f}%) hue-rotate(180deg)"
_TURNED = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])


def darkened(colours: Any) -> Any:
    """Colours (..., 3), each from 0 to 1, as a dark page shows them: c -> H (0.89 - 0.78 c), cut off at 0 and 1."""
    inverted = INVERT - (2 * INVERT - 1) * np.asarray(colours, dtype=np.float32)
    return np.clip(inverted @ _TURNED.T.astype(np.float32), 0, 1)


def darkened_png(content: bytes) -> bytes:
    """The bytes of a PNG with dark pixels in place of light ones; what is transparent stays so."""
    from PIL import Image

    with Image.open(BytesIO(content)) as opened:
        pixels, told = np.asarray(opened.convert("RGBA")).copy(), opened.info
    for line in pixels:  # line by line: the whole as floats would take five times its memory
        line[:, :3] = np.round(255 * darkened(line[:, :3] / 255))
    new, dots = BytesIO(), {"dpi": told["dpi"]} if "dpi" in told else {}
    Image.fromarray(pixels).save(new, "png", **dots)
    return new.getvalue()


_COLOUR = re.compile(r"(?<=[:\s])#([0-9a-f]{6})\b")
_IMAGE = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=\s]+")
_ELEMENT = re.compile(r"<image(?=[^>]*?data:image/png;base64,([A-Za-z0-9+/=\s]+))")


def darkened_svg(document: str) -> str:
    """An SVG document in dark: each colour that it names, the black that it does not name, each image inside."""

    def colour(found: re.Match[str]) -> str:
        given = np.array([int(found[1][at : at + 2], 16) for at in (0, 2, 4)]) / 255
        return "#" + bytes(np.round(255 * darkened(given)).astype(np.uint8)).hex()

    def image(found: re.Match[str]) -> str:
        return base64.b64encode(darkened_png(base64.b64decode(found[0]))).decode()

    ink = colour(re.fullmatch("#(0{6})", "#000000"))  # type: ignore[arg-type]
    document = _IMAGE.sub(image, _COLOUR.sub(colour, document))
    return re.sub(r"<svg\b", f'<svg fill="{ink}"', document, count=1)


def marked_photos(markup: str) -> str:
    """The markup of an SVG in which every image in shades of grey has the class `photo`: a page turns it back."""
    from PIL import Image

    def marked(found: re.Match[str]) -> str:
        with Image.open(BytesIO(base64.b64decode(found[1]))) as opened:
            pixels = np.asarray(opened.convert("RGB"))
        return f'{found[0]} class="photo"' if (pixels == pixels[..., :1]).all() else found[0]

    return _ELEMENT.sub(marked, markup)


def photos(figure: Any) -> list[Any]:
    """Images that show things as they are: shades of grey, as a camera gives them."""
    return [image for axes in figure.axes for image in axes.images if image.get_cmap().name in ("gray", "gray_r")]


@contextmanager
def photos_kept(figure: Any) -> Iterator[None]:
    """Inside, photographs are turned round, so that turning the whole picture round shows them as they are."""
    images = photos(figure)
    before = [image.get_cmap() for image in images]
    for image, colours in zip(images, before, strict=True):
        image.set_cmap(colours.reversed())
    try:
        yield
    finally:
        for image, colours in zip(images, before, strict=True):
            image.set_cmap(colours)
