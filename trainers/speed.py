"""How fast this machine trains: measured once, kept as JSON, corrected by what real runs took.

Free of torch. A machine is known by its processor, the threads used and the device; before its
first training the figures of an ordinary one stand in.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

from trainers.places import cache_folder

WIDEST: Final = 4.0
"""How far a correction may go, either way."""

LIKELY: Final = 10.0
"""How far from an ordinary machine a measured one may be; beyond, the measurement was disturbed."""

REMEMBERED: Final = 8
"""A run counts as one of so many in the running mean."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What training does in a second, forward and back together.

    Attributes:
        macs, convolution: multiply-adds, counted once though the way back takes two more.
        numbers: numbers written by layers.
        call: seconds an operation takes to start.
        update: seconds a parameter takes in the optimiser.
        corrections: time taken by the time expected, by the kind of work that took most of it.
        runs: how many runs each correction comes from.
        measured: whether any of it was measured here.
    """

    macs: float = 1.4e10
    convolution: float = 2.5e10
    numbers: float = 6e8
    call: float = 5e-6
    update: float = 4e-10
    corrections: Mapping[str, float] = field(default_factory=dict[str, float])
    runs: Mapping[str, int] = field(default_factory=dict[str, int])
    measured: bool = False

    def corrected(self, part: str, expected: float, taken: float) -> Speed:
        """Return it with a run taken into account, of which `part` was expected to be the most.

        Args:
            part: a name in `corrections`.
            expected: seconds that were forecast without any correction.
            taken: seconds it really took.
        """
        if expected <= 0 or taken <= 0:
            return self
        found = min(max(taken / expected, 1 / WIDEST), WIDEST)
        before, count = self.corrections.get(part, 1.0), self.runs.get(part, 0)
        share = 1 / min(count + 1, REMEMBERED)
        mean = math.exp((1 - share) * math.log(before) + share * math.log(found))
        return replace(
            self,
            corrections={**self.corrections, part: mean},
            runs={**self.runs, part: count + 1},
        )

    def near(self, other: Speed) -> Speed:
        """Return it with no figure further from `other` than is likely."""
        figures = ("macs", "convolution", "numbers", "call", "update")
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in figures}
        return replace(
            self,
            **{n: min(max(own, its / LIKELY), its * LIKELY) for n, (own, its) in pairs.items()},
        )


def ordinary(threads: int, device: str) -> Speed:
    """What may be expected of a machine nobody has measured."""
    times = 30.0 if device in ("cuda", "mps") else threads**0.8
    plain = Speed()
    return replace(
        plain,
        macs=plain.macs * times,
        convolution=plain.convolution * times,
        numbers=plain.numbers * times,
    )


def known_speed(threads: int, device: str) -> Speed:
    """Return what is known of this machine."""
    return kept_speed(threads, device) or ordinary(threads, device)


def kept_speed(threads: int, device: str) -> Speed | None:
    """Return what was measured of this machine, None before that."""
    try:
        kept = json.loads(_path(threads, device).read_text(encoding="utf-8"))["speed"]
        speed = Speed(**kept)
        figures = (speed.macs, speed.convolution, speed.numbers, speed.call, speed.update)
        sound = all(figure > 0 for figure in (*figures, *speed.corrections.values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # absent, torn or of another version
    return speed if sound else None


def keep_speed(speed: Speed, threads: int, device: str) -> None:
    """Remember it; a full disk costs the memory only."""
    with suppress(OSError):
        path = _path(threads, device)
        half = path.with_name(f"{path.stem}.{os.getpid()}.part")
        machine = {"processor": processor(), "threads": threads, "device": device}
        half.write_text(json.dumps({"machine": machine, "speed": asdict(speed)}), encoding="utf-8")
        half.replace(path)


def _path(threads: int, device: str) -> Path:
    key = hashlib.sha256(f"{processor()}\n{threads}\n{device}".encode()).hexdigest()[:16]
    return cache_folder("speed") / f"{key}.json"


@cache
def processor() -> str:
    """The model of the processor, as the system calls it."""
    with suppress(OSError):
        for line in (
            Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        ):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
