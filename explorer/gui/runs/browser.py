"""The runs there are, as the window shows them: the table, what of it is selected, and the curves to compare."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.errors import ExplorerError
from explorer.gui.engine.worker import Worker
from explorer.gui.record.run_record import RunRecord
from explorer.gui.runs.folder import RunsFolder
from explorer.gui.runs.looker import Look, RunLooker
from explorer.runs.run import Run
from explorer.runs.summary import RunSummary

INTERVAL = 1_000  # milliseconds between two looks, while somebody watches
_SHARE = 20  # a look that takes long is not taken again before so many times as long have passed
MOST_CURVES = 8  # runs whose curves can be told apart


class RunBrowser(QObject):
    """Watches the folder of runs from a thread of its own, as long as a view that needs it is in sight.

    Args:
        runs: Which folder.
        parent: Its owner.

    Attributes:
        summaries: The runs, the damaged ones too, in the order of their names.
        problem: A sentence: why the folder cannot be read; empty otherwise.
        selected: The folders of the runs that are selected in the table, in the order of their lines.
        overlaid: The folders of earlier runs that are drawn behind the one that trains.
        looked: Whether anybody has looked yet.
    """

    changed = Signal()  # the runs
    selection_changed = Signal()
    overlay_changed = Signal()  # which runs are drawn behind the one that trains
    curves_changed = Signal()  # of runs that are selected or overlaid
    workspace_asked = Signal(str)  # the key of a workspace that has to come to the front
    filter_asked = Signal()  # a person wants to filter the table
    note_asked = Signal(object)  # the folder of a run about which a person wants to write
    message = Signal(str)  # a sentence for the status bar
    _found = Signal(object)

    def __init__(self, runs: RunsFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._worker, self._looker = Worker("runs"), RunLooker()
        self._records: dict[Path, RunRecord] = {}
        self._watchers: set[str] = set()
        self._is_closed = False
        self.summaries: tuple[RunSummary, ...] = ()
        self.problem = ""
        self.selected: tuple[Path, ...] = ()
        self.overlaid: tuple[Path, ...] = ()
        self.looked = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self._found.connect(self._take, Qt.ConnectionType.QueuedConnection)
        runs.changed.connect(self._look_elsewhere)

    # Watching

    @property
    def folder(self) -> Path:
        """The folder of runs."""
        return self._runs.path

    def watch(self, who: str, *, on: bool) -> None:
        """Lets a view say whether it is in sight: as long as one is, the folder is looked at again and again."""
        (self._watchers.add if on else self._watchers.discard)(who)
        if self._watchers:
            self.look()
        else:
            self._timer.stop()

    def look(self) -> None:
        """Looks now, behind the window."""
        if not self._is_closed:
            folder, wanted = self.folder, frozenset(self._wanted)
            self._worker.submit("look", lambda: self._found.emit(self._looker.look(folder, wanted)))

    def close(self) -> None:
        """Ends the watching, and waits for a look that is being taken."""
        self._is_closed = True
        self._timer.stop()
        self._worker.join()

    @property
    def _wanted(self) -> tuple[Path, ...]:
        return (*self.selected[:MOST_CURVES], *self.overlaid)

    def _look_elsewhere(self) -> None:
        self.select(())
        if self._watchers:
            self.look()

    def _take(self, look: Look) -> None:
        if self._is_closed:
            return
        if look.folder == self.folder:
            self._take_curves(look)
            self._take_runs(look)
        if not look.wanted >= set(self._wanted):
            self.look()
        elif self._watchers:
            self._timer.start(max(INTERVAL, int(1000 * _SHARE * look.seconds)))

    def _take_runs(self, look: Look) -> None:
        before = self.summaries, self.problem, self.looked
        self.summaries, self.problem, self.looked = look.summaries, look.problem, True
        here = {summary.folder for summary in self.summaries}
        if not here >= set(self.overlaid):
            self.overlaid = tuple(folder for folder in self.overlaid if folder in here)
            self.overlay_changed.emit()
        if (self.summaries, self.problem, self.looked) != before:
            self.changed.emit()

    def _take_curves(self, look: Look) -> None:
        """Takes over what the thread has given away; of a run that was not wanted it would begin anew."""
        kept = {folder: record for folder, record in self._records.items() if folder in look.wanted}
        self._records = kept | dict(look.records)
        for folder, events in look.news.items():
            for event in events:
                self._records[folder].take(event)
        if look.records or look.news:
            self.curves_changed.emit()

    # Choosing

    def select(self, folders: tuple[Path, ...]) -> None:
        """Selects runs; the curves of those that are not known yet are read."""
        if folders != self.selected:
            self.selected = folders
            self.selection_changed.emit()
            self._want_curves()

    def overlay(self, folder: Path, *, on: bool) -> None:
        """Draws an earlier run behind the one that trains, or no longer."""
        others = tuple(other for other in self.overlaid if other != folder)
        self.overlaid = (*others, folder)[-MOST_CURVES:] if on else others
        self.overlay_changed.emit()
        self._want_curves()

    def _want_curves(self) -> None:
        if any(folder not in self._records for folder in self._wanted):
            self.look()
        self.curves_changed.emit()

    @property
    def selection(self) -> tuple[RunSummary, ...]:
        """The selected runs that are still there."""
        by_folder = {summary.folder: summary for summary in self.summaries}
        return tuple(by_folder[folder] for folder in self.selected if folder in by_folder)

    def record(self, folder: Path) -> RunRecord | None:
        """The curves of a run that is selected or overlaid; None as long as they are being read."""
        return self._records.get(folder)

    # Writing

    def write_note(self, folder: Path, note: str) -> None:
        """Writes a note about a run; a refusal is a sentence in the status bar."""
        try:
            Run.open(folder).rewrite_note(note)
        except ExplorerError as error:
            self.message.emit(str(error))
        self.look()
