"""Networks to begin with: those that come with the application, and a person's own folder of them.

A template is an ordinary network document. One line about each of a person's own stands in ``descriptions.json`` beside
them, so that a document that somebody else has put into the folder is a template too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.residual import ResidualStage
from explorer.blocks.vgg import VGGBlock
from explorer.core import json_text, storage
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.errors import FileError
from explorer.gui.documents.document import UNTITLED

DESCRIPTIONS = "descriptions.json"


@dataclass(frozen=True, slots=True)
class Template:
    """A network to begin with.

    Attributes:
        name: Its name for people.
        summary: What it is, in one line.
        make: Makes the network.
        file: Where a person's own template lies; None for one that comes with the application.
    """

    name: str
    summary: str
    make: Callable[[], Network]
    file: Path | None = None


def empty_network() -> Network:
    """An input and nothing behind it, for the bundled images."""
    return Network.of(UNTITLED, (1, 28, 28), Chain())


def plain_cnn() -> Network:
    """Three convolutions for small grey images, each with half the pixels and twice the channels of the one before."""
    blocks = [(f"conv{number}", ConvBlock(32 * 2**number)) for number in range(3)]
    pools = [(f"pool{number}", MaxPool2d(2, 2)) for number in range(3)]
    features = [part for pair in zip(blocks, pools, strict=True) for part in pair]
    head = [("flatten", Flatten()), ("dropout", Dropout(0.5)), ("fc", Linear(10))]
    return Network.of("Plain CNN", (1, 28, 28), Chain(*features, *head))


def cifar_resnet() -> Network:
    """The stem and the three stages of the ResNets for small images (He et al., 2015, section 4.2), with n = 2."""
    stages = [
        (f"layer{number + 1}", ResidualStage("basic", 2, 16 * 2**number, stride=1 if number == 0 else 2))
        for number in range(3)
    ]
    return Network.of("CIFAR ResNet", (3, 32, 32), Chain(*_stem(3, 16), *stages, *_head(10)))


def vgg_style() -> Network:
    """Blocks of 3 x 3 convolutions, each ending in a pooling, as in VGG but with batch norm and a small classifier."""
    table = [(1, 32), (1, 64), (2, 128), (2, 256)]
    blocks = [(f"block{n + 1}", VGGBlock(count, width, batch_norm=True)) for n, (count, width) in enumerate(table)]
    return Network.of("VGG style", (3, 32, 32), Chain(*blocks, *_head(10)))


def bottleneck_stages() -> Network:
    """The stem of ResNet-50 and four short stages of bottlenecks, a ResNet-26."""
    stages = [
        (f"layer{n + 1}", ResidualStage("bottleneck", 2, 256 * 2**n, 64 * 2**n, stride=1 if n == 0 else 2))
        for n in range(4)
    ]
    pool = ("maxpool", MaxPool2d(3, stride=2, padding=1))
    return Network.of("Bottleneck stages", (3, 224, 224), Chain(*_stem(7, 64, 2), pool, *stages, *_head(1000)))


def _stem(kernel: int, width: int, stride: int = 1) -> list[tuple[str, Conv2d | BatchNorm2d | ReLU]]:
    convolution = Conv2d(width, kernel, stride=stride, padding=kernel // 2, bias=False)
    return [("conv1", convolution), ("bn1", BatchNorm2d()), ("relu", ReLU())]


def _head(classes: int) -> list[tuple[str, AdaptiveAvgPool2d | Flatten | Linear]]:
    return [("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(classes))]


BUILT_IN = (
    Template("Empty", "An input of 1 × 28 × 28 and nothing behind it", empty_network),
    Template("Plain CNN 1 × 28 × 28", "Three convolutions with pooling, for the bundled images", plain_cnn),
    Template("CIFAR ResNet", "3 × 3 stem and three stages of two basic blocks, for 3 × 32 × 32", cifar_resnet),
    Template("VGG style", "Four blocks of 3 × 3 convolutions with batch norm, for 3 × 32 × 32", vgg_style),
    Template("Bottleneck stages 224", "7 × 7 stem and four stages of two bottlenecks, 1000 classes", bottleneck_stages),
)


class TemplateFolder:
    """A person's own templates.

    Args:
        folder: Where they lie; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> tuple[Template, ...]:
        """The templates by name; none where the folder cannot be read."""
        try:
            files = sorted(self.folder.glob(f"*{storage.SUFFIX}"), key=lambda file: file.name.casefold())
        except OSError:
            return ()
        summaries = self._summaries()
        return tuple(
            Template(_name(file), summaries.get(file.name, ""), functools.partial(storage.read, file), file)
            for file in files
        )

    def path(self, name: str) -> Path:
        """Where the template of that name lies, or would lie."""
        return self.folder / f"{name}{storage.SUFFIX}"

    def save(self, network: Network, name: str, summary: str) -> Path:
        """Keeps a network as a template; one of the same name is replaced.

        Args:
            network: The network.
            name: For people; it becomes the name of the file.
            summary: What it is, in one line.

        Returns:
            The file.

        Raises:
            FileError: If the system refuses, or the name cannot be that of a file.
        """
        if not name.strip() or set(name) & set('/\\:*?"<>|\0') or name.startswith("."):
            raise FileError(f"{name!r} cannot be the name of a file; use letters, digits, spaces and hyphens.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{self.folder} cannot be made ({(error.strerror or str(error)).lower()}).") from error
        file = self.path(name)
        storage.write(network, file)
        summaries = self._summaries() | {file.name: summary}
        text = json_text.write(summaries, "The descriptions of your templates")
        storage.write_bytes(text.encode(), self.folder / DESCRIPTIONS)
        return file

    def _summaries(self) -> dict[str, str]:
        """One line for each file; none where nobody has written any, or they cannot be read."""
        file = self.folder / DESCRIPTIONS
        try:
            found = json_text.parse(storage.read_bytes(file), str(file))
        except FileError:
            return {}
        return {key: line for key, line in found.items() if isinstance(line, str)} if isinstance(found, dict) else {}


def _name(file: Path) -> str:
    return file.name.removesuffix(storage.SUFFIX)
