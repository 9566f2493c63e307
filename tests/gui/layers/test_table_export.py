"""The layer table in a file: all rows, in the order of the table, in three forms, through the window's own dialog."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from explorer.gui.layers.rows import all_rows, cells, header, write_table
from explorer.gui.main_window import MainWindow
from explorer.gui.search.reading import read
from explorer.gui.session import Session


def test_a_csv_holds_every_block_as_numbers(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    assert write_table(session, file) == len(session.analysis.rows)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["Name"] for row in rows[4:7]] == ["layer1", "layer1.0", "layer1.0.conv1"]
    layers = [row for row in rows if row["Type"] in ("Conv2d", "BatchNorm2d", "Linear")]
    assert sum(int(row["Parameters"]) for row in layers) == session.analysis.parameters
    assert sum(int(row["MACs"]) for row in layers) == session.analysis.macs
    assert sum(float(row["Share"]) for row in layers) == pytest.approx(1, abs=1e-4)
    memory = session.analysis.memory_by_path()
    assert int(rows[0]["Memory"]) == memory[("conv1",)].per_image


def test_the_order_and_the_filter_of_the_table_hold(session: Session) -> None:
    session.listing.filter(read("type=Conv2d"))
    session.listing.sort_by("parameters")
    found = cells(session, all_rows(session), "CSV")
    figures = [int(row[4]) for row in found]
    assert figures == sorted(figures, reverse=True)
    assert len(found) == 20
    session.show_flops(True)
    assert "FLOPs" in header(session)


@pytest.mark.parametrize(("name", "starts"), [("a.md", "| Name |"), ("a.txt", "Name  "), ("a.CSV", "Name,")])
def test_the_ending_says_the_form(session: Session, tmp_path: Path, name: str, starts: str) -> None:
    write_table(session, tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(starts)


def test_the_menu_asks_for_a_file(session: Session, window: MainWindow, tmp_path: Path, messages: list[str]) -> None:
    action = window.findChild(QAction, "action_export_table")
    assert action is not None
    action.trigger()
    dialog = window.findChild(QFileDialog, "dialog_export_table")
    assert dialog is not None
    assert dialog.isVisible()
    assert "ResNet-18 layers.csv" in dialog.selectedFiles()[0]
    dialog.fileSelected.emit(str(tmp_path / "mine"))
    dialog.close()
    assert messages == [f"Wrote 84 rows to {tmp_path / 'mine.csv'}."]
    dialog.fileSelected.emit(str(tmp_path / "nowhere" / "mine.csv"))
    assert "cannot be written" in messages[-1]
