"""What a run makes of one image: the most likely classes by its latest weights, while it goes on or afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from explorer.assembly import assemble
from explorer.datasets.image_file import read_image
from explorer.errors import FileError
from explorer.insight.preprocessing import Preprocessor, main_output
from explorer.runs.checkpoint import load, load_weights
from explorer.runs.environment import DataFacts
from explorer.runs.rotation import LAST
from explorer.runs.run import Run

TOP = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """What a run makes of an image.

    Attributes:
        classes: Names and probabilities between 0 and 1, the most likely one first.
        step: The step of the weights.
    """

    classes: tuple[tuple[str, float], ...]
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class _Trained:
    """A network with the weights of a checkpoint, on the CPU and ready to be asked."""

    checkpoint: Path
    module: nn.Module
    preprocess: Preprocessor
    data: DataFacts
    step: int


class Guesser:
    """Is asked again and again, and keeps the network until the run has a newer checkpoint. For one thread.

    It never touches the module that is trained, and draws no random number.
    """

    def __init__(self) -> None:
        self._trained: _Trained | None = None

    def prepare(self, folder: Path) -> None:
        """Loads the latest weights of a run.

        Raises:
            ExplorerError: If there are none, or they are damaged.
        """
        run = Run.open(folder)
        name = run.checkpoints.pointed(LAST)
        if name is None:
            raise FileError(f"{folder} has no checkpoint yet; train it for a step at least.")
        checkpoint = run.checkpoints.path(name)
        if self._trained is None or self._trained.checkpoint != checkpoint:
            self._trained = _load(run, checkpoint)

    @torch.inference_mode()
    def guess(self, image: Path) -> Guess:
        """The most likely classes of an image file.

        Raises:
            DataError: If it cannot be read.
            FileError: If nothing has been prepared.
        """
        trained = self._trained
        if trained is None:
            raise FileError("There are no weights yet; train a network first.")
        channels, height, width = trained.data.shape
        pixels = torch.from_numpy(read_image(image, (height, width), channels))[None]
        shares = main_output(trained.module(trained.preprocess(pixels))).float().softmax(dim=1)[0]
        values, places = shares.topk(min(TOP, len(trained.data.classes)))
        names = [trained.data.classes[place] for place in places.tolist()]
        return Guess(tuple(zip(names, values.tolist(), strict=True)), trained.step)


def _load(run: Run, path: Path) -> _Trained:
    checkpoint, network, data = load(path, training=False), run.network, run.environment.data
    with torch.device("meta"):  # so that no weights are drawn which are replaced at once
        module = assemble(network)
    module.to_empty(device="cpu")
    load_weights(module, checkpoint.model, str(path))
    _, height, width = network.input_shape
    preprocess = Preprocessor(data.mean, data.std, (height, width))
    return _Trained(path, module.eval(), preprocess, data, checkpoint.meta.step)
