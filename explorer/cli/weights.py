"""``weights``: the weights that torchvision publishes for a network, and the way to this computer."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING, Any

from explorer.cli.report import Report
from explorer.cli.terminal import say, say_json, table

if TYPE_CHECKING:
    from pathlib import Path

    from explorer.runs.published_weights import PublishedWeights


def run(options: argparse.Namespace) -> int:
    """Lists them, or downloads some."""
    from explorer.runs.published_weights import choose, find, published_weights

    chosen = choose(options.network, options.get or None)  # refuses a network that has none
    if options.get is not None:
        return _get(chosen, as_json=options.json)
    sets = published_weights(options.network)
    if options.json:
        say_json([_to_json(one, find(one)) for one in sets])
        return 0
    rows = [
        (one.name, f"{one.accuracy:.2f} %", f"{one.image} x {one.image}", _size(one), str(find(one) or "not yet"))
        for one in sets
    ]
    say(table(("name", "ImageNet top-1", "images", "size", "on this computer"), rows, numbers=(1, 3)))
    say(_advice(chosen))
    return 0


def _get(chosen: PublishedWeights, *, as_json: bool) -> int:
    from explorer.runs.published_weights import fetch

    path = fetch(chosen, progress=Report(as_json=as_json).work)  # Ctrl+C leaves what has arrived for the next time
    if as_json:
        say_json(_to_json(chosen, path))
    else:
        say(str(path))
    return 0


def _size(one: PublishedWeights) -> str:
    return f"{one.about_bytes / 1e6:,.0f} MB"


def _advice(one: PublishedWeights) -> str:
    needed = "".join(f" --option {name}={str(value).lower()}" for name, value in one.options.items())
    return f"\nStart from them: train {one.network}{needed} --weights FILE, with the file that --get prints."


def _to_json(one: PublishedWeights, path: Path | None) -> dict[str, Any]:
    facts = dataclasses.asdict(one) | {"options": one.options, "sha256_start": one.digest.start}
    return facts | {"file": None if path is None else str(path)}
