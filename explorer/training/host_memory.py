"""The memory of a run on the CPU: what a step frees is kept for the next one, and given back behind the run.

Each step takes and frees the same tens of megabytes. glibc gives freed memory back to the system as soon as enough of
it lies together, or takes large pieces from there each time, and the system clears every page that is taken anew. How
often that happens depends on how the pieces happen to lie: LeNet-5 ran at 17,000 images a second in one process and at
29,000 in the next. With the limits set here it is 31,000 each time, and ResNet-20 gains a sixth. Without torch.
"""

from __future__ import annotations

import ctypes
import functools
import os
from collections.abc import Mapping

# Of mallopt(3): from how much free memory on some is given back, how much more than needed a heap takes at once and
# keeps, and from which size on a piece is taken from the system alone. A thread's heap has 64 MiB, a piece half of it.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_IN_A_RUN = {_TRIM_THRESHOLD: (1 << 31) - 1, _TOP_PAD: 64 << 20, _MMAP_THRESHOLD: 32 << 20}
_BEHIND_IT = {_TRIM_THRESHOLD: 64 << 20, _TOP_PAD: 128 << 10, _MMAP_THRESHOLD: 32 << 20}  # glibc's own, at their most


def keep_freed() -> bool:
    """Has this process keep what it frees until `give_back`; whether the system's library can."""
    return _set(_IN_A_RUN)


def give_back() -> None:
    """Gives what is free back to the system, now and from now on; the next run takes it anew."""
    _set(_BEHIND_IT)
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _set(limits: Mapping[int, int]) -> bool:
    library = _glibc()
    return library is not None and all(library.mallopt(limit, value) for limit, value in limits.items())


@functools.cache
def _glibc() -> ctypes.CDLL | None:
    name = "CS_GNU_LIBC_VERSION"
    if name not in getattr(os, "confstr_names", {}) or not os.confstr(name):
        return None
    library = ctypes.CDLL(None)
    library.mallopt.argtypes, library.malloc_trim.argtypes = [ctypes.c_int, ctypes.c_int], [ctypes.c_size_t]
    return library
