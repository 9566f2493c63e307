"""A table of rows: words stand at the left and figures at the right, in the heads as below them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from explorer.gui.widgets.row_table import RowTable


def test_figures_stand_at_the_right_below_their_head(qapp: QApplication) -> None:
    table = RowTable("table", "Networks", ("Network", "Parameters"), numbers=(1,))
    table.setRowCount(1)
    table.put(0, ("LeNet-5", "44,426"), ("of 1998", "all of them"))
    name, parameters, head = table.item(0, 0), table.item(0, 1), table.horizontalHeaderItem(1)
    assert name is not None
    assert parameters is not None
    assert head is not None
    assert (parameters.text(), parameters.toolTip()) == ("44,426", "all of them")
    assert parameters.textAlignment() & Qt.AlignmentFlag.AlignRight
    assert (head.text(), bool(head.textAlignment() & Qt.AlignmentFlag.AlignRight)) == ("Parameters", True)
    assert not name.textAlignment() & Qt.AlignmentFlag.AlignRight
