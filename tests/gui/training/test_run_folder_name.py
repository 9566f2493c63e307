"""What the folder of a new run is called."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from explorer.gui.training.run_folder_name import new_folder, slug

DAY = dt.date(2026, 11, 22)


def test_folders_count_the_runs_of_a_day(tmp_path: Path) -> None:
    first = new_folder(tmp_path / "runs", "ResNet-18 (mine)", DAY)
    assert first == tmp_path / "runs" / "2026-11-22-1-resnet-18-mine"
    first.mkdir(parents=True)
    assert new_folder(tmp_path / "runs", "LeNet-5", DAY).name == "2026-11-22-2-lenet-5"
    (tmp_path / "runs" / "2026-11-22-10-x").mkdir()
    assert new_folder(tmp_path / "runs", "  ", DAY).name == "2026-11-22-2"
    assert new_folder(tmp_path / "runs", "x", DAY + dt.timedelta(1)).name == "2026-11-23-1-x"


def test_a_name_for_files_has_nothing_a_file_system_minds() -> None:
    assert slug("../../ETC: Ünïcode / net") == "etc-n-code-net"
    assert len(slug("x" * 300)) == 40
