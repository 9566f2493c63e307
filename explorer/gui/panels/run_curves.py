"""The curves of the selected runs, over one another."""

from __future__ import annotations

import html

from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from explorer.gui import style
from explorer.gui.panel import Panel, register, with_training
from explorer.gui.plots.scales import epoch_scale, loss_scale
from explorer.gui.runs.browser import MOST_CURVES, RunBrowser
from explorer.gui.widgets.form import hint
from explorer.runs.run import RUNNING


class RunCurvesPanel(QWidget):
    """Loss and accuracy, side by side."""

    def __init__(self, browser: RunBrowser) -> None:
        from explorer.gui.plots.overlay_plots import OverlayPlots  # pyqtgraph takes a quarter of a second to import

        super().__init__()
        self.setObjectName("panel_run_curves")
        self._browser = browser
        self._plots, self._hint, self._stack = OverlayPlots(), hint("run_curves_hint"), QStackedWidget()
        self._words = QLabel()
        self._drawn: list[str] = []
        self._left_out = 0
        self._scales = loss_scale("switch_runs_log_loss"), epoch_scale("switch_runs_log_epochs")
        self._arrange()
        self._scales[0].toggled.connect(self._plots.set_log)
        self._scales[1].toggled.connect(self._plots.zoom.set_log)
        browser.selection_changed.connect(self._show)
        browser.curves_changed.connect(self._show)
        browser.changed.connect(self._show)  # which run still goes on decides how far the axis reaches
        style.THEME.changed.connect(self._show_legend)
        self._show()

    def _arrange(self) -> None:
        self._words.setObjectName("run_curves_words")
        self._words.setProperty("role", "muted")
        self._words.setWordWrap(True)
        self._plots.setToolTip(
            "The wheel zooms, dragging moves, a double-click shows all again, a second what lies far above"
        )
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._words, 1)
        for switch in self._scales:
            head.addWidget(switch)
        plotted = QWidget()
        column = QVBoxLayout(plotted)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._plots, 1)
        self._stack.addWidget(self._hint)
        self._stack.addWidget(plotted)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._stack)

    def _show(self) -> None:
        runs = [run for run in self._browser.selection if run.readable]
        found = [(run.name, self._browser.record(run.folder)) for run in runs[:MOST_CURVES]]
        drawn = [(name, record) for name, record in found if record is not None and len(record.loss)]
        self._plots.show_runs(drawn, {run.name for run in runs if run.state == RUNNING})
        self._stack.setCurrentIndex(1 if drawn else 0)
        self._hint.setText(self._invitation(len(runs)))
        self._drawn, self._left_out = [name for name, _ in drawn], len(runs) - len(found)
        self._show_legend()

    def _show_legend(self) -> None:
        from explorer.gui.plots.overlay_plots import COLORS

        parts = [
            f'<nobr><span style="color: {getattr(style.current(), color)}">━━</span> {_whole(name)}</nobr>'
            for color, name in zip(COLORS, self._drawn, strict=False)
        ]
        parts += [f"{self._left_out:,} more are not drawn"] if self._left_out else []
        self._words.setText(" &nbsp; ".join([*parts, "<nobr>solid: validation, dashed: training</nobr>"]))

    def _invitation(self, selected: int) -> str:
        if not self._browser.summaries:
            return ""
        if not selected:
            return "Select runs to see their curves over one another; Ctrl adds one, Shift adds all up to one."
        return "There is nothing to draw yet."


def _whole(name: str) -> str:
    """A name as rich text that no line breaks, also behind a hyphen."""
    return html.escape(name).replace("-", "-&#8288;")


_make = with_training(lambda _, training: RunCurvesPanel(training.browser))

register(Panel("run_curves", "Curves", "runs", "center", _make, order=1, stretch=4))
