"""Commands run in this process or another, and images for them to work on."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from explorer.cli import main
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit

COMMAND = [sys.executable, "-c", "import sys; from explorer.cli import main; sys.exit(main())"]
QUICK = ["--data", "synthetic", "--epochs", "2", "--batch-size", "64", "--lr", "0.01", "--threads", "1"]


def photos(folder: Path, classes: Sequence[str]) -> None:
    """Makes a folder of 120 images, with a subfolder for each of up to four classes."""
    split = DATASETS["synthetic"].load().train
    assert isinstance(split, ArraySplit)
    for index in range(120):
        place = folder / classes[split.labels[index] % len(classes)]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(split.images[index, 0]).resize((40, 40)).save(place / f"{index}.png")


class Terminal:
    """Runs commands in this process and keeps what they wrote."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: object) -> int:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *arguments: object, code: int = 0) -> Any:
        assert self(*arguments, "--json") == code, self.err
        return json.loads(self.out)

    def refusal(self, *arguments: object) -> str:
        """The sentence of a command that must fail."""
        assert self(*arguments) == 2
        assert self.out == ""
        assert "Traceback" not in self.err
        return self.err
