"""Training: a generator of frozen events, without Qt. The settings and the events can be imported without torch."""
