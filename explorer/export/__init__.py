"""Ways out of the app: one file a format, found by the Export menu, the command line and the round-trip test."""
