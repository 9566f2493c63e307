from __future__ import annotations

import json
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from explorer.errors import FileError
from explorer.runs.checkpoint import load, plain, read_pickled, read_weights_and_header, save
from explorer.runs.checkpoint_facts import META, MODEL, TRAINING
from tests.runs.facts import CHECKPOINT


class Awkward(nn.Module):
    """All that safetensors does not take as it is: shared, transposed, channels-last, sliced and empty tensors."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Linear(4, 4)
        self.tied = nn.Linear(4, 4)
        self.tied.weight = self.first.weight
        self.conv = nn.Conv2d(3, 5, 3).to(memory_format=torch.channels_last)
        self.norm = nn.BatchNorm2d(5)
        base = torch.arange(12.0).reshape(3, 4)
        self.register_buffer("transposed", base.T)
        self.register_buffer("sliced", base[1])
        self.register_buffer("empty", torch.zeros(0, 3))
        self.register_buffer("coarse", torch.rand(3).to(torch.bfloat16))


TRAINING_STATE: dict[str, Any] = {"step": 7, "rng": torch.arange(5, dtype=torch.uint8), "names": ["a"], "none": None}


def _same(first: Any, second: Any) -> bool:
    return list(first) == list(second) and all(torch.equal(first[name], second[name]) for name in first)


def test_everything_comes_back(tmp_path: Path) -> None:
    module = Awkward()
    folder = tmp_path / "checkpoints" / "7"
    save(folder, module.state_dict(), TRAINING_STATE, CHECKPOINT)
    found = load(folder)
    assert _same(found.model, module.state_dict())
    assert found.model._metadata == module.state_dict()._metadata  # type: ignore[attr-defined]
    assert found.meta == CHECKPOINT
    assert found.training["step"] == 7
    assert torch.equal(found.training["rng"], TRAINING_STATE["rng"])
    other = Awkward()
    other.load_state_dict(found.model, strict=True)
    assert sorted(path.name for path in folder.iterdir()) == sorted([META, MODEL, TRAINING])
    assert [path.name for path in folder.parent.iterdir()] == ["7"]


def test_any_program_can_load_the_weights(tmp_path: Path) -> None:
    module = Awkward()
    save(tmp_path / "1", module.state_dict(), {}, CHECKPOINT)
    assert _same(
        OrderedDict(sorted(load_file(tmp_path / "1" / MODEL).items())), dict(sorted(module.state_dict().items()))
    )


def test_weights_of_another_program_are_read_too(tmp_path: Path) -> None:
    save_file({"b": torch.ones(2), "a": torch.zeros(3)}, tmp_path / "weights")
    state, header = read_weights_and_header(tmp_path / "weights")
    assert _same(dict(sorted(state.items())), {"a": torch.zeros(3), "b": torch.ones(2)})
    assert header == {}


def test_plain_tensors_share_nothing_and_copy_no_more_than_they_must() -> None:
    state = Awkward().state_dict()
    copies = plain(state)
    pointers = [tensor.untyped_storage().data_ptr() for tensor in copies.values() if tensor.numel()]
    assert len(pointers) == len(set(pointers))
    assert all(tensor.is_contiguous() for tensor in copies.values())
    assert copies["first.bias"].data_ptr() == state["first.bias"].data_ptr()


@pytest.mark.parametrize("name", [MODEL, TRAINING])
def test_each_flipped_bit_is_found(tmp_path: Path, name: str) -> None:
    save(tmp_path / "1", Awkward().state_dict(), TRAINING_STATE, CHECKPOINT)
    path = tmp_path / "1" / name
    whole = path.read_bytes()
    for position in range(0, len(whole), max(1, len(whole) // 40)):
        spoilt = bytearray(whole)
        spoilt[position] ^= 4
        path.write_bytes(spoilt)
        with pytest.raises(FileError, match=f"{name} is damaged"):
            load(tmp_path / "1")
    path.write_bytes(whole[:-1])
    with pytest.raises(FileError, match="is damaged"):
        load(tmp_path / "1")
    path.unlink()
    with pytest.raises(FileError, match="cannot be read"):
        load(tmp_path / "1")


def test_a_damaged_training_state_leaves_the_weights_usable(tmp_path: Path) -> None:
    save(tmp_path / "1", Awkward().state_dict(), TRAINING_STATE, CHECKPOINT)
    (tmp_path / "1" / TRAINING).unlink()
    assert _same(load(tmp_path / "1", training=False).model, Awkward().state_dict())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda meta: meta | {"format": 99}, "format 99"),
        (lambda meta: meta | {"files": {}}, "does not name"),
        (lambda meta: meta | {"files": 3}, "does not name"),
        (lambda meta: [meta], "no JSON object"),
        (lambda meta: {key: meta[key] for key in meta if key != "step"}, "step is missing, but must be a whole number"),
        (lambda meta: meta | {"metrics_bytes": -5}, "metrics_bytes is -5, but must be a whole number from 0"),
        (lambda meta: meta | {"validation_accuracy": "good"}, "validation_accuracy is 'good', but must be a number"),
    ],
)
def test_a_meta_file_that_is_none_gives_a_sentence(tmp_path: Path, change: Any, said: str) -> None:
    save(tmp_path / "1", {"a": torch.ones(2)}, {}, CHECKPOINT)
    meta = tmp_path / "1" / META
    meta.write_text(json.dumps(change(json.loads(meta.read_text()))))
    with pytest.raises(FileError, match=said):
        load(tmp_path / "1")


def test_what_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "1.tmp").mkdir()
    (tmp_path / "1.tmp" / MODEL).write_text("half")
    save(tmp_path / "1", {"a": torch.ones(2)}, {}, CHECKPOINT)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_no_room_is_said_with_the_numbers_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=3_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(FileError, match=r"has 3 MB free and the checkpoint needs 5 MB"):
        save(tmp_path / "1", {"a": torch.ones(500_000)}, {"optimizer": [torch.ones(500_000)]}, CHECKPOINT)
    assert list(tmp_path.iterdir()) == []


class Bomb:
    """What a malicious file would hold."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("boom",)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"a": Bomb()}, tmp_path / "bad.pt")
    with pytest.raises(FileError, match="cannot be read"):
        read_pickled(tmp_path / "bad.pt")
    assert capsys.readouterr().out == ""
    torch.save([1], tmp_path / "list.pt")
    with pytest.raises(FileError, match="holds no dictionary"):
        read_pickled(tmp_path / "list.pt")


def test_the_tensors_lie_on_the_cpu(tmp_path: Path) -> None:
    save(tmp_path / "1", {"a": torch.ones(2)}, {"b": torch.ones(3)}, CHECKPOINT)
    found = load(tmp_path / "1")
    tensors: list[Tensor] = [found.model["a"], found.training["b"]]
    assert all(tensor.device.type == "cpu" for tensor in tensors)
