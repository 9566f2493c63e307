"""Where the window opens: where it was, or in the middle of the screen, and in both cases with its frame on it."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QMainWindow, QStyle

FIRST_SIZE = QSize(1280, 800)  # within the frame


def place(window: QMainWindow, geometry: QByteArray) -> QSize:
    """Gives a window its remembered place, or without one its first, and tells the size that is to come of it."""
    if geometry.isEmpty() or not window.restoreGeometry(geometry):
        room = window.screen().availableGeometry()
        left_to_right, centre = Qt.LayoutDirection.LeftToRight, Qt.AlignmentFlag.AlignCenter
        title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)  # the real one is known once shown
        first = QStyle.alignedRect(left_to_right, centre, FIRST_SIZE, room)
        window.setGeometry(within(first, room.marginsRemoved(QMargins(0, title, 0, 0))))
    return window.size()


def fit_frame(window: QMainWindow, chosen: QSize) -> None:
    """Keeps a window on the screen with the frame that the system has put around it.

    Args:
        window: The window, once it is on the screen.
        chosen: The size it was to open in; one that somebody else has given it stays.
    """
    frame, inside = window.frameGeometry(), window.geometry()
    if inside.size() != chosen.expandedTo(window.minimumSizeHint()) or window.isMaximized() or window.isFullScreen():
        return
    before, behind = inside.topLeft() - frame.topLeft(), frame.bottomRight() - inside.bottomRight()
    margins = QMargins(before.x(), before.y(), behind.x(), behind.y())
    fitting = within(inside, window.screen().availableGeometry().marginsRemoved(margins))
    if fitting != inside:
        window.setGeometry(fitting)


def within(inside: QRect, room: QRect) -> QRect:
    """A rectangle, moved and shrunk by as little as it takes to lie in ``room``."""
    size = inside.size().boundedTo(room.size())
    left = max(room.left(), min(inside.left(), room.left() + room.width() - size.width()))
    top = max(room.top(), min(inside.top(), room.top() + room.height() - size.height()))
    return QRect(QPoint(left, top), size)
