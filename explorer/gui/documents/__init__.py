"""The open documents: their files, histories and tabs, templates, and what other programs do to their files."""
