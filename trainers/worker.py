"""The process that trains: takes a run, goes on where its newest checkpoint is, keeps its journal.

It is the only writer of a run folder. Whatever happens to it, the folder can be taken up again: it
checkpoints at a step boundary when it is asked to leave, and loses one interval when it is killed.
"""

from __future__ import annotations

import faulthandler
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import torch

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from trainers.checkpoints import Found, newest
from trainers.events import Noticed, RunEnded
from trainers.exits import FAILED, INVALID, OK, exit_code, refusal, trouble
from trainers.interrupts import Interrupted, Interrupts
from trainers.job import Control, Job, Prepare, job_of
from trainers.journal import JournalWriter
from trainers.manifest import repoint, set_aside, sweep
from trainers.monitor import Gpu, Monitor
from trainers.record import RunRecord
from trainers.recorder import Publish, Recorder
from trainers.reporting import report
from trainers.runs import RunFolder, open_run
from trainers.saving import Saver
from trainers.versions import versions

Complain = Callable[[Sequence[Problem]], int]


def work(
    run: RunFolder,
    catalog: Catalog,
    publish: Publish,
    *,
    complain: Complain | None = None,
    prepare: Prepare | None = None,
    accept_changed: bool = False,
) -> int:
    """Train a run, from its beginning or from its newest checkpoint, and return the exit code.

    Args:
        run: the run; nobody else may be working on it (exit code 6).
        catalog: all known kinds.
        publish: gets every event, in order, from more than one thread, one at a time.
        complain: gets problems and returns their exit code; prints them by default.
        prepare: what makes a job of the run; reads the spec and its data by default.
        accept_changed: go on although the data is not what it was.
    """
    complain = complain or _complain
    record = run.record()
    lock = run.lock() if isinstance(record, RunRecord) else record
    if isinstance(lock, Problem) or isinstance(record, Problem):
        return complain([problem for problem in (lock, record) if isinstance(problem, Problem)][:1])
    with ExitStack() as stack:
        stack.callback(lock.release)
        try:
            sweep(run)
            journal = JournalWriter(run.events_path)
        except OSError as error:
            return complain([refusal(error, run.path)])
        stack.callback(journal.close)
        recorder = Recorder(run, journal, publish)
        if recorder.before and recorder.before.status == "finished":
            publish(recorder.before)
            return OK
        interrupts = stack.enter_context(Interrupts())
        stack.enter_context(Monitor(recorder.record, journal.flush, Gpu.open()))
        shift = _Shift(run, record, catalog, recorder, interrupts, accept_changed=accept_changed)
        return shift.guarded(prepare or job_of, complain)


