"""The look of the window: two palettes, one style sheet, and a switch that follows the system's scheme.

Text is never set in a category colour; categories are marks. A test holds text to a contrast of 4.5:1 and marks to 3:1.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from explorer import resources


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme, as ``#RRGGBB``.

    Attributes:
        dark: Whether it is the dark one.
        ground: Behind everything.
        pane: Behind text: panels, tables, menus.
        field: Behind what can be typed.
        line: Borders and separators.
        text: Text.
        muted: Text of less weight.
        accent: What is active, and the focus.
        on_accent: Text on the accent.
        selection: Behind what is selected.
        hover: Behind what the pointer is on.
        good: A mark or word for what is right.
        bad: A mark or word for a problem.
        training: The curve of the training images.
        validation: The curve of the validation images.
        earlier: Curves of earlier runs.
        grid: Lines of a plot's grid.
    """

    dark: bool
    ground: str
    pane: str
    field: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    hover: str
    good: str
    bad: str
    training: str
    validation: str
    earlier: str
    grid: str
    convolution: str
    normalisation: str
    activation: str
    pooling: str
    linear: str
    merge: str
    other: str


LIGHT = Palette(
    dark=False,
    ground="#F4F5F7",
    pane="#FFFFFF",
    field="#F4F5F7",
    line="#DADDE3",
    text="#1D222B",
    muted="#596273",
    accent="#3366D6",
    on_accent="#FFFFFF",
    selection="#E3EBFA",
    hover="#EEF1F6",
    good="#1B7049",
    bad="#B3261E",
    training="#3366D6",
    validation="#C0701A",
    earlier="#6B7789",
    grid="#DFE2E8",
    convolution="#3B74D8",
    normalisation="#6B7789",
    activation="#C0701A",
    pooling="#2A8F60",
    linear="#8A56C9",
    merge="#C2447A",
    other="#7A8494",
)

DARK = Palette(
    dark=True,
    ground="#15181E",
    pane="#1C2028",
    field="#15181E",
    line="#2F3541",
    text="#E8EBF0",
    muted="#9DA7B7",
    accent="#7AA5FF",
    on_accent="#10131A",
    selection="#26344F",
    hover="#252B36",
    good="#55C592",
    bad="#FF8A80",
    training="#7AA5FF",
    validation="#F0A355",
    earlier="#97A3B6",
    grid="#2C323D",
    convolution="#6D9CF2",
    normalisation="#97A3B6",
    activation="#F0A355",
    pooling="#55C592",
    linear="#B58CF0",
    merge="#EE7FAE",
    other="#8B95A5",
)

_PLACEHOLDER = re.compile(r"@([a-z_]+)")


class Theme(QObject):
    """The scheme in force; ``changed`` fires after widgets have their new colours, for what paints itself."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.palette = LIGHT


THEME = Theme()


def current() -> Palette:
    """The colours in force."""
    return THEME.palette


def category_color(category: str) -> QColor:
    """The mark of a category of blocks."""
    return QColor(getattr(THEME.palette, category, THEME.palette.other))


def install(application: QApplication) -> None:
    """Gives the application its look and lets it follow the system's scheme."""
    application.setStyle(QStyleFactory.create("Fusion"))
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.connect(lambda scheme: use(application, _palette_of(scheme)))
    use(application, _palette_of(hints.colorScheme()))


def use(application: QApplication, palette: Palette) -> None:
    """Shows the application in the colours of a palette."""
    THEME.palette = palette
    application.setPalette(_qt_palette(palette))
    sheet = _style_sheet(palette)
    if application.styleSheet() != sheet:  # the same one would lay every widget out again
        application.setStyleSheet(sheet)
    THEME.changed.emit()


def _palette_of(scheme: Qt.ColorScheme) -> Palette:
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def _style_sheet(palette: Palette) -> str:
    sheet = resources.path("styles", "window.qss").read_text(encoding="utf-8")
    values = dataclasses.asdict(palette)
    icons = resources.path("icons").as_posix()
    values |= {"icons": icons, "scheme": "dark" if palette.dark else "light"}
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), sheet)


def _qt_palette(colors: Palette) -> QPalette:
    role = QPalette.ColorRole
    values = {
        role.Window: colors.ground,
        role.WindowText: colors.text,
        role.Base: colors.pane,
        role.AlternateBase: colors.ground,
        role.Text: colors.text,
        role.Button: colors.pane,
        role.ButtonText: colors.text,
        role.BrightText: colors.bad,
        role.ToolTipBase: colors.pane,
        role.ToolTipText: colors.text,
        role.PlaceholderText: colors.muted,
        role.Highlight: colors.accent,
        role.HighlightedText: colors.on_accent,
        role.Link: colors.accent,
        role.Mid: colors.line,
    }
    palette = QPalette()
    for name, color in values.items():
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colors.muted))
    return palette
