"""The palettes: text can be read, marks stand out from the ground, and the scheme can change under an open window."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.gui import style

PALETTES = pytest.mark.parametrize("palette", [style.LIGHT, style.DARK], ids=["light", "dark"])
MARKS = ("convolution", "normalisation", "activation", "pooling", "linear", "merge", "other")


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    mixed = QColor(color)
    weights = ((0.2126, mixed.redF()), (0.7152, mixed.greenF()), (0.0722, mixed.blueF()))
    return sum(
        weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4) for weight, part in weights
    )


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@PALETTES
@pytest.mark.parametrize("text", ["text", "muted", "bad", "good"])
@pytest.mark.parametrize("ground", ["ground", "pane", "field", "selection", "hover"])
def test_text_has_a_contrast_of_4_5(palette: style.Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@PALETTES
def test_text_on_the_accent_has_a_contrast_of_4_5(palette: style.Palette) -> None:
    assert contrast(palette.on_accent, palette.accent) >= 4.5


@PALETTES
@pytest.mark.parametrize("mark", [*MARKS, "accent", "training", "validation", "earlier"])
@pytest.mark.parametrize("ground", ["ground", "pane", "selection"])
def test_marks_have_a_contrast_of_3(palette: style.Palette, mark: str, ground: str) -> None:
    assert contrast(getattr(palette, mark), getattr(palette, ground)) >= 3.0


def test_no_text_has_the_colour_of_a_category() -> None:
    sheet = resources.path("styles", "window.qss").read_text(encoding="utf-8")
    colors = set(re.findall(r"(?<![-\w])color:\s*@(\w+)", sheet))
    assert colors
    assert not colors & set(MARKS)


@PALETTES
def test_every_colour_of_the_sheet_is_known(qapp: QApplication, palette: style.Palette) -> None:
    style.use(qapp, palette)
    assert "@" not in qapp.styleSheet()
    assert qapp.palette().color(QPalette.ColorRole.Text) == QColor(palette.text)
    for picture in re.findall(r"url\(([^)]+)\)", qapp.styleSheet()):
        assert resources.path("icons", picture.rsplit("/", 1)[1]).exists()


def test_who_paints_itself_hears_of_another_scheme(qapp: QApplication) -> None:
    heard: list[bool] = []
    style.THEME.changed.connect(lambda: heard.append(style.current().dark))
    style.use(qapp, style.DARK)
    style.use(qapp, style.LIGHT)
    assert heard == [True, False]
    style.THEME.changed.disconnect()


def test_categories_have_their_colours(qapp: QApplication) -> None:
    style.use(qapp, style.LIGHT)
    assert style.category_color("convolution") == QColor("#3B74D8")
    assert style.category_color("no such category") == QColor(style.LIGHT.other)


def test_the_scheme_of_the_system_is_followed_while_the_window_is_open(qapp: QApplication) -> None:
    hints = qapp.styleHints()
    style.install(qapp)
    assert not style.current().dark
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)  # as the platform does; the offscreen one never does
    assert style.current().dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(style.DARK.ground)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not style.current().dark
