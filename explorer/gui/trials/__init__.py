"""What is found out before a run and beside it: dry runs, batch sizes, rates, and images as a run sees them."""
