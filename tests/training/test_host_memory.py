from __future__ import annotations

import subprocess
import sys

import pytest

from explorer.training import host_memory

# Takes and frees memory as the steps of a training do, in a thread; tells what each step had the system clear, and how
# much is held while they go on, behind them, and once twelve times as much has been taken and freed.
SCRIPT = """
import os, resource, sys, threading
from pathlib import Path
import numpy as np
from explorer.training import host_memory

PAGE = os.sysconf("SC_PAGE_SIZE")

def step(maps=12):
    maps = [np.ones(900_000, np.float32) for _ in range(maps)]
    while maps:
        maps.pop()

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE

def run():
    if sys.argv[1] == "kept":
        assert host_memory.keep_freed()
    for _ in range(3):
        step()
    before = faults()
    for _ in range(10):
        step()
    print((faults() - before) // 10)
    print(held())

thread = threading.Thread(target=run)
thread.start()
thread.join()
host_memory.give_back()
print(held())
step(144)
print(held())
"""
MAPS = 12 * 900_000 * 4  # bytes that a step takes


def steps(how: str) -> tuple[int, ...]:
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], check=True, capture_output=True, text=True)
    return tuple(map(int, done.stdout.split()))


@pytest.mark.skipif(not host_memory.keep_freed(), reason="the system's library is not glibc")
def test_a_step_takes_again_what_the_one_before_freed() -> None:
    pages = MAPS // 4096
    assert steps("usual")[0] > pages / 2, "without it the system clears much of it in each step"
    faults, during, behind, later = steps("kept")
    assert faults < pages / 10
    assert during - behind > 0.4 * MAPS, "behind the run it is given back"
    assert later - behind < 0.5 * 12 * MAPS, "most of what is freed behind the run is given back as well"
