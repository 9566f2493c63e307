"""How the first weights are drawn. Whoever calls this has seeded torch's generator before."""

from __future__ import annotations

from typing import Literal

from torch import nn

_WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.Linear)


def initialise(module: nn.Module, rule: str) -> None:
    """Draws the weights of all convolutions and linear layers anew and sets their biases to zero.

    Args:
        module: The module, changed in place.
        rule: ``default`` leaves what PyTorch drew; ``xavier`` is Glorot and Bengio 2010, uniform; ``kaiming`` is
            He et al. 2015, normal: convolutions by the fan-out, as torchvision's residual networks use it, linear
            layers by the fan-in, since by the fan-out the few classes of a head would give it far too large weights.
    """
    if rule == "default":
        return
    for layer in module.modules():
        if isinstance(layer, _WEIGHTED):
            if rule == "xavier":
                nn.init.xavier_uniform_(layer.weight)
            else:
                mode: Literal["fan_in", "fan_out"] = "fan_in" if isinstance(layer, nn.Linear) else "fan_out"
                nn.init.kaiming_normal_(layer.weight, mode=mode, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
