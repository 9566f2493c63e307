"""Weights as ``torch.save`` writes a ``state_dict``, and nothing else in that file; the rest lies beside it as JSON.

``module.load_state_dict(torch.load(path, weights_only=True))`` takes the file as it is: with names or classes in it,
strict loading would not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.core.atomic import replacing
from explorer.export.base import EXPORTERS, Exporter, TrainedModel
from explorer.runs.json_file import read_json, write_json

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class PtExporter(Exporter):
    """Writes weights as a ``state_dict`` file of PyTorch."""

    def write(self, model: TrainedModel, path: Path) -> tuple[Path, ...]:
        from explorer.runs.checkpoint import plain, write_pickled

        with replacing(path) as temporary:
            write_pickled(temporary, plain(model.state))
        write_json(beside(path), model.metadata())
        return path, beside(path)

    def outputs(self, path: Path, images: Tensor) -> Tensor:
        from explorer.export.state import outputs_of
        from explorer.runs.checkpoint import read_pickled

        return outputs_of(read_json(beside(path)), read_pickled(path), images)


def beside(path: Path) -> Path:
    """Where the JSON of a weights file lies."""
    return path.with_name(f"{path.name}.json")


EXPORTERS.add(
    "pt",
    PtExporter(
        key="pt",
        label="Weights (PyTorch state_dict)",
        suffix=".pt",
        help="weights for torch.load(..., weights_only=True), with classes and normalisation in a JSON file beside",
    ),
)
