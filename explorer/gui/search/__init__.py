"""Searching: in a network by a small query language, in the application by name."""
