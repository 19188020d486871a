"""The file `events.jsonl`: one writer appends, any number of readers follow.

The writer holds the run's lock. It repairs a torn tail when it opens the file, keeps events in
memory while the disk refuses them, and never lets a full disk stop the training. A reader takes
whole lines only, so it can follow a file that is being written, and notices a repair.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from trainers.event_lines import from_line, to_line
from trainers.events import Event, MachineSampled, Progress, Rewound

FLUSH_SECONDS: Final = 1.0
MOST_KEPT: Final = 50_000
"""Events kept in memory while the disk is full; then every second sample gives way."""

_BATCH: Final = 1000
_WINDOW: Final = 1 << 20
_AT_ONCE: Final = 8 << 20


class JournalWriter:
    """Appends events durably. One per run, for the holder of the lock; safe to use from threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the journal and cut off a torn tail.

        Raises:
            OSError: the file cannot be opened for writing.
        """
        self._path = path
        self._lock = threading.RLock()
        self._waiting: list[tuple[bool, str]] = []
        self._rest = b""
        self._flushed = time.monotonic()
        self.failure: OSError | None = None
        self._handle, self._sequence = _open(path)

    @property
    def sequence(self) -> int:
        """The number the next event will bear."""
        return self._sequence

    def append(self, event: Event) -> None:
        """Add an event; it reaches the file within a second or with the next flush."""
        with self._lock:
            line = to_line(event, self._sequence) + "\n"
            self._sequence += 1
            self._waiting.append((isinstance(event, Progress | MachineSampled), line))
            many = self.failure is None and len(self._waiting) >= _BATCH
            if many or time.monotonic() - self._flushed >= FLUSH_SECONDS:
                self.flush()
            if len(self._waiting) > MOST_KEPT:
                self._thin()

    def flush(self) -> bool:
        """Hand what waits to the system. False, with `failure` set, when the disk refuses it."""
        with self._lock:
            self._flushed = time.monotonic()
            if not self._rest:
                self._rest = "".join(line for _, line in self._waiting).encode()
                self._waiting.clear()
            try:
                while self._rest:
                    self._rest = self._rest[os.write(self._handle, self._rest) :]
            except OSError as error:
                self.failure = error
                return False
            self.failure = None
            return self.flush() if self._waiting else True

    def sync(self) -> bool:
        """Make everything appended so far durable. False when the disk refuses."""
        with self._lock:
            if not self.flush():
                return False
            try:
                os.fsync(self._handle)
            except OSError as error:
                self.failure = error
                self._reopen()
                return False
            return True

    def close(self) -> None:
        """Sync and close."""
        with self._lock:
            if self._handle >= 0:
                self.sync()
                os.close(self._handle)
                self._handle = -1

    def _reopen(self) -> None:
        # A failed sync says nothing about a later one on the same descriptor.
        fresh = os.open(self._path, _FLAGS, 0o666)
        os.close(self._handle)
        self._handle = fresh

    def _thin(self) -> None:
        """Drop every second sample; everything else is kept whatever it costs."""
        kept: list[tuple[bool, str]] = []
        sampled = 0
        for droppable, line in self._waiting:
            sampled += droppable
            if not droppable or sampled % 2:
                kept.append((droppable, line))
        self._waiting = kept


class Tail:
    """Follows a journal from its beginning, one call of `read` at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._last = b""
        self._inode: int | None = None
        self.damaged = 0

    def read(self, most_bytes: int = _AT_ONCE) -> list[Event | Rewound]:
        """Return what came since the last call; at most about `most_bytes` of it.

        A last line without its line break waits for the next call. When the file was cut shorter or
        replaced, the list begins with `Rewound` and tells the journal from its beginning.
        """
        try:
            with self._path.open("rb") as file:
                facts = os.fstat(file.fileno())
                told: list[Event | Rewound] = []
                if not self._continues(file.fileno(), facts):
                    told.append(Rewound())
                    self._offset, self._last, self.damaged = 0, b"", 0
                self._inode = facts.st_ino
                if facts.st_size > self._offset:
                    file.seek(self._offset)
                    told += self._take(file.read(most_bytes) + file.readline())
                return told
        except FileNotFoundError:
            return []

    def _continues(self, handle: int, facts: os.stat_result) -> bool:
        """Whether what was read is still there: the same file, and the same last line before us."""
        if self._offset == 0:
            return True
        if facts.st_ino != self._inode or facts.st_size < self._offset:
            return False
        return _read_at(handle, self._offset - len(self._last), len(self._last)) == self._last

    def _take(self, block: bytes) -> list[Event]:
        whole = block[: block.rfind(b"\n") + 1]
        found: list[Event] = []
        for line in whole.splitlines():
            read = from_line(line.decode("utf-8", "replace"))
            if read is None:
                self.damaged += 1
            else:
                found.append(read[1])
        if whole:
            self._offset += len(whole)
            self._last = whole[-64:]
        return found


def read_events(path: Path) -> Iterator[Event]:
    """Yield every readable event of a journal, in order; none when there is no such file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for line in file:
            read = from_line(line.decode("utf-8", "replace"))
            if read is not None:
                yield read[1]


def last_events(path: Path, most_bytes: int = 1 << 16) -> list[Event]:
    """Return the readable events of the last `most_bytes` of a journal: quick for a long one."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - most_bytes))
            lines = file.read().splitlines()
    except FileNotFoundError:
        return []
    read = (from_line(line.decode("utf-8", "replace")) for line in lines)
    return [event[1] for event in read if event is not None]


_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


def _open(path: Path) -> tuple[int, int]:
    handle = os.open(path, _FLAGS, 0o666)
    try:
        end, sequence = valid_end(handle)
        if end < os.fstat(handle).st_size:
            os.ftruncate(handle, end)
            os.fsync(handle)
    except OSError:
        os.close(handle)
        raise
    return handle, sequence


def valid_end(handle: int) -> tuple[int, int]:
    """Return where the last valid line of an open journal ends, and the next sequence number."""
    size, window = os.fstat(handle).st_size, _WINDOW
    while True:
        start = max(0, size - window)
        block = _read_at(handle, start, size - start)
        end = block.rfind(b"\n")
        while end >= 0:
            begin = block.rfind(b"\n", 0, end) + 1
            known = from_line(block[begin:end].decode("utf-8", "replace"))
            if known is not None:
                return start + end + 1, known[0] + 1
            end = begin - 1
        if start == 0:
            return 0, 0
        window *= 2


def _read_at(handle: int, offset: int, length: int) -> bytes:
    os.lseek(handle, offset, os.SEEK_SET)
    pieces: list[bytes] = []
    while length > 0 and (piece := os.read(handle, length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)
