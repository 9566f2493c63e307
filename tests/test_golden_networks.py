"""Saved networks open for ever, and their tables change only when somebody has looked.

``pytest --overwrite`` writes the tables. A document is written only while there is none: a change of the format is a
migration in ``storage.py``, never a new document.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import explorer
from explorer.blocks.activation import Sigmoid
from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.dropout import Dropout2d
from explorer.blocks.pool import GlobalAvgPool, MaxPool2d
from explorer.core.analysis import Row
from explorer.core.compose import Add, Chain, Concat, Multiply, Output, Part, Recall, Tap, numbered
from explorer.core.network import Network
from explorer.core.shape import format_shape
from tests.core.user_blocks import MINE, OUTER

GOLDEN = Path(__file__).parent / "golden"


def small_u_net() -> Network:
    """Two levels down and up again, joined by what taps remember (Ronneberger, Fischer, Brox: U-Net, 2015).

    The bottom has every kind of merge, so that the document holds each structure there is.
    """
    parts: list[Part] = []
    for level, width in ((1, 8), (2, 16)):
        parts += [(f"encoder{level}", Chain(numbered(2, ConvBlock(width)))), (f"tap{level}", Tap(f"level{level}"))]
        parts.append((f"pool{level}", MaxPool2d(2)))
    parts.append(("bottom", _bottom(32)))
    for level, width in ((2, 16), (1, 8)):
        parts += [(f"up{level}", ConvTranspose2d(width, 2, stride=2)), (f"recall{level}", Recall(f"level{level}"))]
        parts.append((f"decoder{level}", Chain(numbered(2, ConvBlock(width)))))
    parts.insert(-3, ("deep", Output("deep", Chain(("head", Conv2d(3, 1))), training_only=True)))
    network = Network.of("Small U-Net", (1, 32, 32), Chain(*parts, ("dropout", Dropout2d(0.1)), ("head", Conv2d(3, 1))))
    network = network.freeze(("encoder1",)).enable(("dropout",), enabled=False)
    return network.annotate(("head",), "one channel for each class")


def _bottom(width: int) -> Chain:
    half = width // 2
    context = Concat(
        ("near", ConvBlock(half)),
        ("far", ConvBlock(half, padding=2, dilation=2)),
    )
    gate = Chain(("squeeze", GlobalAvgPool(keep_dims=True)), ("excite", Conv2d(width, 1)), ("sigmoid", Sigmoid()))
    return Chain(context, Add(Chain(("residual", ConvBlock(width))), Chain()), Multiply(Chain(), gate))


def own_blocks() -> Network:
    """Blocks of a person's own, one inside the other, so that the document brings two definitions."""
    parts = (("stem", Conv2d(4, 3, padding=1)), ("outer", OUTER(5)), ("mine", MINE(4, bias=False)))
    return Network.of("Own blocks", (3, 16, 16), Chain(*parts)).freeze(("outer", "first", "conv"))


NETWORKS: dict[str, Callable[[], Network]] = {
    "resnet18": lambda: explorer.network("resnet18"),
    "googlenet_paper": lambda: explorer.network("googlenet_paper"),
    "small_u_net": small_u_net,
    "own_blocks": own_blocks,
}


def table(network: Network) -> str:
    """The network as text, a line a block."""
    analysis, memory = explorer.analyse(network), explorer.analyse(network).memory()
    counts = f"{analysis.parameters:,} parameters, {analysis.trainable_parameters:,} trained, {analysis.macs:,} MACs"
    lines = [
        f"{network.name}: {format_shape(network.input_shape)} to {format_shape(analysis.output_shape)}",
        f"{counts}, {memory.per_image:,} bytes an image and {memory.per_batch:,} a batch",
        "",
        *map(_line, analysis.rows),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _line(row: Row) -> str:
    if not row.enabled:
        return f"{'.'.join(row.path):<26} {row.type:<18} off"
    field = "whole image" if row.receptive_field is None else format_shape(row.receptive_field)
    numbers = f"{row.parameters:>10,} {row.macs:>13,}  {field:<11}"
    return (
        f"{'.'.join(row.path):<26} {row.type:<18} {format_shape(row.output_shape):<16} {numbers} {row.block.describe()}"
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_the_table_is_as_it_was(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.txt", table(NETWORKS[name]()))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_document_opens_and_is_equal(name: str, request: pytest.FixtureRequest) -> None:
    path, network = GOLDEN / f"{name}.network.json", NETWORKS[name]()
    if request.config.getoption("--overwrite") and not path.exists():
        explorer.write(network, path)
    saved = explorer.read(path)
    assert saved == network
    assert table(saved) == table(network)


@pytest.mark.parametrize("name", NETWORKS)
def test_saving_it_again_gives_an_equal_document(name: str, tmp_path: Path) -> None:
    saved = explorer.read(GOLDEN / f"{name}.network.json")
    explorer.write(saved, tmp_path / "again.json")
    assert explorer.read(tmp_path / "again.json") == saved
