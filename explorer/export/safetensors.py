"""Weights as safetensors: plain ``state_dict`` keys, everything else in the header of the same file.

``torchvision.models.resnet18().load_state_dict(safetensors.torch.load_file(path))`` takes a twin's file as it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.core.atomic import replacing
from explorer.errors import FileError
from explorer.export.base import EXPORTERS, Exporter, TrainedModel

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class SafetensorsExporter(Exporter):
    """Writes weights as safetensors."""

    def write(self, model: TrainedModel, path: Path) -> tuple[Path, ...]:
        from explorer.runs.checkpoint import HEADER, write_weights

        with replacing(path) as temporary:
            write_weights(temporary, model.state, {HEADER: json.dumps(model.metadata())})
        return (path,)

    def outputs(self, path: Path, images: Tensor) -> Tensor:
        from explorer.export.state import outputs_of
        from explorer.runs.checkpoint import HEADER, read_weights_and_header

        state, header = read_weights_and_header(path)
        if HEADER not in header:
            raise FileError(f"{path} was not exported by this app: its header names no network.")
        return outputs_of(json.loads(header[HEADER]), state, images)


EXPORTERS.add(
    "safetensors",
    SafetensorsExporter(
        key="safetensors",
        label="Weights (safetensors)",
        suffix=".safetensors",
        help="weights for any program, with classes and normalisation in the header; loading it runs no code",
    ),
)
