"""Curves and bars: arrays that grow, what of them is seen, and how it is painted without slowing a training."""
