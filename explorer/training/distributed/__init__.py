"""Training in several processes that ``torchrun`` started, each with a share of every batch.

The configured batch is the global one and an epoch has the steps it has in one process, so that the curves agree within
the noise of floating point. Process 0 writes the run folder. The random numbers of the others are a pure function of
(seed, process, step), so a checkpoint holds nothing that one process alone would not write.
"""
