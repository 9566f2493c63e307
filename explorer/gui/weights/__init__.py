"""Published weights in the window: which there are, their download, and the run that starts from them."""
