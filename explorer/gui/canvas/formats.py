"""Writes a diagram as SVG, PDF or PNG, and prints it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtSvg import QSvgGenerator

from explorer.core.atomic import replacing
from explorer.errors import FileError
from explorer.gui.canvas.picture import DiagramPicture

SCALES = (1, 2, 3, 4, 8)  # of a PNG, for screens and for print
MOST_PIXELS = 32_000  # along one side of an image: what Qt can paint
MOST_POINTS = 14_400.0  # along one side of a PDF page
_POINTS = 72 / 96  # points in a pixel
_FINE = 8  # dots of a PDF for each pixel, so that letters stand where they belong


def write_diagram(picture: DiagramPicture, file: Path, scale: float = 1.0) -> None:
    """Writes a diagram in the format that the name of the file says.

    Args:
        picture: The diagram.
        file: Where to; an old one stays untouched until the new one is complete.
        scale: Pixels of a PNG for one of the diagram; a very large image is written smaller.

    Raises:
        FileError: If the suffix is of no known format, or the system refuses to write there.
    """
    make = FORMATS.get(file.suffix.lower())
    if make is None:
        raise FileError(f"{file.name} is no picture this app can write; end it in {', '.join(FORMATS)}.")
    content = make(picture, scale)
    with replacing(file) as temporary:
        temporary.write_bytes(content)


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _svg(picture: DiagramPicture, _scale: float) -> bytes:
    buffer, generator, size = _buffer(), QSvgGenerator(), picture.size
    generator.setOutputDevice(buffer)
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setResolution(96)
    generator.setTitle("Network diagram")
    painter = QPainter(generator)
    picture.paint(painter)
    painter.end()
    return bytes(buffer.data().data())


def _pdf(picture: DiagramPicture, _scale: float) -> bytes:
    buffer, size = _buffer(), picture.size
    longest = max(size.width(), size.height()) * _POINTS
    shrunk = min(1.0, MOST_POINTS / longest)
    writer = QPdfWriter(buffer)
    writer.setCreator("Architecture Explorer")
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    page = QSizeF(size.width() * _POINTS * shrunk, size.height() * _POINTS * shrunk)
    writer.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setResolution(96 * _FINE)
    painter = QPainter(writer)
    painter.scale(_FINE * shrunk, _FINE * shrunk)
    picture.paint(painter)
    painter.end()
    return bytes(buffer.data().data())


def _png(picture: DiagramPicture, scale: float) -> bytes:
    buffer, size = _buffer(), picture.size
    scale = min(scale, MOST_PIXELS / max(size.width(), size.height()))
    pixels = QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale)))
    image = QImage(pixels, QImage.Format.Format_RGB32)
    if image.isNull():
        raise FileError("The picture is too large for the memory of this computer; choose a smaller scale.")
    painter = QPainter(image)
    painter.scale(scale, scale)
    picture.paint(painter)
    painter.end()
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


FORMATS: dict[str, Callable[[DiagramPicture, float], bytes]] = {".svg": _svg, ".pdf": _pdf, ".png": _png}


def print_diagram(picture: DiagramPicture, printer: QPrinter) -> int:
    """Prints a diagram as wide as the page, on as many pages as it is long.

    Returns:
        How many pages it took.
    """
    page, size = printer.pageRect(QPrinter.Unit.DevicePixel), picture.size
    scale = min(page.width() / size.width(), printer.logicalDpiX() / 96)
    rows = max(1, int(-(-size.height() * scale // page.height())))
    painter = QPainter(printer)
    for row in range(rows):
        if row:
            printer.newPage()
        painter.save()
        painter.setClipRect(QRect(0, 0, int(page.width()), int(page.height())), Qt.ClipOperation.ReplaceClip)
        painter.translate(max(0.0, (page.width() - size.width() * scale) / 2), -row * page.height())
        painter.scale(scale, scale)
        picture.paint(painter)
        painter.restore()
    painter.end()
    return rows
