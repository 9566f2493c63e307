"""Numbers and addresses as sentences put them."""

from __future__ import annotations

import pytest

from explorer.core.wording import amount


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 classes"), (1, "1 class"), (2, "2 classes"), (65_536, "65,536 classes")]
)
def test_one_thing_is_not_several(number: int, words: str) -> None:
    assert amount(number, "class", "classes") == words


def test_most_words_take_an_s() -> None:
    assert [amount(number, "thread") for number in (1, 2)] == ["1 thread", "2 threads"]
