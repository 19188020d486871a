"""The machine's samples; on a machine without a GPU as on one with it."""

import threading
import time

import pytest

from trainers import monitor
from trainers.events import MachineSampled
from trainers.monitor import Gpu, Monitor


def test_samples_and_ticks_come_until_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor, "SECONDS", 0.02)
    samples: list[MachineSampled] = []
    ticks: list[int] = []
    with Monitor(samples.append, lambda: ticks.append(1), None):
        deadline = time.monotonic() + 5
        while len(samples) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    count = len(samples)
    assert count >= 3
    assert len(ticks) >= count - 1
    time.sleep(0.1)
    assert len(samples) == count
    assert not any(thread.name == "monitor" for thread in threading.enumerate())
    assert all(0 <= sample.cpu <= 1 for sample in samples)
    assert [sample.elapsed for sample in samples] == sorted(sample.elapsed for sample in samples)
    assert samples[0].gpu is None
    assert samples[0].gpu_name is None


def test_a_machine_without_a_gpu_is_a_normal_machine() -> None:
    gpu = Gpu.open(9999)
    assert gpu is None


class Driver:
    """NVML as it answers on a machine with one GPU, and a driver that stops answering."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        pass

    def __init__(self) -> None:
        self.dead = False

    def nvmlDeviceGetMemoryInfo(self, *_: object) -> object:  # noqa: N802
        if self.dead:
            raise self.NVMLError("lost")
        return type("Memory", (), {"used": 3 << 30, "total": 8 << 30})

    def nvmlDeviceGetName(self, *_: object) -> bytes:  # noqa: N802
        return b"NVIDIA Something"

    def nvmlDeviceGetUtilizationRates(self, *_: object) -> object:  # noqa: N802
        return type("Rates", (), {"gpu": 73})

    def nvmlDeviceGetTemperature(self, *_: object) -> int:  # noqa: N802
        return 61


def test_a_gpu_is_told_in_the_units_of_the_event() -> None:
    driver = Driver()
    watched = Monitor(lambda _: None, lambda: None, Gpu(driver, object()))
    sample = watched.sample()
    assert (sample.gpu, sample.gpu_memory_used, sample.gpu_memory_total) == (0.73, 3 << 30, 8 << 30)
    assert (sample.gpu_temperature, sample.gpu_name) == (61.0, "NVIDIA Something")
    driver.dead = True
    assert watched.sample().gpu is None


@pytest.mark.gpu
def test_a_real_gpu_answers() -> None:
    gpu = Gpu.open()
    assert gpu is not None
    use = gpu.look()
    gpu.close()
    assert use is not None
    assert 0 <= use.use <= 1
    assert 0 < use.memory_used < use.memory_total
    assert 0 < use.temperature < 120
