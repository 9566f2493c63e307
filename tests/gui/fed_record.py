"""A run as its events tell it, without a training."""

from __future__ import annotations

import numpy as np

from explorer.gui.record.run_record import RunRecord
from explorer.training.events import EpochFinished, Started, Step

STARTED = Started(
    run="/runs/1", network="LeNet-5", dataset="synthetic", step=0, epoch=1, steps_per_epoch=100, epochs=10,
    batch_size=20, train_images=2000, validation_images=200, test_images=50, parameters=44_426, device="cpu",
    device_name="x86", threads=2, precision="float32", memory_format="contiguous", resident=True, seed=0,
)  # fmt: skip


def fed(record: RunRecord, first: int, last: int) -> RunRecord:
    """A record with steps and, at each hundredth, an epoch."""
    for number in range(first, last):
        loss = 2.3 * np.exp(-number / 300) + 0.05
        record.take(Step(number, number // 100 + 1, 1, 20, float(loss), 1 - float(loss) / 2.4, 0.1, 1000.0, 1.0))
        if number % 100 == 0:
            accuracy = 1 - float(loss) / 2.3
            record.take(
                EpochFinished(
                    number // 100,
                    number,
                    float(loss),
                    accuracy,
                    float(loss) + 0.1,
                    accuracy - 0.02,
                    True,
                    0.1,
                    1e3,
                    1.0,
                )
            )
    return record
