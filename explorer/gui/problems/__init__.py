"""Problems of a network in the window: their list, and their remedies as buttons."""
