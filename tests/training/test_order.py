from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.order import batch_sizes, epoch_order


@given(st.integers(2, 5_000), st.integers(1, 600))
def test_batches_cover_all_images_and_none_is_a_single_image(images: int, batch_size: int) -> None:
    sizes = batch_sizes(images, batch_size)
    assert sum(sizes) == images
    assert max(sizes) <= batch_size + 1
    assert batch_size == 1 or min(sizes) > 1
    assert set(sizes[:-1]) <= {batch_size}


def test_the_order_is_a_function_of_seed_and_epoch() -> None:
    images = np.arange(5, 1_005)
    first = epoch_order(images, seed=1, epoch=0)
    assert np.array_equal(first, epoch_order(images, seed=1, epoch=0))
    assert np.array_equal(np.sort(first), images)
    assert not np.array_equal(first, epoch_order(images, seed=1, epoch=1))
    assert not np.array_equal(first, epoch_order(images, seed=2, epoch=0))
