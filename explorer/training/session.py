"""Everything a run consists of while it is in memory: what is made at its start, saved with it and found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.assembly import refreeze
from explorer.core.network import Network
from explorer.datasets.images import Images
from explorer.errors import FileError
from explorer.insight.evaluation import Evaluation, Tally, add_batch
from explorer.insight.preprocessing import Preprocessor
from explorer.runs.checkpoint import Checkpoint, load, load_weights
from explorer.runs.checkpoint_facts import TRAINING
from explorer.runs.reading import Reading
from explorer.runs.rotation import BEST
from explorer.runs.run import Run
from explorer.training.alternatives import Alternative, smaller
from explorer.training.augmentation.augmenter import Augmenter
from explorer.training.average import WeightAverage
from explorer.training.block_statistics import BlockMeter
from explorer.training.config import TrainConfig
from explorer.training.criterion import class_weight, make_criterion
from explorer.training.data import TrainingData
from explorer.training.device import Hardware
from explorer.training.feed import Feed
from explorer.training.freezing import train_mode
from explorer.training.fresh_module import Build, fresh_module
from explorer.training.health import is_out_of_memory
from explorer.training.isolation import RandomState
from explorer.training.optim import make_optimizer, rate_factors
from explorer.training.position import Position
from explorer.training.recompute import recompute_parts
from explorer.training.schedule import learning_rate
from explorer.training.sizes import image_size, image_sizes
from explorer.training.stages import forms
from explorer.training.step import Stepper, loss_weights

# What torch raises for a state of another optimiser, or one with parts missing or of another kind.
_WRONG_STATE = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)


def make_feed(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    hardware: Hardware,
    kind: Callable[[Images, TrainConfig, Hardware, Sequence[Preprocessor], Augmenter | None], Feed] = Feed,
) -> Feed:
    """The images of a run as its network takes them.

    Args:
        network: What takes them.
        data: The images.
        config: The settings.
        hardware: The device.
        kind: Makes the feed.

    Raises:
        DataError: If there are too few.
    """
    facts, device = data.dataset, hardware.device
    preprocess = [
        Preprocessor(facts.mean, facts.std, size, device, hardware.memory_format)
        for size in image_sizes(network, config)
    ]
    augment = Augmenter(config, config.seed, facts.mean, len(facts.classes), device) if config.augments else None
    return kind(data.images, config, hardware, preprocess, augment)


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
        self.stage, self.origin = 0, ""
        self.forms = forms(network, config.stages)
        self.module = fresh_module(self.form, config, hardware, build)
        self.run, self.network, self.data, self.config, self.hardware = run, network, data, config, hardware
        self.feed = self._make_feed()
        self.rate = learning_rate(config, self.feed.steps_per_epoch)
        self.average = WeightAverage(self.module, config.ema_decay) if config.ema_decay else None
        if config.activation_checkpointing:
            recompute_parts(self.module, network)
        self.position = Position()
        self._make_steps()

    def _make_steps(self) -> None:
        """Makes what takes the steps of a stage, for the parameters that it trains."""
        factors = rate_factors(self.module, self.network.lr_factors)
        optimizer = make_optimizer(self.config, self.module.parameters(), factors)
        self.take_step = self._make_stepper(optimizer, self._criterion())
        self.block_meter = self._make_block_meter() if self.config.block_statistics else None

    def _make_feed(self) -> Feed:
        return make_feed(self.network, self.data, self.config, self.hardware)

    def _criterion(self) -> nn.Module:
        classes, device = len(self.data.dataset.classes), self.hardware.device
        weight = class_weight(self.config.class_weights, self.feed.train_labels, classes, device)
        return make_criterion(self.config.label_smoothing, weight)

    def _make_stepper(self, optimizer: torch.optim.Optimizer, criterion: nn.Module) -> Stepper:
        return Stepper(
            self.module,
            optimizer,
            criterion,
            self.hardware.device,
            self.hardware.autocast,
            loss_weights(self.network),
            clip_norm=self.config.clip_norm,
            parts=self.config.accumulation,
            average=self.average,
        )

    def _make_block_meter(self) -> BlockMeter:
        return BlockMeter(self.module)

    @property
    def form(self) -> Network:
        """The network with what the stage keeps frozen."""
        return self.forms[self.stage]

    @property
    def evaluated(self) -> nn.Module:
        """What is validated, tested and exported: the module that is trained, or the moving average of its weights."""
        return self.module if self.average is None or not self.config.evaluate_average else self.average.module

    # Saving and finding again

    def capture(self) -> tuple[Mapping[str, Tensor], dict[str, Any]]:
        """The weights, and what continuing needs beside them."""
        scaler = self.take_step.scaler
        return self.evaluated.state_dict(), {
            **self._other_weights(),
            "optimizer": self.take_step.optimizer.state_dict(),
            "scaler": {} if scaler is None else scaler.state_dict(),
            "random": RandomState.capture(self.hardware.device).to_checkpoint(),
            "position": self.position.to_checkpoint(),
            "stage": self.stage,
        }

    def _other_weights(self) -> dict[str, Any]:
        """What is not evaluated: the trained weights beside their average, or the other way round."""
        if self.average is None:
            return {}
        other = self.module if self.evaluated is self.average.module else self.average.module
        return {"other_weights": dict(other.state_dict()), "average_updates": self.average.updates}

    def restore(self, checkpoint: Checkpoint) -> None:
        """Puts everything back as it was at a checkpoint.

        Raises:
            FileError: If the checkpoint belongs to another network, or does not hold what continuing needs; another
                one can be restored then.
        """
        load_weights(self.evaluated, checkpoint.model, str(checkpoint.folder))
        source = str(checkpoint.folder / TRAINING)
        saved = Reading(checkpoint.training, source)
        self._restore_other_weights(saved, source)
        self.position = Position.from_checkpoint(saved.inside("position"))
        self._restore_stage(saved)
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

    def _restore_stage(self, saved: Reading) -> None:
        # a checkpoint of before there were stages is of a run without any
        stage = saved.whole("stage", maximum=len(self.forms) - 1) if "stage" in saved else 0
        if stage != self.stage:
            self._open_stage(stage)

    def _restore_other_weights(self, saved: Reading, source: str) -> None:
        if self.average is None:
            return
        other = self.module if self.evaluated is self.average.module else self.average.module
        load_weights(other, saved.named("other_weights"), source)
        self.average.updates = saved.whole("average_updates")

    # Beginning

    def start_from(self, weights: Mapping[str, Tensor], origin: str) -> None:
        """Puts stored weights in the place of those that were drawn; the others stay.

        Args:
            weights: Some of the ``state_dict``.
            origin: A sentence about them.
        """
        self.origin = origin
        self.module.load_state_dict(weights, strict=False)
        if self.average is not None:
            self.average.module.load_state_dict(self.module.state_dict())

    def begin_next_stage(self) -> str:
        """Goes on with the next stage, from the best weights so far, with an optimiser that remembers nothing.

        Returns:
            The checkpoint they come from; empty if it is not there, and the weights are those at hand.
        """
        taken = self._go_back_to_best()
        self._open_stage(self.stage + 1)
        self.position.stale = 0
        return taken

    def _open_stage(self, stage: int) -> None:
        self.stage = stage
        refreeze(self.module, self.form)
        self._make_steps()

    def _go_back_to_best(self) -> str:
        name = self.position.best_checkpoint
        if not name or self.run.checkpoints.pointed(BEST) != name:
            return ""
        try:
            best = load(self.run.checkpoints.path(name))
            load_weights(self.evaluated, best.model, str(best.folder))
            source = str(best.folder / TRAINING)
            self._restore_other_weights(Reading(best.training, source), source)
        except FileError:
            return ""
        return name

    # Evaluating

    def training(self) -> None:
        """Puts the module in training mode."""
        train_mode(self.module, self.form.frozen)

    def evaluation(self, batches: Iterator[tuple[Tensor, Tensor]], images: int) -> Iterator[int | Evaluation]:
        """Evaluates the weights as they are, in float32: the images done so far, again and again, then the figures.

        Args:
            batches: Prepared images and labels.
            images: How many images come; with none, nothing comes out.
        """
        if not images:
            return
        tally = Tally(len(self.data.dataset.classes), self.hardware.device)
        module = self.evaluated.eval()
        done = 0
        for batch, labels in batches:
            add_batch(module, batch, labels, tally)
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
            load_weights(self.evaluated, best.model, str(best.folder))
        except FileError:
            return "last"
        return "best"

    # Being told of

    @property
    def trained_parameters(self) -> int:
        """How many numbers the stage trains."""
        return sum(item.numel() for item in self.module.parameters() if item.requires_grad)

    def alternatives(self) -> tuple[Alternative, ...]:
        """Settings that need less memory."""
        return smaller(self.config, image_size(self.network), self.hardware.device.type)
