"""A row of the layer table that somebody has looked at, and what it remembers between two analyses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex

from explorer.core.analysis import Analysis, Row
from explorer.core.compose import Container, Path
from explorer.gui.layers.arrangement import PLAIN, Arrangement, opens


class Tree:
    """The nodes that somebody has looked at.

    Attributes:
        nodes: By key.
        arrangement: Which rows stand below a block, and in which order.
        is_changing: While an edit is followed: rows stay as they are until their node takes over a newer one, so that
            a view that asks in between gets answers that go with the rows it knows of.
    """

    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {}
        self.is_changing = False
        self.arrangement = PLAIN
        self._is_plain = True  # asked for each row that is painted
        self._arranged: dict[Row, Sequence[Row]] = {}
        self._structures: frozenset[Path] | None = None
        self._keys = itertools.count(1)  # never used twice, so that a stale Qt index finds nothing

    def arrange(self, arrangement: Arrangement) -> None:
        """Takes over another arrangement; the nodes there are do not fit it any more."""
        self.arrangement, self._is_plain = arrangement, arrangement.is_plain
        self.forget_order()

    def forget_order(self) -> None:
        """Forgets how rows were arranged: those of an older analysis would keep all of it."""
        self._arranged.clear()
        self._structures = None

    def inside(self, row: Row) -> Sequence[Row]:
        """The rows below a block as they are arranged."""
        if self._is_plain:
            return row.children
        if row not in self._arranged:
            self._arranged[row] = self.arrangement.inside(row)
        return self._arranged[row]

    def structures(self, analysis: Analysis) -> frozenset[Path]:
        """The blocks in which a person can edit what is inside, if they can edit what is around."""
        if self._structures is None:
            self._structures = frozenset(row.path for row in analysis.rows if isinstance(row.block, Container))
        return self._structures

    def opens(self, row: Row) -> bool:
        """Whether rows stand below a block, without making them."""
        return bool(self.inside(row)) if self.arrangement.is_list else opens(row)

    def add(self, row: Row, parent: Node | None, place: int) -> Node:
        """Makes a node."""
        node = Node(self, next(self._keys) if parent else 0, row, parent, place)
        self.nodes[node.key] = node
        return node

    def forget(self, node: Node) -> None:
        """Forgets a node and all below it."""
        del self.nodes[node.key]
        for child in node.children or ():
            self.forget(child)


class Node:
    """A row of the tree.

    Below a block that an edit left as it was, nodes take their new rows when they are asked for them: an edit costs as
    many steps as blocks changed, however much is unfolded. Qt asks every unfolded row whether it can be unfolded and
    edited; that follows from the block alone, so the row of an older analysis answers it.

    Args:
        tree: Where it stands.
        key: What its Qt indexes carry: 0, as the invalid index does, for the network.
        row: The block in the analysis.
        parent: The node around it; None for the network.
        place: Among its siblings.

    Attributes:
        index: What the views know it by, made when first asked for; None after it has moved.
        children: The nodes inside; None as long as nobody has looked.
        memory: What its cell for memory shows, until there is something newer.
        memory_of: The analysis that said so.
        takes_edits: Whether it is a structure whose blocks a person can edit. Known rather than found out: Qt asks for
            it at every unfolded row after every edit.
    """

    __slots__ = (
        "_above", "_opens", "_row", "children", "index", "key", "memory", "memory_of", "parent", "place", "takes_edits",
        "tree",
    )  # fmt: skip

    def __init__(self, tree: Tree, key: int, row: Row, parent: Node | None, place: int) -> None:
        self.tree = tree
        self.key = key
        self.parent = parent
        self.place = place
        self.index: QModelIndex | None = None
        self.children: list[Node] | None = None
        self.memory = ""
        self.memory_of: Analysis | None = None
        self._row = row
        self._above = parent.row if parent else None  # the row around it when its own was taken
        self.takes_edits = isinstance(row.block, Container) and self.editable
        self._opens = tree.opens(row)

    @property
    def row(self) -> Row:
        """The block in the newest analysis; while that is being followed, maybe in the one before."""
        if self.parent is not None and not self.tree.is_changing:
            above = self.parent.row
            if above is not self._above:
                self._row, self._above = self.tree.inside(above)[self.place], above
        return self._row

    def take(self, row: Row) -> None:
        """Takes over the row of a newer analysis, once the children are those of that row."""
        self._row, self._above = row, self.parent.row if self.parent else None
        self._opens = self.tree.opens(row)
        self._settle()

    def _settle(self) -> None:
        takes_edits = isinstance(self._row.block, Container) and self.editable
        if takes_edits != self.takes_edits:
            self.takes_edits = takes_edits
            for child in self.children or ():
                child._settle()

    def is_changed_by(self, row: Row) -> bool:
        """Whether the row of a newer analysis is about another block, or another shape arrives."""
        return row.counted is not self._row.counted

    @property
    def looked_at(self) -> list[Node]:
        """The children, from now on those that views know of."""
        if self.children is None:
            self.children = []
        return self.children

    @property
    def has_children(self) -> bool:
        """Whether there is something inside, without making it."""
        return self._opens if self.children is None else bool(self.children)

    @property
    def editable(self) -> bool:
        """Whether the block stands in a structure a person can edit."""
        return self.parent is None or self.parent.takes_edits
