"""How long an edit of ResNet-152 keeps the window: the model, the table and the inspector, and then the paint.

    python tests/benchmarks/bench_window_edit.py

Exits with 1 where what comes before the paint takes a frame or longer.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

import explorer
from explorer.gui import style
from explorer.gui.editing import edits
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.settings import Settings

FRAME = 1000 / 60  # milliseconds
EDITS = 30


def measure(session: Session, application: QApplication) -> tuple[float, float]:
    """Median milliseconds of an edit and of the paint behind it."""
    edit, paint = [], []
    for number in range(EDITS):
        begun = time.perf_counter()
        edits.set_field(session, (("layer3",),), "out_channels", 1024 + 4 * (number % 2 + 1))
        edited = time.perf_counter()
        application.processEvents()
        edit.append(1000 * (edited - begun))
        paint.append(1000 * (time.perf_counter() - edited))
    return statistics.median(edit), statistics.median(paint)


def main() -> int:
    """Measures and tells."""
    application = QApplication([])
    style.install(application)
    with tempfile.TemporaryDirectory() as folder:
        session = Session(explorer.network("resnet152"), Settings(Path(folder) / "window.ini"))
        window = MainWindow(session)
        window.resize(1280, 800)
        window.show()
        session.select((("layer3",),))
        application.processEvents()
        edit, paint = measure(session, application)
    sys.stdout.write(f"an edit of ResNet-152: {edit:.1f} ms, and its paint {paint:.1f} ms, medians of {EDITS}\n")
    return 0 if edit < FRAME else 1


if __name__ == "__main__":
    sys.exit(main())
