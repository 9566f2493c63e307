"""``summary``: every block of a network with its shapes and counts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from explorer.cli.choose import choose_network
from explorer.cli.terminal import say, say_json, table
from explorer.core.analysis import Analysis, Row, analyse
from explorer.core.counted import OutputShape
from explorer.core.network import Network
from explorer.core.shape import format_shape
from explorer.zoo.base import ZOO, Entry, Figure

PROBLEMS = 1  # the exit code where the network has some


def run(options: argparse.Namespace) -> int:
    """Shows the summary, of which a network with problems has only a part."""
    network = choose_network(
        options.network, input_shape=options.input, classes=options.classes, options=options.option
    )
    if options.torchinfo:
        from explorer.insight.torchinfo_report import torchinfo_report

        say(torchinfo_report(network))
        return 0
    analysis = analyse(network)
    if options.json:
        say_json(to_json(network, analysis))
    else:
        for line in _lines(network, analysis):
            say(line)
    return PROBLEMS if analysis.problems else 0


def to_json(network: Network, analysis: Analysis) -> dict[str, Any]:
    """The summary for programs; an unknown shape or count, and a receptive field of the whole image, are null."""
    return {
        "name": network.name,
        "input_shape": list(network.input_shape) if analysis.counted else None,
        "output_shape": _list(analysis.output_shape),
        "further_outputs": [_output(output) for output in analysis.further_outputs],
        "parameters": analysis.parameters,
        "trainable_parameters": analysis.trainable_parameters,
        "macs": analysis.macs,
        "partial": analysis.partial,
        "rows": [_row(row) for row in analysis.rows],
        "problems": [
            {"path": ".".join(problem.path), "message": problem.message, "remedy": problem.remedy}
            for problem in analysis.problems
        ],
    }


def _output(output: OutputShape) -> dict[str, Any]:
    return {
        "name": output.name,
        "path": ".".join(output.path),
        "shape": list(output.shape),
        "training_only": output.training_only,
        "weight": output.weight,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "path": ".".join(row.path),
        "type": row.type,
        "input_shape": _list(row.input_shape),
        "output_shape": _list(row.output_shape),
        "parameters": row.parameters,
        "macs": row.macs,
        "receptive_field": _list(row.receptive_field),
    }


def _list(shape: tuple[int, ...] | None) -> list[int] | None:
    return None if shape is None else list(shape)


def _lines(network: Network, analysis: Analysis) -> Iterator[str]:
    if analysis.counted:
        yield f"{network.name}, input {format_shape(network.input_shape)}"
        yield ""
    rows = [
        (
            "  " * (len(row.path) - 1) + row.name,
            row.type,
            format_shape(row.output_shape),
            _number(row.parameters),
            _number(row.macs),
            _field(row),
        )
        for row in analysis.rows
    ]
    yield table(("block", "type", "output", "parameters", "MACs", "receptive field"), rows, numbers=(3, 4))
    yield ""
    more = " at least: what lies behind a problem is not counted" if analysis.partial else ""
    yield f"Parameters  {analysis.parameters:,} ({analysis.trainable_parameters:,} trainable){more}"
    yield f"MACs        {analysis.macs:,} for one image{more}"
    yield f"Output      {format_shape(analysis.output_shape)}"
    for output in analysis.further_outputs:
        when = ", while training" if output.training_only else ""
        yield f"Output      {format_shape(output.shape)} as {output.name!r}, weight {output.weight:g}{when}"
    yield from _published(network, analysis)
    yield from (f"Problem     {problem}" for problem in analysis.problems)


def _published(network: Network, analysis: Analysis) -> Iterator[str]:
    """The figures of the zoo beside ours, for the network as it was published."""
    entry = _published_entry(network)
    if entry is None or analysis.partial:
        return
    for name, figure, ours in (
        ("parameters", entry.parameters, analysis.parameters),
        ("MACs", entry.macs, analysis.macs),
    ):
        if figure.published:
            yield f"Published   {figure} {name}, {_verdict(figure, ours)} ({figure.source})"


def _published_entry(network: Network) -> Entry | None:
    made = network.provenance
    if made is None or made.network not in ZOO:
        return None
    from explorer.zoo.base import make

    return ZOO[made.network] if make(made.network).provenance == made else None


def _verdict(figure: Figure, ours: int) -> str:
    return "met" if figure.met_by(ours) else "NOT met"


def _number(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _field(row: Row) -> str:
    if row.output_shape is None:
        return "—"
    size = row.receptive_field
    return "whole image" if size is None else f"{size[0]} × {size[1]}"
