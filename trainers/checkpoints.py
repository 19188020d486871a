"""Durable snapshots of a training: written whole or not at all, and trusted only when they verify.

Every checkpoint is a new folder, `checkpoints/000123-1f2e3d4c`, filled under a hidden name, synced
and renamed; nothing that a pointer names is ever written again. Its manifest holds the SHA-256 of
every file, because neither torch nor safetensors notices a flipped bit. `last.json` and `best.json`
point to checkpoints and are written last; they are hints: a reader takes the newest that verifies.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from nnspec.problems import Problem
from trainers.durable import forget_cached, free_bytes, fsync_folder, write_new
from trainers.events import CheckpointSaved, Noticed
from trainers.exits import refusal, trouble
from trainers.manifest import (
    FILES,
    MODEL,
    STATE,
    TRAINING,
    Manifest,
    best_name,
    file_damage,
    fingerprint,
    names_newest_first,
    point,
    pointed,
    prune,
    read_manifest,
    verify,
)
from trainers.runs import RunFolder

_ROOM: Final = 1 << 20
"""Bytes to leave free for the journal when a checkpoint is about to be written."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A training at a step boundary.

    Attributes:
        model: exactly the network's state dict; what is kept in `model.safetensors`.
        training: all other tensors: optimiser, random generators, sums.
        state: everything else, as JSON.
    """

    step: int
    epoch: int
    model: Mapping[str, Tensor]
    training: Mapping[str, Tensor] = field(default_factory=dict[str, "Tensor"])
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Found:
    """What a run offers to go on from.

    Attributes:
        snapshot: None when the run has no checkpoint yet.
        name: the checkpoint's name.
        notices: what the user should know about checkpoints passed over.
        damaged: their names.
    """

    snapshot: Snapshot | None
    name: str | None = None
    notices: tuple[Noticed, ...] = ()
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The disk did not take a checkpoint; those before it are as they were."""

    problem: Problem


def save(run: RunFolder, snapshot: Snapshot, *, best: bool = False) -> CheckpointSaved | NotSaved:
    """Write a checkpoint, read it back, point to it, and delete those no longer needed.

    Whatever goes wrong with the disk is a `NotSaved`; nothing half-written is left behind. Weights
    that are not finite are not saved either: the last checkpoint is always one to go on from.
    """
    if not all(torch.isfinite(held).all() for held in snapshot.model.values()):
        return NotSaved(trouble("training.not_finite", "the weights are no longer finite numbers"))
    name = f"{snapshot.step:06d}-{uuid.uuid4().hex[:8]}"
    fresh, folder = run.checkpoints_path / f".{name}.tmp", run.checkpoints_path / name
    contents = _contents(snapshot)
    size = sum(map(len, contents.values()))
    try:
        _require_room(run.checkpoints_path, size)
        _write(fresh, contents, snapshot, best=best)
        fresh.rename(folder)
        fsync_folder(run.checkpoints_path)
        _require_readable(run, name)
        point(run, "last", name)
        if best:
            point(run, "best", name)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if pointed(run, "last") != name:
            shutil.rmtree(folder, ignore_errors=True)
        return NotSaved(refusal(error, run.checkpoints_path))
    prune(run)
    return CheckpointSaved(
        step=snapshot.step, epoch=snapshot.epoch, name=name, best=best, bytes=size
    )


def newest(run: RunFolder) -> Found | Problem:
    """Return the newest checkpoint that verifies, with a notice for each damaged one before it.

    A problem (`run.damaged`) when there are checkpoints and none of them verifies.
    """
    damaged: list[str] = []
    notices: list[Noticed] = []
    for name in names_newest_first(run):
        snapshot = load(run, name)
        if isinstance(snapshot, Snapshot):
            return Found(snapshot, name, tuple(notices), tuple(damaged))
        if not (run.checkpoints_path / name).exists():
            return newest(run)  # a running worker has deleted it meanwhile, for it has newer ones
        damaged.append(name)
        notices.append(_damage_notice(snapshot))
    if damaged:
        return run.damage("checkpoints", "holds no checkpoint that verifies")
    return Found(None)


def best(run: RunFolder) -> Found | Problem:
    """Return the best checkpoint; where it is damaged or none was named, the newest that verifies.

    The notices say so when it is not the best that is returned.
    """
    name = best_name(run)
    if name is None:
        return newest(run)
    snapshot = load(run, name)
    if isinstance(snapshot, Snapshot):
        return Found(snapshot, name)
    found = newest(run)
    if isinstance(found, Problem):
        return found
    notices = (_damage_notice(snapshot), *found.notices)
    return Found(found.snapshot, found.name, notices, (name, *found.damaged))


def load(run: RunFolder, name: str) -> Snapshot | Problem:
    """Read and verify one checkpoint by name; a problem names the file that is damaged.

    What is verified is what is used: each file is read once.
    """
    manifest = read_manifest(run, name)
    if isinstance(manifest, Problem):
        return manifest
    held: dict[str, bytes] = {}
    for file in FILES:
        content = _read(run.checkpoints_path / name / file)
        if fingerprint(content) != manifest.files[file]:
            return file_damage(run, name, file)
        held[file] = content
    try:
        model = safetensors.torch.load(held[MODEL])
        training = safetensors.torch.load(held[TRAINING])
        state: dict[str, Any] = json.loads(held[STATE])
    except (SafetensorError, ValueError, RecursionError):
        return run.damage(f"checkpoints/{name}", "does not hold a checkpoint")
    return Snapshot(manifest.step, manifest.epoch, model, training, state)


def _contents(snapshot: Snapshot) -> dict[str, bytes]:
    state = json.dumps(dict(snapshot.state), indent=1)
    return {
        MODEL: safetensors.torch.save(_plain(snapshot.model)),
        TRAINING: safetensors.torch.save(_plain(snapshot.training)),
        STATE: state.encode(),
    }


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors that share no memory: shared weights are written under each of their names."""
    seen: set[int] = set()
    plain: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        held = tensor.detach().cpu().contiguous()
        place = held.untyped_storage().data_ptr()
        plain[name] = held.clone() if place in seen else held
        seen.add(place)
    return plain


def _write(fresh: Path, contents: Mapping[str, bytes], snapshot: Snapshot, *, best: bool) -> None:
    fresh.parent.mkdir(exist_ok=True)
    fresh.mkdir()
    for file, content in contents.items():
        write_new(fresh / file, content)
    files = {file: fingerprint(content) for file, content in contents.items()}
    manifest = Manifest(snapshot.step, snapshot.epoch, best, files)
    write_new(fresh / "manifest.json", manifest.to_json().encode())
    fsync_folder(fresh)


def _require_room(folder: Path, size: int) -> None:
    free = free_bytes(folder if folder.exists() else folder.parent)
    if free is not None and free < size + _ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _require_readable(run: RunFolder, name: str) -> None:
    """Read back from the disk, not from memory, where the system lets us ask for that."""
    for file in FILES:
        forget_cached(run.checkpoints_path / name / file)
    if verify(run, name) is not None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _damage_notice(problem: Problem) -> Noticed:
    return Noticed(
        severity="warning",
        code="checkpoint.damaged",
        message=problem.message,
        hint="an earlier checkpoint is used instead",
    )
