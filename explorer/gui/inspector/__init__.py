"""The inspector: the fields of blocks as forms, the summary of a network, and what both cost."""
