"""Counting ResNet-152 and ResNet-1202, cold and after an edit, beside torchinfo on the meta device.

    python tests/benchmarks/bench_analysis.py [--repeats 30]

Each network is measured as the zoo has it (stages folded) and unpacked to layers, every block an object of its own,
with the edit in the middle: another width for a stage, which changes all that follows, or other groups for a
convolution. What the memory walk and all rows of the table take is printed beside it; neither lies between a key press
and the totals. Figures are medians, in milliseconds. Exits with 1 where a budget is missed.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import ResidualStage
from explorer.core.address import path_to
from explorer.core.analysis import analyse
from explorer.core.block import Block, Composite
from explorer.core.compose import Container, Path, Repeat
from explorer.core.network import Network
from explorer.core.storage import dumps, loads

COLD_152, EDIT_152, EDIT_1202 = 10.0, 1.0, 10.0  # milliseconds, as issue 1 asks


def say(line: str) -> None:
    """Writes a line of the report."""
    sys.stdout.write(f"{line}\n")


def median(run: Callable[[], Any], repeats: int) -> float:
    """The median time of a call, in milliseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1_000 * statistics.median(times)


def own_objects(network: Network) -> Network:
    """The same network without shared blocks and without anything counted."""
    return loads(dumps(network))


def unpacked(network: Network) -> Network:
    """The network with every composite and repeat unpacked, so that only structures and layers are left."""
    while packed := [path for path, block in editable(network) if isinstance(block, Composite | Repeat)]:
        for path in reversed(packed):  # from the back, so that places such as #2 stay where they are
            network = network.unpack(path)
    return own_objects(network)


def editable(network: Network) -> list[tuple[Path, Block]]:
    """Every block outside composites and repeats, with its path."""
    found: list[tuple[Path, Block]] = []

    def walk(container: Container, place: tuple[int, ...]) -> None:
        for index, slot in enumerate(container.slots):
            found.append((path_to(network.body, (*place, index)), slot.block))
            if isinstance(slot.block, Container) and not isinstance(slot.block, Repeat):
                walk(slot.block, (*place, index))

    walk(network.body, ())
    return found


def edits(network: Network) -> list[Callable[[], Network]]:
    """Edits of the convolution or stage in the middle, each different, so that none has been counted before."""
    parts = [(path, block) for path, block in editable(network) if isinstance(block, Conv2d | ResidualStage)]
    path, block = parts[len(parts) // 2]

    def edit(number: int) -> Network:
        if isinstance(block, ResidualStage):
            return network.replace(path, dataclasses.replace(block, out_channels=8 * number))
        return network.replace(path, dataclasses.replace(block, groups=number % 2 + 1))

    return [functools.partial(edit, number) for number in range(1, 1_000)]


def report(name: str, network: Network, repeats: int) -> tuple[float, float]:
    """Prints the figures of one network; gives cold and after an edit."""
    texts = [own_objects(network) for _ in range(repeats)]
    cold = median(lambda: analyse(texts.pop()), repeats)
    analysis = analyse(network)
    waiting = edits(network)
    steps = [waiting[number]() for number in range(repeats)]
    edit = median(waiting[repeats], repeats)
    after = median(lambda: analyse(steps.pop()), repeats)
    fresh = [analyse(own_objects(network)) for _ in range(3)]
    memory, rows = median(lambda: fresh.pop().memory(), 3), median(lambda: analyse(network).rows, 3)
    say(
        f"{name:24} {len(analysis.rows):6,} rows  cold {cold:7.2f}  edit {edit:6.3f}  after it {after:7.3f}"
        f"  memory {memory:7.1f}  all rows {rows:7.1f}"
    )
    return cold, edit + after


def torchinfo_on_meta(network: Network) -> float:
    """What torchinfo takes for the assembled network on the meta device, without building it, in milliseconds."""
    import torch
    import torchinfo

    with torch.device("meta"):
        module = explorer.assemble(network)
    x = torch.empty(1, *network.input_shape, device="meta")
    return median(lambda: torchinfo.summary(module, input_data=x, verbose=0, device="meta"), 3)


def main() -> int:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=30)
    repeats = parser.parse_args().repeats
    small, large = explorer.network("resnet152"), explorer.network("resnet1202")
    cold, edited = report("ResNet-152", small, repeats)
    cold_flat, edited_flat = report("ResNet-152, unpacked", unpacked(small), repeats)
    _, edited_large = report("ResNet-1202", large, repeats)
    _, edited_large_flat = report("ResNet-1202, unpacked", unpacked(large), min(repeats, 10))
    reference = torchinfo_on_meta(small)
    say(
        f"torchinfo on meta, ResNet-152: {reference:.0f}; ratio cold {reference / cold:.0f}, "
        f"after an edit {reference / edited:.0f}, unpacked after an edit {reference / edited_flat:.0f}"
    )
    missed = max(cold, cold_flat) > COLD_152 or max(edited, edited_flat) > EDIT_152
    missed = missed or max(edited_large, edited_large_flat) > EDIT_1202
    say("budgets: missed" if missed else "budgets: met")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
