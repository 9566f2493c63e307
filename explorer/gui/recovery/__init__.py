"""Copies of unsaved documents that outlive a crash: what they are, where they lie, who writes and who offers them."""
