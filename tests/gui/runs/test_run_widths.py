"""The columns of the table of runs share its width: whole where there is room, and figures always."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.gui.runs.widths import Need, shared_out

NAME, NETWORK, LOSS = Need(400, 150), Need(100, 88), Need(60, 60)
needs = st.lists(st.tuples(st.integers(20, 500), st.integers(20, 500)), min_size=1, max_size=12).map(
    lambda pairs: [Need(max(pair), min(pair)) for pair in pairs]
)


def test_nothing_is_cut_where_there_is_room() -> None:
    assert shared_out([NAME, NETWORK, LOSS], 560) == [400, 100, 60]
    assert shared_out([NAME, NETWORK, LOSS], 1600) == [400, 100, 60]


def test_words_give_way_before_figures_and_the_longest_most() -> None:
    name, network, loss = shared_out([NAME, NETWORK, LOSS], 429)
    assert (name, network, loss) == (275, 94, 60)


def test_no_pixel_is_lost_in_reckoning() -> None:
    assert shared_out([Need(240, 20)], 48) == [48]  # 28 / 220 of 220 is less than 28 in binary fractions


def test_too_narrow_a_table_keeps_what_can_be_read() -> None:
    assert shared_out([NAME, NETWORK, LOSS], 100) == [150, 88, 60]
    assert shared_out([LOSS, LOSS], 10) == [60, 60]


@given(needs, st.integers(0, 8000))
def test_the_room_is_used_and_not_more_than_it(needs: list[Need], room: int) -> None:
    widths = shared_out(needs, room)
    assert all(need.least <= width <= need.whole for need, width in zip(needs, widths, strict=True))
    if room >= sum(need.least for need in needs):
        assert sum(widths) <= room
        left = room - sum(widths)
        assert left < len(needs) or widths == [need.whole for need in needs]
