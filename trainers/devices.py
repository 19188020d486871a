"""Where to compute, with how many threads, and how to compute the same thing twice.

A tiny network is as fast on one thread as on two, and far faster than two threads that another
process disturbs; a convolutional network wants every core. So threads are chosen by the work of one
step, and recorded, because the number of threads changes the last bits of a sum.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, Literal

from nnspec.problems import Problem
from trainers.exits import trouble

Wanted = Literal["auto", "cpu", "cuda", "mps"]

BUSY_STEP: Final = 30_000_000
"""Multiply-adds of one step (forward and backward) above which a second thread pays."""

MOST_THREADS: Final = 32


def choose_device(wanted: str) -> str | Problem:
    """Return the device to compute on; a problem when the one wanted is not there."""
    import torch

    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(device for device, found in there.items() if found)
    if there.get(wanted):
        return wanted
    found = ", ".join(device for device, is_there in there.items() if is_there)
    return trouble(
        "resource.device", f"this machine has no device '{wanted}'", hint=f"there is: {found}"
    )


def choose_threads(wanted: int | Literal["auto"], macs: int, batch_size: int, device: str) -> int:
    """Return how many CPU threads to compute with.

    Args:
        wanted: a number is taken as it is.
        macs: multiply-adds of the network for one row.
        batch_size: rows of one step.
        device: with an accelerator the CPU only hands out work.
    """
    if wanted != "auto":
        return wanted
    if device != "cpu" or 3 * macs * batch_size < BUSY_STEP:
        return 1
    return min(_cores(), MOST_THREADS)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_free(device: str) -> int:
    """Return the bytes that may still be used on `device`."""
    if device == "cuda":
        import torch

        return torch.cuda.mem_get_info()[0]
    import psutil

    return psutil.virtual_memory().available


@contextmanager
def exact(threads: int) -> Generator[None]:
    """Compute with `threads` threads and without operations whose results vary, for a while."""
    import torch

    memory: Any = torch.utils.deterministic
    before = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    filling = memory.fill_uninitialized_memory
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_num_threads(threads)
    # Unlike use_deterministic_algorithms, this does not import the compiler, which takes seconds.
    torch.set_deterministic_debug_mode("warn")
    memory.fill_uninitialized_memory = False  # costs time and hides nothing here
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])
        memory.fill_uninitialized_memory = filling
