"""The runs there are: their table, what can be done to them, how they differ, and following those of others."""
