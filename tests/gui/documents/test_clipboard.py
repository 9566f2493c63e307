"""Blocks as text: what arrives damaged is what the document's own file would say it is."""

from __future__ import annotations

import pytest

from explorer.core.compose import Slot, Unknown
from explorer.core.storage import dumps, loads
from explorer.gui.documents import clipboard
from explorer.gui.editing import insertion
from explorer.gui.session import Session
from tests.core.user_blocks import MINE

TEXT = clipboard.dumps([Slot("mine", MINE(16))])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('"out_channels"', '"channels"'), ('"definitions"', '"names"'), ('"width": 16', '"breadth": 16')],
    ids=["a definition that cannot be read", "no definition", "a field that the block does not have"],
)
def test_a_damaged_block_of_ones_own_is_pasted_as_it_is_read_again(session: Session, right: str, wrong: str) -> None:
    assert right in TEXT
    insertion.paste(session, TEXT.replace(right, wrong))
    (path,) = session.selection
    assert isinstance(session.network.block(path), Unknown)
    assert loads(dumps(session.network)) == session.network


def test_a_block_without_its_definition_gets_the_one_of_the_document(session: Session) -> None:
    insertion.insert(session, MINE())
    insertion.paste(session, TEXT.replace('"definitions"', '"names"'))
    assert session.network.block(("mine",)) == MINE(16)
    assert loads(dumps(session.network)) == session.network
