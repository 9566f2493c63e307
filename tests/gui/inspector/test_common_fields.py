"""Fields in common: every merged field takes what all kinds take, and nothing else."""

from __future__ import annotations

import itertools

import pytest

from explorer.core.block import BLOCKS, Block
from explorer.core.fields import ChoiceField, FloatField, IntField
from explorer.gui.inspector.common_fields import common_fields

_PAIRS = list(itertools.combinations(sorted(BLOCKS.values(), key=lambda cls: cls.type_name()), 2))


def _samples(field: object) -> list[object]:
    if isinstance(field, ChoiceField):
        return list(field.choices)
    if isinstance(field, IntField | FloatField):
        return [field.minimum, field.maximum]
    return [True, False, "a"]


def test_of_one_kind_all_fields_are_in_common() -> None:
    for cls in BLOCKS.values():
        assert common_fields((cls,)) == cls.fields()


@pytest.mark.parametrize(
    "pair", _PAIRS[:: max(1, len(_PAIRS) // 200)], ids=lambda pair: "-".join(c.__name__ for c in pair)
)
def test_what_a_common_field_takes_all_kinds_take(pair: tuple[type[Block], type[Block]]) -> None:
    for name, field in common_fields(pair).items():
        for sample in _samples(field):
            value = field.normalise(sample)
            if field.problem(value) is None:
                for cls in pair:
                    own = cls.fields()[name]
                    assert own.problem(own.normalise(sample)) is None, (name, sample)


def test_convolutions_and_pools_share_their_windows() -> None:
    shared = common_fields((BLOCKS["Conv2d"], BLOCKS["MaxPool2d"]))
    assert {"kernel_size", "stride", "padding"} <= set(shared)
    assert "out_channels" not in shared
