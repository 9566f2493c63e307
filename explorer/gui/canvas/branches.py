"""Merges: branches side by side between a fork and the node where they meet.

The shortcut of a sum is led around its other branch as the figures of the residual networks' papers do it: the branch
stays on the axis, the identity is a line beside it, a projection a dashed one with its blocks on it. Branches of equal
rank, as in an Inception block, stand around the axis.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from explorer.core.compose import Add, Chain, Path, Slot
from explorer.core.counted import Counted, slot_path
from explorer.core.shape import Shape
from explorer.gui.canvas.faces import shortcut_of
from explorer.gui.canvas.figure import Figure, Gap, Node, Shortcut, Stroke
from explorer.gui.canvas.folds import Folds
from explorer.gui.canvas.sketch import LEAD, Paper, Sketch

COLUMN_GAP = 22
LANE = 34  # across, of a branch without blocks
FORK = 10  # along, from where the flow arrives to the fork
RADIUS = 11  # of the node
SIGNS = {"Add": "+", "Multiply": "×", "Concat": "‖"}


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch in its column.

    Attributes:
        path: From the merge on.
        figure: What stands in it; None for the identity.
        shape: What it gives.
        kind: Which kind of shortcut it is, if it is one.
        enabled: Whether it takes part.
        is_block: Whether it is one block rather than a chain, in which there are places before and behind.
    """

    path: Path
    figure: Figure | None
    shape: Shape | None
    kind: Shortcut | None
    enabled: bool
    is_block: bool

    @property
    def stroke(self) -> Stroke:
        """How its lines are drawn."""
        return self.kind or "flow"

    @property
    def across(self) -> float:
        """What its column takes."""
        return LANE if self.figure is None else self.figure.across

    @property
    def axis(self) -> float:
        """Where its line runs within the column."""
        return LANE / 2 if self.figure is None else self.figure.axis

    @property
    def along(self) -> float:
        """The extent of its blocks."""
        return 0.0 if self.figure is None else self.figure.along


class Branches:
    """Lays merges out.

    Args:
        paper: Direction and fonts.
        figure_of: Lays the block of a branch out.
    """

    def __init__(self, paper: Paper, figure_of: Callable[[Slot, Counted, Folds, str], Figure]) -> None:
        self._paper = paper
        self._figure_of = figure_of

    def draw(self, counted: Counted, folds: Folds, address: str) -> Figure:
        """The figure of a merge.

        Args:
            counted: What was counted for it.
            folds: The folds of the scope its branches are named in.
            address: Its address in that scope, if it has no name.
        """
        is_sum = isinstance(counted.block, Add)
        branches = [
            self._branch(place, slot, child, folds, address, is_sum=is_sum)
            for place, (slot, child, _) in enumerate(counted.children)
        ]
        mains = [branch for branch in branches if branch.kind is None]
        columns = branches
        if len(mains) == 1:
            columns = mains + [branch for branch in branches if branch.kind is not None]
        sketch = Sketch()
        axes, across = _axes(columns)
        axis = axes[0] if len(mains) == 1 else _middle(axes, across)
        lead_out = max((self._paper.edge(branch.shape) for branch in columns), default=float(LEAD))
        start, longest = FORK + LEAD, max((branch.along for branch in columns), default=0.0)
        meeting = start + longest + lead_out + RADIUS
        for branch, own in zip(columns, axes, strict=True):
            room = (longest - branch.along) / 2 if branch.kind else 0.0
            self._draw_branch(sketch, branch, own, (axis, start + room, meeting))
        end = meeting + RADIUS
        sketch.line((axis, 0), (axis, FORK))
        sign = SIGNS[counted.block.type_name()]
        own_problem = next((p.message for p in counted.problems if not p.path), "")
        node = Figure(2 * RADIUS, 2 * RADIUS, RADIUS, Node(sign, own_problem))
        sketch.put(node, (axis - RADIUS, meeting - RADIUS))
        sketch.gaps.append(Gap((across + 6, start + longest / 2), longest / 2 + LEAD, len(branches), branch=True))
        return sketch.finished(max(across, axis + RADIUS), end, axis)

    def _branch(self, place: int, slot: Slot, counted: Counted, folds: Folds, address: str, *, is_sum: bool) -> Branch:
        path = slot_path(slot, place)
        kind = shortcut_of(slot, counted) if is_sum and slot.enabled else None
        is_empty = isinstance(counted.block, Chain) and not counted.block.slots
        within = f"{address}.{path[0][1:]}" if address and path[0].startswith("#") else path[0]
        figure = None if is_empty and slot.enabled else self._figure_of(slot, counted, folds, within)
        if figure is not None and kind is not None:
            figure = _stroked(figure, kind)
        shape = counted.output_shape
        return Branch(path, figure, shape, kind, slot.enabled, not isinstance(counted.block, Chain))

    def _draw_branch(self, sketch: Sketch, branch: Branch, own: float, where: tuple[float, float, float]) -> None:
        axis, start, meeting = where
        if branch.figure is not None:
            sketch.put(branch.figure, (own - branch.axis, start), branch.path)
        else:
            sketch.gaps.append(Gap((own, (FORK + meeting) / 2), LANE / 2, 0, branch.path))
        if not branch.enabled:
            return
        side = RADIUS if own > axis else -RADIUS
        to_node = ((own, meeting), (axis + side, meeting)) if own != axis else ((own, meeting - RADIUS),)
        stroke = branch.stroke
        if branch.figure is None:
            sketch.line((axis, FORK), (own, FORK), *to_node, stroke=stroke, arrow=own != axis)
            return
        end = start + branch.along
        if branch.is_block:
            sketch.gaps.append(Gap((own, start - LEAD / 2), branch.across / 2, 0, branch.path))
            sketch.gaps.append(Gap((own, end + LEAD / 2), branch.across / 2, 1, branch.path))
        sketch.line((axis, FORK), (own, FORK), (own, start), stroke=stroke)
        sketch.line((own, end), *to_node, stroke=stroke, arrow=own != axis)
        edge = self._paper.edge(branch.shape)
        sketch.label(self._paper.beside(branch.shape, own, end + edge / 2))


def _stroked(figure: Figure, kind: Shortcut) -> Figure:
    """The blocks of a shortcut with the lines between them drawn like the rest of it."""
    parts = tuple(
        part if part.figure.face is not None else dataclasses.replace(part, figure=_stroked(part.figure, kind))
        for part in figure.parts
    )
    if figure.face is not None:
        return figure
    lines = tuple(dataclasses.replace(line, stroke=kind) for line in figure.lines)
    return dataclasses.replace(figure, parts=parts, lines=lines)


def _axes(columns: list[Branch]) -> tuple[list[float], float]:
    """Where the lines of columns side by side run, and what they take together."""
    axes: list[float] = []
    across = 0.0
    for branch in columns:
        across += COLUMN_GAP if axes else 0.0
        axes.append(across + branch.axis)
        across += branch.across
    return axes, across


def _middle(axes: list[float], across: float) -> float:
    """The axis of columns of equal rank: that of the middle one where there is one, else the middle."""
    if not axes:
        return across / 2
    if len(axes) % 2:
        return axes[len(axes) // 2]
    return (axes[len(axes) // 2 - 1] + axes[len(axes) // 2]) / 2
