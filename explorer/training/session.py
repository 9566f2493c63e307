"""Everything a run consists of while it is in memory: what is made at its start, saved with it and found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.core.network import Network
from explorer.errors import FileError
from explorer.insight.evaluation import Evaluation, Tally, add_batch
from explorer.insight.preprocessing import Preprocessor
from explorer.runs.checkpoint import TRAINING, Checkpoint, load, load_weights
from explorer.runs.reading import Reading
from explorer.runs.rotation import BEST
from explorer.runs.run import Run
from explorer.training.checks import image_size
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.device import Hardware
from explorer.training.events import Finished, Started, StopReason
from explorer.training.feed import Feed
from explorer.training.freezing import train_mode
from explorer.training.health import is_out_of_memory
from explorer.training.initialisation import initialise
from explorer.training.isolation import RandomState
from explorer.training.optim import make_optimizer
from explorer.training.position import Position
from explorer.training.schedule import learning_rate
from explorer.training.step import Stepper, loss_weights

Build = Callable[[Network], nn.Module]
# What torch raises for a state of another optimiser, or one with parts missing or of another kind.
_WRONG_STATE = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)


class Session:
    """A run in memory. Making one draws the first weights from torch's generator, seeded here.

    Args:
        run: The run folder.
        network: What is trained.
        data: On what.
        config: How.
        hardware: With what.
        build: Makes the module.

    Raises:
        TrainingError: If nothing in the network can be trained.
        DataError: If there are too few images.
    """

    def __init__(
        self, run: Run, network: Network, data: TrainingData, config: TrainConfig, hardware: Hardware, build: Build
    ) -> None:
        torch.manual_seed(config.seed)
        module = build(network)  # on the CPU, so that all devices begin with the same weights
        initialise(module, config.initialisation)
        self.module = module.to(device=hardware.device, memory_format=hardware.memory_format)  # type: ignore[call-overload]
        self.run, self.network, self.data, self.config, self.hardware = run, network, data, config, hardware
        preprocess = Preprocessor(
            data.dataset.mean, data.dataset.std, image_size(network), hardware.device, hardware.memory_format
        )
        self.feed = self._make_feed(preprocess)
        self.rate = learning_rate(config, self.feed.steps_per_epoch)
        criterion = nn.CrossEntropyLoss(label_smoothing=config.label_smoothing)
        self.take_step = self._make_stepper(make_optimizer(config, self.module.parameters()), criterion)
        self.position = Position()

    def _make_feed(self, preprocess: Preprocessor) -> Feed:
        return Feed(self.data.images, self.config, self.hardware, preprocess)

    def _make_stepper(self, optimizer: torch.optim.Optimizer, criterion: nn.Module) -> Stepper:
        hardware = self.hardware
        return Stepper(
            self.module, optimizer, criterion, hardware.device, hardware.autocast, loss_weights(self.network)
        )

    # Saving and finding again

    def capture(self) -> tuple[Mapping[str, Tensor], dict[str, Any]]:
        """The weights, and what continuing needs beside them."""
        scaler = self.take_step.scaler
        return self.module.state_dict(), {
            "optimizer": self.take_step.optimizer.state_dict(),
            "scaler": {} if scaler is None else scaler.state_dict(),
            "random": RandomState.capture(self.hardware.device).to_checkpoint(),
            "position": self.position.to_checkpoint(),
        }

    def restore(self, checkpoint: Checkpoint) -> None:
        """Puts everything back as it was at a checkpoint.

        Raises:
            FileError: If the checkpoint belongs to another network, or does not hold what continuing needs; another
                one can be restored then.
        """
        load_weights(self.module, checkpoint.model, str(checkpoint.folder))
        source = str(checkpoint.folder / TRAINING)
        saved = Reading(checkpoint.training, source)
        self.position = Position.from_checkpoint(saved.inside("position"))
        optimizer, scaler, random = saved.named("optimizer"), saved.named("scaler"), saved.named("random")
        try:
            self.take_step.optimizer.load_state_dict(optimizer)
            if self.take_step.scaler is not None and scaler:
                self.take_step.scaler.load_state_dict(scaler)
            RandomState.from_checkpoint(random).restore(self.hardware.device)
        except _WRONG_STATE as error:
            if is_out_of_memory(error):
                raise
            raise FileError(
                f"{source} is damaged ({type(error).__name__}: {error}); use another checkpoint."
            ) from error

    # Evaluating

    def training(self) -> None:
        """Puts the module in training mode."""
        train_mode(self.module, self.network.frozen)

    def evaluation(self, batches: Iterator[tuple[Tensor, Tensor]], images: int) -> Iterator[int | Evaluation]:
        """Evaluates the weights as they are, in float32: the images done so far, again and again, then the figures.

        Args:
            batches: Prepared images and labels.
            images: How many images come; with none, nothing comes out.
        """
        if not images:
            return
        tally = Tally(len(self.data.dataset.classes), self.hardware.device)
        self.module.eval()
        done = 0
        for batch, labels in batches:
            add_batch(self.module, batch, labels, tally)
            done += len(labels)
            yield done
        yield tally.result()

    def take_best_weights(self) -> Literal["best", "last"]:
        """Loads the weights of the best epoch, if its checkpoint is there; training cannot go on afterwards."""
        name = self.position.best_checkpoint
        if not name or self.run.checkpoints.pointed(BEST) != name:
            return "last"
        try:
            best = load(self.run.checkpoints.path(name), training=False)
            load_weights(self.module, best.model, str(best.folder))
        except FileError:
            return "last"
        return "best"

    # Telling

    def started(self, note: str) -> Started:
        """The first event."""
        config, hardware, position = self.config, self.hardware, self.position
        return Started(
            run=str(self.run.folder),
            network=self.network.name,
            dataset=self.data.dataset.key,
            step=position.step,
            epoch=position.epoch + 1,
            steps_per_epoch=self.feed.steps_per_epoch,
            epochs=config.epochs,
            batch_size=config.batch_size,
            train_images=self.feed.train_images,
            validation_images=self.feed.validation_images,
            test_images=self.feed.test_images,
            parameters=sum(item.numel() for item in self.module.parameters() if item.requires_grad),
            device=hardware.device.type,
            device_name=hardware.name,
            threads=hardware.threads,
            precision=config.precision,
            memory_format=config.memory_format,
            resident=self.feed.resident,
            seed=config.seed,
            note=note,
        )

    def finished(
        self,
        reason: StopReason,
        message: str,
        test: Evaluation | None = None,
        tested: Literal["", "best", "last"] = "",
    ) -> Finished:
        """The last event."""
        position = self.position
        return Finished(
            reason=reason,
            message=message,
            step=position.step,
            epoch=position.epoch,
            best_epoch=position.best_epoch,
            best_accuracy=position.best_accuracy,
            last_accuracy=position.last_accuracy,
            test_loss=None if test is None else test.loss,
            test_accuracy=None if test is None else test.accuracy,
            tested=tested,
            seconds=position.seconds,
        )
