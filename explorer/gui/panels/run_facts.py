"""The selected run in figures; of two runs, what differs."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from explorer.errors import ExplorerError
from explorer.gui import figures
from explorer.gui.panel import Panel, register, with_training
from explorer.gui.run_settings.setting_words import label_of, word
from explorer.gui.runs.columns import ending, epochs, state, when
from explorer.gui.runs.commands import COMMANDS, RunActions, RunCommand
from explorer.gui.runs.difference import difference_lines, network_headline
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.column import Column
from explorer.gui.widgets.form import heading, words
from explorer.runs.summary import RunSummary

Line = tuple[str, str, str]

_OFFERED = frozenset({"open", "continue", "further", "follow", "copy_settings", "compare"})


class RunFactsPanel(Column):
    """The right side of the Runs workspace."""

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__("panel_run_facts")
        self._training, self._browser = training, training.browser
        self._actions = RunActions(session, training, self)
        self._title, self._networks = words("run_facts_title", "title"), words("run_facts_networks")
        self._heading, self._table = heading("Figures"), QWidget()
        self._buttons = [(command, self._make_button(command)) for command in COMMANDS if command.key in _OFFERED]
        self._shown: tuple[str, str, list[Line]] | None = None
        self._arrange()
        for signal in (self._browser.selection_changed, self._browser.changed, training.state_changed):
            signal.connect(self._show)
        self._show()

    def _make_button(self, command: RunCommand) -> QPushButton:
        button = QPushButton(command.text.replace("&", ""))
        button.setObjectName(f"button_runs_{command.key}")
        button.setToolTip(f"{command.help} ({command.keys})")
        button.clicked.connect(lambda: command.run(self._actions, self._browser.selection))
        return button

    def _arrange(self) -> None:
        content = QWidget()
        content.setObjectName("run_facts")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(12, 10, 12, 12)
        self._column.setSpacing(6)
        for part in (self._title, self._networks, *(button for _, button in self._buttons)):
            self._column.addWidget(part)
        self._column.addWidget(self._heading)
        self._column.addWidget(self._table)
        self._column.addStretch()
        self.setWidget(content)

    # Showing

    def _show(self) -> None:
        selection = self._browser.selection
        shown = self._words(selection)
        if shown != self._shown:
            self._shown = shown
            title, networks, lines = shown
            self._title.setText(title)
            self._title.setVisible(bool(title))
            self._networks.setText(networks)
            self._networks.setVisible(bool(networks))
            self._heading.setText("WHAT DIFFERS" if len(selection) == 2 else "FIGURES")
            self._heading.setVisible(bool(lines))
            self._fill(lines)
        for command, button in self._buttons:
            button.setVisible(command.possible(selection, self._training))

    def _words(self, selection: tuple[RunSummary, ...]) -> tuple[str, str, list[Line]]:
        if not selection:
            return "", "Select a run to see its figures, two to see what differs.", []
        if len(selection) > 2:
            size = figures.data(sum(run.size for run in selection))
            return "", f"{len(selection):,} runs, {size} on the disk.", []
        if not all(run.readable for run in selection):
            damaged = [run for run in selection if not run.readable]
            return "\n".join(run.name for run in damaged), "\n".join(run.message for run in damaged), []
        if len(selection) == 2:
            return self._pair(*selection)
        return selection[0].name, ending(selection[0]), facts_of(selection[0])

    @staticmethod
    def _pair(left: RunSummary, right: RunSummary) -> tuple[str, str, list[Line]]:
        try:
            sentence = network_headline(left.folder, right.folder)
        except ExplorerError as error:
            sentence = str(error)
        lines = difference_lines(left, right)
        return f"{left.name}\nand {right.name}", f"Networks: {sentence}", lines

    def _fill(self, lines: list[Line]) -> None:
        """Makes the table anew; it changes only with the selection and once an epoch."""
        table = QWidget()
        table.setObjectName("run_facts_table")
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                if not text:
                    continue  # a column of empty labels would take room from the values
                label = words("", "value" if column else "")
                label.setText(text)
                grid.addWidget(label, row, column)
        self._column.replaceWidget(self._table, table)
        self._table.hide()  # until it goes
        self._table.deleteLater()
        self._table = table
        table.show()


def facts_of(run: RunSummary) -> list[Line]:
    """The figures and settings of a run."""
    best_epoch = f" · epoch {run.best_epoch:,}" if run.best_epoch else ""
    lines = [
        ("network", run.network, ""),
        ("data", run.data, ""),
        ("state", state(run), ""),
        ("began", when(run), ""),
        ("epochs", epochs(run), ""),
        ("best accuracy", f"{figures.percent(run.best_accuracy)}{best_epoch}", ""),
        ("best loss", figures.loss(run.best_loss), ""),
        ("last accuracy", figures.percent(run.last_accuracy), ""),
        ("last loss", figures.loss(run.last_loss), ""),
        ("test accuracy", figures.percent(run.test_accuracy), ""),
        ("on the disk", figures.data(run.size), ""),
    ]
    return lines + [(label_of(name), word(value), "") for name, value in run.settings.items() if name != "epochs"]


register(Panel("run_facts", "Selected", "runs", "right", with_training(RunFactsPanel)))
