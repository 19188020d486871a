"""How long the language takes: a keystroke in specs of three sizes, and the whole command `check`.

    python -m tests.benchmarks.language [ROUNDS]

Prints medians and 95th percentiles as a table of Markdown. Times of analyses are CPU time of this
process, those of `netwright check` user and system time of a process of its own.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.document import Document
from nnspec.problems import Edit
from nnspec.shapes import Interface, Shape

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = Interface({"image": Shape((3, 64, 64))}, {"label": Shape((10,))}, "image")
HEAD = "netwright: 1\nparams: {width: 16}\ndata: {source: photos, target: label}\n"


def spec(layers: int, head: str = HEAD) -> str:
    """A residual network of so many layers, written out, a line or two each."""
    rows = ["  - conv2d: {out_channels: $width, kernel_size: 3}\n    name: r0\n"]
    count, block = 1, 0
    while count + 6 <= layers - 2:
        block += 1
        rows += [
            "  - conv2d: {out_channels: $width, kernel_size: 3}\n",
            "  - batch_norm\n",
            "  - relu\n",
            f"  - conv2d: {{out_channels: $width, kernel_size: 3}}\n    name: c{block}\n",
            f"  - add: [c{block}, r{block - 1}]\n",
            f"  - relu:\n    name: r{block}\n",
        ]
        count += 6
    rows += ["  - relu\n"] * (layers - 2 - count)
    return f"{head}model:\n{''.join(rows)}  - global_avg_pool\n  - linear: auto\n"


def keystrokes(document: Document, rounds: int) -> list[float]:
    """Type and take back letters at random places of the model; CPU seconds of each analysis."""
    rng = random.Random(0)
    start = document.text.index("model:")
    times: list[float] = []
    for _ in range(rounds):
        place = rng.randrange(start, len(document.text))
        for edit in (Edit(place, place, rng.choice("ax1: ")), Edit(place, place + 1, "")):
            document.apply((edit,))
            begun = time.process_time()
            assert document.analysis.text == document.text
            times.append(time.process_time() - begun)
    return times


def values(document: Document, rounds: int) -> list[float]:
    """Change a number of the model to and fro: the text stays sound; CPU seconds of each."""
    place = document.text.rindex("kernel_size: 3") + len("kernel_size: ")
    times: list[float] = []
    for turn in range(2 * rounds):
        document.apply((Edit(place, place + 1, "53"[turn % 2]),))
        begun = time.process_time()
        assert document.analysis.sound
        times.append(time.process_time() - begun)
    return times


def command(folder: Path, layers: int, rounds: int) -> list[float]:
    """CPU seconds of whole processes `netwright check SPEC --json` on a sound spec."""
    sample = "netwright: 1\nparams: {width: 16}\ndata: {source: {sample: digits}, target: label}\n"
    path = folder / f"{layers}.yaml"
    path.write_text(spec(layers, sample), encoding="utf-8")
    environment = os.environ | {"NETWRIGHT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    times: list[float] = []
    for _ in range(rounds + 1):
        before = os.times()
        done = subprocess.run(
            [sys.executable, "-m", "app.main", "check", str(path), "--json"],
            env=environment, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        after = os.times()
        assert json.loads(done.stdout)["ok"]
        times.append(
            after.children_user + after.children_system
            - before.children_user - before.children_system
        )  # fmt: skip
    return times[1:]  # the first one looks at the data


def _row(what: str, times: list[float]) -> str:
    high = statistics.quantiles(times, n=20)[-1] if len(times) > 2 else max(times)
    return f"| {what} | {1000 * statistics.median(times):.1f} ms | {1000 * high:.1f} ms |"


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    catalog = Catalog.discover()
    print("| what | median | p95 |\n|---|---|---|", flush=True)
    for layers in (30, 300, 1000):
        document = Document(spec(layers), catalog, PHOTOS)
        assert document.analysis.sound
        assert len(document.analysis.graph.nodes) == layers
        print(_row(f"a number changed, {layers:,} layers", values(document, rounds)), flush=True)
        print(_row(f"a letter typed anywhere, {layers:,} layers", keystrokes(document, rounds)))
    with tempfile.TemporaryDirectory() as place:
        for layers in (30, 300, 1000):
            times = command(Path(place), layers, 5)
            print(_row(f"`netwright check`, {layers:,} layers, process", times), flush=True)


if __name__ == "__main__":
    main()
