"""The training in the window: how a run starts, the one that goes on, and those that wait."""
