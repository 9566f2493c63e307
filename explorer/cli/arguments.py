"""The options of every subcommand. Those of a training are made from the settings, whose limits stand in one place."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.core.fields import BoolField, ChoiceField, Field, FloatField, IntsField, SizeField
from explorer.core.shape import parse_shape
from explorer.training.augmentation.settings import AUGMENTATION
from explorer.training.config import TrainConfig
from explorer.training.presets import PRESETS
from explorer.training.stages import Stage, StagesField, stages_from_text

PROGRAM = "architecture-explorer"
_ENDING = (
    "Ctrl+C ends a run behind its step with a checkpoint, so that --resume goes on exactly; so does SIGTERM. "
    "Ctrl+\\ (Ctrl+Break on Windows), or SIGUSR1, ends it with its epoch. A second Ctrl+C leaves at once."
)
NETWORK_HELP = "a network of the zoo, an example, or a file saved by the app"


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; ``run`` of what it gives is the subcommand's function."""
    from explorer import __version__

    top = argparse.ArgumentParser(
        prog=PROGRAM, description="Explore, assemble, count, train and export convolutional network architectures."
    )
    top.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_networks, _summary, _compare, _weights, _train, _evaluate, _export):
        add(commands)
    return top


Commands = Any  # argparse's class for subparsers is private


