"""The report on weights leaves the plots of a run their height."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QTableWidget

import explorer
from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.gui.training.start_report import rows_within
from tests.gui.desk import Desk, two_layer_network
from tests.gui.made_run import make_run


@pytest.fixture
def desk_network() -> Network:
    return two_layer_network()


@given(st.integers(-50, 2000), st.integers(10, 60))
def test_whole_rows_fit_and_two_are_there_always(room: int, row: int) -> None:
    rows = rows_within(room, row)
    assert rows >= 2
    assert rows * row <= room or rows == 2
    assert (rows + 1) * row > room


def test_plots_beside_a_long_report_have_half_of_the_page(desk: Desk, tmp_path: Path) -> None:
    run = make_run(tmp_path / "other", "shown", reason="finished")
    network = explorer.network("resnet20", input_shape=(1, 28, 28), classes=4)
    torch.save(assemble(network).state_dict(), tmp_path / "resnet20.pt")
    desk.session.open_network(network)
    desk.training.start_from.choose(tmp_path / "resnet20.pt")
    table, plots, page = (desk.find(name) for name in ("start_report", "run_plots", "panel_train_live"))
    assert isinstance(table, QTableWidget)
    desk.qtbot.waitUntil(lambda: table.isVisible() and table.height() == table.sizeHint().height(), timeout=30_000)
    tall = table.height()
    desk.training.follow(run.folder)
    desk.qtbot.waitUntil(lambda: plots.isVisible() and plots.height() > page.height() / 2)
    assert table.rowCount() > 9
    assert table.height() < tall
    assert table.viewport().height() % table.rowHeight(0) == 0  # no row is cut
