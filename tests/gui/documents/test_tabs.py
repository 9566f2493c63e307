"""The tabs of the open documents: their order, and closing them with the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar

import explorer
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session


@pytest.fixture
def tabs(session: Session, window: MainWindow) -> QTabBar:
    for key in ("lenet5", "alexnet"):
        session.open_network(explorer.network(key))
    found = window.findChild(QTabBar, "documents")
    assert found is not None
    return found


def titles(session: Session) -> list[str]:
    return [document.title for document in session.documents]


def shown(tabs: QTabBar) -> list[str]:
    return [tabs.tabText(place) for place in range(tabs.count())]


def test_a_moved_tab_moves_its_document(session: Session, tabs: QTabBar) -> None:
    front = session.document
    tabs.moveTab(2, 0)
    assert titles(session) == shown(tabs) == ["AlexNet", "ResNet-18", "LeNet-5"]
    assert session.document is front
    tabs.setCurrentIndex(2)
    assert session.document.title == "LeNet-5"
    tabs.moveTab(2, 1)
    assert titles(session) == shown(tabs) == ["AlexNet", "LeNet-5", "ResNet-18"]
    assert session.document.title == "LeNet-5"


def test_a_tab_is_dragged_to_another_place(session: Session, tabs: QTabBar) -> None:
    start, end = tabs.tabRect(2).center(), tabs.tabRect(0).center()
    QTest.mousePress(tabs, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 11):
        QTest.mouseMove(tabs, start + (end - QPoint(30, 0) - start) * step / 10)
    QTest.mouseRelease(tabs, Qt.MouseButton.LeftButton, pos=end - QPoint(30, 0))
    assert titles(session) == shown(tabs) == ["AlexNet", "ResNet-18", "LeNet-5"]
    assert session.document.title == "AlexNet"


def test_the_middle_button_closes_a_tab(session: Session, tabs: QTabBar) -> None:
    QTest.mouseClick(tabs, Qt.MouseButton.MiddleButton, pos=tabs.tabRect(1).center())
    assert titles(session) == ["ResNet-18", "AlexNet"]
    QTest.mouseClick(tabs, Qt.MouseButton.MiddleButton, pos=QPoint(tabs.width() - 2, 5))
    assert titles(session) == ["ResNet-18", "AlexNet"], "there is no tab there"


def test_a_document_stays_within_the_tabs(session: Session, tabs: QTabBar) -> None:
    session.move(session.documents[0], -1)
    assert titles(session) == ["ResNet-18", "LeNet-5", "AlexNet"]
    session.move(session.documents[0], 99)
    assert titles(session) == ["LeNet-5", "AlexNet", "ResNet-18"]


def test_many_tabs_scroll_and_their_titles_stay_readable(session: Session, tabs: QTabBar) -> None:
    for key in ("vgg16", "resnet1202", "googlenet_paper", "nin", "resnet50", "vgg19", "resnet101", "resnet152"):
        session.open_network(explorer.network(key))
    QTest.qWait(0)
    for place in range(tabs.count()):
        assert tabs.tabRect(place).width() >= min(tabs.tabSizeHint(place).width(), 100)
    assert tabs.rect().contains(tabs.tabRect(tabs.currentIndex()))
