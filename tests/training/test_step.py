from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.training.config import TrainConfig
from explorer.training.optim import make_optimizer
from explorer.training.step import Stepper

CPU = torch.device("cpu")


class Outputs(nn.Module):
    """Two classifiers on the same numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.main, self.side = nn.Linear(4, 3), nn.Linear(4, 3)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {"output": self.main(images), "side": self.side(images)}


@pytest.mark.parametrize("weight", [0.3, 1.5, 0.0])
def test_further_outputs_count_by_their_weight(weight: float) -> None:
    torch.manual_seed(0)
    module, labels, images = Outputs(), torch.tensor([0, 2]), torch.randn(2, 4)
    loss_of = nn.CrossEntropyLoss()
    expected = loss_of(module.main(images), labels) + weight * loss_of(module.side(images), labels)
    right = (module.main(images).argmax(1) == labels).sum()
    stepper = Stepper(module, make_optimizer(TrainConfig(), module.parameters()), loss_of, CPU, None, {"side": weight})
    loss, correct, bad = stepper(images, labels, 0.1)
    assert loss.item() == pytest.approx(expected.item())
    assert correct == right
    assert bad == 0
    assert stepper.optimizer.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("spoilt", ["loss", "gradient"])
def test_a_step_with_a_number_that_is_not_finite_changes_no_weight(spoilt: str) -> None:
    torch.manual_seed(0)
    module = nn.Linear(4, 3)
    images, labels = torch.randn(8, 4), torch.randint(0, 3, (8,))
    stepper = Stepper(module, make_optimizer(TrainConfig(), module.parameters()), nn.CrossEntropyLoss(), CPU, None)
    assert stepper(images, labels, 0.1)[2] == 0
    before = module.weight.detach().clone()
    if spoilt == "loss":
        images[3, 2] = torch.nan
    else:
        module.weight.register_hook(lambda gradient: gradient * torch.inf)  # type: ignore[no-untyped-call]
    assert stepper(images, labels, 0.1)[2] == 1
    assert torch.equal(module.weight, before)


def test_scaled_losses_train_like_plain_ones_and_skip_what_overflows() -> None:
    torch.manual_seed(0)
    module = nn.Linear(4, 3)
    images, labels = torch.randn(8, 4), torch.randint(0, 3, (8,))
    stepper = Stepper(
        module, make_optimizer(TrainConfig(), module.parameters()), nn.CrossEntropyLoss(), CPU, torch.float16
    )
    assert stepper.scaler is not None
    losses = [stepper(images, labels, 0.05)[0].item() for _ in range(30)]
    assert losses[-1] < 0.7 * losses[0]
    before, scale = module.weight.detach().clone(), stepper.scaler.get_scale()
    handle = module.weight.register_hook(lambda gradient: gradient * torch.inf)  # type: ignore[no-untyped-call]
    _, _, bad = stepper(images, labels, 0.05)
    handle.remove()
    assert bad == 0  # usual with scaling: no divergence
    assert torch.equal(module.weight, before)
    assert stepper.scaler.get_scale() < scale


def _one_step(
    parts: int, autocast: torch.dtype | None = None, clip_norm: float = 0.0
) -> tuple[nn.Module, list[Tensor]]:
    torch.manual_seed(0)
    module = nn.Linear(4, 3)
    images, labels = torch.randn(11, 4), torch.randint(0, 3, (11,))
    optimizer = make_optimizer(TrainConfig(optimizer="sgd", momentum=0.0), module.parameters())
    stepper = Stepper(module, optimizer, nn.CrossEntropyLoss(), CPU, autocast, clip_norm=clip_norm, parts=parts)
    return module, list(stepper(images, labels, 0.5))


@pytest.mark.parametrize("parts", [2, 3, 5, 64])
def test_a_batch_in_parts_gives_the_step_of_the_whole(parts: int) -> None:
    whole, figures = _one_step(1)
    module, found = _one_step(parts)
    torch.testing.assert_close(module.weight, whole.weight)
    torch.testing.assert_close(found, figures)


@pytest.mark.parametrize("autocast", [None, torch.float16])
@pytest.mark.parametrize("clip_norm", [0.05, 100.0])
def test_gradients_are_cut_to_their_length(autocast: torch.dtype | None, clip_norm: float) -> None:
    torch.manual_seed(0)
    reference = nn.Linear(4, 3)
    images, labels = torch.randn(11, 4), torch.randint(0, 3, (11,))
    nn.CrossEntropyLoss()(reference(images), labels).backward()
    nn.utils.clip_grad_norm_(reference.parameters(), clip_norm)
    torch.optim.SGD(reference.parameters(), 0.5).step()
    module, _ = _one_step(1, autocast, clip_norm)
    tolerance = {} if autocast is None else {"rtol": 1e-2, "atol": 1e-3}
    torch.testing.assert_close(module.weight, reference.weight, **tolerance)  # type: ignore[arg-type]


def test_a_mixed_image_is_right_where_its_larger_share_is_named() -> None:
    module = nn.Identity()
    carrier = nn.Linear(1, 1)
    stepper = Stepper(module, make_optimizer(TrainConfig(), carrier.parameters()), nn.CrossEntropyLoss(), CPU, None)
    logits = torch.tensor([[3.0, 0.0], [3.0, 0.0]]) + carrier(torch.ones(1))
    _, correct, _ = stepper(logits, torch.tensor([[0.6, 0.4], [0.4, 0.6]]), 0.0)
    assert correct == 1
