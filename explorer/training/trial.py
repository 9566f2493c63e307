"""A network that takes some steps to be measured and is thrown away."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.assembly import assemble
from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.training.config import TrainConfig
from explorer.training.criterion import make_criterion
from explorer.training.device import Hardware
from explorer.training.freezing import train_mode
from explorer.training.fresh_module import Build, fresh_module
from explorer.training.optim import make_optimizer, rate_factors
from explorer.training.recompute import recompute_parts
from explorer.training.step import Stepper, loss_weights


class Trial:
    """A fresh module of a network, with the optimiser and the loss of the settings.

    It seeds torch's generator, so whoever makes one isolates it.

    Args:
        network: The network.
        config: The settings.
        hardware: With what to compute.
        build: Makes the module of the network.
        weight: How much each class counts (classes,), where images are at hand that tell; None weighs all alike.

    Attributes:
        module: What is trained.
        take_step: Takes a step.
    """

    def __init__(
        self,
        network: Network,
        config: TrainConfig,
        hardware: Hardware,
        build: Build = assemble,
        weight: Tensor | None = None,
    ) -> None:
        module = fresh_module(network, config, hardware, build)
        train_mode(module, network.frozen)
        if config.activation_checkpointing:
            recompute_parts(module, network)
        self._network, self._hardware = network, hardware
        self.module = module
        self.take_step = Stepper(
            module,
            make_optimizer(config, module.parameters(), rate_factors(module, network.lr_factors)),
            make_criterion(config.label_smoothing, weight),
            hardware.device,
            hardware.autocast,
            loss_weights(network),
            clip_norm=config.clip_norm,
            parts=config.accumulation,
        )

    @property
    def remembered(self) -> int:
        """The bytes that the optimiser remembers, numbers of steps aside."""
        states = self.take_step.optimizer.state.values()
        tensors = [item for state in states for item in state.values() if isinstance(item, Tensor) and item.ndim]
        return sum(item.nbytes for item in tensors)

    def noise(self, images: int, size: tuple[int, int] | None = None) -> tuple[Tensor, Tensor]:
        """A batch of noise with labels, where no images are at hand.

        Args:
            images: How many.
            size: Height and width; those of the network by default.
        """
        device, layout = self._hardware.device, self._hardware.memory_format
        classes = (analyse(self._network).output_shape or (1,))[0]
        channels, *own = self._network.input_shape
        pixels = torch.randn(images, channels, *(size or own), device=device).contiguous(memory_format=layout)
        return pixels, torch.randint(classes, (images,), device=device)
