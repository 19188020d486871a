"""Show versions, devices and folders: what a support mail needs."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Any

import psutil

from trainers.exits import OK
from trainers.versions import versions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print the facts."""
    facts = facts_of_this_machine()
    if arguments.json:
        sys.stdout.write(json.dumps(facts, indent=1) + "\n")
        return OK
    width = max(len(name) for section in facts.values() for name in section)
    for title, section in facts.items():
        sys.stdout.write(f"{title}\n")
        for name, value in section.items():
            sys.stdout.write(f"  {name.ljust(width)}  {value}\n")
    return OK


def facts_of_this_machine() -> dict[str, dict[str, Any]]:
    """Return everything by section: plain words and numbers, sizes in words."""
    return {
        "versions": versions(),
        "system": _system(),
        "devices": _devices(),
        "folders": _folders(),
    }


def _system() -> dict[str, Any]:
    memory = psutil.virtual_memory()
    return {
        "system": platform.platform(),
        "processors": f"{psutil.cpu_count(logical=False)} cores, {os.cpu_count()} threads",
        "memory": f"{size(memory.total)}, {size(memory.available)} free",
        "shared memory": _space(Path("/dev/shm")),  # noqa: S108 - looked at, not written
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "not set"),
    }


def _devices() -> dict[str, Any]:
    import torch

    found: dict[str, Any] = {"cpu": f"{torch.get_num_threads()} threads for torch"}
    cuda: Any = torch.cuda  # what it says of devices has no types
    for index in range(cuda.device_count()):
        facts = cuda.get_device_properties(index)
        found[f"cuda:{index}"] = f"{facts.name}, {size(facts.total_memory)}"
    if not cuda.is_available():
        built = torch.version.cuda
        found["cuda"] = "no GPU found" if built else "this torch was built without CUDA"
    if torch.backends.mps.is_available():
        found["mps"] = "available"
    return found


def _folders() -> dict[str, Any]:
    import tempfile

    from trainers.places import cache_folder

    return {
        "program": str(Path(__file__).resolve().parents[2]),
        "current": f"{Path.cwd()} ({_space(Path.cwd())})",
        "temporary": f"{tempfile.gettempdir()} ({_space(Path(tempfile.gettempdir()))})",
        "cache": str(cache_folder()),
    }


def _space(folder: Path) -> str:
    try:
        facts = shutil.disk_usage(folder)
    except OSError:
        return "not there"
    return f"{size(facts.free)} of {size(facts.total)} free"


def size(count: int) -> str:
    """Say a number of bytes."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.3g} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"
