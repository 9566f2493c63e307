"""``train``: trains a network on images, or continues a run."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.report import QuietReport, Report
from explorer.cli.signals import interruptible
from explorer.cli.terminal import complain
from explorer.core.wording import amount
from explorer.errors import TrainingError
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.distributed.launch import is_launched, writes
from explorer.training.presets import preset

if TYPE_CHECKING:
    from explorer.core.network import Network
    from explorer.training.distributed.crew import SharedCrew
    from explorer.training.events import Event
    from explorer.training.starting import StoredWeights

OK, FAILED, STOPPED = 0, 2, 130


def run(options: argparse.Namespace) -> int:
    """Trains, or continues."""
    settings = {name: getattr(options, name) for name in TrainConfig.fields() if hasattr(options, name)}
    control = Control()
    report = Report(as_json=options.json) if writes() else QuietReport()
    with interruptible(control), _crew(control) as crew:
        if options.resume is not None:
            events = _continued(options, settings, control, report, crew)
        else:
            events = _new(options, _settled(options, settings), control, report, crew)
        reason = "stopped" if _only_looks(options) else "failed"
        for event in events:
            reason = report.take(event) or reason
    if reason in {"finished", "early_stop", "found"}:
        return OK
    return STOPPED if reason == "stopped" else FAILED


def _only_looks(options: argparse.Namespace) -> bool:
    """Whether something is found out, and no run is made."""
    return bool(options.find_lr or options.find_batch)


def _settled(options: argparse.Namespace, given: dict[str, object]) -> TrainConfig:
    """The settings: those given, else those of the preset, else the defaults."""
    return TrainConfig.from_json(given) if options.preset is None else preset(options.preset).config(**given)


def _crew(control: Control) -> AbstractContextManager[SharedCrew | None]:
    """The processes that ``torchrun`` started; none when this one is alone."""
    if not is_launched():
        return nullcontext()
    from explorer.training.distributed.crew import enlisted

    return enlisted(control)


def _new(
    options: argparse.Namespace, config: TrainConfig, control: Control, report: Report, crew: SharedCrew | None
) -> Iterator[Event]:
    if options.network is None or (options.out is None and not _only_looks(options)):
        raise TrainingError("Say what to train and where to keep it: train NETWORK --out DIR, or train --resume RUN.")
    if options.more_epochs is not None or options.checkpoint is not None:
        raise TrainingError("--more-epochs and --checkpoint say how a run goes on; they need --resume RUN.")
    if options.find_lr and options.find_batch:
        raise TrainingError("Find the largest batch first, then the learning rate for the batch that you choose.")
    if crew and _only_looks(options):
        what, flag = ("learning rate", "--find-lr") if options.find_lr else ("batch size", "--find-batch")
        raise TrainingError(f"A {what} is found in one process; run train {flag} without torchrun.")
    from explorer.cli.choose import choose_dataset, image_shape, network_for
    from explorer.training.checks import require_consent, require_fit
    from explorer.training.data import TrainingData

    def cancelled() -> bool:
        return control.stopping

    shape = image_shape(options.network, config.image_size)
    dataset, root = choose_dataset(
        options.data, options.data_dir, shape=shape, progress=report.work, cancelled=cancelled
    )
    leave_out = options.leave_out_unreadable
    require_consent(dataset, leave_out=leave_out)
    for remark in dataset.remarks if writes() else ():
        complain(remark)
    network = network_for(options.network, dataset, config.image_size, options.option)
    require_fit(network, dataset, config)  # before anything is downloaded
    from explorer.training.rehearsal import find_batch

    if options.find_batch:
        return find_batch(network, config, control)
    with crew.turn() if crew else nullcontext():
        data = TrainingData.load(dataset, root, leave_out=leave_out, progress=report.work, cancelled=cancelled)
    from explorer.training.rate_test import find_rate
    from explorer.training.trainer import train

    start = None if options.weights is None else _start(options.weights, network, dataset.classes, report)
    if options.find_lr:
        return find_rate(network, data, config, control, start=start)
    return train(network, data, config, options.out, crew.control if crew else control, crew=crew, start=start)


def _start(path: Path, network: Network, classes: tuple[str, ...], report: Report) -> StoredWeights:
    """The weights to start from, after a report on them."""
    from explorer.training.starting import open_weights, report_on

    weights = open_weights(path)
    report.weights(report_on(network, weights, classes))
    return weights


def _continued(
    options: argparse.Namespace,
    settings: dict[str, object],
    control: Control,
    report: Report,
    crew: SharedCrew | None,
) -> Iterator[Event]:
    _require_continuable(options, settings)
    from explorer.runs.run import Run
    from explorer.training.data import find_again
    from explorer.training.trainer import resume

    folder: Path = options.resume
    facts = Run.open(folder).environment.data
    with crew.turn() if crew else nullcontext():
        data = find_again(facts, progress=report.work, cancelled=lambda: control.stopping)
    if options.out is not None:
        if crew:
            crew.write(lambda: _branch(options, settings))
        else:
            _branch(options, settings)
        folder = options.out
    epochs = epochs if isinstance(epochs := settings.get("epochs"), int) else None
    wishes = crew.control if crew else control
    return resume(folder, wishes, data=data, epochs=epochs, more=options.more_epochs, crew=crew)


_FOR_NEW_RUNS = (
    "network", "data", "data_dir", "leave_out_unreadable", "option", "preset", "weights", "find_lr", "find_batch",
)  # fmt: skip


def _require_continuable(options: argparse.Namespace, settings: dict[str, object]) -> None:
    """Refuses what a run that goes on does not take."""
    given = [name for name in _FOR_NEW_RUNS if getattr(options, name) not in (None, [], False)]
    free = {"epochs"} if options.out is None else {"epochs", "lr"}
    fixed = [*given, *(name for name in settings if name not in free)]
    if fixed:
        name = fixed[0].replace("_", "-")
        raise TrainingError(
            f"A run is continued with what it began with, so --resume takes no {name}; only --epochs or --more-epochs, "
            "and with --out another --lr."
        )
    if options.checkpoint is not None and options.out is None:
        raise TrainingError(
            "Going on from a checkpoint makes a run of its own, so that nothing of this one is lost; "
            "say where to keep it with --out."
        )
    if options.more_epochs is not None and "epochs" in settings:
        raise TrainingError("Give --epochs, which counts from the start of the run, or --more-epochs, but not both.")


def _branch(options: argparse.Namespace, settings: dict[str, object]) -> None:
    """Copies the run as it was at a checkpoint to where it is to go on."""
    from explorer.runs.run import Run
    from explorer.runs.starting_points import starting_point, starting_points
    from explorer.training.branch import branch

    run = Run.open(options.resume)
    name = starting_point(run, options.checkpoint or "last")
    changes = {name: value for name, value in settings.items() if name == "lr"}
    config = TrainConfig.from_json(run.config | changes)
    done = next((point.facts.epoch for point in starting_points(run) if point.name == name), 0)
    if done >= config.epochs and options.more_epochs is None and "epochs" not in settings:
        raise TrainingError(
            f"The checkpoint {name} stands behind the last of {amount(config.epochs, 'epoch')}, so nothing is left to "
            "train; give --more-epochs too."
        )
    branch(run, name, options.out, config)
