"""The settings of the next run: as a form, as presets, in words, and several of them changed at once."""
