"""``networks``: the zoo as a table, and the examples; for programs the zoo alone."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

import explorer
from explorer.cli.terminal import say, say_json, table
from explorer.core.analysis import Analysis
from explorer.core.shape import format_shape
from explorer.examples import EXAMPLES
from explorer.zoo.base import Entry, Figure
from explorer.zoo.claims import claims


def run(options: argparse.Namespace) -> int:
    """Lists the networks as they were published."""
    entries = [(entry, explorer.analyse(explorer.network(entry.key))) for entry in explorer.networks()]
    if options.json:
        say_json([to_json(entry, analysis) for entry, analysis in entries])
        return 0
    rows = [
        (
            entry.key,
            entry.title,
            str(entry.year),
            format_shape(entry.input_shape),
            f"{found.parameters:,}",
            _short(found.macs),
        )
        for entry, found in entries
    ]
    say(table(("name", "title", "year", "input", "parameters", "MACs"), rows, numbers=(2, 4, 5)))
    say("")
    say(table(("example", "what it shows"), [(example.key, example.summary) for example in EXAMPLES.values()]))
    return 0


def to_json(entry: Entry, analysis: Analysis) -> dict[str, Any]:
    """What there is to know of a network, for programs."""
    return {
        "name": entry.key,
        "title": entry.title,
        "family": entry.family,
        "year": entry.year,
        "paper": entry.paper,
        "summary": entry.summary,
        "input_shape": list(entry.input_shape),
        "classes": entry.classes,
        "parameters": analysis.parameters,
        "macs": analysis.macs,
        "published": {"parameters": _figure(entry.parameters), "macs": _figure(entry.macs)},
        "accuracy": None if entry.accuracy is None else dataclasses.asdict(entry.accuracy),
        "checked": {claim.kind: claim.sentence for claim in claims(entry)},
        "options": {
            name: {"default": option.default, "choices": list(option.choices), "help": option.help}
            for name, option in entry.options.items()
        },
    }


def _short(number: int) -> str:
    """A number of operations in millions or billions."""
    return f"{number / 1e9:.2f} G" if number >= 1e9 else f"{number / 1e6:.2f} M"


def _figure(figure: Figure) -> dict[str, Any] | None:
    return {"value": figure.value, "source": figure.source} if figure.published else None
