"""The blocks, one file a family of rules; the registry finds them by walking this package."""
