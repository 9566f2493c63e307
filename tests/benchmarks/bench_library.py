"""The library with all networks: how long it takes to open, and to answer each letter of a search.

    python tests/benchmarks/bench_library.py [--repeats 5]

Drawn offscreen, each answer together with its paint. Figures are in milliseconds. Exits with 1 where one is over what a
person notices.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from explorer.gui.app import make
from explorer.gui.panels.library import LibraryPanel
from explorer.gui.session import Session
from explorer.gui.settings import Settings
from explorer.zoo.base import ZOO
from tests.benchmarks.bench_analysis import say

OPENING, LETTER = 100.0, 33.0  # milliseconds: a delay that is seen, and two frames
WORDS = ("resnet", "conv", "efficientnet", "b")
_SIZE = (300, 760)  # pixels


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that some work and the events that follow it take."""
    begun = time.perf_counter()
    work()
    QCoreApplication.processEvents()
    return (time.perf_counter() - begun) * 1000


def opened(session: Session) -> tuple[float, LibraryPanel]:
    """A library that is on the screen, and how long that took."""
    made: list[LibraryPanel] = []

    def open_one() -> None:
        made.append(LibraryPanel(session))
        made[0].resize(*_SIZE)
        made[0].show()

    return timed(open_one), made[0]


def letters(panel: LibraryPanel) -> Iterator[float]:
    """The answers to words that are typed letter by letter, and taken back."""
    box = panel.findChild(QLineEdit, "library_search")
    if box is None:
        raise LookupError("the library has no search box")
    for word in WORDS:
        for letter in word:
            yield timed(lambda letter=letter: (QTest.keyClick(box, letter), panel.grab()))  # type: ignore[misc]
        for _ in word:
            yield timed(lambda: (QTest.keyClick(box, Qt.Key.Key_Backspace), panel.grab()))


def main() -> int:
    """Measures and says so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    openings, answers = [], []
    with tempfile.TemporaryDirectory() as folder:
        application = make(["bench"], Settings(Path(folder) / "window.ini"))
        for _ in range(repeats):
            took, panel = opened(application.session)
            openings.append(took)
            answers += list(letters(panel))
            panel.close()
            panel.deleteLater()
            QCoreApplication.processEvents()
        application.close()
    opening, (middle, worst) = statistics.median(openings), (statistics.median(answers), max(answers))
    say(f"{len(list(ZOO))} networks: opens in {opening:.1f} ms; a letter takes {middle:.1f} ms, at most {worst:.1f}")
    return int(opening > OPENING or middle > LETTER)


if __name__ == "__main__":
    sys.exit(main())
