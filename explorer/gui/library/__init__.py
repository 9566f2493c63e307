"""The library: its lines and how they are painted, a person's own blocks, and what is kept at hand."""
