"""The window: everything that needs Qt. Panels are views of the session; the session is the one source they read."""
