"""Makes the networks in ``resources/examples``.

Run in a checkout with the package installed; a test fails while a document is not what this makes::

    python packaging/make_examples.py resources/examples
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path

from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.linear import Linear
from explorer.blocks.pool import GlobalAvgPool, MaxPool2d
from explorer.core import storage
from explorer.core.compose import Chain, Output, Part, Recall, Tap, numbered
from explorer.core.network import Network
from explorer.errors import ExplorerError
from explorer.examples import EXAMPLES
from explorer.zoo import googlenet

PAPER_WEIGHT = 0.3  # of an auxiliary loss: Szegedy et al., Going Deeper with Convolutions, 2014, section 5


def small_unet() -> Network:
    """A U-Net of three levels (Ronneberger, Fischer, Brox: U-Net, 2015, figure 1).

    Unlike the paper's it pads its convolutions, so that no map is cropped, and normalises behind them.
    """
    levels = ((1, 16), (2, 32), (3, 64))
    parts: list[Part] = []
    for level, width in levels:
        parts.append((f"encoder{level}", _two_convolutions(width)))
        parts.append((f"tap{level}", Tap(f"level{level}")))
        parts.append((f"pool{level}", MaxPool2d(2)))
    parts.append(("bottom", _two_convolutions(128)))
    for level, width in reversed(levels):
        parts.append((f"up{level}", ConvTranspose2d(width, 2, stride=2)))
        parts.append((f"recall{level}", Recall(f"level{level}", "concat")))
        parts.append((f"decoder{level}", _two_convolutions(width)))
    network = Network.of(EXAMPLES["small_unet"].title, (3, 96, 96), Chain(*parts, ("head", Conv2d(2, 1))))
    return dataclasses.replace(network, task="segmentation").annotate(("head",), "two classes for every pixel")


def _two_convolutions(width: int) -> Chain:
    return Chain(numbered(2, ConvBlock(width)))


def googlenet_auxiliary(classes: int = 1000) -> Network:
    """Torchvision's GoogLeNet with its auxiliary classifiers, by torchvision's names.

    Where it differs from the paper: batch norm, 3x3 for 5x5, and heads that pool to 4x4 whatever arrives, where the
    paper averages 5x5 windows with a stride of 3.
    """
    chain = googlenet.build_twin(classes, transform_input=False, aux_logits=True, stem="7x7", dropout=0.2)
    return Network.of(EXAMPLES["googlenet_auxiliary"].title, (3, 224, 224), chain)


def auxiliary_head() -> Network:
    """A small network for the bundled images with a shortcut by name and a second classifier."""
    head = Chain(("pool", GlobalAvgPool()), ("fc", Linear(10)))
    body = Chain(
        ("stem", ConvBlock(16)),
        ("pool1", MaxPool2d(2)),
        ("tap1", Tap("shortcut")),
        ("conv1", ConvBlock(16)),
        ("conv2", ConvBlock(16)),
        ("recall1", Recall("shortcut", "add")),
        ("early", Output("early", head, training_only=True, weight=PAPER_WEIGHT)),
        ("pool2", MaxPool2d(2)),
        ("conv3", ConvBlock(32)),
        ("conv4", ConvBlock(32)),
        ("pool3", GlobalAvgPool()),
        ("fc", Linear(10)),
    )
    return Network.of(EXAMPLES["auxiliary_head"].title, (1, 28, 28), body)


MAKERS: dict[str, Callable[[], Network]] = {
    "auxiliary_head": auxiliary_head,
    "googlenet_auxiliary": googlenet_auxiliary,
    "small_unet": small_unet,
}


def main() -> None:
    """Reads the folder from the command line."""
    parser = argparse.ArgumentParser(description="Makes the example networks.")
    parser.add_argument("target", type=Path, help="folder for the documents")
    arguments = parser.parse_args()
    try:
        arguments.target.mkdir(parents=True, exist_ok=True)
        for key, make in MAKERS.items():
            storage.write(make(), arguments.target / f"{key}{storage.SUFFIX}")
    except (ExplorerError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
