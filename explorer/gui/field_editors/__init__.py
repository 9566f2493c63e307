"""Editors for the fields of blocks and settings, one kind of field each: label, limits and help come from the field."""
