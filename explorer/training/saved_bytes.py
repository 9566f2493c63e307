"""How many bytes autograd keeps for the backward pass at most, where the allocator does not tell."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class _Saved:
    """A tensor while autograd holds it."""

    __slots__ = ("__weakref__", "tensor")

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


class SavedBytes:
    """Counts storages that autograd keeps, each once, as long as it keeps them.

    What goes into a recomputed block is not seen: torch's own hooks hold it.

    Args:
        aside: Tensors that are there anyway, such as parameters.

    Attributes:
        held: Bytes that are kept now.
        peak: The most bytes at a time.
    """

    def __init__(self, aside: Iterable[Tensor]) -> None:
        self._aside = {tensor.untyped_storage().data_ptr() for tensor in aside}
        self._holders: Counter[int] = Counter()
        self.held = self.peak = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Counts what is saved inside the block."""
        with torch.autograd.graph.saved_tensors_hooks(self._keep, lambda saved: saved.tensor):
            yield

    def _keep(self, tensor: Tensor) -> _Saved:
        # detached, or what a layer saves of its own output would hold the layer that holds it, until a backward pass
        # that never comes where the forward pass ran out of memory
        saved, storage = _Saved(tensor.detach()), tensor.untyped_storage()
        place, size = storage.data_ptr(), storage.nbytes()
        if place not in self._aside:
            self.held += size if not self._holders[place] else 0
            self._holders[place] += 1
            self.peak = max(self.peak, self.held)
            weakref.finalize(saved, self._drop, place, size)
        return saved

    def _drop(self, place: int, size: int) -> None:
        self._holders[place] -= 1
        if not self._holders[place]:
            self.held -= size
