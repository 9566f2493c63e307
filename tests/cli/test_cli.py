from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import explorer
from explorer.blocks.linear import Linear
from explorer.blocks.reshape import Flatten
from explorer.cli import main
from explorer.cli.arguments import parser
from explorer.core import storage
from explorer.core.compose import Chain, Recall
from explorer.core.network import Input, Network
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit
from explorer.examples import EXAMPLES
from explorer.runs.run import Run
from explorer.training.presets import PRESETS
from tests.cli.commands import COMMAND, QUICK, Terminal, photos


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of LeNet-5 on the bundled images."""
    out = tmp_path_factory.mktemp("runs") / "lenet"
    settings = ["--epochs", "3", "--batch-size", "64", "--lr", "0.003", "--threads", "1"]
    assert main(["train", "lenet5", "--out", str(out), *settings]) == 0
    return out


# Looking


def test_networks_are_listed_with_what_they_count(run: Terminal) -> None:
    listed = {entry["name"]: entry for entry in run.json("networks")}
    assert set(listed) == {entry.key for entry in explorer.networks()}
    assert listed["resnet18"]["parameters"] == 11_689_512
    assert listed["resnet20"]["parameters"] == 269_722
    assert listed["resnet20"]["accuracy"]["percent"] == 91.25
    assert list(listed["resnet18"]["checked"]) == ["parameters", "macs", "stages", "outputs"]
    assert (listed["lenet5"]["accuracy"], listed["u_net"]["checked"].keys()) == (None, {"stages"})
    assert run("networks") == 0
    assert "11,689,512" in run.out


def test_the_summary_for_programs_is_the_analysis(run: Terminal) -> None:
    found = run.json("summary", "resnet50", "--input", "3,64,64", "--classes", "7")
    analysis = explorer.analyse(explorer.network("resnet50", input_shape=(3, 64, 64), classes=7))
    assert set(found) == {
        "name", "input_shape", "output_shape", "further_outputs", "parameters", "trainable_parameters", "macs",
        "partial", "rows", "problems",
    }  # fmt: skip
    assert (found["input_shape"], found["output_shape"], found["partial"]) == ([3, 64, 64], [7], False)
    assert (found["parameters"], found["macs"], found["further_outputs"]) == (analysis.parameters, analysis.macs, [])
    assert len(found["rows"]) == len(analysis.rows)
    assert found["rows"][0] == {
        "path": "conv1",
        "type": "Conv2d",
        "input_shape": [3, 64, 64],
        "output_shape": [64, 32, 32],
        "parameters": 9_408,
        "macs": 9_633_792,
        "receptive_field": [7, 7],
    }


def test_the_summary_for_people_has_the_published_figures(run: Terminal) -> None:
    assert run("summary", "resnet18") == 0
    assert "Parameters  11,689,512 (11,689,512 trainable)" in run.out
    assert "11,689,512 parameters, met" in run.out
    assert "1.814 G MACs, met" in run.out  # as its source writes it
    assert run("summary", "resnet18", "--classes", "10") == 0
    assert "Published" not in run.out  # another network than the published one


def test_a_problem_is_shown_and_what_is_before_it_counted(run: Terminal) -> None:
    found = run.json("summary", "vgg16", "--input", "3,28,28", code=1)
    assert found["partial"]
    assert found["output_shape"] is None
    assert found["problems"][0]["path"] == "features.30"
    assert found["parameters"] > 10**7
    assert run("summary", "vgg16", "--input", "3,28,28") == 1
    assert "at least: what lies behind a problem is not counted" in run.out
    assert run.err == ""
    assert run("summary", "--help") == 0
    assert "exit code is 1 if the network has problems" in " ".join(run.out.split())


def test_examples_are_listed_and_named_like_networks(run: Terminal, tmp_path: Path) -> None:
    assert run("networks") == 0
    assert all(f"{key} " in run.out for key in EXAMPLES)
    found = run.json("summary", "googlenet_auxiliary")
    assert found["parameters"] == 13_004_888
    assert found["further_outputs"] == [
        {"name": name, "path": name, "shape": [1000], "training_only": True, "weight": 0.3} for name in ("aux1", "aux2")
    ]
    assert run("summary", "googlenet_auxiliary") == 0
    assert "Output      1000\nOutput      1000 as 'aux1', weight 0.3, while training\n" in run.out
    assert run.json("summary", EXAMPLES["small_unet"].file)["output_shape"] == [2, 96, 96]
    assert "a document with a fixed network" in run.refusal("summary", "small_unet", "--classes", "3")
    said = run.refusal("train", "small_unet", "--out", tmp_path / "run", *QUICK)
    assert "Small U-Net is made for segmentation, but a run here learns one class for each image" in said


def test_an_example_with_a_head_trains(run: Terminal, tmp_path: Path) -> None:
    quick = ["--epochs", "1", "--batch-size", "256", "--lr", "0.01", "--threads", "1"]
    assert run("train", "auxiliary_head", "--out", tmp_path / "run", *quick) == 0, run.err
    assert "Test accuracy" in run.out
    assert run.json("evaluate", tmp_path / "run")["images"] > 0


@pytest.mark.parametrize("name", ["z", "depth", "x"])
@pytest.mark.parametrize("optional", [False, True])
def test_torchinfo_runs_a_network_with_a_second_input(run: Terminal, tmp_path: Path, name: str, optional: bool) -> None:
    inputs = (Input("image", (1, 8, 8)), Input(name, (1, 8, 8), optional))
    body = Chain(("both", Recall(name, "add")), ("flatten", Flatten()), ("fc", Linear(4)))
    explorer.write(Network("two", inputs, body), tmp_path / "two.json")
    assert run("summary", tmp_path / "two.json", "--torchinfo") == 0, run.err
    assert "Total params: 260" in run.out


def test_torchinfo_reports_the_same_parameters(run: Terminal) -> None:
    assert run("summary", "lenet5", "--torchinfo") == 0
    assert "Total params: 44,426" in run.out


def test_options_of_a_network_and_files_work(run: Terminal, tmp_path: Path) -> None:
    relu = run.json("summary", "lenet5", "--option", "activation=relu", "--option", "padding=2")
    assert [row["type"] for row in relu["rows"]].count("ReLU") == 4
    assert relu["rows"][0]["output_shape"] == [6, 28, 28]
    path = tmp_path / "mine.json"
    storage.write(explorer.network("lenet5"), path)
    assert run.json("summary", path)["parameters"] == 44_426
    assert run.json("summary", path, "--input", "1,32,32")["parameters"] == 61_706


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["summary", "resnet81"], "no network named 'resnet81'. Did you mean 'resnet18'"),
        (["summary", "lenet5", "--option", "colour=blue"], "no option 'colour'"),
        (["summary", "lenet5", "--option", "classes=3"], "no option 'classes'"),
        (["summary", "lenet5", "--option", "activation"], "write it as name=value"),
        (["summary", "lenet5", "--option", "padding=wide"], "type int"),
        (["summary", "lenet5", "--input", "one"], "is not a shape"),
        (["train", "lenet5"], "--out DIR"),
        (["train", "lenet5", "--out", "x", "--data", "mnits"], "Did you mean 'mnist'"),
        (["train", "lenet5", "--out", "x", "--epochs", "0"], "epochs is 0"),
        (["train", "lenet5", "--out", "x", "--nesterov", "--momentum", "0"], "nesterov needs a momentum"),
        (["train", "lenet5", "--out", "x", "--lr", "nan"], "lr is nan; it must be a number"),
        (["train", "lenet5", "--out", "x", "--lr=-inf"], "lr is -inf; it must be a number"),
        (["train", "vgg16", "--out", "x"], "enlarge|resize"),
        (["train", "dcgan_generator", "--out", "x"], "made for generation"),
        (["train", "--resume", "nowhere"], "not the folder of a run"),
        (["train", "--resume", "nowhere", "--lr", "1"], "--resume takes no lr"),
        (["train", "lenet5", "--resume", "nowhere"], "--resume takes no network"),
        (["train", "--resume", "nowhere", "--option", "padding=0"], "--resume takes no option"),
        (["evaluate", "nowhere"], "not the folder of a run"),
        (["export", "nowhere"], "not the folder of a run"),
        (["export", "nowhere", "--format", "pth"], "no export format named 'pth'. Did you mean 'pt'"),
        (
            ["export", "nowhere", "--format", "nosuch"],
            "no export format named 'nosuch'. Did you mean 'pt' or 'safetens",
        ),
        (["export", "nowhere", "--format", "pt", "--out", "w.safetensors"], "as the format safetensors .* but pt is"),
        (["export", "nowhere", "--out", "w.onnx"], "w.onnx does not say its format; .* in .pt or .safetensors"),
        (["export", "nowhere", "--out", "w"], "w does not say its format"),
    ],
)
def test_a_mistake_gives_one_sentence_and_exit_code_2(
    run: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    import re

    monkeypatch.chdir(tmp_path)
    assert re.search(said, run.refusal(*arguments))
    assert list(tmp_path.iterdir()) == []


def test_looking_needs_no_torch() -> None:
    code = (
        "import sys; from explorer.cli import main; main(['networks']); main(['summary', 'resnet152']);"
        "heavy = {name.split('.')[0] for name in sys.modules} & {'torch', 'torchvision', 'PySide6', 'pyqtgraph'};"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    with subprocess.Popen(
        [*COMMAND, "summary", "resnet1202"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


# Training


def test_lenet_learns_the_bundled_images(folder: Path) -> None:
    last = Run.open(folder).last_record()
    assert last is not None
    assert last["reason"] == "finished"
    assert last["test_accuracy"] > 0.65


def test_training_tells_people_and_programs(run: Terminal, tmp_path: Path) -> None:
    assert run("train", "lenet5", *QUICK, "--out", tmp_path / "people") == 0
    assert "epoch 2  loss" in run.out
    assert "Test accuracy" in run.out
    assert str(tmp_path / "people") in run.out
    assert run("train", "lenet5", *QUICK, "--out", tmp_path / "programs", "--json") == 0
    events = [json.loads(line) for line in run.out.splitlines()]
    assert [event["event"] for event in events][:1] == ["started"]
    assert events[-1]["event"] == "finished"
    assert [event["epoch"] for event in events if event["event"] == "epoch"] == [1, 2]
    assert events[0]["parameters"] == 44_426 - 6 * 85  # four classes: the last layer follows the data


def test_every_setting_is_an_option(run: Terminal, tmp_path: Path) -> None:
    given = {
        "epochs": 1, "batch_size": 32, "optimizer": "sgd", "lr": 0.05, "momentum": 0.8, "nesterov": True,
        "weight_decay": 1e-4, "schedule": "one_cycle", "step_size": 3, "gamma": 0.5, "eta_min": 0.001, "pct_start": 0.2,
        "div_factor": 10.0, "final_div_factor": 100.0, "label_smoothing": 0.1, "validation_fraction": 0.2,
        "patience": 4, "image_size": [20, 24], "seed": 5, "initialisation": "xavier", "device": "cpu",
        "precision": "bf16", "memory_format": "channels_last", "threads": 1, "workers": 0, "milestones": [5, 9],
        "block_statistics": True, "sync_batch_norm": True,
        "class_weights": "balanced", "clip_norm": 1.5, "accumulation": 2, "activation_checkpointing": True,
        "ema_decay": 0.9, "evaluate_average": True, "keep_every": 1, "flip": True, "crop_padding": 2, "rotation": 9.0,
        "brightness": 0.1, "contrast": 0.2, "saturation": 0.3, "hue": 0.05, "erasing": 0.5, "mixup": 0.2, "cutmix": 0.4,
    }  # fmt: skip
    arguments: list[str] = []
    for name, value in given.items():
        text = {"image_size": "20x24", "milestones": "5,9"}.get(name, str(value))
        arguments += [f"--{name.replace('_', '-')}", *([] if value is True else [text])]
    assert run("train", "lenet5", "--data", "synthetic", "--out", tmp_path / "run", *arguments) == 0
    made = Run.open(tmp_path / "run")
    # with tests of their own: test_fine_tuning.py and test_sizes.py here and test_tensorboard.py of the training
    assert made.config == {**given, "stages": [], "further_sizes": [], "tensorboard": False}
    assert made.network.input_shape == (1, 20, 24)


def test_a_file_keeps_its_classes_and_says_when_they_do_not_fit(run: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    storage.write(explorer.network("lenet5", classes=4), path)
    assert run("train", path, *QUICK, "--out", tmp_path / "run") == 0
    assert Run.open(tmp_path / "run").network == storage.read(path)
    said = run.refusal("train", path, "--out", tmp_path / "other")
    assert "ends in 4 classes, but Fashion-MNIST sample has 10; set its last layer to 10" in said
    assert not (tmp_path / "other").exists()


def test_a_folder_of_images_is_a_data_set(run: Terminal, tmp_path: Path) -> None:
    photos(tmp_path / "photos", [f"class {number}" for number in range(4)])
    arguments = [
        "--data",
        tmp_path / "photos",
        "--epochs",
        "1",
        "--batch-size",
        "16",
        "--threads",
        "1",
        "--out",
        tmp_path / "run",
    ]
    assert run("train", "lenet5", *arguments) == 0, run.err
    facts = Run.open(tmp_path / "run").environment.data
    assert facts.classes == ("class 0", "class 1", "class 2", "class 3")
    assert facts.shape == (1, 28, 28)
    assert run.json("evaluate", tmp_path / "run")["images"] == facts.test_images


def test_more_epochs_and_a_run_that_is_over(run: Terminal, tmp_path: Path) -> None:
    assert run("train", "lenet5", *QUICK, "--out", tmp_path / "run") == 0
    assert "has done its 2 epochs" in run.refusal("train", "--resume", tmp_path / "run")
    assert "in epoch 2 already, so it cannot end after 1" in run.refusal(
        "train", "--resume", tmp_path / "run", "--epochs", "1"
    )
    assert run("train", "--resume", tmp_path / "run", "--epochs", "3") == 0
    assert "epoch 3  loss" in run.out
    assert "epoch 2  loss" not in run.out


def test_a_diverged_run_says_so_and_fails(run: Terminal, tmp_path: Path) -> None:
    arguments = ["--data", "synthetic", "--optimizer", "sgd", "--lr", "1000", "--option", "activation=relu"]
    assert run("train", "lenet5", *arguments, "--out", tmp_path / "run") == 2
    assert "stopped being a finite number at step" in run.err
    assert "learning rate of 100" in run.err


def test_ctrl_c_stops_in_order_and_the_run_goes_on(run: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    arguments = ["train", "lenet5", "--out", str(folder), "--epochs", "60", "--threads", "1", "--json"]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        kinds = []
        for line in process.stdout:
            kinds.append(json.loads(line)["event"])
            if kinds[-1] == "step" and kinds.count("step") == 3:  # once: the second time would end it at once
                process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert kinds[-2:] == ["checkpoint", "finished"]
    assert "Press Ctrl+C again to leave at once." in said
    assert Run.open(folder).state == "stopped"
    step = int(str(Run.open(folder).checkpoints.pointed("last")))
    assert run("train", "--resume", folder, "--epochs", step // 71 + 1) == 0  # 71 steps an epoch
    assert f"Continues after step {step:,}." in run.out or step == 0


# Afterwards


def test_evaluation_gives_the_figures_of_the_training(run: Terminal, folder: Path) -> None:
    last = Run.open(folder).last_record()
    assert last is not None
    found = run.json("evaluate", folder)
    assert found["accuracy"] == last["test_accuracy"]
    assert found["loss"] == pytest.approx(last["test_loss"])
    assert found["images"] == 2_000
    assert [entry["name"] for entry in found["classes"]] == list(DATASETS["fashion-mnist"].classes)
    assert np.array(found["confusion"]).sum() == 2_000
    assert run("evaluate", folder) == 0
    assert f"Accuracy {found['accuracy']:.2%}" in run.out


def test_another_data_set_must_match(run: Terminal, folder: Path) -> None:
    refusal = run.refusal("evaluate", folder, "--data", "synthetic")
    assert "has 4 classes of 1-channel images, but the run learned 10 classes of 1-channel images; choose" in refusal
    assert run.json("evaluate", folder, "--data", "bundled")["images"] == 2_000


@pytest.mark.parametrize("key", ["safetensors", "pt"])
def test_an_export_has_the_accuracy_that_was_shown(run: Terminal, folder: Path, tmp_path: Path, key: str) -> None:
    """With the file alone, in plain PyTorch."""
    path = tmp_path / "weights"
    shown = run.json("evaluate", folder)["accuracy"]
    made = run.json("export", folder, "--format", key, "--out", path)
    assert made["files"][0] == str(path)
    state = load_file(path) if key == "safetensors" else torch.load(path, weights_only=True)
    module = explorer.assemble(explorer.network("lenet5")).eval()
    module.load_state_dict(state, strict=True)
    dataset = DATASETS["fashion-mnist-sample"]
    split = dataset.load().test
    assert isinstance(split, ArraySplit)
    with torch.no_grad():
        images = (torch.from_numpy(split.images) / 255 - dataset.mean[0]) / dataset.std[0]
        right = (module(images).argmax(1) == torch.from_numpy(split.labels)).sum().item()
    assert right / 2_000 == shown


@pytest.mark.parametrize("name", ["w.pt", "w.safetensors"])
def test_the_name_of_a_file_says_its_format(run: Terminal, folder: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert run.json("export", folder, "--out", path)["format"] == path.suffix.removeprefix(".")
    state = load_file(path) if name == "w.safetensors" else torch.load(path, weights_only=True)
    assert sum(tensor.numel() for tensor in state.values()) == 44_426


def test_an_export_without_a_name_lies_in_the_run(run: Terminal, folder: Path) -> None:
    assert run("export", folder) == 0
    assert run.out == f"Wrote {folder / 'lenet-5.safetensors'}\n"
    assert (folder / "lenet-5.safetensors").is_file()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([{"name": "image", "shape": [10], "optional": False}], "does not take one image"),
        ([], "The network has no input"),
        (None, "The network has no input"),
    ],
)
def test_a_file_that_takes_no_images_is_refused(run: Terminal, tmp_path: Path, inputs: Any, said: str) -> None:
    document = json.loads(storage.dumps(Network.of("flat", (10,), Chain(("fc", Linear(4))))))
    document["inputs"] = inputs
    if inputs is None:
        del document["inputs"]
    (tmp_path / "flat.json").write_text(json.dumps(document))
    for data in ([], ["--data", "synthetic"], ["--data", str(tmp_path)]):
        assert said in run.refusal("train", tmp_path / "flat.json", "--out", tmp_path / "new", *data)


def test_a_batch_of_one_image_is_refused_where_a_norm_would_have_one_value(run: Terminal, tmp_path: Path) -> None:
    said = run.refusal("train", "resnet18", "--batch-size", 1, "--out", tmp_path / "new")
    assert "batches of one image: layer4.0.bn1" in said


# Odd arguments


@pytest.mark.parametrize("word", ["a" * 5_000, "zero\0byte"])
@pytest.mark.parametrize(
    "command",
    [
        "summary WORD",
        "train WORD --out OUT",
        "train lenet5 --out WORD",
        "train lenet5 --out OUT --data WORD",
        "train lenet5 --out OUT --data mnist --data-dir WORD",
        "train --resume WORD",
        "evaluate WORD",
        "evaluate RUN --data WORD",
        "evaluate RUN --data mnist --data-dir WORD",
        "export WORD",
        "export RUN --out WORD",
        "export RUN --format WORD",
    ],
)
def test_a_word_that_is_no_name_gives_a_short_sentence(
    run: Terminal, folder: Path, tmp_path: Path, command: str, word: str
) -> None:
    places = {"WORD": word, "OUT": tmp_path / "new", "RUN": folder}
    said = run.refusal(*(places.get(part, part) for part in command.split()))
    assert len(said) < 300
    assert not (tmp_path / "new").exists()


def test_a_home_folder_of_nobody_is_named(run: Terminal, tmp_path: Path) -> None:
    nobody = "~nobody-of-this-name/sets"
    said = run.refusal("train", "lenet5", "--out", tmp_path / "new", "--data", "mnist", "--data-dir", nobody)
    assert f"{nobody} names no home folder on this computer; write out the path." in said


def test_a_preset_gives_way_to_what_is_said(run: Terminal, tmp_path: Path) -> None:
    arguments = ("train", "lenet5", "--data", "synthetic", "--preset", "lenet5-adam", "--epochs", "1")
    assert run(*arguments, "--out", tmp_path / "run", "--threads", "1") == 0
    config = Run.open(tmp_path / "run").config
    assert (config["epochs"], config["batch_size"], config["lr"], config["optimizer"]) == (1, 256, 0.001, "adam")
    assert run("train", "--resume", tmp_path / "run", "--preset", "one-cycle") == 2
    assert "takes no preset" in run.err


def test_a_learning_rate_is_found_without_a_run(run: Terminal, tmp_path: Path) -> None:
    arguments = ("train", "lenet5", "--data", "synthetic", "--find-lr", "--threads", "1", "--batch-size", "32")
    assert run(*arguments, "--json") == 0
    *tried, found = [json.loads(line) for line in run.out.splitlines()]
    assert {event["event"] for event in tried} == {"rate"}
    assert 1e-6 < found["lr"] < 1
    assert run(*arguments) == 0
    assert run.out.splitlines()[-1] == f"Suggested: --lr {found['lr']:.2g}"
    assert run("train", "--resume", tmp_path, "--find-lr") == 2


def test_the_largest_batch_is_found_without_a_run(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.rehearsal.free_memory", lambda _: 20_000_000)
    arguments = ("train", "lenet5", "--data", "synthetic", "--find-batch", "--threads", "1")
    assert run(*arguments, "--json") == 0
    *tried, found = [json.loads(line) for line in run.out.splitlines()]
    assert [event["batch_size"] for event in tried] == [2**power for power in range(1, len(tried) + 1)]
    assert found["batch_size"] == tried[-1]["batch_size"] > 2
    assert tried[-1]["measured"] <= 0.8 * found["free"] < 2.2 * tried[-1]["measured"]
    assert run(*arguments) == 0
    assert run.out.splitlines()[-1] == f"Suggested: --batch-size {found['batch_size']} (20 MB were free)"
    assert "Find the largest batch first" in run.refusal(*arguments, "--find-lr")


def test_where_not_even_two_images_fit_it_says_what_would(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.rehearsal.free_memory", lambda _: 1_000)
    assert run("train", "lenet5", "--data", "synthetic", "--find-batch", "--threads", "1") == 2
    assert "Not even a batch of two images fits into memory." in run.err
    assert "--precision bf16" in run.err


def test_help_lists_the_presets_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["train", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for entry in PRESETS.values():
        assert f"{entry.key}: {entry.title}" in told
        assert entry.source in told
    assert "milestones=32000,48000" in told
