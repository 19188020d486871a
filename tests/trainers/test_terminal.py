"""What people and programs see of a training."""

import dataclasses
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.trainers.test_history import ended, judged, progress, started
from trainers.events import Continued, Event, Noticed, Paused, Status
from trainers.terminal import Terminal, duration


def shown(*events: Event, terminal: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=120, highlight=False)
    with Terminal(Path("adult.runs/brisk-fox"), console) as view:
        for event in events:
            view(event)
            view._bar.refresh()
    return stream.getvalue()


def test_a_log_has_the_lasting_lines_only() -> None:
    events = [started(0), *map(progress, range(1, 10)), judged(1), ended(10)]
    lines = shown(*events).strip().splitlines()
    assert lines[0] == "3 parameters on cpu, 1 thread; rows: 100 train"
    assert lines[1] == "epoch 1/5  val_loss 1  val_accuracy 0.1  1.0 s  best so far"
    assert lines[2] == "finished at step 10"
    assert lines[3] == "test_loss 0.5"
    assert not any("rows/s" in line for line in lines)


def test_a_terminal_has_a_bar_with_loss_and_time() -> None:
    text = shown(started(0), progress(25), terminal=True)
    assert "epoch 3/5" in text
    assert "50 %" in text
    assert "loss 0.03846" in text
    assert "12 s, 25 s left" in text


def test_pauses_notices_and_resumption_are_told() -> None:
    text = shown(
        started(20),
        Paused(step=25),
        Continued(step=25),
        Noticed(
            severity="warning", code="x", message="disk [bold]full[/]\x1b[2J", hint="free some"
        ),
    )
    assert "from step 20" in text
    assert "paused at step 25; go on: netwright resume adult.runs/brisk-fox" in text
    assert "going on from step 25" in text
    assert "warning: disk [bold]full[/]\\x1b[2J (free some)" in text


@pytest.mark.parametrize(
    ("status", "told"), [("interrupted", True), ("stopped", True), ("finished", False)]
)
def test_an_unfinished_run_says_how_it_goes_on(status: Status, told: bool) -> None:
    text = shown(started(0), dataclasses.replace(ended(71), status=status))
    assert ("netwright resume adult.runs/brisk-fox" in text) == told


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (8.26, "8.3 s"), (59.4, "59 s"), (185, "3:05"), (7201, "2:00:01")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_closed_pipe_ends_the_output_and_nothing_else() -> None:
    code = (
        "from tests.trainers.test_history import progress\n"
        "from trainers.terminal import JsonLines\n"
        "show = JsonLines()\n"
        "for step in range(1, 20000): show(progress(step))\n"
        "import sys; print('went on', file=sys.stderr)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["kind"] == "progress"
    process.stdout.close()
    assert process.stderr.read() == "went on\n"
    assert process.wait() == 0
    process.stderr.close()
