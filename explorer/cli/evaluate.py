"""``evaluate``: a run's weights on test images."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.terminal import Bar, percent, say, say_json, table
from explorer.errors import DataError

if TYPE_CHECKING:
    from explorer.export.base import TrainedModel
    from explorer.insight.evaluation import Evaluation
    from explorer.runs.run import Run
    from explorer.training.data import TrainingData


def run(options: argparse.Namespace) -> int:
    """Evaluates."""
    from explorer.export.from_run import trained_model
    from explorer.runs.run import Run

    bar = Bar()
    run = Run.open(options.folder)
    model = trained_model(run, options.checkpoint)
    data = _data(run, options.data, options.data_dir, lambda what, done, total: bar.show(done / max(total, 1), what))
    found = _evaluation(model, data, run, options.device, lambda done, total: bar.show(done / total, "evaluating"))
    bar.clear()
    if options.json:
        facts = {"run": str(options.folder), "data": data.dataset.key, **model.facts}
        say_json({**facts, **found.to_json(model.classes)})
        return 0
    say(f"{model.network.name}, {model.facts['checkpoint']} checkpoint, step {model.facts['step']:,}")
    say(f"{data.dataset.title}, {found.images:,} test images")
    say(f"Accuracy {percent(found.accuracy)}, loss {found.loss:.4f}, top 5 {percent(found.top5)}")
    say()
    rows = [
        (figures.name, f"{figures.images:,}", percent(figures.precision), percent(figures.recall), percent(figures.f1))
        for figures in found.by_class(model.classes)
    ]
    say(table(("class", "images", "precision", "recall", "F1"), rows, numbers=(1, 2, 3, 4)))
    return 0


def _data(run: Run, name: str | None, folder: Path | None, progress: Callable[[str, int, int], None]) -> TrainingData:
    """The run's own data set, or another that matches it."""
    from explorer.cli.choose import choose_dataset
    from explorer.training.data import TrainingData, find_again

    facts = run.environment["data"]
    if name is None:
        return find_again(facts if folder is None else facts | {"root": str(folder)}, progress=progress)
    dataset, root = choose_dataset(name, folder, shape=tuple(facts["shape"]), progress=progress)
    if len(dataset.classes) != len(facts["classes"]) or dataset.shape[0] != facts["shape"][0]:
        raise DataError(
            f"{dataset.title} has {len(dataset.classes)} classes of {dataset.shape[0]}-channel images, but the run "
            f"learned {len(facts['classes'])} classes of {facts['shape'][0]}-channel images; "
            "choose a data set that matches."
        )
    return TrainingData.load(dataset, root, progress=progress)


def _evaluation(
    model: TrainedModel, data: TrainingData, run: Run, device: str, progress: Callable[[int, int], None]
) -> Evaluation:
    from explorer.assembly import assemble
    from explorer.insight.evaluation import evaluate
    from explorer.insight.preprocessing import Preprocessor
    from explorer.training.checks import image_size
    from explorer.training.config import TrainConfig
    from explorer.training.device import settle

    where = settle(TrainConfig(device=device)).device
    module = assemble(model.network)
    module.load_state_dict(model.state)
    return evaluate(
        module.to(where),
        data.images.test,
        Preprocessor(model.mean, model.std, image_size(model.network), where),
        classes=len(model.classes),
        batch_size=run.config["batch_size"],
        device=where,
        progress=progress,
    )
