"""Published weights in the window: which there are, and the run that starts from them."""
