"""A column of controls that scrolls downwards and is never narrower than what is in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea

_NARROWEST, _WIDEST = 250, 380  # pixels; a word without end must not push everything else from the window


class Column(QScrollArea):
    """Scrolls its content downwards, and asks for the width that the content needs.

    Qt's own scroll area is content with any width; without a horizontal scroll bar, what does not fit is cut off.

    Args:
        name: The objectName.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._asked = 0  # pixels

    # Qt's overrides

    def minimumSizeHint(self) -> QSize:
        content = self.widget()
        inside = content.minimumSizeHint().width() if content is not None else 0
        self._asked = max(_NARROWEST, min(inside + self.verticalScrollBar().sizeHint().width(), _WIDEST))
        return QSize(self._asked, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            asked = self._asked
            if self.minimumSizeHint().width() != asked:
                self.updateGeometry()
        return super().eventFilter(watched, event)
