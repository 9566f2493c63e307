"""``export``: a run's weights as a file for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.cli.terminal import say, say_json


def run(options: argparse.Namespace) -> int:
    """Exports."""
    from explorer.export.base import exporter_for
    from explorer.export.from_run import trained_model
    from explorer.runs.run import Run

    exporter = exporter_for(options.out, options.format)
    run = Run.open(options.folder)
    model = trained_model(run, options.checkpoint)
    path: Path = options.out or options.folder / model.file_name(exporter.suffix)
    written = exporter.write(model, path)
    if options.json:
        say_json({"format": exporter.key, "files": [str(file) for file in written], **model.facts})
        return 0
    for file in written:
        say(f"Wrote {file}")
    return 0
