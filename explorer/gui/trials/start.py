"""What is found out before a run, as events; on the engine's thread, which imports torch when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from explorer.errors import Cancelled
from explorer.gui.data.shelf import DataShelf
from explorer.gui.record.events import Loading
from explorer.gui.trials.record import TrialKind, TrialOrder
from explorer.training.control import Control
from explorer.training.events import Event


def trial_events(
    order: TrialOrder, control: Control, shelf: DataShelf, report: Callable[[Event], None]
) -> Iterator[Event]:
    """The events of a trial.

    Args:
        order: What is to be found out.
        control: Ends it early.
        shelf: Keeps the images.
        report: Gets what happens while images are read.

    Raises:
        ExplorerError: If it comes to nothing.
    """
    if control.stopping:
        raise Cancelled("The trial")
    from explorer.training.probe import find_fastest
    from explorer.training.rate_test import find_rate
    from explorer.training.rehearsal import find_batch, try_batch
    from explorer.training.starting import open_weights

    network, config = order.network, order.config
    if order.kind is TrialKind.DRY_RUN:
        yield from try_batch(network, order.dataset, config)
    elif order.kind is TrialKind.BATCH:
        yield from find_batch(network, config, control)
    elif order.kind is TrialKind.WAY:
        yield from find_fastest(network, config, control)
    else:
        data = shelf.take(order.choice, lambda *facts: report(Loading(*facts)), lambda: control.stopping)
        weights = None if order.start is None else open_weights(order.start)
        yield from find_rate(network, data, config, control, start=weights)
