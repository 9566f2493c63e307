"""The panels of the window, one file each. They know the session and what is below it, never each other."""
