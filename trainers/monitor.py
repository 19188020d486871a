"""How the machine fares while it trains: once a second, from a thread that does little else.

A machine without an NVIDIA GPU, or without its driver, is a normal machine: the GPU values are then
None. Nothing that goes wrong in here may ever reach the training.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import psutil

from trainers.events import MachineSampled

SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class GpuUse:
    """One look at a GPU: use from 0 to 1, memory in bytes, temperature in °C."""

    use: float
    memory_used: int
    memory_total: int
    temperature: float
    name: str


class Gpu:
    """The GPU that is trained on, asked through NVML."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle

    @classmethod
    def open(cls, index: int = 0) -> Gpu | None:
        """Return the GPU with that number, or None where there is none to ask."""
        try:
            nvml: Any = importlib.import_module("pynvml")
        except ImportError:
            return None
        try:
            nvml.nvmlInit()
            return cls(nvml, nvml.nvmlDeviceGetHandleByIndex(index))
        except nvml.NVMLError:
            return None

    def look(self) -> GpuUse | None:
        """Return its use now, None when the driver does not answer."""
        nvml = self._nvml
        try:
            memory = nvml.nvmlDeviceGetMemoryInfo(self._handle)
            name = nvml.nvmlDeviceGetName(self._handle)
            return GpuUse(
                nvml.nvmlDeviceGetUtilizationRates(self._handle).gpu / 100,
                int(memory.used),
                int(memory.total),
                float(nvml.nvmlDeviceGetTemperature(self._handle, nvml.NVML_TEMPERATURE_GPU)),
                name if isinstance(name, str) else name.decode("utf-8", "replace"),
            )
        except nvml.NVMLError:
            return None

    def close(self) -> None:
        """Let the driver go."""
        with contextlib.suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()


class Monitor:
    """Calls `record` with a sample once a second, and `tick` beside it, until it is closed."""

    def __init__(
        self, record: Callable[[MachineSampled], None], tick: Callable[[], object], gpu: Gpu | None
    ) -> None:
        self._record = record
        self._tick = tick
        self._gpu = gpu
        self._process = psutil.Process(os.getpid())
        self._started = time.monotonic()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="monitor", daemon=True)

    def __enter__(self) -> Self:
        psutil.cpu_percent(interval=None)  # the first answer only marks the time
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._thread.join()
        if self._gpu:
            self._gpu.close()

    def sample(self) -> MachineSampled:
        """Look at the machine now."""
        memory = psutil.virtual_memory()
        gpu = self._gpu.look() if self._gpu else None
        return MachineSampled(
            elapsed=time.monotonic() - self._started,
            cpu=psutil.cpu_percent(interval=None) / 100,
            process_memory=self._process.memory_info().rss,
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            gpu=gpu.use if gpu else None,
            gpu_memory_used=gpu.memory_used if gpu else None,
            gpu_memory_total=gpu.memory_total if gpu else None,
            gpu_temperature=gpu.temperature if gpu else None,
            gpu_name=gpu.name if gpu else None,
        )

    def _watch(self) -> None:
        while not self._closed.wait(SECONDS):
            with contextlib.suppress(psutil.Error, OSError):
                self._record(self.sample())
            self._tick()
