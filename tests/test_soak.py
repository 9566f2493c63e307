"""The Qt binding survives long use: PySide6 6.12.0 on CPython 3.11 loses a reference with each call and aborts."""

from __future__ import annotations

import subprocess
import sys

SOAK = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Source(QObject):
    changed = Signal(object)

application = QCoreApplication([])
source = Source()
heard = []
source.changed.connect(heard.append)
for number in range(20_000):
    source.setObjectName("source")
for number in range(2_000):
    source.changed.emit(number)
print(len(heard))
"""


def test_twenty_thousand_calls_and_two_thousand_emits_are_survived() -> None:
    # In a process of its own: what is tested for is its sudden death.
    command = [sys.executable, "-c", SOAK]
    result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "2000\n"
