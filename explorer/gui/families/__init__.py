"""The page of a family of networks: what its members cost, and how often they were right."""
