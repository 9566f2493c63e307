"""The centre of Design: the network as a diagram."""

from __future__ import annotations

from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.panel import Panel, register

register(Panel("canvas", "Diagram", "design", "center", NetworkCanvas, stretch=3))
