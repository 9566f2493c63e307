"""The classic networks, one file a family, built of blocks a person can edit."""
