"""Where a run cannot start, the button and the action that would start it say why."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from explorer.gui.training.transport import START
from tests.gui.desk import Desk, small_network


def test_a_tip_says_first_why_not_and_then_what_it_would_do() -> None:
    assert START.tip() == "Trains the network in front, in a new run (F5)"
    problem = "GoogLeNet ends in 1,000 classes, but Fashion-MNIST has 10; set its last layer to 10."
    *lines, does = START.tip(problem).splitlines()
    assert " ".join(lines) == problem
    assert len(lines) == 2
    assert does == START.tip()


def test_a_button_that_cannot_start_says_why(desk: Desk) -> None:
    button, action = desk.find("button_train_start"), desk.window.findChild(QAction, "action_train_start")
    menu = desk.window.findChild(QMenu, "menu_run")
    assert action is not None
    assert menu is not None
    assert (button.toolTip(), button.isEnabled()) == (START.tip(), True)
    desk.session.edit("more classes", small_network(classes=5))
    problem = desk.training.problem(desk.session.network)
    assert problem is not None
    menu.aboutToShow.emit()
    assert not button.isEnabled()
    assert button.toolTip() == START.tip(problem.sentence)
    assert button.accessibleDescription() == action.statusTip() == problem.sentence
    desk.session.document.undo_stack.undo()
    menu.aboutToShow.emit()
    assert (button.toolTip(), action.statusTip()) == (START.tip(), START.help)
