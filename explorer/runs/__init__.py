"""The run folder: the network, settings, environment, metrics and checkpoints, readable without the app."""
