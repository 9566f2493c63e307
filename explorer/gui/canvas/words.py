"""What a tooltip and a screen reader say about a block of the canvas."""

from __future__ import annotations

from explorer.core.analysis import Row
from explorer.core.shape import format_shape
from explorer.gui import figures
from explorer.gui.canvas.figure import Pill
from explorer.gui.canvas.walk import Seen
from explorer.gui.session import Session


def tooltip(session: Session, found: Seen) -> str:
    """All that is known of a block, in a few lines."""
    face = found.figure.face
    if isinstance(face, Pill):
        if face.role == "output":
            return "Double-click to change the classes."
        least = session.input_limit.shape
        return "Double-click to change it." + (f"\nThe smallest is {format_shape(least)}." if least else "")
    row = session.analysis.row(found.paths[0])
    if row is None:
        return ""
    shapes = f"{format_shape(row.input_shape)} → {format_shape(row.output_shape)}" if row.enabled else "Switched off."
    operations = figures.operations(row.macs, flops=session.flops)
    unit = "FLOPs" if session.flops else "MACs"
    costs = f"{figures.count(row.parameters)} parameters{_frozen(row)}, {figures.short(operations)} {unit}"
    problem = row.counted.problems[0] if row.enabled and row.counted.problems else None
    lines = (
        f"{row.where} · {row.type}",
        row.block.describe() if not row.block.field_problems() else "",
        shapes,
        costs if row.parameters is not None else "",
        f"{problem.message} {problem.remedy}" if problem else "",
        row.slot.note,
    )
    return "\n".join(line for line in lines if line)


def spoken(session: Session) -> str:
    """The selection in one sentence."""
    selection = session.selection
    if not selection:
        return "Nothing is selected."
    row = session.analysis.row(selection[-1])
    if row is None or len(selection) > 1:
        return f"{len(selection)} blocks are selected."
    what = f"{row.type} {row.where}" if row.slot.name else f"{row.where[:1].upper()}{row.where[1:]}"
    return f"{what}, output {format_shape(row.output_shape)}{_frozen(row)}."


def _frozen(row: Row) -> str:
    return ", frozen" if row.parameters and not row.trainable_parameters else ""
