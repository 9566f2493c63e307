"""The value model: shapes, blocks, networks and their analysis, in plain arithmetic without torch or Qt."""
