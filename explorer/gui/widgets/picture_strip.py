"""A strip of a few images of a data set, painted from their bytes; no tensor is involved."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.datasets.images import Pixels

COLUMNS = 8
_GAP = 4  # pixels
_RADIUS = 3  # pixels, of the corners
_LARGEST = 44  # pixels a side


class PictureStrip(QWidget):
    """Up to two rows of pictures; a tooltip names the class of each."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("picture_strip")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._pictures: list[QPixmap] = []
        self._classes: tuple[str, ...] = ()

    def show_pictures(self, pictures: Pixels, classes: tuple[str, ...]) -> None:
        """Shows pictures.

        Args:
            pictures: Grey or colour. (n, C, H, W)
            classes: The class of each.
        """
        self._pictures = [QPixmap.fromImage(to_image(picture)) for picture in pictures]
        self._classes = classes
        names = ", ".join(dict.fromkeys(classes))
        self.setAccessibleName(f"{len(self._pictures)} training images: {names}" if names else "No images yet")
        self.setVisible(bool(self._pictures))
        self.updateGeometry()
        self.update()

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._pictures)

    def _side(self, width: int) -> float:
        return min((width - (COLUMNS - 1) * _GAP) / COLUMNS, _LARGEST)

    def _place(self, index: int) -> QRectF:
        side = self._side(self.width())
        row, column = divmod(index, COLUMNS)
        return QRectF(column * (side + _GAP), row * (side + _GAP), side, side)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = -(-len(self._pictures) // COLUMNS)
        return int(rows * (self._side(width) + _GAP))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = QPointF(event.pos())
            names = (name for index, name in enumerate(self._classes) if self._place(index).contains(at))
            QToolTip.showText(event.globalPos(), next(names, ""), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for index, picture in enumerate(self._pictures):
            place = self._place(index)
            corners = QPainterPath()
            corners.addRoundedRect(place, _RADIUS, _RADIUS)
            painter.setClipPath(corners)
            painter.drawPixmap(place, picture, QRectF(picture.rect()))
        painter.end()


def to_image(picture: Pixels) -> QImage:
    """An image of Qt from bytes (C, H, W); of other than three channels the first is shown, in grey."""
    channels, height, width = picture.shape
    if channels == 3:
        pixels = np.ascontiguousarray(picture.transpose(1, 2, 0))
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    else:
        pixels = np.ascontiguousarray(picture[0])
        image = QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
    return image.copy()  # the bytes are NumPy's and may go away
