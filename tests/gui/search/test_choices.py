"""The order in which the command palette offers what there is."""

from __future__ import annotations

from explorer.gui.search.choices import LONGEST_MEMORY, Choice, ranked, remembered


def choice(text: str) -> Choice:
    return Choice(key=text.lower(), text=text, run=lambda: None)


CHOICES = [choice(text) for text in ("Fit the Network", "Unfold All", "Fold All", "BatchNorm2d", "Conv2d")]


def texts(pattern: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [found.text for found in ranked(CHOICES, pattern, recent)]


def test_without_letters_what_was_used_last_comes_first() -> None:
    assert texts("") == [found.text for found in CHOICES]
    assert texts(" ", ("conv2d", "gone", "fold all"))[:3] == ["Conv2d", "Fold All", "Fit the Network"]


def test_the_nearest_comes_first_whatever_was_used_last() -> None:
    assert texts("fold", ("unfold all",)) == ["Fold All", "Unfold All"]
    assert texts("bn2") == ["BatchNorm2d"]
    assert texts("xyzzy") == []


def test_what_is_used_is_remembered_once_and_not_for_ever() -> None:
    assert remembered(["b", "a", "c"], "a") == ["a", "b", "c"]
    keys: list[str] = []
    for number in range(2 * LONGEST_MEMORY):
        keys = remembered(keys, str(number))
    assert keys[0] == str(2 * LONGEST_MEMORY - 1)
    assert len(keys) == LONGEST_MEMORY
