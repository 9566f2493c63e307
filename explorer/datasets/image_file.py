"""Reads one image file into bytes of a fixed size, the same way for training, evaluation and one's own image.

The picture is turned as its camera says, converted to grey or RGB, then scaled and cut about its centre to the wanted
size with ``PIL.ImageOps.fit`` and bilinear filtering, so that an exported script can repeat it in one line.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from explorer.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

# What Pillow's readers raise on damaged files: UnidentifiedImageError is an OSError; the others slip out of single
# formats (a PNG's chunks, a TIFF's tags). DecompressionBombError has no base of its own and is added in `read_image`.
_DAMAGED = (OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error)

MAX_EXTENT = 4_096  # pixels a side, the limit of a network's input
_MODES = {1: "L", 3: "RGB"}


def read_image(path: Path, image_size: tuple[int, int], channels: int) -> npt.NDArray[np.uint8]:
    """Reads an image file as bytes of shape (C, H, W).

    Args:
        path: The file, in any format Pillow reads.
        image_size: The wanted height and width, in pixels.
        channels: 1 for grey, 3 for RGB.

    Raises:
        DataError: If the file is missing, damaged, too large to decode or has no fixed range of brightness.
    """
    from PIL import Image, ImageOps  # 40 ms that a window which shows no image file need not wait for

    check_target(image_size, channels)
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened)
            fitted = ImageOps.fit(_converted(upright, channels), image_size[::-1], Image.Resampling.BILINEAR)
    except FileNotFoundError as error:
        raise DataError(f"The image {path} is not there any more; restore it or read the folder again.") from error
    except (*_DAMAGED, Image.DecompressionBombError) as error:
        raise DataError(f"The image {path} cannot be read ({_reason(error)}); repair it or take it out.") from error
    pixels = np.asarray(fitted, dtype=np.uint8)
    return pixels[np.newaxis].copy() if channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def check_target(image_size: tuple[int, int], channels: int) -> None:
    """Refuses a size or a number of channels that no image file can be read in.

    Args:
        image_size: Height and width, in pixels.
        channels: 1 for grey, 3 for RGB.

    Raises:
        DataError: If either is out of range.
    """
    if channels not in _MODES:
        raise DataError(f"Image files are read with 1 channel (grey) or 3 (RGB), not {channels}.")
    if not all(1 <= extent <= MAX_EXTENT for extent in image_size):
        height, width = image_size
        raise DataError(
            f"Image files are read in sizes from 1 to {MAX_EXTENT:,} pixels a side, not {height} x {width}."
        )


def _converted(image: Image.Image, channels: int) -> Image.Image:
    from PIL import Image

    if image.mode.startswith("I;16"):  # Pillow's own conversion would clip 16 bits instead of scaling them
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in {"I", "F"}:
        raise ValueError(f"pixels of mode {image.mode} have no fixed range of brightness")
    elif image.mode == "P" and "transparency" in image.info:  # straight to RGB would warn and use the wrong colour
        image = image.convert("RGBA")
    return image.convert(_MODES[channels])


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    text = str(error).split("\n")[0].rstrip(".")
    return "no image format is recognised" if text.startswith("cannot identify") else text or type(error).__name__
