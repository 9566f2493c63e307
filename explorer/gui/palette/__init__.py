"""The command palette, and where its choices come from."""
