"""What must hold after everything that can be done to the window."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabBar

from explorer.core import storage
from explorer.core.analysis import Analysis, Row, analyse
from explorer.core.network import Network
from explorer.gui.canvas.figure import Figure
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.sketch import Paper
from explorer.gui.documents.digest import digest_of
from explorer.gui.documents.document import Document
from explorer.gui.layers.totals import sentence
from explorer.gui.session import Session
from tests.gui.random_walk.world import World


class Checks:
    """Looks at a window, cheaply after every step and at all of it now and then.

    Args:
        world: The window.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: Network | None = None  # the one that was examined last
        self._fresh: Analysis | None = None

    def look(self, *, fully: bool) -> None:
        """Looks at the document in front and at how it is shown.

        Args:
            fully: Also at every row, every document and every file.
        """
        session, fresh = self._world.session, self._analysis()
        _equal("totals", totals(session.analysis), totals(fresh))
        self._check_selection()
        self._check_canvas(fresh)
        self._check_window()
        if fully:
            for number, (ours, theirs) in enumerate(zip(session.analysis.rows, fresh.rows, strict=True)):
                _equal(f"row {number}", figures(ours), figures(theirs))
            for document in session.documents:
                check_stored(document)

    def _analysis(self) -> Analysis:
        """The analysis of an equal network that shares nothing with the one in front."""
        network = self._world.session.network
        if self._fresh is None or network is not self._seen:
            text = storage.dumps(network)
            rebuilt = storage.loads(text, "the walk")
            _equal("the network read back", rebuilt, network)
            _equal("the text written back", storage.dumps(rebuilt), text)
            self._seen, self._fresh = network, analyse(rebuilt)
        return self._fresh

    def _check_selection(self) -> None:
        session, table = self._world.session, self._world.table
        selection = session.selection
        assert len(set(selection)) == len(selection), f"selected twice: {selection}"
        for path in selection:
            assert session.analysis.row(path) is not None, f"selected, but not there: {path}"
        _equal("selection in the canvas", set(self._world.canvas.item.accents.selected), set(selection))
        rows = {self._world.layers.path(index) for index in table.selectionModel().selectedRows()}
        shown = {path for path in selection if self._world.layers.index_of(path).isValid()}  # a filter hides some
        _equal("selection in the table", rows, shown)

    def _check_canvas(self, fresh: Analysis) -> None:
        canvas, drawing = self._world.canvas, self._world.session.drawing
        layout = Layout(Paper(drawing.flow, canvas.ink.width))
        drawn = layout.draw(fresh, drawing.folds(self._world.session.document))
        for ours, theirs in zip(parts(canvas.item.figure), parts(drawn), strict=True):
            _equal("the diagram", ours, theirs)

    def _check_window(self) -> None:
        window, session = self._world.window, self._world.session
        _equal("the star in the title", window.isWindowModified(), session.document.modified)
        assert session.document.title in window.windowTitle(), f"{window.windowTitle()} for {session.document.title}"
        tabs = self._world.find(QTabBar, "documents")
        _equal("the tabs", (tabs.count(), tabs.currentIndex()), (len(session.documents), _place(session)))
        said = self._world.find(QLabel, "layers_totals").text()
        if "selected" not in said:  # the figures of several blocks come and go a moment later
            _equal("the totals below the table", said, sentence(session.analysis, flops=session.flops))
        _equal(
            "the page of the inspector",
            self._world.find(QStackedWidget, "panel_inspector").currentIndex(),
            int(bool(session.selection)),
        )
        if len(session.selection) == 1:
            row = session.analysis.row(session.selection[0])
            _equal("the inspector's title", self._world.find(QLabel, "inspector_title").text(), row and row.type)


def _place(session: Session) -> int:
    return session.documents.index(session.document)


def check_stored(document: Document) -> None:
    """A document without changes is what its file has, as long as nobody else has written it."""
    if document.file is not None and not document.modified and document.file.exists():
        content = document.file.read_bytes()
        if digest_of(content) == document.digest:
            _equal(f"the content of {document.file.name}", document.network, storage.loads(content, "the file"))


def check_history(world: World) -> None:
    """Undo leads back to the start, redo to the end again, with the window's own actions."""
    session = world.session
    document, network, steps = session.document, session.network, session.undo_stack.index()
    text = storage.dumps(network)
    undo, redo = (_action(world, name) for name in ("undo", "redo"))
    world.examine(False)
    while undo.isEnabled():
        undo.trigger()
    _equal("the network undone", document.network, world.starts[document])
    Checks(world).look(fully=True)
    for _ in range(steps):
        assert redo.isEnabled(), "redo ends too early"
        redo.trigger()
    _equal("the network redone", document.network, network)
    _equal("its text", storage.dumps(document.network), text)
    world.examine(True)
    Checks(world).look(fully=True)


def _action(world: World, name: str) -> QAction:
    found = world.window.findChild(QAction, f"action_{name}")
    assert found is not None
    return found


# What is compared


def totals(analysis: Analysis) -> dict[str, Any]:
    """What an analysis says of the whole network."""
    return {
        "parameters": analysis.parameters,
        "trainable": analysis.trainable_parameters,
        "macs": analysis.macs,
        "outputs": analysis.outputs,
        "partial": analysis.partial,
        "problems": analysis.problems,
    }


def figures(row: Row) -> dict[str, Any]:
    """What an analysis says of a block."""
    return {
        "path": row.path,
        "type": row.type,
        "enabled": row.enabled,
        "input": row.input_shape,
        "output": row.output_shape,
        "parameters": row.parameters,
        "trainable": row.trainable_parameters,
        "macs": row.macs,
        "field": row.field,
        "memory": row.memory,
        "taps": row.taps,
        "side": row.side_output,
        "problem": row.problem,
    }


def parts(figure: Figure) -> Iterator[tuple[Any, ...]]:
    """All of a drawing, each part before what is in it."""
    own = {name: getattr(figure, name) for name in _OWN}
    yield (own, [(part.at, part.path) for part in figure.parts])
    for part in figure.parts:
        yield from parts(part.figure)


_OWN = [field.name for field in dataclasses.fields(Figure) if field.name != "parts"]


def _equal(what: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        if isinstance(ours, dict) and isinstance(theirs, dict):
            different = {key: (ours[key], theirs.get(key)) for key in ours if ours[key] != theirs.get(key)}
            raise AssertionError(f"{what}: {different}")
        raise AssertionError(f"{what}: {ours!r} is not {theirs!r}")
