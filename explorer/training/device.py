"""Where and how a run computes: device, threads, number format and layout, settled once and recorded with the run."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.errors import TrainingError
from explorer.runs.environment import MAX_THREADS
from explorer.training.config import FASTEST, TrainConfig

_UNKNOWN_FREE = 2 << 30  # bytes; a modest guess where the system does not tell


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a run computes with.

    Attributes:
        device: The device.
        name: What the system calls it.
        threads: Threads on the CPU.
        autocast: The number format of the forward pass, or None for float32.
        memory_format: The layout of images and weights.
    """

    device: torch.device
    name: str
    threads: int
    autocast: torch.dtype | None
    memory_format: torch.memory_format


def settle(config: TrainConfig, threads: int | None = None) -> Hardware:
    """Chooses the device and checks that it can do what the settings ask for.

    Args:
        config: The settings.
        threads: The count recorded with a run that goes on: another one would change the last bits.

    Raises:
        TrainingError: If it cannot.
    """
    device = _device(config.device)
    return Hardware(
        device=device,
        name=_name(device),
        threads=config.threads or threads or min(torch.get_num_threads(), MAX_THREADS),
        autocast=_autocast(config.precision, device),
        memory_format=torch.channels_last if config.memory_format == "channels_last" else torch.contiguous_format,
    )


def free_memory_for(config: TrainConfig) -> int:
    """Bytes that can still be taken on the device that the settings choose.

    Args:
        config: The settings.

    Raises:
        TrainingError: If there is no such device.
    """
    return free_memory(_device(config.device))


def free_memory(device: torch.device) -> int:
    """Bytes that can still be taken on a device."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type == "mps":
        return int(torch.mps.recommended_max_memory()) - int(torch.mps.current_allocated_memory())
    try:
        if sys.platform == "linux":
            lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
            return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
        return int(os.sysconf("SC_PHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE")) // 2
    except (OSError, ValueError, AttributeError, StopIteration):  # Windows has no sysconf
        return _UNKNOWN_FREE


def _device(wish: str) -> torch.device:
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wish == "auto":
        return torch.device(next(name for name, there in available.items() if there))
    if not available[wish]:
        raise TrainingError(f"This computer has no device {wish!r} that PyTorch can use; choose auto or cpu.")
    return torch.device(wish)


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    with contextlib.suppress(OSError, StopIteration):  # Linux names the processor nowhere else
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return platform.processor() or platform.machine() or device.type


def _autocast(precision: str, device: torch.device) -> torch.dtype | None:
    if precision in {"float32", FASTEST}:  # what is fastest is not known before it is measured
        return None
    if device.type == "mps":
        raise TrainingError("Mixed precision is not available on MPS; set precision to float32.")
    if precision == "fp16":
        if device.type != "cuda":
            raise TrainingError("The precision fp16 needs a CUDA device; set precision to bf16 or float32.")
        return torch.float16
    if device.type == "cuda" and not torch.cuda.is_bf16_supported():
        raise TrainingError(f"{_name(device)} has no bf16; set precision to fp16 or float32.")
    return torch.bfloat16
