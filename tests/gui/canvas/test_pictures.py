"""The diagram as SVG, PDF, PNG and on paper: nothing overlaps, nothing is cut off, whatever the fonts are."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QMarginsF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

import explorer
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.errors import FileError
from explorer.examples import EXAMPLES
from explorer.gui import style
from explorer.gui.canvas import walk
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.brush import Brush
from explorer.gui.canvas.figure import Card, Flow, Frame, Node, Pill
from explorer.gui.canvas.formats import MOST_POINTS, print_diagram, write_diagram
from explorer.gui.canvas.picture import MARGIN, DiagramPicture, picture_of
from explorer.gui.canvas.sketch import Paper
from explorer.gui.editing import freezing
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from tests.gui.canvas import geometry

SVG = "{http://www.w3.org/2000/svg}"


def network(key: str) -> Network:
    return EXAMPLES[key].read() if key in EXAMPLES else explorer.network(key)


def opened(session: Session, key: str, *, open_all: bool) -> DiagramPicture:
    session.open_network(network(key))
    session.drawing.fold_all(session.document, True if open_all else None)
    return picture_of(session, dark=False)


def words_of(picture: DiagramPicture) -> list[str]:
    """The titles, signs and shapes that the figure has."""
    words = []
    for found in walk.seen(picture.figure):
        face = found.figure.face
        if isinstance(face, Card | Frame):
            card = face if isinstance(face, Card) else face.card
            words += [card.title, card.name, card.words]
        elif isinstance(face, Pill):
            words.append(face.text)
        elif isinstance(face, Node) and face.sign != "‖":  # drawn
            words.append(face.sign)
        words += [label.text for label in found.figure.labels]
    return sorted(word for word in words if word)


@pytest.mark.parametrize("open_all", [False, True], ids=["usual", "open"])
@pytest.mark.parametrize("key", ["resnet18", "googlenet_paper", "small_unet"])
def test_an_svg_has_every_word_in_its_place(session: Session, tmp_path: Path, key: str, open_all: bool) -> None:
    picture = opened(session, key, open_all=open_all)
    paper = Paper(picture.flow, picture.ink.width)
    assert geometry.overlaps(geometry.boxes(picture.figure)) == []
    assert geometry.strays(picture.figure) == []
    assert geometry.cramped(picture.figure, paper) == []
    file = tmp_path / "diagram.svg"
    write_diagram(picture, file)
    root = ET.parse(file).getroot()
    texts = sorted("".join(found.itertext()).strip() for found in root.iter(f"{SVG}text"))
    counted = [text for text in texts if not re.fullmatch(r"× \d+|!|✎", text)]
    assert counted == words_of(picture)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    assert (left, top) == (0, 0)
    assert width == pytest.approx(picture.size.width(), abs=1)
    assert height == pytest.approx(picture.size.height(), abs=1)


def test_a_text_is_never_wider_than_where_it_stands(session: Session) -> None:
    picture = opened(session, "googlenet_paper", open_all=True)
    ink = picture.ink
    for found in walk.seen(picture.figure):
        face = found.figure.face
        for label in found.figure.labels:
            assert ink.width(label.text, "label") <= label.size[0] + 0.01
        if isinstance(face, Pill):
            assert ink.width(face.text, "words") + 20 <= found.figure.across


@pytest.mark.parametrize("key", ["resnet18", "googlenet_paper", "small_unet"])
def test_a_pdf_is_one_page_of_the_size_of_the_diagram(session: Session, tmp_path: Path, key: str) -> None:
    picture = opened(session, key, open_all=False)
    file = tmp_path / "diagram.pdf"
    write_diagram(picture, file)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert len(pages) == 1
    width, height = map(float, pages[0])
    assert width == pytest.approx(picture.size.width() * 0.75, abs=1)
    assert height == pytest.approx(picture.size.height() * 0.75, abs=1)


def test_a_very_long_network_still_fits_a_page_and_an_image(session: Session, tmp_path: Path) -> None:
    picture = opened(session, "resnet110", open_all=True)
    assert picture.size.height() * 0.75 > MOST_POINTS
    write_diagram(picture, tmp_path / "long.pdf")
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "long.pdf").read_bytes())
    assert max(map(float, pages[0])) <= MOST_POINTS + 1
    write_diagram(picture, tmp_path / "long.png", 8)
    assert not QImage(str(tmp_path / "long.png")).isNull()


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize("dark", [False, True])
def test_a_png_has_its_scale_and_its_scheme(session: Session, tmp_path: Path, scale: int, dark: bool) -> None:
    session.open_network(explorer.network("lenet5"))
    picture = picture_of(session, dark=dark)
    write_diagram(picture, tmp_path / "lenet.png", scale)
    image = QImage(str(tmp_path / "lenet.png"))
    assert image.width() == round(picture.size.width() * scale)
    ground = QColor((style.DARK if dark else style.LIGHT).ground)
    assert image.pixelColor(2, 2) == ground
    assert image.pixelColor(image.width() - 2, image.height() - 2) == ground
    assert len({image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}) > 3


def test_the_selection_alone(session: Session) -> None:
    session.select((("layer1",),))
    one = picture_of(session, dark=False, selection=True)
    assert isinstance(one.figure.face, Card)
    session.select((("layer1",), ("layer2",)))
    two = picture_of(session, dark=False, selection=True)
    assert one.size.height() < two.size.height() < picture_of(session, dark=False).size.height()
    session.select(())
    assert picture_of(session, dark=False, selection=True).size == picture_of(session, dark=False).size


def test_the_direction_of_the_flow_is_kept(session: Session) -> None:
    upright = picture_of(session, dark=False)
    session.drawing.turn(False)
    across = picture_of(session, dark=False)
    assert across.flow == Flow(vertical=False)
    assert across.size.width() > across.size.height()
    assert upright.size.height() > upright.size.width()


def test_an_empty_network_is_a_picture_too(session: Session, tmp_path: Path) -> None:
    session.open_network(Network.of("empty", (3, 8, 8), Chain()))
    for suffix in (".svg", ".pdf", ".png"):
        write_diagram(picture_of(session, dark=False), tmp_path / f"empty{suffix}")


def test_a_bad_name_and_a_bad_place_are_sentences(session: Session, tmp_path: Path) -> None:
    picture = picture_of(session, dark=False)
    with pytest.raises(FileError, match="svg, .pdf, .png"):
        write_diagram(picture, tmp_path / "diagram.gif")
    with pytest.raises(FileError, match="cannot be written"):
        write_diagram(picture, tmp_path / "nowhere" / "diagram.svg")


def test_printing_takes_as_many_pages_as_it_is_long(session: Session, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "print.pdf"))
    page = QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(36, 36, 36, 36))
    printer.setPageLayout(page)
    picture = opened(session, "resnet18", open_all=True)
    pages = print_diagram(picture, printer)
    content = (tmp_path / "print.pdf").read_bytes()
    assert pages > 3
    assert len(re.findall(rb"/MediaBox", content)) == pages
    assert picture.size.width() > 2 * MARGIN


# The dialog


def box(dialog: QDialog, name: str) -> QComboBox:
    found = dialog.findChild(QComboBox, name)
    assert found is not None
    return found


def test_a_person_exports_the_diagram(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path, messages: list[str]
) -> None:
    session.select((("layer1",),))
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(QDialog, "dialog_diagram")
    assert dialog is not None
    assert dialog.isVisible()
    label = dialog.findChild(QLabel, "diagram_size")
    assert label is not None
    whole = label.text()
    box(dialog, "diagram_format").setCurrentIndex(2)
    box(dialog, "diagram_scheme").setCurrentIndex(1)
    box(dialog, "diagram_scale").setCurrentIndex(0)
    selection = dialog.findChild(QCheckBox, "diagram_selection")
    assert selection is not None
    selection.setChecked(True)
    assert label.text() != whole
    save = dialog.findChild(QPushButton, "diagram_export")
    assert save is not None
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    chooser = window.findChild(QFileDialog, "dialog_diagram_file")
    assert chooser is not None
    target = tmp_path / "stage.png"
    chooser.fileSelected.emit(str(target))
    chooser.close()
    image = QImage(str(target))
    assert image.pixelColor(2, 2) == QColor(style.DARK.ground)
    assert messages[-1] == f"Wrote the diagram to {target}."
    assert QApplication.activeModalWidget() is None


def test_what_is_painted_is_what_is_in_the_part(session: Session) -> None:
    picture = picture_of(session, dark=False)
    assert picture.part == QRectF(0, 0, picture.figure.across, picture.figure.along)


# From afar


def painted(picture: DiagramPicture, zoom: float, tmp_path: Path) -> list[tuple[str, QRectF]]:
    """The texts of a figure at a zoom, with the pixels that each takes on the screen."""
    generator = QSvgGenerator()
    generator.setFileName(str(tmp_path / "afar.svg"))
    painter = QPainter(generator)
    painter.scale(zoom, zoom)
    Brush(painter, picture.flow, picture.ink, Accents(), zoom).paint(picture.figure)
    painter.end()
    found = []
    for group in ET.parse(tmp_path / "afar.svg").getroot().iter(f"{SVG}g"):
        for text in group.findall(f"{SVG}text"):
            across, _, _, down, left, top = map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", group.attrib["transform"]))
            font = QFont(text.attrib["font-family"])
            font.setPixelSize(int(text.attrib["font-size"]))
            font.setWeight(QFont.Weight(int(text.attrib["font-weight"])))
            words = "".join(text.itertext()).strip()
            box = QFontMetricsF(font).tightBoundingRect(words)
            box.translate(float(text.attrib["x"]), float(text.attrib["y"]))
            rect = QRectF(box.x() * across + left, box.y() * down + top, box.width() * across, box.height() * down)
            found.append((words, rect))
    return found


@pytest.mark.parametrize("vertical", [True, False], ids=["down", "across"])
@pytest.mark.parametrize("zoom", [0.43, 0.5, 0.57, 0.69])
@pytest.mark.parametrize("key", ["lenet5", "resnet50", "googlenet_paper", "small_unet"])
def test_words_that_are_drawn_larger_from_afar_do_not_lie_on_one_another(
    session: Session, tmp_path: Path, key: str, zoom: float, vertical: bool
) -> None:
    session.drawing.turn(vertical)
    picture = opened(session, key, open_all=True)
    texts = painted(picture, zoom, tmp_path)
    assert texts
    boxes = [geometry.Box((r.left(), r.top()), (r.right(), r.bottom()), text) for text, r in texts]
    assert geometry.overlaps(boxes) == []


def test_a_network_that_is_seen_whole_says_what_its_layers_are(session: Session, tmp_path: Path) -> None:
    texts = [text for text, _ in painted(opened(session, "resnet50", open_all=False), 0.57, tmp_path)]
    assert {"7 × 7, 64, stride 2", "3 × Bottleneck, 256 channels", "64 × 112 × 112", "2048 × 7 × 7"} <= set(texts)
    assert "6 × Bottleneck, 1024 channels …" in texts  # in whole statements


def test_a_find_that_is_seen_from_afar_keeps_the_colour_of_its_kind(session: Session) -> None:
    session.open_network(explorer.network("lenet5"))
    picture, zoom = picture_of(session, dark=False), 0.3
    block = next(found for found in walk.blocks(picture.figure) if found.card)
    image = QImage(900, 1200, QImage.Format.Format_RGB32)
    accents = (Accents(), Accents(found={block.path}), Accents(selected={block.path}))
    middles, edges = [], []
    for each in accents:
        image.fill(QColor(style.LIGHT.ground))
        painter = QPainter(image)
        painter.scale(zoom, zoom)
        Brush(painter, picture.flow, picture.ink, each, zoom).paint(picture.figure)
        painter.end()
        left, middle = block.at[0] * zoom, (block.at[1] + block.figure.along / 2) * zoom
        middles.append(image.pixelColor(round(left) + 8, round(middle)))
        edges.append(image.pixelColor(round(left), round(middle)))
    assert len(set(map(QColor.name, middles))) == 1
    assert edges[1] == QColor(style.LIGHT.validation)
    assert edges[2] == QColor(style.LIGHT.accent)


def test_what_is_frozen_looks_frozen_and_is_drawn_so_in_pictures(session: Session, tmp_path: Path) -> None:
    session.open_network(explorer.network("lenet5"))
    trained = picture_of(session, dark=False)
    freezing.freeze_before(session, 4)  # convolution, activation, pooling, convolution
    frozen = picture_of(session, dark=False)

    def images(picture: DiagramPicture) -> dict[tuple[str, ...], QImage]:
        size = picture.size.toSize()
        whole = QImage(size, QImage.Format.Format_RGB32)
        painter = QPainter(whole)
        picture.paint(painter)
        painter.end()
        return {found.path: whole.copy(place_in(picture, found)) for found in walk.blocks(picture.figure) if found.card}

    def place_in(picture: DiagramPicture, found: walk.Seen) -> QRect:
        corner = QPointF(*picture.flow.turned(*found.at)) - picture.part.topLeft() + QPointF(MARGIN, MARGIN)
        return QRectF(corner, QSizeF(found.figure.across, found.figure.along)).toAlignedRect()

    before, after = images(trained), images(frozen)
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {("conv1",), ("conv2",)}, "an activation has nothing to freeze"
    assert frozen.accents.is_frozen((("conv1",), ("pool1",)))
    assert not frozen.accents.is_frozen((("conv2",), ("fc1",)))


@pytest.mark.parametrize(("key", "path"), [("lenet5", ("conv1",)), ("resnet18", ("layer1",))])
def test_a_frozen_block_looks_frozen_in_a_picture_of_itself(session: Session, key: str, path: tuple[str, ...]) -> None:
    session.open_network(explorer.network(key))
    session.select((path,))

    def image() -> QImage:
        picture = picture_of(session, dark=False, selection=True)
        drawn = QImage(picture.size.toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(drawn)
        picture.paint(painter)
        painter.end()
        return drawn

    trained = image()
    session.edit("freeze another", replace(session.network, frozen=frozenset({("fc",)})))
    assert image() == trained
    session.edit("freeze", replace(session.network, frozen=frozenset({path})))
    assert image() != trained
