"""What the window knows of a run: its curves, its figures, and how far it is. Plain Python, without Qt and torch."""