def _command(commands: Commands, name: str, run: Callable[..., int], summary: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    made.set_defaults(run=run)
    made.add_argument("--json", action="store_true", help="write JSON for programs")
    return made


def _networks(commands: Commands) -> None:
    from explorer.cli.networks import run

    _command(commands, "networks", run, "List the networks of the zoo, and the examples.")


def _summary(commands: Commands) -> None:
    from explorer.cli.summary import run

    made = _command(commands, "summary", run, "Show every block's shapes, parameters, MACs and receptive field.")
    made.epilog = "The exit code is 1 if the network has problems, which are printed, and 2 if it cannot be read."
    made.add_argument("network", metavar="NETWORK", help=NETWORK_HELP)
    made.add_argument("--input", type=_shape, metavar="C,H,W", help="input shape, such as 3,224,224")
    made.add_argument("--classes", type=int, metavar="N", help="number of classes")
    made.add_argument("--torchinfo", action="store_true", help="print torchinfo's summary instead")
    _add_options(made)


def _compare(commands: Commands) -> None:
    from explorer.cli.compare import run

    made = _command(commands, "compare", run, "Show what was added, removed and changed between two networks.")
    for side, word in (("left", "first"), ("right", "second")):
        made.add_argument(side, metavar=side.upper(), help="a network of the zoo, or a file saved by the app")
        made.add_argument(
            f"--{side}-option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"an option of the {word} network, repeatable",
        )
    made.add_argument("--input", type=_shape, metavar="C,H,W", help="input shape of both, such as 3,224,224")
    made.add_argument("--classes", type=int, metavar="N", help="number of classes of both")
    made.add_argument("--inside", action="store_true", help="show what is inside changed composites too")


def _weights(commands: Commands) -> None:
    from explorer.cli.weights import run

    made = _command(commands, "weights", run, "List the weights that torchvision publishes for a network, or get some.")
    made.add_argument("network", metavar="NETWORK", help="a network of the zoo that has a twin in torchvision")
    made.add_argument(
        "--get",
        nargs="?",
        const="",
        metavar="NAME",
        help="download these (default: torchvision's own choice) and print the file, for train --weights",
    )


def _train(commands: Commands) -> None:
    from explorer.cli.train import run

    made = _command(commands, "train", run, "Train a network, or continue a run.")
    made.add_argument("network", metavar="NETWORK", nargs="?", help=NETWORK_HELP)
    made.add_argument("--out", type=Path, metavar="DIR", help="folder for the run; it must be empty or not exist")
    _add_resuming(made)
    _add_data(made, "what to train on: a data set, or a folder of images (default: the bundled one)")
    _add_consent(made, "agree to train without the image files that cannot be read; the run records them")
    _add_options(made)
    made.add_argument("--preset", choices=PRESETS, metavar="PRESET", help="begin with known settings, listed below")
    made.add_argument(
        "--weights", type=Path, metavar="FROM", help="start from the weights of a run, or of a .safetensors or .pt file"
    )
    made.add_argument(
        "--find-lr", action="store_true", help="try rising learning rates instead (Smith, 2017) and suggest one"
    )
    made.add_argument(
        "--find-batch", action="store_true", help="try growing batches instead and name the largest that fits"
    )
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.epilog = f"{textwrap.fill(_ENDING, 100)}\n\n{_presets()}"
    settings = made.add_argument_group("settings")
    augmentation = made.add_argument_group("augmentation", "random changes of the training images")
    for name, spec in TrainConfig.fields().items():
        _add_setting(augmentation if name in AUGMENTATION else settings, name, spec, getattr(TrainConfig(), name))


def _add_resuming(to: argparse.ArgumentParser) -> None:
    to.add_argument("--resume", type=Path, metavar="RUN", help="continue this run where it stands")
    to.add_argument(
        "--more-epochs",
        type=_count,
        metavar="N",
        help="with --resume: train so many epochs more, also when the run is finished; a constant rate goes on as it "
        "was, cosine and one_cycle are those of a run of the new length",
    )
    to.add_argument(
        "--checkpoint",
        metavar="CHECKPOINT",
        help="with --resume and --out: go on from this one (best, last or the step of a kept one) in a copy of the run "
        "at DIR; another --lr may be given there",
    )


def _presets() -> str:
    """The presets, a paragraph each: what one sets and where that comes from."""
    paragraphs = ["presets, whose settings give way to those on the command line:"]
    for entry in PRESETS.values():
        values = " ".join(f"{name}={_written(value)}" for name, value in entry.settings.items())
        lines = (entry.source, values)
        text = [textwrap.fill(line, 100, initial_indent="      ", subsequent_indent="      ") for line in lines]
        paragraphs.append("\n".join((f"  {entry.key}: {entry.title}", *text)))
    return "\n".join(paragraphs)


def _written(value: object) -> str:
    """A setting as it is written on the command line."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _evaluate(commands: Commands) -> None:
    from explorer.cli.evaluate import run

    made = _command(commands, "evaluate", run, "Evaluate a run on its test images, or on those of another data set.")
    made.add_argument("folder", type=Path, metavar="RUN", help="the folder of a run")
    _add_checkpoint(made)
    _add_data(made, "what to test on (default: the run's own data set)")
    _add_consent(made, "agree to leave out image files that cannot be read; those that the run left out need no word")
    made.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="where to compute")


def _export(commands: Commands) -> None:
    from explorer.cli.export import run
    from explorer.export.base import EXPORTERS

    made = _command(commands, "export", run, "Write the trained weights of a run to a file.")
    made.add_argument("folder", type=Path, metavar="RUN", help="the folder of a run")
    formats = f"one of {', '.join(EXPORTERS)} (default: as the file's name ends, else safetensors)"
    made.add_argument("--format", metavar="FORMAT", help=formats)
    made.add_argument("--out", type=Path, metavar="FILE", help="the file (default: in the run's folder)")
    _add_checkpoint(made)


def _add_consent(to: argparse.ArgumentParser, words: str) -> None:
    to.add_argument("--leave-out-unreadable", action="store_true", help=words)


def _add_checkpoint(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--checkpoint",
        metavar="CHECKPOINT",
        default="best",
        help="which weights: best, last or the step of a kept one (default: best)",
    )


def _add_data(to: argparse.ArgumentParser, text: str) -> None:
    to.add_argument("--data", metavar="DATA", help=text)
    to.add_argument("--data-dir", type=Path, metavar="DIR", help="where the data set lies, or is downloaded to")


def _add_options(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the network, repeatable"
    )


def _add_setting(to: Any, name: str, spec: Field, default: Any) -> None:
    """Adds the option of one setting; one that is not given is left out, so that a run can be continued unchanged."""
    flag, text = f"--{name.replace('_', '-')}", f"{spec.help} (default: {default})".replace("%", "%%")
    named: dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS, "help": text}
    if isinstance(spec, BoolField):
        to.add_argument(flag, action=argparse.BooleanOptionalAction, **named)
    elif isinstance(spec, ChoiceField):
        to.add_argument(flag, choices=spec.choices, **named)
    else:
        kinds = ((FloatField, float), (SizeField, _size), (IntsField, _integers), (StagesField, _stages))
        kind: Callable[[str], Any] = next((read for wanted, read in kinds if isinstance(spec, wanted)), int)
        to.add_argument(flag, type=kind, metavar=name.upper(), **named)


def _shape(text: str) -> tuple[int, ...]:
    try:
        return parse_shape(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _stages(text: str) -> tuple[Stage, ...]:
    try:
        return stages_from_text(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} has a rate or a number of epochs that is no number") from error


def _integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part.strip())  # an empty text is an empty list


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of epochs; give 1 or more")
    return int(text)


def _size(text: str) -> int | tuple[int, ...]:
    shape = (0,) if text == "0" else _shape(text)
    return shape[0] if len(shape) == 1 else shape
