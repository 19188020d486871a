"""The journal against torn tails, full disks, repairs and readers that look while it is written."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainers import journal
from trainers.event_lines import from_line, to_line
from trainers.events import Event, Noticed, Progress, Rewound
from trainers.journal import JournalWriter, Tail, last_events, read_events

resource = pytest.importorskip("resource", reason="sets a limit of the system that Windows has not")


def progress(step: int) -> Progress:
    return Progress(
        step=step, epoch=1, loss=1 / step, lr=0.1, rows_per_second=1.0, elapsed=1.0, remaining=None
    )


def note(words: str) -> Noticed:
    return Noticed(severity="note", code="test", message=words)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def write(path: Path, *events: Event) -> None:
    writer = JournalWriter(path)
    for event in events:
        writer.append(event)
    writer.close()


def numbers(path: Path) -> list[int | None]:
    found = [from_line(line) for line in path.read_text().splitlines()]
    return [one[0] if one else None for one in found]


def test_what_is_appended_is_read_and_numbered_on_over_reopening(path: Path) -> None:
    write(path, progress(1), progress(2))
    write(path, progress(3))
    assert list(read_events(path)) == [progress(1), progress(2), progress(3)]
    assert numbers(path) == [0, 1, 2]


def test_a_journal_that_does_not_exist_reads_as_empty(path: Path) -> None:
    assert list(read_events(path)) == []
    assert Tail(path).read() == []
    assert last_events(path) == []


def test_a_tail_torn_at_every_length_is_cut_and_written_over(path: Path) -> None:
    write(path, progress(1), progress(2), progress(3))
    whole = path.read_bytes()
    ends = [0]
    for line in whole.splitlines(keepends=True):
        ends.append(ends[-1] + len(line))
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        kept = max(index for index, end in enumerate(ends) if end <= length)
        write(path, progress(9))
        expected = [progress(step) for step in range(1, kept + 1)] + [progress(9)]
        assert list(read_events(path)) == expected, length
        assert numbers(path) == list(range(kept + 1)), length


def test_garbage_behind_the_last_line_is_cut_whatever_it_is(path: Path) -> None:
    write(path, progress(1))
    for garbage in (b"\0" * 4096, b"\n\n\n", b"{}\n", os.urandom(5000), b"x" * (3 << 20)):
        with path.open("ab") as file:
            file.write(garbage)
        JournalWriter(path).close()
        assert path.read_text() == to_line(progress(1), 0) + "\n"


def test_a_damaged_line_in_the_middle_is_left_out_and_counted(path: Path) -> None:
    write(path, progress(1), progress(2), progress(3))
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 4
    path.write_bytes(raw)
    write(path, progress(4))
    assert list(read_events(path)) == [progress(1), progress(3), progress(4)]
    tail = Tail(path)
    assert tail.read() == [progress(1), progress(3), progress(4)]
    assert tail.damaged == 1


def test_a_tail_takes_whole_lines_only_byte_by_byte(path: Path) -> None:
    write(path, progress(1), progress(2))
    whole = path.read_bytes()
    path.write_bytes(b"")
    tail, told = Tail(path), []
    with path.open("ab", buffering=0) as file:
        for position in range(len(whole)):
            file.write(whole[position : position + 1])
            told += tail.read()
            assert len(told) == whole[: position + 1].count(b"\n")
    assert told == [progress(1), progress(2)]


def test_a_tail_reads_a_long_journal_in_portions(path: Path) -> None:
    write(path, *map(progress, range(1, 2001)))
    tail, told = Tail(path), []
    while batch := tail.read(most_bytes=5000):
        assert len(batch) < 60
        told += batch
    assert told == list(map(progress, range(1, 2001)))


def test_a_line_longer_than_a_portion_still_comes(path: Path) -> None:
    write(path, note("x" * 100_000), progress(1))
    tail = Tail(path)
    assert tail.read(most_bytes=100) == [note("x" * 100_000)]
    assert tail.read(most_bytes=100) == [progress(1)]


def test_a_tail_goes_on_after_a_repair_of_what_it_had_not_read(path: Path) -> None:
    write(path, progress(1))
    tail = Tail(path)
    tail.read()
    with path.open("ab") as file:
        file.write(b'{"kind":"prog')
    assert tail.read() == []
    write(path, progress(2))
    assert tail.read() == [progress(2)]


@pytest.mark.parametrize("after", [[progress(1)], [progress(1), note("longer " * 99), progress(3)]])
def test_a_tail_starts_over_when_what_it_read_was_cut(path: Path, after: list[Event]) -> None:
    write(path, progress(1), progress(2))
    tail = Tail(path)
    assert len(tail.read()) == 2
    path.write_text("".join(to_line(event, n) + "\n" for n, event in enumerate(after)))
    assert tail.read() == [Rewound(), *after]
    assert tail.read() == []


def test_a_tail_starts_over_when_the_file_was_replaced(path: Path) -> None:
    write(path, progress(1))
    tail = Tail(path)
    tail.read()
    fresh = path.with_name("fresh")
    write(fresh, progress(1), progress(5))
    fresh.replace(path)
    assert tail.read() == [Rewound(), progress(1), progress(5)]


def test_appending_reaches_the_file_within_a_second(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(journal.time, "monotonic", lambda: now)
    writer = JournalWriter(path)
    writer.append(progress(1))
    now += 0.5
    writer.append(progress(2))
    assert list(read_events(path)) == []
    now += 0.6
    writer.append(progress(3))
    assert len(list(read_events(path))) == 3
    writer.close()


def test_a_storm_of_events_loses_none(path: Path) -> None:
    write(path, *map(progress, range(1, 60_001)))
    assert sum(1 for _ in read_events(path)) == 60_000


@contextlib.contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """A real limit of the system: files of this process cannot grow beyond `size` bytes."""
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("room", [0, 1, 150, 777])
def test_a_full_disk_keeps_events_in_memory_until_there_is_space(path: Path, room: int) -> None:
    writer = JournalWriter(path)
    writer.append(progress(1))
    assert writer.sync()
    with disk_full_at(path.stat().st_size + room):
        for step in range(2, 50):
            writer.append(progress(step))
            writer.flush()
        assert not writer.sync()
        assert writer.failure is not None
        assert writer.failure.errno in (errno.ENOSPC, errno.EFBIG)
    assert writer.sync()
    writer.close()
    assert list(read_events(path)) == list(map(progress, range(1, 50)))
    assert numbers(path) == list(range(49))


def test_a_disk_full_for_long_costs_samples_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_KEPT", 100)
    writer = JournalWriter(path)
    writer.append(progress(1))
    assert writer.sync()
    with disk_full_at(path.stat().st_size):
        writer.append(note("taken to be written"))
        assert not writer.flush()
        for step in range(2, 2000):
            writer.append(progress(step))
            if step % 500 == 0:
                writer.append(note(f"at {step}"))
        assert len(writer._waiting) <= 100
    writer.close()
    told = list(read_events(path))
    notes = [event.message for event in told if isinstance(event, Noticed)]
    assert notes == ["taken to be written", "at 500", "at 1000", "at 1500"]
    steps = [event.step for event in told if isinstance(event, Progress)]
    assert steps == sorted(set(steps))
    assert steps[-1] == 1999


def test_a_failed_sync_is_told_and_the_next_goes_to_a_fresh_descriptor(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(path)
    dead = writer._handle
    real = os.fsync

    def fsync(handle: int) -> None:
        if handle == dead:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    # The old descriptor's number must stay taken, or the fresh one would be given the same.
    monkeypatch.setattr(os, "close", lambda _: None)
    writer.append(progress(1))
    assert not writer.sync()
    assert writer.sync()
    monkeypatch.undo()
    os.close(dead)
    writer.close()
    assert list(read_events(path)) == [progress(1)]


def test_the_last_events_of_a_long_journal(path: Path) -> None:
    write(path, *map(progress, range(1, 3001)))
    last = last_events(path, most_bytes=1000)
    assert 3 < len(last) < 12
    assert last[-1] == progress(3000)
