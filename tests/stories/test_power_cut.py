"""Story: the power goes while a training saves; what was announced as saved is there afterwards.

A file system on a loop device writes its journal only every ten minutes, so what was not synced is
not in the image. A copy of the image is the disk as it would be found after the power came back.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainers.events import CheckpointSaved
from trainers.history import History, reduce, settle
from trainers.journal import read_events
from trainers.manifest import pointed, verify
from trainers.runs import RunFolder, create, open_run

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mkfs.ext4"),
        reason="mounts a file system of its own: needs Linux, root and mkfs.ext4",
    ),
]


def mount(image: Path, place: Path) -> None:
    place.mkdir(exist_ok=True)
    command = ["mount", "-o", "loop,commit=600", str(image), str(place)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")


def unmount(place: Path) -> None:
    subprocess.run(["umount", str(place)], check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    image, place = tmp_path / "disk.img", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(64 << 20)
    subprocess.run(["mkfs.ext4", "-qF", str(image)], check=True)
    mount(image, place)
    yield image, place
    unmount(place)


def worker(run: RunFolder, pace: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.trainers.small_training", str(run.path)]
    return subprocess.Popen([*command, "600", str(pace), "10"], cwd=ROOT)


def weights(run: RunFolder) -> str:
    name = pointed(run, "last")
    assert name is not None
    path = run.checkpoints_path / name / "model.safetensors"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def announced(run: RunFolder) -> list[str]:
    return [e.name for e in read_events(run.events_path) if isinstance(e, CheckpointSaved)]


def test_ten_power_cuts(disk: tuple[Path, Path], tmp_path: Path) -> None:
    image, place = disk
    straight = create("netwright: 1\n", path=tmp_path / "straight")
    assert isinstance(straight, RunFolder)
    assert worker(straight, 0).wait() == 0
    choose = random.Random(4)
    for cut in range(10):
        made = create("netwright: 1\n", path=place / f"run-{cut}")
        assert isinstance(made, RunFolder)
        process = worker(made, 0.003)
        while not announced(made):
            time.sleep(0.01)
        time.sleep(choose.uniform(0, 1.5))
        process.send_signal(signal.SIGSTOP)
        promised = announced(made)[-1]
        found_later = tmp_path / "found.img"
        subprocess.run(["cp", "--sparse=always", str(image), str(found_later)], check=True)
        process.kill()
        process.wait()
        _judge(found_later, tmp_path / "found", made.name, promised, straight)


def _judge(image: Path, place: Path, name: str, promised: str, straight: RunFolder) -> None:
    mount(image, place)
    try:
        run = open_run(place / name)
        assert isinstance(run, RunFolder), run
        assert verify(run, promised) is None
        assert (
            settle(reduce(History(), read_events(run.events_path)), held=False).state == "crashed"
        )
        assert worker(run, 0).wait() == 0
        assert weights(run) == weights(straight)
        told = reduce(History(), read_events(run.events_path))
        assert list(told.curve.steps) == list(range(1, 601))
    finally:
        unmount(place)
