"""Blocks of one's own against torch: counts, the keys of the weights, and outputs equal to the unpacked network's."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.assembly import assemble
from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.compose import Chain, numbered
from explorer.core.fields import BoolField
from explorer.core.network import Network
from tests.contract.oracles import BATCH, figures
from tests.contract.strategies import examples, networks, values
from tests.core.user_blocks import MINE, OUTER, packed


def check_against_torch(network: Network) -> None:
    found, analysis = figures(network), analyse(network)
    assert found.outputs == analysis.outputs
    assert (found.parameters, found.macs) == (analysis.parameters, analysis.macs)


def outputs(network: Network, weights: dict[str, torch.Tensor] | None = None) -> tuple[dict[str, torch.Tensor], object]:
    """The weights of an assembled network, and what comes out of it in evaluation."""
    model = assemble(network).double()
    if weights is not None:
        model.load_state_dict(weights)
    model.eval()
    x = torch.randn(BATCH, *network.input_shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.no_grad():
        return model.state_dict(), model(x)


def test_nested_ones_count_as_torch_counts() -> None:
    network = Network.of("own", (3, 9, 8), Chain(("outer", OUTER(5)), numbered(2, MINE(4, False))))
    check_against_torch(network)
    state, _ = outputs(network)
    assert {name.rpartition(".")[0] for name in state} == {
        f"{block}.{layer}" for block in ("outer.first", "outer.second", "0", "1") for layer in ("conv", "bn", "conv2")
    }


@examples(20, 500)
def test_any_neighbours_compute_the_same_packed_and_unpacked(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(outputs=False), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        result, path, _ = data.draw(packed(network))
        check_against_torch(result)
        state, packed_output = outputs(result)
        _, unpacked_output = outputs(result.unpack(path), state)
        at = len(path) - 1
        own = {
            ".".join(p for n, p in enumerate(key.split(".")) if n != at or p != path[at]): v for key, v in state.items()
        }
        _, first_output = outputs(network, own)
        for other in (unpacked_output, first_output):
            torch.testing.assert_close(other, packed_output, rtol=0, atol=0, equal_nan=True)

    holds()


@examples(20, 500)
def test_any_values_of_parameters_count_as_torch_counts(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(outputs=False, most=5), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        result, path, kind = data.draw(packed(network))
        chosen = {name: data.draw(values(field)) for name, field in kind.fields().items()}
        block: Block = kind(**chosen)
        changed = result.replace(path, block)
        assert changed.unpack(path).count().parameters == changed.count().parameters
        if not analyse(changed).problems:
            check_against_torch(changed)

    holds()


def test_a_switch_inside_is_a_switch_outside() -> None:
    assert isinstance(MINE.fields()["bias"], BoolField)
    network = Network.of("own", (3, 9, 8), Chain(("mine", MINE(4, False))))
    assert "mine.conv.bias" not in outputs(network)[0]
    assert "mine.conv2.bias" in outputs(network)[0]
