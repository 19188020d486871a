"""How soon the window is there, how smooth it stays, what being watched costs the training.

`python -m tests.benchmarks.window [rounds]`. The program itself runs in a process of its own, on
Xvfb where that is installed, else offscreen; a subclass of its window tells the time of what
happens. Train is pressed by a click on its button. Trust the ratios: the machine may be shared.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 12
TICK_SECONDS = 0.005
MIB = 2**20

# ---- inside the program: only what is imported late, so that nothing loads before its time


def say(word: str, *figures: float) -> None:
    """Tell the other process: a word, the time, this process's memory in MiB, more figures."""
    import psutil

    memory = psutil.Process().memory_info().rss / MIB
    print(word, time.monotonic(), memory, *figures, flush=True)


def run_program(arguments: Sequence[str], *, train: bool) -> int:
    """Open the window as the program does, with a window that tells what happens."""
    import app.window
    from tests.benchmarks.watched_window import watched

    app.window.Window = watched(app.window.Window, say, train=train)
    from app.start_up import open_window

    return open_window(arguments)


# ---- outside


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """The environment of the program: a screen of its own, a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "NETWRIGHT_HOME": home, "PYTHONPATH": str(ROOT)}
        if not shutil.which("Xvfb"):
            yield {**environment, "QT_QPA_PLATFORM": "offscreen"}
            return
        reading, writing = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24"],
            pass_fds=(writing,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as number:
            display = f":{number.readline().strip()}"
        yield {**environment, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        server.terminate()
        server.wait()


def told(words: Sequence[str], environment: Mapping[str, str], last: str) -> dict[str, list[float]]:
    """Run the program until it said its last word; return figures by word, times from its start."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.window", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    figures: dict[str, list[float]] = {}
    for line in process.stdout:
        word, moment, *rest = line.split()
        figures[word] = [float(moment) - begun, *map(float, rest)]
        if word == last:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    assert last in figures, f"the program ended before '{last}'"
    return figures


def digits(folder: Path) -> Path:
    """A copy of the sample that trains a few epochs."""
    shutil.copytree(ROOT / "resources/samples/digits", folder)
    spec = folder / "digits.yaml"
    text = spec.read_text(encoding="utf-8").replace("epochs: 40", f"epochs: {EPOCHS}")
    spec.write_text(text, encoding="utf-8")
    return spec


def trained_alone(spec: Path, environment: Mapping[str, str]) -> float:
    """Train with no window; return the p99 gap in ms of a bare loop that sleeps 5 ms at a time.

    That gap is the machine's share: what no window could do better.
    """
    from trainers.runs import RunFolder, create

    run = create(spec.read_text(encoding="utf-8"), spec_path=spec)
    assert isinstance(run, RunFolder)
    worker = subprocess.Popen(
        [sys.executable, "-m", "app.main", "--worker", str(run.path)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    gaps: list[float] = []
    last = time.perf_counter()
    while worker.poll() is None:
        time.sleep(TICK_SECONDS)
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now
    assert worker.returncode == 0
    return sorted(gaps)[int(len(gaps) * 0.99)]


def seconds(spec: Path) -> float:
    """How long the newest run trained, from its first to its last step, by its own clock."""
    from app.runs.run_model import newest_run
    from trainers.history import History, reduce
    from trainers.journal import read_events
    from trainers.runs import RunFolder

    run = newest_run(spec)
    assert isinstance(run, RunFolder)
    history = reduce(History(), read_events(run.events_path))
    assert history.state == "finished"
    return history.elapsed


def measure_start(rounds: int, environment: Mapping[str, str]) -> None:
    """Print how soon the window is there and what it takes."""
    starts = [told(["--open"], environment, "loaded") for _ in range(rounds)]
    for word, meaning in (("visible", "window visible"), ("loaded", "Train room loaded")):
        times = [start[word][0] for start in starts]
        memory = statistics.median(start[word][1] for start in starts)
        print(
            f"{meaning:<28} {statistics.median(times):6.2f} s ({min(times):.2f} at least)   "
            f"{memory:5.0f} MiB",
            flush=True,
        )


def measure_training(rounds: int, environment: Mapping[str, str]) -> None:
    """Print the first point, the gaps of the event loop, and what being watched costs."""
    alone: list[float] = []
    bare: list[float] = []
    watched: list[float] = []
    seen: list[dict[str, list[float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds):
            spec = digits(Path(folder) / f"alone-{turn}")
            bare.append(trained_alone(spec, environment))
            alone.append(seconds(spec))
            spec = digits(Path(folder) / f"watched-{turn}")
            seen.append(told(["--train", str(spec)], environment, "ended"))
            watched.append(seconds(spec))
    first = [figures["drawn"][0] - figures["clicked"][0] for figures in seen]
    print(f"click to first point drawn   {statistics.median(first):6.2f} s ({min(first):.2f})")
    print_gaps(seen)
    print(f"gap of a bare loop, p99      {statistics.median(bare):6.1f} ms ({min(bare):.1f})")
    mine, theirs = statistics.median(watched), statistics.median(alone)
    print(f"training, alone              {theirs:6.2f} s ({min(alone):.2f})")
    print(f"training, watched            {mine:6.2f} s ({min(watched):.2f})")
    pairs = statistics.median(w / a for w, a in zip(watched, alone, strict=True))
    print(f"watched / alone: of medians  {mine / theirs:6.3f}   ({min(watched) / min(alone):.3f})")
    print(f"median of paired ratios      {pairs:6.3f}")


def print_gaps(seen: Sequence[Mapping[str, Sequence[float]]]) -> None:
    """Print gaps between two ticks of a 5 ms timer, and the processor the window took."""
    names = ("gap, median", "gap, p99", "gap, longest", "gaps over 100 ms", "window's processor")
    units = ("ms", "ms", "ms", "", "% of a core")
    for place, (name, unit) in enumerate(zip(names, units, strict=True)):
        values = [figures["ended"][2 + place] for figures in seen]
        print(f"{name:<28} {statistics.median(values):6.1f} {unit} ({min(values):.1f})")


def main() -> None:
    """Measure, or be what is measured."""
    match sys.argv[1:]:
        case ["--open"]:
            sys.exit(run_program([], train=False))
        case ["--train", spec]:
            sys.exit(run_program([spec], train=True))
        case words:
            rounds = int(words[0]) if words else 5
            print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; median (least)")
            with screen() as environment:
                measure_start(rounds, environment)
                measure_training(rounds, environment)


if __name__ == "__main__":
    main()
