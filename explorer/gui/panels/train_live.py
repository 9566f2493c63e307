"""The run while it goes on: start, pause and stop, how far it is, and its curves."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.gui import style
from explorer.gui.panel import Panel, register, with_training
from explorer.gui.plots.scales import epoch_scale, loss_scale
from explorer.gui.plots.smoothed_run import USUAL_SMOOTHING
from explorer.gui.problems import fixing
from explorer.gui.record.progress_words import activity_line, progress_line
from explorer.gui.session import Session
from explorer.gui.training.memory_notice import MemoryNotice
from explorer.gui.training.offers import offer_of
from explorer.gui.training.run_state import State
from explorer.gui.training.start_report import StartReport
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.training.transport import COMMANDS, START, Command, sign_icon
from explorer.gui.widgets.form import hint
from explorer.gui.widgets.notice import Notice

SMOOTHING = (0.0, 0.5, USUAL_SMOOTHING, 0.9, 0.95)
_REPORT = 0.25  # of the height, at most, for the report on weights beside plots
_STEPS = 400  # of the progress bar, about one for each pixel or two


class TrainLivePage(QWidget):
    """The centre of the Train workspace."""

    def __init__(self, session: Session, training: TrainingSession) -> None:
        from explorer.gui.plots.run_plots import RunPlots  # pyqtgraph takes a quarter of a second to import

        super().__init__()
        self.setObjectName("panel_train_live")
        self._session, self._training = session, training
        self._buttons = {command.key: self._make_button(command) for command in COMMANDS}
        self._line, self._view, self._bar = QLabel(), QWidget(), QProgressBar()
        self._notice, self._offer = Notice(), Notice("offer")
        self._memory, self._hint = MemoryNotice(session, training), hint("empty_hint")
        self._plots, self._report = RunPlots(), StartReport(training)
        self._scale, self._epochs = loss_scale("switch_log"), epoch_scale("switch_log_epochs")
        self._smoothing = QComboBox()
        self._stack = QStackedWidget()
        self._in_front: Path | None = None  # the folder of the run
        self._prepare()
        self._arrange()
        self._connect()
        self._show_state()

    # Making

    def _make_button(self, command: Command) -> QPushButton:
        button = QPushButton(command.text)
        button.setObjectName(f"button_{command.key}")
        button.setToolTip(command.tip())
        button.setAccessibleDescription(command.help)
        button.setProperty("primary", command.key in {"train_start", "train_resume"})
        button.clicked.connect(functools.partial(self._do, command))
        return button

    def _prepare(self) -> None:
        self._line.setObjectName("progress_line")
        self._line.setProperty("role", "muted")
        self._line.setMinimumWidth(40)
        self._line.setTextFormat(Qt.TextFormat.PlainText)  # it names what a stage trains
        self._bar.setObjectName("progress_bar")
        self._bar.setAccessibleName("Progress of the run")
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._smoothing.setObjectName("choice_smoothing")
        self._smoothing.setAccessibleName("Smoothing of the training curves")
        self._smoothing.setToolTip("How strongly the training curves are smoothed; the raw values stay behind them")
        for weight in SMOOTHING:
            self._smoothing.addItem(f"smooth {weight:g}" if weight else "not smoothed", weight)
        self._smoothing.setCurrentIndex(SMOOTHING.index(USUAL_SMOOTHING))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for button in self._buttons.values():
            head.addWidget(button)
        head.addStretch()
        view = QHBoxLayout(self._view)
        view.setContentsMargins(0, 0, 0, 0)
        view.setSpacing(8)
        view.addWidget(self._bar, 1)
        view.addWidget(self._scale)
        view.addWidget(self._epochs)
        view.addWidget(self._smoothing)
        self._stack.addWidget(self._hint)
        self._stack.addWidget(self._plots)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        for part in (self._line, self._view, self._offer, self._memory, self._notice, self._report):
            column.addWidget(part)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        training = self._training
        training.state_changed.connect(self._show_state)
        training.metrics_changed.connect(self._show_metrics)
        for signal in (training.settings_changed, self._session.changed):
            signal.connect(self._show_problem)
        training.settings_changed.connect(self._show_offer)
        training.queue.changed.connect(self._show_state)
        self._offer.accepted.connect(self._accept_offer)
        self._notice.accepted.connect(self._apply_remedy)
        self._scale.toggled.connect(self._plots.set_log)
        self._epochs.toggled.connect(self._plots.set_log_across)
        for signal in (training.browser.overlay_changed, training.browser.curves_changed):
            signal.connect(self._show_earlier)
        self._smoothing.activated.connect(lambda: self._plots.set_smoothing(self._smoothing.currentData()))
        style.THEME.changed.connect(self._show_buttons)

    # Showing

    def _show_state(self) -> None:
        self._show_buttons()
        self._plots.show_record(self._training.record)
        self._show_metrics()
        self._show_offer()
        self._show_problem()
        if not self._training.active:
            self._plots.redraw_now()  # nothing more will come

    def _show_buttons(self) -> None:
        had_focus = any(button.hasFocus() for button in self._buttons.values())
        palette = style.current()
        for command in COMMANDS:
            button, possible = self._buttons[command.key], command.possible(self._training)
            primary = button.property("primary")
            color = palette.on_accent if primary else palette.text
            button.setIcon(sign_icon(command.sign, color, palette.muted))
            button.setVisible(possible)
        if had_focus and not any(button.hasFocus() for button in self._buttons.values()):
            next((button for button in self._buttons.values() if not button.isHidden()), self._bar).setFocus()

    def _show_metrics(self) -> None:
        record = self._training.record
        if record.folder != self._in_front:
            self._show_earlier()
        self._stack.setCurrentWidget(self._plots if record.started is not None else self._hint)
        self._share_height()
        self._line.setText(self._progress())
        self._line.setToolTip(self._line.text())
        self._line.setVisible(bool(self._line.text()))
        preparing = self._training.state is State.PREPARING and record.activity is None
        self._bar.setRange(0, 0 if preparing else _STEPS)
        self._bar.setValue(round(self._share() * _STEPS))
        self._view.setVisible(self._training.active or record.started is not None)
        for control in (self._scale, self._epochs, self._smoothing):
            control.setVisible(record.started is not None)
        self._plots.redraw_soon()

    def _share_height(self) -> None:
        """Lets a report on weights leave the plots of a run their height."""
        is_drawn = self._stack.currentWidget() is self._plots
        self._report.keep_within(int(_REPORT * self.height()) if is_drawn else None)

    def _share(self) -> float:
        """How much is done: of the run, or before it of the work that its images are."""
        record, activity = self._training.record, self._training.record.activity
        if record.started is None and activity is not None and activity.total:
            return min(activity.done / activity.total, 1.0)
        return record.share

    def _show_earlier(self) -> None:
        """Draws the runs that were ticked behind the one in front, which may be one of them by now."""
        browser = self._training.browser
        self._in_front = self._training.record.folder
        behind = (folder for folder in browser.overlaid if folder != self._in_front)
        found = ((folder.name, browser.record(folder)) for folder in behind)
        self._plots.show_earlier([(name, record) for name, record in found if record is not None])

    def _progress(self) -> str:
        state, record = self._training.state, self._training.record
        if record.activity is not None and self._training.active:
            return " · ".join(part for part in (activity_line(record.activity), progress_line(record)) if part)
        if state is State.PREPARING:
            return "Preparing the run" if self._training.torch_ready else "Loading PyTorch"
        words = {
            State.PAUSING: "pausing",
            State.PAUSED: "paused",
            State.STOPPING: "stopping",
            State.FOLLOWING: "watching",
        }.get(state, "")
        ending = "ends with this epoch" if self._training.ends_with_epoch else ""
        far = progress_line(record, goes_on=self._training.goes_on)
        return " · ".join(part for part in (words, ending, far) if part)

    def _show_problem(self) -> None:
        if not self.isVisible():
            return  # a remedy takes a while to find in a long network, and every edit of the design comes by here
        training = self._training
        problem = None if training.active else training.problem(self._session.network)
        if problem is not None:
            self._notice.show_notice(problem.sentence, problem.fix.label if problem.fix else "")
        else:
            self._notice.show_notice(training.error if training.state is State.FAILED else "")
        self._show_whether_it_starts("" if problem is None else problem.sentence)
        words = "Loss and accuracy appear here while the network learns."
        if problem is None and not training.active:
            invitation = f"Press Start (F5) to train {self._session.network.name} on {training.data.dataset.title}."
            words = f"{invitation}\n{words}"
        self._hint.setText(words)

    def _show_whether_it_starts(self, problem: str) -> None:
        button = self._buttons[START.key]
        button.setEnabled(not problem)
        button.setToolTip(START.tip(problem))
        button.setAccessibleDescription(problem or START.help)

    def _show_offer(self) -> None:
        offer = offer_of(self._training)
        self._offer.show_notice(*(("", "") if offer is None else (offer.sentence, offer.label)))

    # Doing

    def _do(self, command: Command) -> None:
        command.run(self._session, self._training)

    def _apply_remedy(self) -> None:
        problem = self._training.problem(self._session.network)
        if problem is not None and problem.fix is not None:
            fixing.apply(self._session, problem.fix)

    def _accept_offer(self) -> None:
        offer = offer_of(self._training)
        if offer is not None:
            offer.accept()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_problem()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()


register(Panel("train_live", "Training", "train", "center", with_training(TrainLivePage)))
