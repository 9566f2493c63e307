"""The columns of the layer table: their headings, and what a row says in them, whatever Qt asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon

from explorer.core.analysis import Row
from explorer.core.compose import Output, Recall, Tap
from explorer.core.fields import shortened
from explorer.core.lr_factors import USUAL, factor_at
from explorer.core.shape import format_shape
from explorer.gui import figures, style
from explorer.gui.session import Session
from explorer.gui.widgets.painting import mark_icon, problem_icon

Role = Qt.ItemDataRole

SHARE = Role.UserRole + 1  # of the parameters, from 0 to 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what a tooltip says about it, and the text of a row."""

    key: str
    title: str
    help: str
    text: Callable[[Session, Row], str]
    is_number: bool = True


def _operations(session: Session, row: Row) -> str:
    return figures.short(figures.operations(row.macs, flops=session.flops))


def memory_text(_: Session, row: Row) -> str:
    """What a block keeps for the backward pass, for one image."""
    memory = row.memory
    return figures.UNKNOWN if memory is None else figures.data(memory.per_image)


def _type(_: Session, row: Row) -> str:
    """The kind of block; of what connects distant places also the name by which it does."""
    block = row.block
    return f"{row.type} {shortened(str(block.name))}" if isinstance(block, Tap | Recall | Output) else row.type


def _factor(session: Session, row: Row) -> str:
    factor = factor_at(session.network.lr_factors, row.path) if row.trainable_parameters else USUAL
    return "" if factor == USUAL else f"× {factor:g}"


def _edited(session: Session, row: Row, column: int) -> str | None:
    """What is typed in a cell: a name, or a multiple of the learning rate."""
    if column == TRAINABLE:
        return f"{factor_at(session.network.lr_factors, row.path):g}"
    return row.slot.name if column == NAME else None


COLUMNS = (
    Column("name", "Name", "Name of the block; joined by dots the key of its weights.", lambda _, r: r.name, False),
    Column("type", "Type", "Kind of block, and the name of a tap or an output.", _type, False),
    Column(
        "output", "Output", "Shape that leaves: channels × height × width.", lambda _, r: format_shape(r.output_shape)
    ),
    Column("kernel", "Kernel", "Height × width of the window / stride.", lambda _, r: figures.window(r.block)),
    Column("parameters", "Parameters", "Learned numbers.", lambda _, r: figures.count(r.parameters)),
    Column(
        "share",
        "Share",
        "Share of the network's parameters.",
        lambda s, r: figures.share(r.parameters, s.analysis.parameters),
    ),
    Column("macs", "MACs", "Multiply-accumulates for one image; FLOPs are twice that.", _operations),
    Column("memory", "Memory", "Kept for the backward pass, for one image.", memory_text),
    Column("field", "Field", "Receptive field in input pixels.", lambda _, r: figures.receptive_field(r)),
    Column(
        "trainable",
        "Train",
        "Whether the parameters are trained, and at which multiple of the learning rate if not at its own.",
        _factor,
        False,
    ),
)
NAME, TYPE, SHARE_COLUMN, MACS, MEMORY, TRAINABLE = (
    [column.key for column in COLUMNS].index(key) for key in ("name", "type", "share", "macs", "memory", "trainable")
)


def _check_state(_: Session, row: Row, column: int) -> Qt.CheckState | None:
    if column != TRAINABLE or not row.parameters:
        return None
    trainable, parameters = row.trainable_parameters, row.parameters
    if not trainable:
        return Qt.CheckState.Unchecked
    return Qt.CheckState.Checked if trainable == parameters else Qt.CheckState.PartiallyChecked


def _tooltip(_: Session, row: Row, column: int) -> str | None:
    if row.problem is not None:
        return f"{row.problem.message}\n{row.problem.remedy}"
    key = COLUMNS[column].key
    if key in ("name", "type"):
        words = (
            row.name if key == "name" else row.type,
            row.block.summary,
            row.block.describe(),
            "" if row.enabled else "Switched off.",
            row.slot.note,
        )
        return "\n".join(word for word in words if word) or None
    if key == "output" and row.side_output is not None:
        return f"Passes its input on, and sends out {figures.side_output(row.side_output)}."
    return figures.LEFT_ASIDE if key == "field" and row.leaves_aside else None


def _icon(row: Row) -> QIcon:
    """The mark of the category; a row with a problem is seen by it also where it is selected."""
    return problem_icon() if row.enabled and row.counted.problems else mark_icon(row.block.category)


def _color(_: Session, row: Row, __: int) -> QColor | None:
    if row.enabled and (row.counted.problems or row.problem):
        return QColor(style.current().bad)
    return None if row.enabled else QColor(style.current().muted)


ANSWERS: dict[int, Callable[[Session, Row, int], Any]] = {
    Role.EditRole: _edited,
    Role.CheckStateRole: _check_state,
    Role.ToolTipRole: _tooltip,
    Role.ForegroundRole: _color,
    Role.DecorationRole: lambda _, row, column: _icon(row) if column == NAME else None,
    SHARE: lambda session, row, _: (row.parameters or 0) / max(1, session.analysis.parameters),
}
