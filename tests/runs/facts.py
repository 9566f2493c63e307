"""What a run and a checkpoint say of themselves, for tests to which it does not matter."""

from __future__ import annotations

from explorer.runs.checkpoint_facts import CheckpointFacts
from explorer.runs.environment import DataFacts, Environment

DATA = DataFacts(
    key="synthetic",
    title="Synthetic shapes",
    root=None,
    shape=(1, 16, 16),
    classes=("disc", "ring"),
    mean=(0.25,),
    std=(0.5,),
    train_images=100,
    test_images=20,
    fingerprint="ab12",
)
ENVIRONMENT = Environment(
    started="2026-01-02T03:04:05+00:00",
    versions={"torch": "2.10.0"},
    platform="Linux",
    device="cpu",
    device_name="a processor",
    threads=2,
    seed=7,
    data=DATA,
)
CHECKPOINT = CheckpointFacts(
    step=7,
    epoch=1,
    batch=3,
    validation_accuracy=0.75,
    validation_loss=None,
    metrics_bytes=120,
    device="cpu",
    threads=2,
    versions={"torch": "2.10.0"},
    config={"epochs": 3},
)
