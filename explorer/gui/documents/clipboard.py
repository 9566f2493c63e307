"""Blocks as text, for the clipboard and for dragging, within a window and between two."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from explorer.core.compose import Slot
from explorer.core.definition_json import definitions_to_json, kinds_from_json
from explorer.core.network import Network
from explorer.core.storage import kinds_in, parse, slot_from_json, slot_to_json
from explorer.core.user_block import user_blocks_in
from explorer.errors import FileError

FORMAT = "architecture-explorer/blocks"
VERSION = 1


def dumps(slots: Iterable[Slot]) -> str:
    """The JSON text of slots, with the definitions they need."""
    slots = tuple(slots)
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "slots": [slot_to_json(slot) for slot in slots]}
    definitions = definitions_to_json(slot.block for slot in slots)
    document |= {"definitions": definitions} if definitions else {}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


def loads(text: str, network: Network) -> tuple[Slot, ...]:
    """The slots of a JSON text, as the network would read them from its own file.

    A block of one's own whose definition cannot be read here may have one in the network.

    Args:
        text: The text.
        network: Where the slots are to stand.

    Raises:
        FileError: If the text holds no blocks.
    """
    # most texts in a clipboard were never meant to be blocks: where they are no JSON is nobody's concern
    document = parse(text, "The clipboard") if FORMAT in text else None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError("The clipboard holds no blocks; copy some first.")
    slots = document.get("slots")
    if document.get("version") != VERSION or not isinstance(slots, list) or not slots:
        raise FileError("The blocks in the clipboard come from another version of the application.")
    brought = kinds_from_json(document.get("definitions"))
    read = [slot_from_json(slot, brought) for slot in slots]
    taken = user_blocks_in(slot.block for slot in read).values()  # a definition comes along where a block needs it
    kinds = {**kinds_in(network), **{key: kind for key, kind in brought.items() if kind in taken}}
    return tuple(slot_from_json(slot, kinds) for slot in slots)
