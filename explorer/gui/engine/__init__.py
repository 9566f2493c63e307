"""The thread that owns every tensor, and the threads for what may block."""
