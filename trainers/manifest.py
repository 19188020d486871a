"""The files of a run's checkpoints: names, checksums, pointers; all of it without torch.

A checkpoint is a folder `000123-1f2e3d4c` whose `manifest.json` holds step, epoch and, for every
file, size and SHA-256, and is itself closed by a checksum. `last.json` and `best.json` beside the
folders point to two of them. They are hints, written last: a reader trusts what verifies, and takes
the newest whose manifest calls it the best.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

from nnspec.problems import Problem
from trainers.durable import atomic_write, sha256
from trainers.runs import RunFolder

FORMAT: Final = 1
MODEL: Final = "model.safetensors"
TRAINING: Final = "training.safetensors"
STATE: Final = "state.json"
FILES: Final = (MODEL, TRAINING, STATE)
KEPT: Final = 2
"""How many of the newest checkpoints are kept, besides the best."""

Pointer = Literal["last", "best"]
_NAME: Final = re.compile(r"[0-9]{6,}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Size in bytes and SHA-256 (hex) of a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a checkpoint consists of, and whether it was the best when it was saved."""

    step: int
    epoch: int
    best: bool
    files: Mapping[str, Fingerprint]

    def to_json(self) -> str:
        """Return the text of `manifest.json`, closed by its own checksum."""
        files = {
            name: {"size": held.size, "sha256": held.sha256} for name, held in self.files.items()
        }
        data: dict[str, Any] = {"format": FORMAT, "step": self.step, "epoch": self.epoch}
        data |= {"best": self.best, "files": files}
        return json.dumps({**data, "seal": _seal(data)}, indent=1) + "\n"


def fingerprint(content: bytes) -> Fingerprint:
    """Return size and checksum of a file's content."""
    return Fingerprint(len(content), hashlib.sha256(content).hexdigest())


def names_newest_first(run: RunFolder) -> list[str]:
    """Return the names of all checkpoints that were ever announced, the newest first."""
    try:
        found = [path.name for path in run.checkpoints_path.iterdir() if path.is_dir()]
    except OSError:
        return []
    last = pointed(run, "last")
    names = [name for name in found if _NAME.fullmatch(name)]
    return sorted(names, key=lambda name: (step_of(name), name == last, name), reverse=True)


def step_of(name: str) -> int:
    """Return the step a checkpoint's name bears."""
    return int(name.partition("-")[0])


def read_manifest(run: RunFolder, name: str) -> Manifest | Problem:
    """Read a checkpoint's manifest, or say that it is damaged."""
    part = f"checkpoints/{name}/manifest.json"
    try:
        data: Any = json.loads((run.checkpoints_path / name / "manifest.json").read_bytes())
        seal = data.pop("seal")
        files = {file: Fingerprint(**held) for file, held in data["files"].items()}
        sound = seal == _seal(data) and data["format"] == FORMAT and set(files) == set(FILES)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return run.damage(part, "cannot be read")
    if not sound:
        return run.damage(part, "does not match its checksum")
    return Manifest(data["step"], data["epoch"], data["best"], files)


def verify(run: RunFolder, name: str) -> Problem | None:
    """Check every file of a checkpoint against its manifest; a problem names the first bad one."""
    manifest = read_manifest(run, name)
    if isinstance(manifest, Problem):
        return manifest
    for file, expected in manifest.files.items():
        path = run.checkpoints_path / name / file
        try:
            whole = path.stat().st_size == expected.size and sha256(path) == expected.sha256
        except OSError:
            whole = False
        if not whole:
            return file_damage(run, name, file)
    return None


def file_damage(run: RunFolder, name: str, file: str) -> Problem:
    """Say that one file of a checkpoint is not what its manifest says."""
    return run.damage(f"checkpoints/{name}/{file}", "does not match its checksum")


def point(run: RunFolder, pointer: Pointer, name: str) -> None:
    """Let `last` or `best` name a checkpoint, durably. Raises OSError when the disk refuses."""
    data = {"format": FORMAT, "name": name, "step": step_of(name)}
    atomic_write(run.checkpoints_path / f"{pointer}.json", json.dumps(data) + "\n")


def pointed(run: RunFolder, pointer: Pointer) -> str | None:
    """Return the name of the checkpoint that `last` or `best` points to, None when unreadable."""
    try:
        data: Any = json.loads((run.checkpoints_path / f"{pointer}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    name = cast("dict[str, Any]", data).get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) and _NAME.fullmatch(name) else None


def best_name(run: RunFolder) -> str | None:
    """Return the newest checkpoint that was the best when it was saved, by the manifests."""
    for name in names_newest_first(run):
        manifest = read_manifest(run, name)
        if isinstance(manifest, Manifest) and manifest.best:
            return name
    return None


def repoint(run: RunFolder) -> None:
    """Let the pointers say what the manifests say; a kill may have come between the two.

    Raises:
        OSError: the disk refuses.
    """
    names = names_newest_first(run)
    wanted: dict[Pointer, str | None] = {"last": names[0] if names else None}
    wanted["best"] = best_name(run)
    for pointer, name in wanted.items():
        if name is None:
            (run.checkpoints_path / f"{pointer}.json").unlink(missing_ok=True)
        elif name != pointed(run, pointer):
            point(run, pointer, name)


def prune(run: RunFolder) -> None:
    """Delete all but the newest checkpoints and the best."""
    names = names_newest_first(run)
    kept = {*names[:KEPT], pointed(run, "last"), best_name(run)}
    for name in names:
        if name not in kept:
            _remove(run.checkpoints_path / name)


def set_aside(run: RunFolder, name: str) -> None:
    """Rename a damaged checkpoint, so that it is neither found nor counted again."""
    folder = run.checkpoints_path / name
    folder.rename(folder.with_name(f"{name}.damaged"))


def sweep(run: RunFolder) -> None:
    """Delete what a killed worker left half-written. For the holder of the lock."""
    for folder in (run.path, run.checkpoints_path):
        if folder.is_dir():
            for path in folder.glob(".*.tmp"):
                _remove(path)


def _remove(path: Path) -> None:
    """Delete what can be deleted; what cannot costs space, never a training."""
    with contextlib.suppress(OSError):
        if path.is_dir():
            # Renamed first: a folder half deleted must not pass for a damaged checkpoint.
            hidden = path.with_name(f".{path.name.strip('.')}.{os.getpid()}.tmp")
            path.replace(hidden)
            shutil.rmtree(hidden, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _seal(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
