"""What was checked of a network, and against whom: one claim for each kind of test that runs over the zoo.

A claim follows from the registration alone, and so does the list of networks that its test runs over; tests/zoo has
one that holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from explorer.zoo.base import Entry

Kind: TypeAlias = Literal["parameters", "macs", "stages", "outputs"]
WORDS: dict[Kind, str] = {"parameters": "count", "macs": "MACs", "stages": "shapes", "outputs": "outputs"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that was checked.

    Attributes:
        kind: What.
        sentence: What was found, and against whom.
    """

    kind: Kind
    sentence: str

    @property
    def word(self) -> str:
        """What was checked, in a word."""
        return WORDS[self.kind]


def claims(entry: Entry) -> tuple[Claim, ...]:
    """What was checked of a network against others; what only we have computed is no claim."""
    found = []
    if entry.parameters.published:
        found.append(Claim("parameters", f"{entry.parameters} parameters, as published ({entry.parameters.source})."))
    if entry.macs.published:
        found.append(Claim("macs", f"{entry.macs} MACs, as published ({entry.macs.source})."))
    if entry.stages:
        found.append(Claim("stages", f"The shape behind every stage, as published ({entry.stages})."))
    if entry.twin:
        found.append(Claim("outputs", f"Outputs equal to the last bit with those of torchvision's {entry.twin}."))
    return tuple(found)


def in_words(entry: Entry) -> str:
    """The kinds of claims in a list; empty where there are none."""
    return ", ".join(claim.word for claim in claims(entry))
