"""A run is a folder that explains itself: the text, the record, the events, the checkpoints.

The folder is also the protocol between the worker and everybody else: the worker appends events,
others read them and leave their wishes as files in `control/`. Nothing in it refers to a process
that has to be alive, so it can be watched, copied, mailed and taken up again.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from nnspec.problems import Problem
from trainers.durable import atomic_write, fsync_folder, write_new
from trainers.exits import refusal, trouble
from trainers.locks import RunLock, is_held, take
from trainers.names import new_folder
from trainers.record import FORMAT, RunRecord, from_data, to_json
from trainers.versions import version

Wish = Literal["stop", "pause"]


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run. Everything is looked up in the folder; the object holds no state."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's own name, by which people know the run."""
        return self.path.name

    @property
    def spec_path(self) -> Path:
        """The exact text that is trained."""
        return self.path / "spec.yaml"

    @property
    def events_path(self) -> Path:
        """The journal."""
        return self.path / "events.jsonl"

    @property
    def checkpoints_path(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def log_path(self) -> Path:
        """What a worker without a terminal says, and where it was when it crashed."""
        return self.path / "worker.log"

    def parts(self) -> tuple[Path, ...]:
        """Return the files and folders that make the run."""
        names = ("spec.yaml", "run.json", "events.jsonl", "checkpoints", "control", "lock")
        return tuple(self.path / name for name in names)

    def text(self) -> str:
        """Return the text that is trained. Raises OSError when it cannot be read."""
        return self.spec_path.read_bytes().decode("utf-8")

    def record(self) -> RunRecord | Problem:
        """Read `run.json`, or say what is wrong with it."""
        try:
            data: Any = json.loads((self.path / "run.json").read_bytes())
        except OSError as error:
            return self.damage("run.json", error.strerror or "cannot be read")
        except (ValueError, RecursionError):
            return self.damage("run.json", "is not readable as JSON")
        return from_data(data) or self._misfit(data)

    def write_record(self, record: RunRecord) -> None:
        """Replace `run.json` durably. Raises OSError when the disk refuses."""
        atomic_write(self.path / "run.json", to_json(record))

    def source_folder(self) -> Path:
        """Return the folder the spec came from, against which its data files are written."""
        record = self.record()
        spec = record.spec if isinstance(record, RunRecord) else None
        return Path(os.path.normpath(self.path.absolute() / (spec or "spec.yaml"))).parent

    def request(self, wish: Wish) -> None:
        """Leave a wish for the worker. Raises OSError when the folder cannot be written."""
        folder = self.path / "control"
        folder.mkdir(exist_ok=True)
        (folder / wish).touch()

    def clear(self, *wishes: Wish) -> None:
        """Take wishes back; all of them when none is named."""
        for wish in wishes or ("stop", "pause"):
            (self.path / "control" / wish).unlink(missing_ok=True)

    def wish(self) -> Wish | None:
        """Return what the worker is asked to do; to stop counts more than to pause."""
        if (self.path / "control" / "stop").exists():
            return "stop"
        return "pause" if (self.path / "control" / "pause").exists() else None

    def lock(self) -> RunLock | Problem:
        """Take the right to change the run, or say who has it (`run.locked`)."""
        return take(self.path)

    def is_held(self) -> bool:
        """Whether a worker has the run right now."""
        return is_held(self.path)

    def damage(self, part: str, words: str) -> Problem:
        """Say that `part` of this run is damaged."""
        return trouble(
            "run.damaged",
            f"the run is damaged: {self.path / part} {words}",
            hint="netwright fsck says what is whole",
            file=self.path / part,
        )

    def _misfit(self, data: Any) -> Problem:
        found = cast("dict[str, Any]", data).get("format") if isinstance(data, dict) else None
        if isinstance(found, int) and found > FORMAT:
            return trouble(
                "run.newer",
                f"the run was written by a newer Netwright (format {found}, known: {FORMAT})",
                hint="update Netwright to open it",
                file=self.path,
            )
        return self.damage("run.json", "does not describe a run")


def create(
    text: str,
    *,
    spec_path: Path | None = None,
    path: Path | None = None,
    parent: Path | None = None,
    name: str | None = None,
    device: str | None = None,
    seed: int | None = None,
) -> RunFolder | Problem:
    """Make a run folder that trains `text`, durably.

    Args:
        text: the spec, exactly as it is to be trained.
        spec_path: the file it came from, against which its data is written.
        path: the folder to make (it may exist when empty); without it, a new name in `parent`.
        parent: where the run gets its place; by default `<spec stem>.runs` beside the spec.
        name: the spec's own name, for lists.
        device: where to compute, when the user asked for it beyond the spec.
        seed: likewise.
    """
    wanted = path or parent or default_parent(spec_path or Path("spec.yaml"))
    try:
        folder = _claim(path) if path else new_folder(wanted)
        if isinstance(folder, Problem):
            return folder
        run = RunFolder(folder)
        spec = _relative(spec_path, folder) if spec_path else None
        created = datetime.now(UTC).isoformat(timespec="seconds")
        record = RunRecord(
            created=created,
            name=name,
            spec=spec,
            device=device,
            seed=seed,
            versions={"netwright": version()},
        )
        run.checkpoints_path.mkdir()
        (folder / "control").mkdir()
        write_new(run.spec_path, text.encode("utf-8"))
        run.write_record(record)
        fsync_folder(folder.parent)
    except OSError as error:
        return refusal(error, wanted)
    return run


def open_run(path: Path) -> RunFolder | Problem:
    """Return the run in `path`, or a problem: no run there, damaged, or newer than this program."""
    run = RunFolder(path)
    if not path.is_dir():
        return trouble("run.missing", f"there is no run folder {path}", file=path)
    if not (path / "run.json").exists() and not run.spec_path.exists():
        return trouble(
            "run.missing",
            f"{path} is not a run folder",
            hint="a run folder holds spec.yaml and run.json; netwright runs lists them",
            file=path,
        )
    record = run.record()
    if isinstance(record, Problem):
        return record
    return _unreadable_part(run) or run


def _unreadable_part(run: RunFolder) -> Problem | None:
    """Say which of the files that every command reads cannot be read."""
    if not run.spec_path.is_file():
        return run.damage("spec.yaml", "is missing")
    if run.events_path.exists() and not run.events_path.is_file():
        return run.damage("events.jsonl", "is not a file")
    try:
        run.text()
    except UnicodeDecodeError:
        return run.damage("spec.yaml", "is not UTF-8 text")
    except OSError as error:
        return run.damage("spec.yaml", error.strerror or "cannot be read")
    return None


def default_parent(spec_path: Path) -> Path:
    """Return the folder in which the runs of a spec are kept."""
    return spec_path.with_name(f"{spec_path.stem}.runs")


def _claim(path: Path) -> Path | Problem:
    if (path / "run.json").exists() or (path / "spec.yaml").exists():
        return trouble(
            "run.exists",
            f"there is a run in {path} already",
            hint=f"go on with it: netwright resume {path}",
            file=path,
        )
    path.mkdir(parents=True, exist_ok=True)
    if next(path.iterdir(), None) is not None:
        return trouble(
            "run.exists",
            f"the folder {path} is not empty",
            file=path,
            hint="name a folder that does not exist yet",
        )
    return path


def _relative(spec_path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(spec_path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # another drive
        return spec_path.absolute().as_posix()
