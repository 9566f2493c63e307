"""What the tests of the zoo share: networks without storage, and weights that tell any two networks apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.core.network import Network


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small images gain nothing by a second thread, and lose much where others use the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def on_meta() -> Callable[[Network], nn.Module]:
    """Assembles a network whose tensors have shapes but no values, so that its size does not matter."""

    def assemble(network: Network) -> nn.Module:
        with torch.device("meta"):
            return explorer.assemble(network).eval()

    return assemble


@pytest.fixture
def filled() -> Callable[[nn.Module], nn.Module]:
    """Gives a module on meta random weights and statistics of a size that keeps deep networks finite."""

    def fill(module: nn.Module) -> nn.Module:
        module.to_empty(device="cpu")
        generator = torch.Generator().manual_seed(0)
        with torch.no_grad():
            for name, tensor in module.state_dict().items():
                _fill(name, tensor, generator)
        return module

    return fill


def _fill(name: str, tensor: Tensor, generator: torch.Generator) -> None:
    if not tensor.is_floating_point():
        tensor.zero_()
    elif tensor.dim() > 1:
        bound = (6 / tensor[0].numel()) ** 0.5
        tensor.uniform_(-bound, bound, generator=generator)
    elif name.endswith(("bias", "running_mean")):
        tensor.uniform_(-0.1, 0.1, generator=generator)
    else:
        tensor.uniform_(0.5, 1.0, generator=generator)
