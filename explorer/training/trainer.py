"""Training as a generator of frozen events: whoever takes them drives it, and may do other work between two of them.

``list(train(...))`` trains to the end. Stopping and pausing are wishes in a :class:`Control`, looked at between steps.
What the settings leave open is measured at the start and recorded with the run, which is a function of its network,
images and settings from then on: on the CPU, one that was stopped or killed and continued ends with the weights of one
that never was, to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.runs.run import Run
from explorer.training.checks import require_consent, require_fit
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.crew import Crew
from explorer.training.data import TrainingData, find_again, require_same
from explorer.training.environment import describe
from explorer.training.events import Event
from explorer.training.fitting import fitting
from explorer.training.fresh_module import Build
from explorer.training.rehearsal import rehearse
from explorer.training.resuming import planned, take_up
from explorer.training.session import Session
from explorer.training.starting import StoredWeights


def train(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    folder: Path,
    control: Control | None = None,
    *,
    build: Build = assemble,
    crew: Crew | None = None,
    start: StoredWeights | None = None,
) -> Iterator[Event]:
    """Trains a network in a new run folder.

    Args:
        network: What to train.
        data: On what.
        config: How.
        folder: Where the run is kept; it must be empty or not exist.
        control: Pauses and stops it.
        build: Makes the module of the network.
        crew: The processes that do it; this one alone by default.
        start: Weights to start from in place of new ones, as far as they fit.

    Yields:
        Events, the last of which is a `Finished`, however the training ends.

    Raises:
        ExplorerError: If the run cannot start; the sentence says why. Nothing is raised after the first event.
    """
    crew, control = crew or Crew(), control or Control()
    require_fit(network, data.dataset, config)
    require_consent(data.dataset, leave_out=data.leave_out)
    with crew.reserved(folder):
        config = crew.settle_fastest(network, config, control, build)
        hardware = crew.settle(config)
        taken = None if start is None else fitting(network, start, data.dataset.classes)
        run = crew.create(folder, network, config, describe(hardware, config, data.facts()))

    def open_session() -> tuple[Session, str]:
        session = crew.session(run, network, data, config, hardware, build)
        if taken is not None:
            session.start_from(taken.weights, taken.report.sentence())
        return session, ""

    with crew.writing(run):
        if taken is not None:
            crew.write(partial(run.write_origin, taken.origin))
        largest = crew.share(min(config.batch_size, len(data.images.train)))
        rehearsal = partial(rehearse, network, replace(config, batch_size=largest), hardware, build)
        yield from crew.drive(run, hardware, open_session, control, rehearsal)


def resume(
    folder: Path,
    control: Control | None = None,
    *,
    data: TrainingData | None = None,
    epochs: int | None = None,
    more: int | None = None,
    build: Build = assemble,
    crew: Crew | None = None,
) -> Iterator[Event]:
    """Continues a run from its last checkpoint that is sound.

    A run that gets another length keeps its rule for the learning rate: constant, step and multi_step go on as if
    nothing had been changed; cosine and one_cycle are those of a run that was planned so long from the start, so a rate
    that had fallen rises again. To go on from an earlier checkpoint, see `explorer.training.branch`.

    Args:
        folder: The run folder.
        control: Pauses and stops it.
        data: Its images, if they are loaded already.
        epochs: How many epochs it is to have in the end, if not those it was meant to.
        more: How many epochs are to come behind those that are complete, in place of ``epochs``; one that stopped early
            gets its patience anew.
        build: Makes the module of the network.
        crew: The processes that do it; this one alone by default.

    Yields:
        Events, as of `train`.

    Raises:
        ExplorerError: If the run cannot go on; it is unchanged then.
    """
    crew, control = crew or Crew(), control or Control()
    run = Run.open(folder)
    config = planned(run, epochs, more)
    environment, network = run.environment, run.network
    found = data or find_again(environment.data)
    require_same(found, environment.data)
    require_fit(network, found.dataset, config)
    hardware = crew.settle(config, threads=environment.threads)

    def open_session() -> tuple[Session, str]:
        session = crew.session(run, network, found, config, hardware, build)
        return session, take_up(run, session, crew, anew=more is not None)

    with crew.writing(run):
        yield from crew.drive(run, hardware, open_session, control)
