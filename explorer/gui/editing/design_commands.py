"""What can be done to the selected blocks: the Edit menu, the Network menu and the context menu of the layer table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence

from explorer.blocks.residual import BasicBlock
from explorer.gui.editing import edits, freezing, insertion, moving
from explorer.gui.editing.placing import all_beside, branch_around, is_editable, merge_around, topmost
from explorer.gui.inspector.note_editor import NOTE
from explorer.gui.library import user_block_edits
from explorer.gui.problems import fixing
from explorer.gui.session import Session
from explorer.remedies.classes import classes_of

Menu: TypeAlias = Literal["edit", "insert", "network", "search"]


@dataclass(frozen=True, slots=True)
class DesignCommand:
    """One thing that can be done to the design.

    Attributes:
        key: For objectNames: ``action_<key>``.
        text: What the menu says.
        shortcut: Its keys; empty for none.
        help: One line that explains it, for the status bar and tooltips.
        run: Does it.
        possible: Whether it can be done now.
        section: Commands of one section stand between two lines of the menu.
        menu: The menu.
    """

    key: str
    text: str
    shortcut: str
    help: str
    run: Callable[[Session], None]
    possible: Callable[[Session], bool]
    section: int = 0
    menu: Menu = "edit"


def _copy(session: Session) -> None:
    text = insertion.copied(session)
    if text is None:
        session.message.emit("What is inside a composite cannot be copied; unpack it first, or copy the composite.")
    else:
        QGuiApplication.clipboard().setText(text)


def _cut(session: Session) -> None:
    if insertion.copied(session) is not None:
        _copy(session)
    moving.remove(session, "cut")


def _paste(session: Session) -> None:
    insertion.paste(session, QGuiApplication.clipboard().text())


def _rename(session: Session) -> None:
    session.renaming_asked.emit(session.selection[-1])


def _edit_fields(session: Session) -> None:
    session.fields_asked.emit()


def _edit_end(role: str) -> Callable[[Session], None]:
    return lambda session: session.drawing.end_asked.emit(role)


def _next_problem(session: Session) -> None:
    """Goes to the problem behind the one at the selection, round and round."""
    problems = session.analysis.problems
    here = [place for place, problem in enumerate(problems) if session.selection == (problem.path,)]
    problem = problems[(here[-1] + 1) % len(problems) if here else 0]
    session.reveal(problem.path, problem.field)
    session.message.emit(str(problem))


def _note(session: Session) -> None:
    session.reveal(session.selection[-1], NOTE)


def _select_all(session: Session) -> None:
    session.select(all_beside(session.network, session.analysis, session.selection))


def _search(step: int) -> Callable[[Session], None]:
    return lambda session: session.drawing.search_asked.emit(step)


def _insert_residual(session: Session) -> None:
    insertion.insert(session, BasicBlock())


def _any(session: Session) -> bool:
    return bool(session.selection) and is_editable(session.network, topmost(session.selection)[0])


def _selected(session: Session) -> bool:
    return bool(session.selection)


def _has_frozen(session: Session) -> bool:
    return bool(session.network.frozen)


def _one(session: Session) -> bool:
    return len(session.selection) == 1 and _any(session)


def _several(session: Session) -> bool:
    return len(session.selection) > 1 and _any(session)


def _in_merge(session: Session) -> bool:
    return bool(session.selection) and merge_around(session.network, session.selection[-1]) is not None


def _in_branch(session: Session) -> bool:
    return bool(session.selection) and branch_around(session.network, session.selection[-1]) is not None


def _problematic(session: Session) -> bool:
    return bool(session.analysis.problems)


def _has_classes(session: Session) -> bool:
    return classes_of(session.analysis) is not None


def _has_blocks(session: Session) -> bool:
    return bool(session.network.body.slots)


def _always(_: Session) -> bool:
    return True


_NEEDS: dict[Callable[[Session], bool], str] = {  # why a command cannot be given now, for whoever lists commands
    _selected: "needs a selected block",
    _has_frozen: "needs a frozen block",
    _any: "needs a selected block that can be edited",
    _one: "needs one selected block",
    _several: "needs several selected blocks",
    _in_merge: "needs a selection in a merge",
    _in_branch: "needs a selection in a branch of a merge",
    _has_blocks: "needs a network with blocks",
}

COMMANDS = (
    DesignCommand("cut", "Cu&t", "Ctrl+X", "Moves the selected blocks to the clipboard, as JSON text", _cut, _any),
    DesignCommand("copy", "&Copy", "Ctrl+C", "Copies the selected blocks to the clipboard, as JSON text", _copy, _any),
    DesignCommand("paste", "&Paste", "Ctrl+V", "Inserts the clipboard's blocks behind the selection", _paste, _always),
    DesignCommand(
        "duplicate", "&Duplicate", "Ctrl+D", "Inserts copies behind the selection", insertion.duplicate, _any
    ),
    DesignCommand("delete", "De&lete", "Delete", "Takes the selected blocks out", moving.remove, _any),
    DesignCommand(
        "select_all", "Select &All", "Ctrl+A", "Selects all blocks of the chain around the selection; again, those "
        "of the one around that", _select_all, _has_blocks,
    ),
    DesignCommand("rename", "&Rename", "F2", "Gives the block another name, the key of its weights", _rename, _one, 1),
    DesignCommand("edit_fields", "F&ields", "Ctrl+I", "Brings the keyboard to the fields of the selection, or of the "
        "network; Enter leads back", _edit_fields, _always, 1),
    DesignCommand(
        "move_up", "Move &Up", "Alt+Up", "Moves the selection one place up", lambda s: moving.move(s, -1), _any, 1
    ),
    DesignCommand(
        "move_down", "Move Do&wn", "Alt+Down", "Moves the selection one place down",
        lambda s: moving.move(s, 1), _any, 1,
    ),
    DesignCommand("previous_branch", "Move to the &Branch Before", "Alt+Left", "Moves the selection to the end of the "
        "branch before its own", lambda s: moving.move_across(s, -1), _in_branch, 1),
    DesignCommand("next_branch", "Move to the Branc&h Behind", "Alt+Right", "Moves the selection to the end of the "
        "branch behind its own", lambda s: moving.move_across(s, 1), _in_branch, 1),
    DesignCommand(
        "switch", "&Enable or Disable", "Ctrl+E", "Blocks that are off are skipped everywhere", edits.switch, _any, 1
    ),
    DesignCommand(
        "freeze", "Free&ze or Train", "Ctrl+J", "Frozen blocks keep their parameters in training",
        freezing.freeze_selection, _selected, 1,
    ),
    DesignCommand("note", "N&ote…", "Shift+F2", "Writes a note on the block", _note, _one, 1),
    DesignCommand(
        "wrap_residual", "Wrap in a Re&sidual Connection", "Ctrl+Shift+R", "Adds the input of the selected neighbours "
        "to what they give", edits.wrap_residual, _any, 2,
    ),
    DesignCommand(
        "add_branch", "Add a &Branch", "Ctrl+Shift+A", "Adds an empty branch, the identity, to the merge around the "
        "selection", insertion.add_branch, _in_merge, 2,
    ),
    DesignCommand(
        "unpack", "U&npack", "Ctrl+U", "Replaces a composite or repeat by what it stands for", edits.unpack, _any, 2
    ),
    DesignCommand(
        "fold", "&Fold into a Repeat", "Ctrl+Shift+U", "Folds equal neighbours into one repeat", edits.fold, _several, 2
    ),
    DesignCommand(
        "apply_remedy", "&Apply the Remedy", "Ctrl+.", "Mends the problem at the selection, or else the first of all",
        fixing.apply_first, _problematic, 3,
    ),
    DesignCommand(
        "save_as_block", "Save as &Block…", "Ctrl+B", "Makes the selected neighbours a block of your own",
        lambda s: s.saving_block_asked.emit(), _any, 4,
    ),
    DesignCommand(
        "update_block", "Update from &Library", "", "Gives all blocks of this kind the library's definition",
        user_block_edits.update, user_block_edits.can_update, 4,
    ),
    DesignCommand(
        "keep_block", "Save the Document's Cop&y to the Library", "", "The library's own version goes to its bin",
        user_block_edits.keep, user_block_edits.can_keep, 4,
    ),
    DesignCommand(
        "edit_input", "&Input Size…", "Alt+Home", "Types the size of the network's input where it stands in the "
        "diagram", _edit_end("input"), _always, 0, "network",
    ),
    DesignCommand(
        "edit_classes", "&Number of Classes…", "Alt+End", "Types the number of classes where it stands in the diagram",
        _edit_end("output"), _has_classes, 0, "network",
    ),
    DesignCommand(
        "next_problem", "&Go to the Next Problem", "F4", "Selects the next block that has a problem, and says which",
        _next_problem, _problematic, 1, "network",
    ),
    DesignCommand(
        "freeze_more", "&Freeze One Block More", "Alt+PgDown", "Moves the line above which everything is frozen down",
        lambda s: freezing.move_freeze_line(s, 1), _always, 2, "network",
    ),
    DesignCommand(
        "freeze_less", "Freeze One Block &Less", "Alt+PgUp", "Moves the line above which everything is frozen up",
        lambda s: freezing.move_freeze_line(s, -1), _has_frozen, 2, "network",
    ),
    DesignCommand(
        "insert_residual", "&Residual Block", "Ctrl+R", "Inserts a BasicBlock behind the selection, "
        "with as many channels as arrive", _insert_residual, _always, 0, "insert",
    ),
    DesignCommand(
        "find", "&Find…", "Ctrl+F", "Finds blocks of the network by name, kind, shape or field", _search(0), _always, 0,
        "search",
    ),
    DesignCommand("find_next", "Find Ne&xt", "F3", "Goes to the next find", _search(1), _always, 0, "search"),
    DesignCommand(
        "find_previous", "Find Pre&vious", "Shift+F3", "Goes to the find before", _search(-1), _always, 0, "search"
    ),
)  # fmt: skip


def make_actions(
    session: Session, parent: QObject, *, shortcuts: bool = True, menu: Menu = "edit"
) -> list[tuple[DesignCommand, QAction]]:
    """The commands of one menu as actions, ready for it.

    Args:
        session: What they work on.
        parent: Their owner.
        shortcuts: Whether they answer to their keys; only one set of actions in a window may.
        menu: The menu.
    """
    return [(command, _make(command, session, parent, shortcuts)) for command in COMMANDS if command.menu == menu]


def _make(command: DesignCommand, session: Session, parent: QObject, shortcuts: bool) -> QAction:
    action = QAction(command.text, parent)
    action.setObjectName(f"action_{command.key}" if shortcuts else f"context_{command.key}")
    action.setToolTip(command.help)
    action.setStatusTip(command.help)
    action.setProperty("needs", _NEEDS.get(command.possible, ""))
    if shortcuts:
        action.setShortcut(QKeySequence(command.shortcut))
    action.setEnabled(command.possible(session))
    action.triggered.connect(lambda: command.run(session))
    return action
