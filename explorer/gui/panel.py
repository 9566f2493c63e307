"""What a panel is: one file in ``gui/panels``, a title, a place, and a widget that takes the session.

The window makes its docks and pages from :data:`PANELS`, so a new panel is one new file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtWidgets import QLabel, QWidget

from explorer.registry import Registry

if TYPE_CHECKING:
    from explorer.gui.session import Session
    from explorer.gui.training.training_session import TrainingSession

Workspace: TypeAlias = Literal["design", "train", "runs"]
Area: TypeAlias = Literal["left", "right", "center", "bottom"]

WORKSPACES: tuple[tuple[Workspace, str], ...] = (("design", "Design"), ("train", "Train"), ("runs", "Runs"))
NUMBERS: Mapping[Workspace, int] = {"design": 1, "train": 2, "runs": 4}  # of the keys; the third is for evaluating


@dataclass(frozen=True, slots=True)
class Panel:
    """One dock, or one part of the centre of a workspace.

    Attributes:
        key: Its name for programs; the objectName of its dock is ``dock_<key>``, of its widget ``panel_<key>``.
        title: Its name for people.
        workspace: Where it stands.
        area: On which side; what is in the centre is stacked from top to bottom and is no dock.
        make: Makes the widget. It is called when the workspace is first shown, so heavy imports belong inside it.
            A widget that has a signal ``title_changed = Signal(str)`` can retitle its dock.
        order: Place among the panels of one area, smallest first.
        stretch: Share of the room along its area, against its neighbours.
    """

    key: str
    title: str
    workspace: Workspace
    area: Area
    make: Callable[[Session], QWidget]
    order: int = 0
    stretch: int = 1


PANELS: Registry[Panel] = Registry("panel", "explorer.gui.panels")


def register(panel: Panel) -> None:
    """Adds a panel to the window.

    Raises:
        explorer.errors.DuplicateKeyError: If its key is taken.
    """
    PANELS.add(panel.key, panel)


def with_training(make: Callable[[Session, TrainingSession], QWidget]) -> Callable[[Session], QWidget]:
    """What makes a panel in any window, of what makes it in one that trains; any other says that it does not."""

    def made(session: Session) -> QWidget:
        if session.training is None:
            return QLabel("Training is not available in this window.")
        return make(session, session.training)

    return made


def panels_of(workspace: Workspace, area: Area) -> list[Panel]:
    """The panels of one area, in their order."""
    found = [panel for panel in PANELS.values() if panel.workspace == workspace and panel.area == area]
    return sorted(found, key=lambda panel: panel.order)
