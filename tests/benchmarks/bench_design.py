"""From the key press that edits the network to the painted diagram, table and inspector.

    python tests/benchmarks/bench_design.py [--edits 60]


The real window, offscreen, with ResNet-152 and with ResNet-1202: as they open, with all stages folded, with every block
unfolded, and with every row of the table unfolded as well, which Qt lays out anew after each row that comes or goes.
Each edit is a key press: Ctrl+R inserts a residual block behind the selection, Delete takes it out, and a digit in a
field of the inspector changes it. The time ends when the viewports of diagram and table have been painted after the
press. Prints median and p95 in milliseconds; exits with 1 over budget.
"""

from __future__ import annotations

import argparse
import functools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QTreeView, QWidget

import explorer
from explorer.gui import app
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.settings import Settings

SMALL, LARGE = (16.0, 33.0), (50.0, 100.0)  # milliseconds: median and p95
OPENING = 1_000.0
PATIENCE = 5.0  # seconds


class Paints(QObject):
    """Notes which widgets have been painted."""

    def __init__(self, widgets: list[QWidget]) -> None:
        super().__init__()
        self.waiting: set[int] = set()
        self._widgets = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def expect(self) -> None:
        """Waits for every widget from now on."""
        self.waiting = {id(widget) for widget in self._widgets}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.waiting.discard(id(watched))
        return False


class Bench:
    """The window and what is measured in it."""

    def __init__(self, edits: int) -> None:
        self._edits = edits
        self._application = app.make(["bench"], Settings(Path(tempfile.mkdtemp()) / "window.ini"))
        self.window, self.session = self._application.window, self._application.session
        self.window.resize(1920, 1080)
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        settle()
        found = self.window.findChild(NetworkCanvas, "canvas")
        table = self.window.findChild(QTreeView, "layers_table")
        assert found is not None
        assert table is not None
        self.canvas, self.table = found, table
        self.paints = Paints([self.canvas.viewport(), self.table.viewport()])

    def milliseconds(self, act: Callable[[], object]) -> float:
        """The time from an action to the last paint that it causes."""
        self.paints.expect()
        begun = time.perf_counter()
        act()
        while self.paints.waiting:
            QApplication.processEvents()
            if time.perf_counter() - begun > PATIENCE:
                sys.exit("An action changed nothing that is painted; the figures would mean nothing.")
        return (time.perf_counter() - begun) * 1000

    def edits(self) -> list[float]:
        """Insertions, deletions and changed fields, one after the other."""
        times = []
        for _ in range(self._edits):
            times.append(
                self.milliseconds(
                    lambda: QTest.keyClick(self.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
                )
            )
            settle()
            field = self.window.findChild(QAbstractSpinBox, "field_out_channels")
            if field is not None and field.isEnabled():
                times.append(self._typing(field))
            self.canvas.setFocus()
            times.append(self.milliseconds(lambda: QTest.keyClick(self.window, Qt.Key.Key_Delete)))
            settle()
        return times

    def _typing(self, field: QAbstractSpinBox) -> float:
        """A digit that takes the place of what stands in a field."""
        field.setFocus()
        field.selectAll()
        settle()
        taken = self.milliseconds(lambda: QTest.keyClick(field, Qt.Key.Key_7))
        settle()
        return taken

    def storm(self, steps: int) -> list[float]:
        """Undo and redo, as fast as the keys repeat."""
        control, steps = Qt.KeyboardModifier.ControlModifier, min(steps, self.session.undo_stack.index())
        back = [self.milliseconds(lambda: QTest.keyClick(self.window, Qt.Key.Key_Z, control)) for _ in range(steps)]
        on = [self.milliseconds(lambda: QTest.keyClick(self.window, Qt.Key.Key_Y, control)) for _ in range(steps)]
        return back + on


def settle() -> None:
    """Lets timers that follow an edit fire, outside of what is measured."""
    until = time.perf_counter() + 0.12
    while time.perf_counter() < until:
        QApplication.processEvents()


def report(name: str, times: list[float], budget: tuple[float, float]) -> bool:
    """Prints one line; whether it is within its budget."""
    times = sorted(times)
    median, late = statistics.median(times), times[int(0.95 * (len(times) - 1))]
    sys.stdout.write(
        f"{name:40} median {median:6.1f} ms  p95 {late:6.1f} ms  worst {times[-1]:6.1f} ms"
        f"  (budget {budget[0]:.0f} / {budget[1]:.0f})\n"
    )
    sys.stdout.flush()
    return median < budget[0] and late < budget[1]


def main() -> int:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--edits", type=int, default=40)
    bench = Bench(parser.parse_args().edits)
    session, passed = bench.session, True
    for key, budget in (("resnet152", SMALL), ("resnet1202", LARGE)):
        network = explorer.network(key)
        opening = bench.milliseconds(functools.partial(session.open_network, network))
        sys.stdout.write(f"{key} opened in {opening:.0f} ms (budget {OPENING:.0f})\n")
        passed &= opening < OPENING
        stage = next(path for path in (("layer3",), ("layer2",)) if session.analysis.row(path))
        for state, opened in (("as it opens", None), ("folded", False), ("every block unfolded", True)):
            session.drawing.fold_all(session.document, opened)
            session.select((stage,))
            settle()
            passed &= report(f"{key}, {state}", bench.edits(), budget)
            passed &= report(f"{key}, {state}, undo and redo", bench.storm(50), budget)
        bench.table.expandAll()
        settle()
        passed &= report(f"{key}, unfolded in the table too", bench.edits(), budget)
    bench.window.close()
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
