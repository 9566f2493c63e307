"""The smallest image a network takes, found by trying: padding, strides and merges follow no simple rule together."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.core.shape import Shape

LARGEST_TRIED = 512  # pixels along one side


def smallest_input(network: Network) -> Iterator[Shape | None]:
    """Tries square images from one pixel on; to be taken step by step, since each step counts the network once.

    Args:
        network: A network whose first input is an image.

    Yields:
        None after each size that is too small, then the smallest shape that is fine. It ends without one where the
        network has a problem that no size mends.
    """
    shape = network.input_shape
    if len(shape) != 3:
        return
    for side in range(1, LARGEST_TRIED + 1):
        if not analyse(network.with_input_shape((shape[0], side, side))).partial:
            yield (shape[0], side, side)
            return
        yield None
