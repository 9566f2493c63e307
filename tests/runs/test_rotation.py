from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.rotation import BEST, LAST, Checkpoints


def _make(run: Path, *names: str) -> Checkpoints:
    for name in names:
        (run / "checkpoints" / name).mkdir(parents=True)
    return Checkpoints(run)


def test_a_run_without_checkpoints_has_none(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    assert checkpoints.names() == []
    assert checkpoints.pointed(LAST) is None
    assert checkpoints.new_name(0) == "0"


def test_the_last_two_and_the_best_are_kept(tmp_path: Path) -> None:
    checkpoints = _make(tmp_path, "0", "90", "100", "110", "120", "130.tmp")
    checkpoints.point(LAST, "120")
    checkpoints.point(BEST, "90")
    checkpoints.prune()
    assert checkpoints.names() == ["90", "110", "120"]
    assert not (tmp_path / "checkpoints" / "130.tmp").exists()


def test_a_second_checkpoint_at_the_same_step_comes_after_the_first(tmp_path: Path) -> None:
    checkpoints = _make(tmp_path, "100", "100-2", "99")
    assert checkpoints.new_name(100) == "100-3"
    assert checkpoints.names() == ["99", "100", "100-2"]


def test_the_pointer_says_which_to_try_first_then_come_the_newest(tmp_path: Path) -> None:
    checkpoints = _make(tmp_path, "1", "2", "3")
    checkpoints.point(LAST, "2")
    assert checkpoints.newest_first() == ["2", "3", "1"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"checkpoint": 3}', '{"checkpoint": "../../etc"}', '{"checkpoint": "7"}']
)
def test_a_pointer_that_points_nowhere_is_none(tmp_path: Path, content: str) -> None:
    checkpoints = _make(tmp_path, "1", "2")
    (tmp_path / "checkpoints" / "last.json").write_text(content)
    assert checkpoints.pointed(LAST) is None
    assert checkpoints.newest_first() == ["2", "1"]


def test_going_back_drops_what_came_after(tmp_path: Path) -> None:
    checkpoints = _make(tmp_path, "1", "2", "2-2", "3")
    checkpoints.drop_after("2")
    assert checkpoints.names() == ["1", "2"]
    assert checkpoints.pointed(LAST) == "2"


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20))
def test_names_are_new_and_in_order(tmp_path_factory: pytest.TempPathFactory, steps: list[int]) -> None:
    checkpoints = Checkpoints(tmp_path_factory.mktemp("run"))
    made: list[str] = []
    for step in sorted(steps):
        name = checkpoints.new_name(step)
        assert name not in made
        made.append(name)
        checkpoints.path(name).mkdir(parents=True)
        assert checkpoints.names() == made


def test_what_was_asked_for_stays(tmp_path: Path) -> None:
    checkpoints = _make(tmp_path, "10", "20", "30", "40", "50")
    checkpoints.keep("10")
    checkpoints.keep("30")
    checkpoints.prune()
    assert checkpoints.names() == ["10", "30", "40", "50"]
    checkpoints.drop_after("20")
    assert checkpoints.kept() == ["10"]
    _make(tmp_path, "30")  # the same step again, which nobody asked for this time
    assert checkpoints.kept() == ["10"]


@pytest.mark.parametrize("content", ["{", "[]", '{"checkpoints": 3}', '{"checkpoints": [7, "../x", "9"]}'])
def test_a_damaged_list_of_what_to_keep_keeps_nothing(tmp_path: Path, content: str) -> None:
    checkpoints = _make(tmp_path, "1", "2", "3")
    (tmp_path / "checkpoints" / "kept.json").write_text(content)
    checkpoints.prune()
    assert checkpoints.names() == ["2", "3"]
