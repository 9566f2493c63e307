"""The main window: menus, the bar with documents and workspaces, one page a workspace, and the line at the bottom."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from explorer.gui import help_texts, log
from explorer.gui.canvas.commands import add_canvas_commands
from explorer.gui.canvas.diagram_dialog import DiagramCommands
from explorer.gui.compare.commands import CompareCommands
from explorer.gui.documents.disk_watch import DiskWatch
from explorer.gui.documents.file_drop import FileDrop
from explorer.gui.documents.file_menu import FileMenu
from explorer.gui.documents.files import DocumentFiles
from explorer.gui.documents.state import DocumentState
from explorer.gui.documents.tab_commands import add_tab_commands
from explorer.gui.documents.template_dialogs import TemplateCommands
from explorer.gui.header import Header
from explorer.gui.layers.commands import add_table_commands, ask_to_export
from explorer.gui.library.save_block_dialog import ask_to_save_block
from explorer.gui.library.watch import LibraryWatch
from explorer.gui.menus import DesignMenus, ExportMenu, add, add_menu, add_run_commands
from explorer.gui.palette.command_palette import CommandPalette, add_hint
from explorer.gui.panel import NUMBERS, WORKSPACES, Workspace
from explorer.gui.recovery.offer import RecoveryOffer
from explorer.gui.runs.command_menu import RunCommandMenu
from explorer.gui.runs.commands import RunActions
from explorer.gui.runs.menu import RunFolderCommands
from explorer.gui.session import Session
from explorer.gui.training.device_line import DeviceLine
from explorer.gui.training.run_closing import ask_to_stop
from explorer.gui.trials.commands import TrialCommands
from explorer.gui.widgets.dialogs import tell
from explorer.gui.widgets.notice_bar import Notices
from explorer.gui.window_place import fit_frame, place
from explorer.gui.workspace import WorkspacePage

TITLE = "Architecture Explorer"
SHOWN_FOR = 12_000  # milliseconds that a sentence stays in the line at the bottom


class MainWindow(QMainWindow):
    """The window.

    Args:
        session: What it shows.
    """

    painted = Signal()  # once: the window is on the screen

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self._session = session
        self._files = DocumentFiles(session, self)
        self._pages: dict[Workspace, WorkspacePage] = {}
        self._is_painted = False
        self._may_close = False
        self._header, self._notices, self._stack = Header(session), Notices(), QStackedWidget()
        self._engine_words = QLabel()
        self._export: ExportMenu | None = None
        self._palette = CommandPalette(session, self, lambda: self.show_workspace("design"))
        self._fill_menus()
        self._arrange()
        self._connect()
        self._guard_files()
        self.show_workspace("design")
        session.drawing.focus_asked.emit()
        self._restore()
        self._show_title()

    # Making

    def _arrange(self) -> None:
        self._stack.setObjectName("workspaces")
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._notices)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(centre)
        self._engine_words.setObjectName("status_engine")
        self.statusBar().setObjectName("status_bar")
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(DocumentState(self._session))
        if self._session.engine is not None and self._session.training is not None:
            self.statusBar().addPermanentWidget(DeviceLine(self._session.engine, self._session.training))
        self.statusBar().addPermanentWidget(self._engine_words)
        self._stack.installEventFilter(self)

    def _connect(self) -> None:
        session = self._session
        self._header.workspace_chosen.connect(self.show_workspace)
        self._header.close_asked.connect(self._files.ask_close)
        session.documents_changed.connect(self._show_title)
        session.changed.connect(self._hush)
        session.message.connect(self.say)
        for asked in (session.drawing.search_asked, session.drawing.end_asked):
            asked.connect(lambda: self.show_workspace("design"))
        session.fields_asked.connect(lambda: self._show_dock("inspector"))
        session.listing.filter_asked.connect(lambda: self._show_dock("layers"))
        session.revealed.connect(lambda _, field: self._show_dock("inspector" if field else ""))
        session.saving_block_asked.connect(lambda: ask_to_save_block(session, self))
        if session.training is not None:
            session.training.state_changed.connect(self._hush)
            session.training.message.connect(self.say)
            session.training.browser.workspace_asked.connect(self.show_workspace)
        if session.engine is not None:
            self._engine_words.setText("PyTorch is loading…")
            session.engine.ready.connect(self._show_engine)
            session.engine.failed.connect(self._engine_words.setText)

    def _guard_files(self) -> None:
        """Watches over what lies on the disk: files that others change, and what a crash has left behind."""
        session, notices = self._session, self._notices
        watch = DiskWatch(session, self._files, notices, self)
        FileDrop(self, self.open_file)
        LibraryWatch(session.library, self)
        if session.autosave is not None:
            offer = RecoveryOffer(session, session.autosave, notices, self)
            offer.restored.connect(watch.look)
            self._file_menu.attach(offer)

    def _fill_menus(self) -> None:
        bar = self.menuBar()
        bar.setObjectName("menu_bar")
        add_hint(self, self._palette)
        self._fill_file(add_menu(bar, "file", "&File"))
        CompareCommands(self._session, DesignMenus(self._session, bar).network, self)
        self._fill_view(add_menu(bar, "view", "&View"))
        if self._session.training is not None:
            run = add_menu(bar, "run", "&Run")
            add_run_commands(self._session, self._session.training, run)
            TrialCommands(self._session, self._session.training, run, self)
            RunFolderCommands(self._session.training, run, self)
            actions = RunActions(self._session, self._session.training, self)
            RunCommandMenu(actions, add_menu(run, "kept_runs", "Se&lected Runs"))
        self._fill_help(add_menu(bar, "help", "&Help"))

    def _fill_file(self, menu: QMenu) -> None:
        templates = TemplateCommands(self._session, self)
        self._file_menu = FileMenu(self._session, self._files, templates, menu)
        if self._session.training is not None:
            menu.addSeparator()
            formats = add_menu(menu, "export", "&Export Weights")
            self._export = ExportMenu(self._session.training, formats, self)
        export_table = functools.partial(ask_to_export, self._session, self)
        add(menu, "export_table", "Export La&yer Table…", "", "Writes the layer table to a file", export_table)
        DiagramCommands(self._session, self, menu)
        menu.addSeparator()
        self._file_menu.add_closing()
        add(menu, "quit", "&Quit", "Ctrl+Q", "Leave the application", self.close)

    def _fill_view(self, menu: QMenu) -> None:
        words = "Searches all actions, blocks, networks and open documents"
        add(menu, "palette", "&Command Palette…", "Ctrl+K", words, self._palette.turn)
        menu.addSeparator()
        for key, title in WORKSPACES:
            number, show = NUMBERS[key], functools.partial(self.show_workspace, key)
            add(menu, f"workspace_{key}", f"&{number} {title}", f"Ctrl+{number}", f"Show {title}", show)
        menu.addSeparator()
        add_tab_commands(self._session, menu)
        menu.addSeparator()
        add_canvas_commands(self._session, menu)
        menu.addSeparator()
        add_table_commands(self._session, menu)
        for which, keys, offset in (("Next", "F6", 1), ("Previous", "Shift+F6", -1)):
            words = f"Brings the keyboard to the {which.lower()} panel"
            step = functools.partial(self._step_focus, offset)
            add(menu, f"{which.lower()}_panel", f"{which} Panel", keys, words, step)
        docks = add_menu(menu, "docks", "&Panels")
        docks.aboutToShow.connect(lambda: self._list_docks(docks))
        add(menu, "reset_layout", "&Reset Layout", "", "Put every panel back to where it was", self._reset_layout)
        menu.addSeparator()
        flops = add(menu, "flops", "Show &FLOPs instead of MACs", "Ctrl+Shift+F", "A FLOP is half a MAC", lambda: None)
        flops.setStatusTip("Count each multiply-accumulate as two floating-point operations")
        flops.setCheckable(True)
        flops.setChecked(self._session.flops)
        flops.toggled.connect(self._session.show_flops)

    def _fill_help(self, menu: QMenu) -> None:
        add(menu, "shortcuts", "&Keyboard Shortcuts", "F1", "All keys in one table", self._show_shortcuts)
        add(menu, "open_log", "Open &Log", "", "The file with the details of what went wrong", self._open_log)
        menu.addSeparator()
        add(menu, "about", "&About", "", "What this is, and its version", self._show_about)

    # Workspaces

    def show_workspace(self, key: Workspace) -> None:
        """Brings a workspace to the front; at its first time it is made."""
        self._stack.setCurrentWidget(self.page(key))
        self._header.show_workspace(key)

    def page(self, key: Workspace) -> WorkspacePage:
        """The page of a workspace; at its first time it is made."""
        if key not in self._pages:
            self._pages[key] = WorkspacePage(key, self._session)
            self._stack.addWidget(self._pages[key])
        return self._pages[key]

    def _show_dock(self, key: str) -> None:
        """Shows Design, and one of its docks in front of those that lie over it, for what is asked for in it."""
        self.show_workspace("design")
        if key:
            dock = self.page("design").dock(key)
            dock.show()
            dock.raise_()

    def make_all(self) -> None:
        """Makes the pages that nobody has looked at yet."""
        for key, _ in WORKSPACES:
            self.page(key)

    def _list_docks(self, menu: QMenu) -> None:
        menu.clear()
        current = self._stack.currentWidget()
        if isinstance(current, WorkspacePage):
            menu.addActions(current.dock_actions())

    def _step_focus(self, offset: int) -> None:
        current = self._stack.currentWidget()
        if isinstance(current, WorkspacePage):
            current.step_focus(offset)

    def _reset_layout(self) -> None:
        for page in self._pages.values():
            page.reset()

    def _restore(self) -> None:
        size = place(self, self._session.settings.layout("layout/window"))
        self.painted.connect(lambda: fit_frame(self, size))

    def _remember(self) -> None:
        self._session.settings.set_layout("layout/window", self.saveGeometry())
        for page in self._pages.values():
            page.remember()
        self._session.settings.save()

    def open_file(self, file: Path) -> None:
        """Opens a file; a bad one is a sentence in the line at the bottom."""
        self._files.open(file)

    # Saying

    def say(self, sentence: str) -> None:
        """Shows a sentence in the line at the bottom, for a while; where it is long, the pointer shows all of it."""
        self.statusBar().showMessage(sentence, SHOWN_FOR)
        self.statusBar().setToolTip(sentence)

    def _hush(self) -> None:
        """Takes a sentence away that something newer has overtaken, such as a refusal once an edit succeeds."""
        self.statusBar().clearMessage()
        self.statusBar().setToolTip("")

    def _show_title(self) -> None:
        document = self._session.document
        self.setWindowTitle(f"{document.title}[*] – {TITLE}")
        self.setWindowModified(document.modified)

    def _show_engine(self) -> None:
        self._engine_words.setText("PyTorch is ready")
        if self._export is not None:
            self._export.fill()

    def _show_shortcuts(self) -> None:
        tell(self, "dialog_shortcuts", "Keyboard shortcuts", help_texts.shortcuts(self))

    def _show_about(self) -> None:
        tell(self, "dialog_about", f"About {TITLE}", help_texts.about())

    def _open_log(self) -> None:
        file = log.log_file()
        if file.exists():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
            self.say(f"The log is {file}.")
        else:
            self.say("There is no log: nothing has been written yet.")

    # Leaving

    def _leave_run(self) -> None:
        """Leaves a run in the middle of a long step, with its last checkpoint."""
        if self._session.training is not None:
            self._session.training.abandon()
        self.close()

    def _close_now(self) -> None:
        self._may_close = True
        self.close()

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._is_painted:
            self._is_painted = True
            self._stack.removeEventFilter(self)
            QTimer.singleShot(0, self.painted.emit)  # behind the rest of this paint
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        training = self._session.training
        if training is not None and training.active and not training.abandoned:
            event.ignore()
            ask_to_stop(self, training, self.close, self._leave_run)
            return
        if not self._may_close and any(document.modified for document in self._session.documents):
            event.ignore()
            self._files.ask_close_all(self._close_now)
            return
        self._remember()
        if self._session.autosave is not None:
            self._session.autosave.finish()
        super().closeEvent(event)
