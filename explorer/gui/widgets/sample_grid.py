"""Training images with their labels below, painted from bytes; no tensor is involved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.datasets.images import Pixels
from explorer.gui import style
from explorer.gui.widgets.picture_strip import to_image

_GAP = 6  # pixels
_SMALL = 0.85  # of the usual size of letters
_SMALLEST_SHARE = 0.005  # of a class that is named


class SampleGrid(QWidget):
    """Pictures in columns, each with the words for its label.

    Args:
        name: The objectName.
        side: The side that a picture has where there is room, in pixels.
    """

    def __init__(self, name: str, side: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self._wish = side
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _SMALL)
        self.setFont(font)
        self._pictures: list[QPixmap] = []
        self._labels: tuple[str, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        style.THEME.changed.connect(self.update)

    def show_samples(self, images: Pixels, labels: Sequence[str]) -> None:
        """Shows images.

        Args:
            images: Grey or colour. (n, C, H, W)
            labels: The words for each, in as many lines as it has classes.
        """
        self._pictures = [QPixmap.fromImage(to_image(image)) for image in images]
        self._labels = tuple(labels)
        words = ", ".join(label.replace("\n", " and ") for label in self._labels)
        self.setAccessibleName(f"{len(self._pictures)} training images as the run sees them: {words}")
        self.updateGeometry()
        self.update()

    @property
    def labels(self) -> tuple[str, ...]:
        """The words below the images."""
        return self._labels

    @property
    def pictures(self) -> tuple[QPixmap, ...]:
        """The images."""
        return tuple(self._pictures)

    @property
    def _lines(self) -> int:
        return max((label.count("\n") + 1 for label in self._labels), default=1)

    def _side(self, width: int) -> float:
        columns = self._columns(width)
        return (width - (columns - 1) * _GAP) / columns

    def _columns(self, width: int) -> int:
        return max(round((width + _GAP) / (self._wish + _GAP)), 1)

    def _row_height(self, width: int) -> float:
        return self._side(width) + self._lines * self.fontMetrics().height() + _GAP

    def _place(self, index: int) -> QRectF:
        side, height = self._side(self.width()), self._row_height(self.width())
        row, column = divmod(index, self._columns(self.width()))
        return QRectF(column * (side + _GAP), row * height, side, side)

    def _paint_label(self, painter: QPainter, index: int, place: QRectF) -> None:
        metrics, width = self.fontMetrics(), int(place.width())
        for number, line in enumerate(self._labels[index].split("\n")):
            top = place.bottom() + number * metrics.height()
            words = metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRectF(place.left(), top, width, metrics.height()), Qt.AlignmentFlag.AlignLeft, words)

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(4 * self._wish, self.heightForWidth(4 * self._wish))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * self._wish, 0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = -(-len(self._pictures) // self._columns(width))
        return int(rows * self._row_height(width))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = QPointF(event.pos())
            words = (label for index, label in enumerate(self._labels) if self._place(index).contains(at))
            QToolTip.showText(event.globalPos(), next(words, ""), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = style.current(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(palette.text))
        for index, picture in enumerate(self._pictures):
            place = self._place(index)
            if not place.adjusted(0, 0, 0, self._row_height(self.width())).intersects(QRectF(event.rect())):
                continue
            fitting = QSize(picture.size()).scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            inside = QRectF(place.topLeft(), fitting)
            inside.moveCenter(place.center())
            painter.drawPixmap(inside, picture, QRectF(picture.rect()))
            self._paint_label(painter, index, place)
        painter.end()


def labels_of(shares: npt.NDArray[np.float32], classes: Sequence[str]) -> list[str]:
    """The label of each image in words: its class, or a line for each class that is mixed in it.

    Args:
        shares: The share of each class in each image. (n, classes)
        classes: Their names.
    """
    return [_label(row, classes) for row in shares]


def _label(row: npt.NDArray[np.float32], classes: Sequence[str]) -> str:
    order = [int(place) for place in np.argsort(-row, kind="stable") if row[place] > _SMALLEST_SHARE]
    if len(order) == 1:
        return classes[order[0]]
    return "\n".join(f"{row[place]:.0%} {classes[place]}".replace("%", " %", 1) for place in order)
