"""The data set of the next run: which one, what is in it, and what of it cannot be read."""
