"""What becomes of published weights once they are on this computer: the next run starts from them."""

from __future__ import annotations

from pathlib import Path

from explorer.gui.session import Session
from explorer.gui.training.starting_point import StartingPoint
from explorer.runs.published_weights import PublishedWeights


def start_from(session: Session, start: StartingPoint, weights: PublishedWeights, path: Path) -> None:
    """Has the next run start from weights, in the network in front if they are for it, or else in a new document.

    Args:
        session: Whose network is trained.
        start: What the next run starts from.
        weights: The weights.
        path: Where they lie.
    """
    network = weights.make()
    opened = ""
    if not weights.suit(session.network):
        session.open_network(network)
        opened = f"{network.name} is open, and the"
    start.choose(path)
    session.message.emit(f"{opened or 'The'} next run starts from {weights.name} ({weights.file}).")
