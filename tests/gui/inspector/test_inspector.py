"""The inspector: a form made from the fields, live while it is typed, and the figures below it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import explorer
from explorer.core import storage
from explorer.core.block import BLOCKS
from explorer.core.compose import Chain, Output, Recall, Slot
from explorer.core.fields import Invalid
from explorer.core.network import Network
from explorer.examples import EXAMPLES
from explorer.gui.editing import edits
from explorer.gui.inspector.block_form import BlockForm
from explorer.gui.main_window import MainWindow
from explorer.gui.panels.inspector import InspectorPanel
from explorer.gui.session import MEMORY_DELAY, Session
from explorer.zoo.base import ZOO


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> InspectorPanel:
    made = InspectorPanel(session)
    qtbot.addWidget(made)
    made.resize(280, 760)
    made.show()
    qtbot.waitExposed(made)
    return made


def part(panel: QWidget, kind: type[QWidget], name: str) -> QWidget:
    found = [widget for widget in panel.findChildren(kind, name) if not widget.isHidden()]
    assert found, f"there is no {name}"
    return found[-1]


def label(panel: QWidget, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert found is not None
    return found.text()


def type_number(spin: QWidget, text: str) -> None:
    assert isinstance(spin, QSpinBox)
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, text)


def test_a_number_is_live_while_it_is_typed_and_one_step(session: Session, panel: InspectorPanel) -> None:
    session.select((("conv1",),))
    seen: list[int] = []
    session.changed.connect(lambda: seen.append(session.network.block(("conv1",)).out_channels))  # type: ignore[attr-defined]
    spin = part(panel, QSpinBox, "field_out_channels")
    type_number(spin, "128")
    assert seen == [1, 12, 128]
    assert label(panel, "cost_output") == "128 × 14 × 14"
    assert label(panel, "cost_parameters") == "6,272"  # 7 · 7 · 1 · 128
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "change out_channels"
    session.undo_stack.undo()
    assert spin.value() == 64  # type: ignore[attr-defined]


def test_leaving_a_field_ends_its_step(session: Session, panel: InspectorPanel) -> None:
    session.select((("conv1",),))
    spin = part(panel, QSpinBox, "field_out_channels")
    type_number(spin, "32")
    QTest.keyClick(spin, Qt.Key.Key_Return)
    type_number(spin, "48")
    assert session.undo_stack.count() == 2


def test_height_and_width_can_differ(session: Session, panel: InspectorPanel) -> None:
    session.select((("conv1",),))
    link = part(panel, QToolButton, "field_kernel_size_link")
    assert isinstance(link, QToolButton)
    link.setChecked(True)
    type_number(part(panel, QSpinBox, "field_kernel_size_width"), "5")
    assert session.network.block(("conv1",)).kernel_size == (7, 5)  # type: ignore[attr-defined]
    link.setChecked(False)
    assert session.network.block(("conv1",)).kernel_size == 7  # type: ignore[attr-defined]


def test_choices_and_switches(session: Session, panel: InspectorPanel) -> None:
    session.select((("layer2",),))
    box = part(panel, QComboBox, "field_activation")
    assert isinstance(box, QComboBox)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert session.network.block(("layer2",)).activation == "pre"  # type: ignore[attr-defined]
    before = session.analysis.parameters
    part(panel, QCheckBox, "field_residual").click()  # type: ignore[attr-defined]
    assert session.network.block(("layer2",)).residual is False  # type: ignore[attr-defined]
    assert session.analysis.parameters < before, "the projection is gone"
    assert session.undo_stack.count() == 2


def test_a_number_with_an_exponent_is_left_as_it_is_typed(session: Session, panel: InspectorPanel) -> None:
    session.select((("bn1",),))
    line = part(panel, QLineEdit, "field_eps")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "1e-3")
    assert line.text() == "1e-3"
    assert session.network.block(("bn1",)).eps == 0.001  # type: ignore[attr-defined]
    line.selectAll()
    QTest.keyClicks(line, "often")
    assert line.property("problem") is True
    assert session.network.block(("bn1",)).eps == 0.001  # type: ignore[attr-defined]


def test_a_value_outside_its_limits_is_said_and_kept(session: Session, panel: InspectorPanel) -> None:
    conv = BLOCKS["Conv2d"](out_channels=10**12, kernel_size="wide")  # type: ignore[call-arg]
    session.open_network(Network.of("bad", (1, 8, 8), Chain(Slot("conv1", conv))))
    session.select((("conv1",),))
    assert "1,000,000,000,000" in label(panel, "problem_out_channels")
    assert "wide" in label(panel, "problem_kernel_size")
    block = session.network.block(("conv1",))
    assert block.out_channels == 10**12  # type: ignore[attr-defined]
    assert isinstance(block.kernel_size, Invalid)  # type: ignore[attr-defined]
    assert session.undo_stack.count() == 0, "looking changes nothing"


def test_every_block_has_a_form(session: Session, qtbot: QtBot) -> None:
    for cls in BLOCKS.values():
        form = BlockForm(cls)
        qtbot.addWidget(form)
        if cls.type_name() not in ("Chain", "Repeat", "Output"):
            form.show_blocks([cls()])
        for name in cls.fields():
            control = form.findChild(QWidget, f"field_{name}")
            assert control is not None
            assert control.accessibleName()
            assert control.toolTip()


def test_several_blocks_of_a_kind_are_set_together(session: Session, panel: InspectorPanel) -> None:
    session.select((("layer1",), ("layer2",)))
    assert label(panel, "inspector_title") == "2 × ResidualStage"
    type_number(part(panel, QSpinBox, "field_blocks"), "3")
    assert [session.network.block((name,)).blocks for name in ("layer1", "layer2")] == [3, 3]  # type: ignore[attr-defined]
    assert session.undo_stack.count() == 1


def fields_of(session: Session, field: str, *names: str) -> list[object]:
    return [getattr(session.network.block((name,)), field) for name in names]


def test_blocks_of_different_kinds_share_their_common_fields(session: Session, panel: InspectorPanel) -> None:
    paths = ("conv1", "maxpool", "layer2")
    session.select(tuple((name,) for name in paths))
    form = part(panel, BlockForm, "block_form")
    shown = {widget.objectName() for widget in form.findChildren(QWidget) if widget.objectName().startswith("field_")}
    assert shown == {"field_stride"}
    assert fields_of(session, "stride", *paths) == [2, 2, 2]
    type_number(part(panel, QSpinBox, "field_stride"), "1")
    assert fields_of(session, "stride", *paths) == [1, 1, 1]
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert fields_of(session, "stride", *paths) == [2, 2, 2]


def test_the_mouse_selects_a_figure_which_is_measured_and_drawn_as_before(
    session: Session, panel: InspectorPanel
) -> None:
    session.select((("layer1",),))
    figure = part(panel, QLabel, "cost_parameters")
    assert isinstance(figure, QLabel)
    size, drawn = figure.sizeHint(), figure.grab().toImage()
    middle = QPointF(figure.rect().center())
    QApplication.sendEvent(figure, QEnterEvent(middle, middle, middle))
    assert (figure.sizeHint(), figure.grab().toImage()) == (size, drawn)
    QTest.mouseDClick(figure, Qt.MouseButton.LeftButton, pos=figure.rect().center() + QPoint(figure.width() // 3, 0))
    assert figure.selectedText() in figure.text()
    assert figure.hasSelectedText()
    QApplication.sendEvent(figure, QEvent(QEvent.Type.Leave))
    assert figure.hasSelectedText(), "what is selected stays to be copied"


def test_values_that_differ_say_so_until_one_is_typed(session: Session, panel: InspectorPanel) -> None:
    session.select((("layer1",), ("layer3",)))
    spin = part(panel, QSpinBox, "field_out_channels")
    assert isinstance(spin, QSpinBox)
    assert spin.text() == "several"
    assert session.undo_stack.count() == 0, "looking changes nothing"
    type_number(spin, "64")  # what the first of them has already
    assert fields_of(session, "out_channels", "layer1", "layer3") == [64, 64]
    assert spin.text() == "64"
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert spin.text() == "several"
    QTest.keyClick(spin, Qt.Key.Key_Up)
    assert fields_of(session, "out_channels", "layer1", "layer3") == [1, 1]


def test_every_sort_of_field_can_differ(session: Session, panel: InspectorPanel) -> None:
    network = session.network
    first = dataclasses.replace(network.block(("layer1",)), residual=False, activation="pre")  # type: ignore[type-var]
    network = network.replace(("layer1",), first)
    network = network.replace(("bn1",), BLOCKS["BatchNorm2d"](eps=0.25))  # type: ignore[call-arg]
    network, _ = network.insert(BLOCKS["BatchNorm2d"](), ("bn1",), name="bn2")
    session.open_network(network)
    session.select((("layer1",), ("layer2",)))
    switch, box = part(panel, QCheckBox, "field_residual"), part(panel, QComboBox, "field_activation")
    assert isinstance(switch, QCheckBox)
    assert isinstance(box, QComboBox)
    assert (switch.text(), box.currentIndex(), box.placeholderText()) == ("several values", -1, "several values")
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=switch.rect().center() - QPoint(40, 0))
    assert fields_of(session, "residual", "layer1", "layer2") == [True, True]
    assert switch.text() == "on"
    session.select((("bn1",), ("bn2",)))
    line = part(panel, QLineEdit, "field_eps")
    assert isinstance(line, QLineEdit)
    assert (line.text(), line.placeholderText()) == ("", "several values")
    QTest.keyClicks(line, "0.5")
    assert fields_of(session, "eps", "bn1", "bn2") == [0.5, 0.5]


def test_nothing_in_common_is_no_form(session: Session, panel: InspectorPanel) -> None:
    session.select((("relu",), ("fc",)))
    assert part(panel, BlockForm, "block_form").is_empty  # type: ignore[attr-defined]
    assert label(panel, "inspector_title") == "2 blocks"


def test_a_note_is_typed_in_several_lines(session: Session, panel: InspectorPanel) -> None:
    session.select((("conv1",),))
    note = part(panel, QPlainTextEdit, "field_note")
    assert isinstance(note, QPlainTextEdit)
    session.reveal(("conv1",), "note")
    assert note.hasFocus()
    QTest.keyClicks(note, "why 7")
    QTest.keyClick(note, Qt.Key.Key_Return)
    QTest.keyClicks(note, "and not 3")
    assert session.network.slot(("conv1",)).note == "why 7\nand not 3"
    assert (session.undo_stack.count(), session.undo_stack.undoText()) == (1, "change note")
    session.select((("bn1",),))
    assert note.toPlainText() == ""
    session.select((("conv1",),))
    assert note.toPlainText() == "why 7\nand not 3"
    session.undo_stack.undo()
    assert session.network.slot(("conv1",)).note == ""
    assert note.toPlainText() == ""


def test_what_is_inside_a_composite_has_no_note(session: Session, panel: InspectorPanel) -> None:
    session.select((("layer1", "0", "conv1"),))
    note = panel.findChild(QPlainTextEdit, "field_note")
    assert note is not None
    assert not note.isVisible()


def test_no_number_is_cut_off(session: Session, panel: InspectorPanel) -> None:
    panel.resize(250, 760)  # as narrow as the dock gets
    for name in ("conv1", "maxpool", "layer2", "avgpool"):
        session.select(((name,),))
        for link in panel.findChildren(QToolButton):
            if link.isVisible() and link.objectName().endswith("_link"):
                link.setChecked(True)
        QApplication.processEvents()
        for spin in panel.findChildren(QSpinBox):
            if spin.isVisible():
                line = spin.lineEdit()
                margins = line.textMargins()
                room = line.width() - margins.left() - margins.right()
                assert line.fontMetrics().horizontalAdvance(spin.text()) <= room, (name, spin.objectName(), spin.text())


def test_what_is_inside_a_composite_is_shown_and_locked(session: Session, panel: InspectorPanel) -> None:
    session.select((("layer1", "0", "conv1"),))
    form = part(panel, BlockForm, "block_form")
    assert not form.isEnabled()
    assert "layer1" in label(panel, "inspector_lock")
    part(panel, QPushButton, "inspector_unpack").click()  # type: ignore[attr-defined]
    assert session.network.block(("layer1",)).type_name() == "Chain"
    session.select((("layer1", "0"),))
    assert part(panel, BlockForm, "block_form").isEnabled()


def test_the_figures_of_a_block(session: Session, panel: InspectorPanel, qtbot: QtBot) -> None:
    session.select((("layer2", "0"),))
    qtbot.wait(2 * MEMORY_DELAY)
    assert label(panel, "cost_input") == "64 × 7 × 7"
    assert label(panel, "cost_output") == "128 × 4 × 4"
    assert label(panel, "cost_parameters") == "230,144"
    assert label(panel, "cost_macs") == "3.67 M"
    assert label(panel, "cost_field") == "67 × 67, stride 8"
    assert label(panel, "cost_memory").endswith("kB an image")
    assert label(panel, "inspector_formula").splitlines() == [
        "conv1: 73,728",
        "+ bn1: 256",
        "+ conv2: 147,456",
        "+ bn2: 256",
        "+ downsample: 8,448",
        "= 230,144",
    ]
    assert "He, Zhang, Ren, Sun" in label(panel, "inspector_source")


def test_the_formula_of_a_layer(session: Session, panel: InspectorPanel) -> None:
    session.select((("fc",),))
    assert label(panel, "inspector_formula") == "512 · 10 + 10\n= 5,130"


def test_a_name_is_typed(session: Session, panel: InspectorPanel) -> None:
    session.select((("layer1",),))
    line = part(panel, QLineEdit, "field_slot_name")
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, "first")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.selection == (("first",),)
    problem = panel.findChild(QLabel, "problem_slot_name")
    assert problem is not None
    assert problem.isHidden()
    line.selectAll()
    QTest.keyClicks(line, "fc")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert label(panel, "problem_slot_name") == "The name 'fc' is taken; choose another one."
    assert line.text() == "fc", "what was typed can be mended"
    assert line.property("problem") is True
    edits.set_field(session, (("first",),), "out_channels", 32)
    assert line.text() == "fc", "nor does it go with the next edit"
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert label(panel, "problem_slot_name").startswith("A block needs a name of one to 64 letters")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "first"
    assert label(panel, "problem_slot_name") == ""
    QTest.keyClicks(line, "!")
    QTest.keyClick(line, Qt.Key.Key_Return)
    session.select((("fc",),))
    assert (line.text(), label(panel, "problem_slot_name")) == ("fc", "")


@pytest.mark.parametrize(("text", "said"), [("70000", "70,000"), ("0", "0"), ("-3", "-3")])
def test_a_number_over_its_limit_can_be_typed_and_is_said(
    session: Session, panel: InspectorPanel, text: str, said: str
) -> None:
    session.select((("conv1",),))
    spin = part(panel, QSpinBox, "field_out_channels")
    assert isinstance(spin, QSpinBox)
    type_number(spin, text)
    assert (
        label(panel, "problem_out_channels") == f"out_channels is {said}; it must be a whole number from 1 to 65,536."
    )
    assert session.network.block(("conv1",)).out_channels == int(text)  # type: ignore[attr-defined]
    assert session.analysis.problems[0].field == "out_channels"
    spin.stepUp()
    assert 1 <= spin.value() <= 65_536, "the arrows keep within the limits"
    type_number(spin, "32")
    assert label(panel, "problem_out_channels") == ""


def test_a_kernel_over_its_limit_is_a_problem(session: Session, panel: InspectorPanel) -> None:
    session.select((("conv1",),))
    type_number(part(panel, QSpinBox, "field_kernel_size"), "100")
    assert label(panel, "problem_kernel_size").startswith("kernel_size is 100; it must be a whole number from 1 to 63")


def test_the_networks_limits_are_said(session: Session, panel: InspectorPanel) -> None:
    type_number(part(panel, QSpinBox, "field_input_height"), "5000")
    assert session.network.input_shape == (1, 500, 28)
    assert label(panel, "problem_input") == "At most 4,096."
    type_number(part(panel, QSpinBox, "field_input_height"), "32")
    assert label(panel, "problem_input") == ""
    type_number(part(panel, QSpinBox, "field_classes"), "99999")
    assert label(panel, "problem_classes") == "At most 65,536."


# Nothing selected: the network


def test_the_networks_name_input_and_classes(session: Session, panel: InspectorPanel) -> None:
    line = part(panel, QLineEdit, "field_network_name")
    assert isinstance(line, QLineEdit)
    assert line.cursorPosition() == 0  # a long name is seen from its beginning
    QTest.keyClick(line, Qt.Key.Key_End)
    QTest.keyClicks(line, " mine")
    assert session.network.name == "ResNet-18 mine"
    type_number(part(panel, QSpinBox, "field_input_height"), "56")
    assert session.network.input_shape == (1, 56, 28)
    type_number(part(panel, QSpinBox, "field_classes"), "37")
    assert session.analysis.output_shape == (37,)
    assert session.network.block(("fc",)).out_features == 37  # type: ignore[attr-defined]
    assert session.undo_stack.count() == 3


@pytest.mark.parametrize("key", ["nin", "vgg16", "googlenet_paper", "lenet5", "resnet20"])
def test_the_classes_of_other_networks(session: Session, panel: InspectorPanel, key: str) -> None:
    session.open_network(explorer.network(key))
    type_number(part(panel, QSpinBox, "field_classes"), "23")
    assert session.analysis.output_shape == (23,)


def test_the_badge_says_what_was_checked_and_what_changed_since(session: Session, panel: InspectorPanel) -> None:
    session.open_network(explorer.network("resnet18"))
    assert label(panel, "network_badge") == "✓ count, MACs, shapes, outputs"
    assert label(panel, "network_checks").startswith("✓ 11,689,512 parameters, as published (torchvision")
    session.edit("change", session.network.with_input_shape((1, 28, 28)))
    assert label(panel, "network_badge") == "changed since"
    assert label(panel, "network_checks").startswith(
        "Checked of the original: count, MACs, shapes, outputs. It has 11,"
    )
    assert label(panel, "network_note") == "Changed since: 1 input channel, 28 × 28 pixels."
    assert label(panel, "network_summary") == ZOO["resnet18"].summary
    session.edit("change", session.network.remove([("relu",)]))
    assert label(panel, "network_note").endswith("28 × 28 pixels, 1 block removed.")


def test_the_badge_has_its_shape_in_a_window_that_began_without_one(
    session: Session, make_window: Callable[[], MainWindow]
) -> None:
    sizes = []
    for first in (explorer.network("resnet18"), Network.of("own", (1, 8, 8), Chain())):
        session.open_network(first)
        window = make_window()
        session.open_network(explorer.network("resnet18"))
        sizes.append(part(window, QLabel, "network_badge").sizeHint())
    assert sizes[0] == sizes[1]


def test_a_network_of_ones_own_has_no_badge(session: Session, panel: InspectorPanel) -> None:
    session.open_network(Network.of("own", (1, 8, 8), Chain()))
    badge = panel.findChild(QLabel, "network_badge")
    assert badge is not None
    assert badge.isHidden()


def test_a_network_without_a_readable_input_is_shown(session: Session, panel: InspectorPanel) -> None:
    document = json.loads(storage.dumps(session.network))
    document["inputs"] = "an image"
    broken = storage.loads(json.dumps(document))
    assert broken.input_shape == ()
    session.open_network(broken)
    assert label(panel, "network_note") == "Changed since: its input."
    assert label(panel, "network_output") == "—"


# Taps, recalls and outputs


def combo(panel: QWidget, name: str) -> QComboBox:
    found = part(panel, QComboBox, name)
    assert isinstance(found, QComboBox)
    return found


def words(box: QComboBox) -> list[str]:
    return [box.itemText(place) for place in range(box.count())]


def test_a_recall_offers_the_taps_in_sight_and_takes_any_name(
    session: Session, panel: InspectorPanel, qtbot: QtBot
) -> None:
    session.open_network(EXAMPLES["small_unet"].read())
    session.select((("recall2",),))
    box = combo(panel, "field_name")
    assert words(box) == ["level3", "level2", "level1"]  # the nearest first
    assert box.currentText() == "level2"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert session.network.block(("recall2",)) == Recall("level3")
    assert "needs maps of one height and width" in label(panel, "inspector_problem")
    line = part(panel, QLineEdit, "field_name_line")
    line.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(line, "level9")
    assert session.network.block(("recall2",)) == Recall("level9")
    assert box.currentText() == "level9"
    assert "Choose one that is seen here ('level1', 'level2', 'level3')" in label(panel, "inspector_problem")
    QTest.keyClick(line, Qt.Key.Key_Left)
    QTest.keyClicks(line, "12")
    assert session.network.block(("recall2",)) == Recall("level129")
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert box.currentText() == "level3"
    session.undo_stack.undo()
    assert box.currentText() == "level2"
    session.select((("recall3",), ("recall1",)))
    assert words(combo(panel, "field_name")) == ["level3", "level2", "level1"]


def test_the_list_follows_the_taps(session: Session, panel: InspectorPanel) -> None:
    session.open_network(EXAMPLES["small_unet"].read())
    session.select((("recall1",),))
    session.edit("switch off", session.network.enable(("tap2",), False))
    assert words(combo(panel, "field_name")) == ["level3", "level1"]
    assert combo(panel, "field_name").currentText() == "level1"


def test_an_output_says_what_it_passes_on_and_sends_out(session: Session, panel: InspectorPanel) -> None:
    session.open_network(EXAMPLES["auxiliary_head"].read())
    assert label(panel, "network_output") == "10"
    assert label(panel, "network_further") == "early"
    further = panel.findChild(QLabel, "network_further")
    assert further is not None
    assert further.toolTip() == "early: 10, loss × 0.3, only while training"
    session.select((("early",),))
    assert label(panel, "cost_output") == "16 × 14 × 14"
    assert label(panel, "cost_side") == "10 as early"
    line = part(panel, QLineEdit, "field_weight")
    line.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(line, "0.5")
    assert session.analysis.further_outputs[0].weight == 0.5
    line = part(panel, QLineEdit, "field_name")
    line.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(line, "output")
    assert "The main output is called 'output' already" in label(panel, "inspector_problem")
    session.select((("conv3",),))
    assert label(panel, "cost_side") == ""


def test_many_further_outputs_are_told_in_one_line(session: Session, panel: InspectorPanel) -> None:
    outputs = [(f"slot{number}", Output(f"out{number}", Chain())) for number in range(5)]
    session.open_network(Network.of("many", (3, 8, 8), Chain(*outputs)))
    assert label(panel, "network_further") == "out0, out1 and 3 more"


@pytest.mark.parametrize("path", [("relu",), ("conv1",), ("layer1",), ("layer1", "0", "conv1")], ids=".".join)
def test_rows_stay_compact_where_there_is_room(
    session: Session, panel: InspectorPanel, qtbot: QtBot, path: tuple[str, ...]
) -> None:
    session.select((path,))
    qtbot.wait(2 * MEMORY_DELAY)
    places = {}
    for height in (900, 1400):
        panel.resize(280, height)
        QApplication.processEvents()
        shown = [part(panel, QWidget, name) for name in ("field_slot_name", "cost")]
        places[height] = [widget.mapTo(panel, QPoint(0, 0)).y() for widget in shown]
        places[height].append(part(panel, QWidget, "cost").height())
    assert places[900] == places[1400], "what is left over lies below"
