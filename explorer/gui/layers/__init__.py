"""The layer table: its model, its tree and its columns, and what can be done to it."""