class _Shift:
    """One worker's time with a run, from taking the lock to giving it back."""

    def __init__(
        self,
        run: RunFolder,
        record: RunRecord,
        catalog: Catalog,
        recorder: Recorder,
        interrupts: Interrupts,
        *,
        accept_changed: bool,
    ) -> None:
        self._run = run
        self._record = record
        self._catalog = catalog
        self._recorder = recorder
        self._interrupts = interrupts
        self._accept_changed = accept_changed

    def guarded(self, prepare: Prepare, complain: Complain) -> int:
        """Train; whatever is raised becomes the recorded end of the run."""
        try:
            problems = self._train(prepare)
        except Interrupted:
            self._recorder.end("interrupted")
            return self._interrupts.exit_code
        except (MemoryError, torch.OutOfMemoryError) as error:
            problems = [_out_of_memory(error)]
        except OSError as error:
            self._log(error)
            problems = [refusal(error, error.filename or self._run.path)]
        except Exception as error:  # noqa: BLE001 - a failed run is recorded with its cause
            self._log(error)
            problems = [_bug(error)]
        if problems:
            return self._refuse(problems, complain)
        return self._exit_code(complain)

    def _train(self, prepare: Prepare) -> Sequence[Problem]:
        self._interrupts.preparing = True
        job = prepare(self._run, self._record, self._catalog)
        if not isinstance(job, Job):
            return job
        found = newest(self._run)
        self._interrupts.preparing = False
        problems = self._changes(job)
        if isinstance(found, Problem) or problems:
            return [*problems, *([found] if isinstance(found, Problem) else [])]
        self._settle(job, found)
        control = Control(self._run, self._interrupts)
        saver = Saver(self._run, self._recorder, control.leaving)
        for event in job.train(found.snapshot, control, saver):
            self._recorder.record(event)
        self._run.clear("stop")
        return []

    def _settle(self, job: Job, found: Found) -> None:
        """Write down what the run is done with, and put what is damaged out of the way."""
        for notice in found.notices:
            self._recorder.record(notice)
        for name in found.damaged:
            set_aside(self._run, name)
        repoint(self._run)
        now, before = versions(), self._record.versions
        if found.snapshot is not None and any(before.get(n, v) != v for n, v in now.items()):
            self._recorder.notice(
                "versions.changed",
                "this run was begun with other versions; it may not be bit-identical to one go",
            )
        self._run.write_record(
            replace(
                self._record,
                versions=now,
                device=job.device,
                seed=job.seed,
                threads=job.threads,
                data=job.data,
            )
        )

    def _changes(self, job: Job) -> list[Problem]:
        before = self._record.data
        if before is None or dict(before) == dict(job.data):
            return []
        names = sorted(n for n in {*before, *job.data} if before.get(n) != job.data.get(n))
        message = f"the data has changed since the run began: {', '.join(names)}"
        if self._accept_changed:
            self._recorder.notice("data.changed", message)
            return []
        hint = "restore it, or go on with what is there now: --accept-changed"
        return [trouble("data.changed", message, hint=hint)]

    def _refuse(self, problems: Sequence[Problem], complain: Complain) -> int:
        first = next((p for p in problems if p.severity == "error"), problems[0])
        for problem in problems:
            if problem is not first:
                words = problem.message
                self._recorder.record(
                    Noticed(severity=problem.severity, code=problem.code, message=words)
                )
        self._recorder.end("failed", first.message, first.hint, first.code)
        return complain(problems)

    def _exit_code(self, complain: Complain) -> int:
        ended = self._recorder.ended
        if ended is None:
            self._recorder.end("stopped")
            return OK
        if ended.status == "interrupted":
            return self._interrupts.exit_code
        if ended.status != "failed":
            return OK
        words = ended.message or "the training failed"
        complain([trouble(ended.code or "training", words, hint=ended.hint)])
        return failure_code(ended)

    def _log(self, error: BaseException) -> None:
        """Keep where it happened; the user gets a sentence."""
        words = "".join(traceback.format_exception(error))
        try:
            with self._run.log_path.open("a", encoding="utf-8") as log:
                log.write(words)
        except OSError:
            sys.stderr.write(words)


def failure_code(ended: RunEnded) -> int:
    """Return the exit code of a run that failed."""
    code = exit_code([trouble(ended.code or "training", ended.message or "")])
    return FAILED if code == INVALID else code


def main(argv: Sequence[str]) -> int:
    """Work on the run folder named by `argv`, without a terminal: the window's worker."""
    faulthandler.enable()
    if len(argv) != 1:
        return _complain([trouble("usage", "a worker takes one run folder")])
    run = open_run(Path(argv[0]))
    if isinstance(run, Problem):
        return _complain([run])

    def complain(problems: Sequence[Problem]) -> int:
        return report(problems, str(run.spec_path), run.text(), as_json=False)

    return work(run, Catalog.discover(), lambda _: None, complain=complain)


def _complain(problems: Sequence[Problem]) -> int:
    return report(problems, "spec.yaml", "", as_json=False)


def _out_of_memory(error: BaseException) -> Problem:
    words = "the memory is not enough for this training"
    if isinstance(error, torch.OutOfMemoryError):
        words = "the memory of the device is not enough for this training"
    return trouble("resource.memory", words, hint="make batch_size or the network smaller")


def _bug(error: BaseException) -> Problem:
    return trouble(
        "training.error",
        f"the training failed: {type(error).__name__}: {error}",
        hint="worker.log in the run folder says where",
    )
