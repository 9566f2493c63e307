"""Data sets: one file each, found by :data:`explorer.datasets.base.DATASETS`."""
