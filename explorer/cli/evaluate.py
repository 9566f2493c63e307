"""``evaluate``: a run's weights on test images."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.cli.terminal import Bar, complain, percent, say, say_json, table

if TYPE_CHECKING:
    from explorer.export.base import TrainedModel
    from explorer.insight.evaluation import Evaluation
    from explorer.runs.run import Run
    from explorer.training.config import TrainConfig
    from explorer.training.data import TrainingData


def run(options: argparse.Namespace) -> int:
    """Evaluates."""
    from explorer.export.from_run import trained_model
    from explorer.runs.run import Run
    from explorer.training.config import TrainConfig

    bar = Bar()
    run = Run.open(options.folder)
    config = TrainConfig.from_json(run.config)
    model = trained_model(run, options.checkpoint)
    data = _data(run, options, lambda what, done, total: bar.show(done / max(total, 1), what))
    found = _evaluation(model, data, config, options.device, lambda done, total: bar.show(done / total, "evaluating"))
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


def _data(run: Run, options: argparse.Namespace, progress: Callable[[str, int, int], None]) -> TrainingData:
    """The run's own data set, or another with the same classes."""
    from explorer.cli.choose import choose_dataset
    from explorer.training.checks import require_consent
    from explorer.training.data import TrainingData, find_again, require_same_classes

    facts, folder, leave_out = run.environment.data, options.data_dir, options.leave_out_unreadable
    if options.data is not None:
        dataset, root = choose_dataset(options.data, folder, shape=facts.shape, progress=progress)
        require_same_classes(dataset, facts)
        require_consent(dataset, leave_out=leave_out)
        for remark in dataset.remarks:
            complain(remark)
        return TrainingData.load(dataset, root, progress=progress)
    data = find_again(facts if folder is None else replace(facts, root=str(folder)), progress=progress)
    require_same_classes(data.dataset, facts)
    known = {str(file.path) for file in data.dataset.unreadable_files} <= set(facts.left_out)
    require_consent(data.dataset, leave_out=leave_out or known)  # what is known was agreed to when the run began
    if data.fingerprint() != facts.fingerprint:
        complain(f"The images of {facts.title} are not those the run was started with, so its own figures may differ.")
    return data


def _evaluation(
    model: TrainedModel, data: TrainingData, config: TrainConfig, device: str, progress: Callable[[int, int], None]
) -> Evaluation:
    from explorer.assembly import assemble
    from explorer.insight.evaluation import evaluate
    from explorer.insight.preprocessing import Preprocessor
    from explorer.runs.checkpoint import load_weights
    from explorer.training.checks import require_fit
    from explorer.training.device import settle
    from explorer.training.sizes import image_size

    require_fit(model.network, data.dataset, config)
    where = settle(replace(config, device=device, precision="float32")).device
    module = assemble(model.network)
    load_weights(module, model.state, "the checkpoint")
    return evaluate(
        module.to(where),
        data.images.test,
        Preprocessor(model.mean, model.std, image_size(model.network), where),
        classes=len(model.classes),
        batch_size=config.batch_size,
        device=where,
        progress=progress,
    )
