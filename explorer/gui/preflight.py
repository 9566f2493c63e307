"""Before Qt starts: what would make it abort the process becomes a sentence with the remedy."""

from __future__ import annotations

import ctypes.util
import os
import sys
from collections.abc import Mapping

_COMMAND_LINE = "The command line needs no display: architecture-explorer --help shows what it can do."
_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc", "eglfs", "linuxfb"})


def problem(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Why the window cannot open here, and what to do; None if it can."""
    if platform != "linux" or environment.get("QT_QPA_PLATFORM", "").partition(":")[0] in _WITHOUT_DISPLAY:
        return None
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        return f"There is no display to open the window on. {_COMMAND_LINE}"
    if not environment.get("WAYLAND_DISPLAY") and ctypes.util.find_library("xcb-cursor") is None:
        return (
            "Qt needs the library libxcb-cursor0 to open a window; install it "
            f"(Debian and Ubuntu: apt install libxcb-cursor0). {_COMMAND_LINE}"
        )
    return None
