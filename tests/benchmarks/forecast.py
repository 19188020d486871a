"""The forecast of memory and time beside what trainings of the gallery really take.

    python -m tests.benchmarks.forecast [NAME …]

Each template is prepared and trained for three epochs in a process of its own, on one thread. Its
time is the processor's, not the clock's, because a shared machine is slow at odd moments; the
quicker of the second and the third epoch counts. Its memory is the highest resident set while it
trains, less what it was when the same process had trained something tiny. The
speed of the machine is measured once; no run corrects it, so errors are those of a first training.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from trainers.templates import templates

PATIENCE = 150
HEAD = "| template | MB, forecast | MB, real | error | s an epoch, forecast | real | error |"


def child(name: str) -> dict[str, Any]:
    """Train one template and return what it took beside what was forecast."""
    from nnspec.catalog import Catalog
    from tests.trainers.small_plans import Kept, Wishes
    from trainers.calibration import measured_speed
    from trainers.events import EpochEnded
    from trainers.loop import train
    from trainers.plan import Plan, make_plan

    catalog = Catalog.discover()

    def planned(name: str) -> Plan:
        spec = next(each for each in templates() if each.name == name).spec
        lines = spec.read_text(encoding="utf-8").splitlines()
        text = "\n".join("  epochs: 3" if "  epochs:" in each else each for each in lines)
        plan = make_plan(text, spec.parent, catalog, device="cpu", threads=1, seed=0)
        if isinstance(plan, tuple):
            raise SystemExit(f"{name}: {plan[0].message}")
        return plan

    def trained(plan: Plan) -> Iterator[float]:
        yield time.process_time()
        for event in train(plan, None, Wishes(), Kept()):
            if isinstance(event, EpochEnded):
                yield time.process_time()

    measured_speed(1)
    list(trained(planned("perceptron")))
    gc.collect()
    before = _status("VmRSS")
    plan = planned(name)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    epochs = [end - begin for begin, end in pairwise(list(trained(plan)))]
    found = plan.forecast
    assert found is not None
    memory = {n: getattr(found.memory, n) for n in found.memory.__slots__}
    return {
        "memory": found.memory.total,
        "by_part": memory,
        "peak": _status("VmHWM") - before,
        "work": [found.demand.work.__getattribute__(n) for n in found.demand.work.__slots__],
        "steps": found.demand.steps,
        "updates": found.demand.updates,
        "seconds": found.seconds_per_epoch,
        "taken": min(epochs[1:] or epochs),
    }


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(field)


def measured(names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what each template took; one that fails is named and passed over."""
    for each in templates():
        if names and each.name not in names:
            continue
        try:
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.forecast", "--one", each.name],
                check=True,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            said = (getattr(error, "stderr", "") or "").strip().splitlines()
            print(f"{each.name}: {said[-1] if said else error}", file=sys.stderr, flush=True)
            continue
        yield each.name, json.loads(done.stdout.splitlines()[-1])


def line(name: str, of: dict[str, Any]) -> str:
    """One line of the table."""
    memory, seconds = of["memory"] / of["peak"] - 1, of["seconds"] / of["taken"] - 1
    return (
        f"| {name} | {of['memory'] / 2**20:.0f} | {of['peak'] / 2**20:.0f} | {memory:+.0%} "
        f"| {of['seconds']:.3f} | {of['taken']:.3f} | {seconds:+.0%} |"
    )


def main() -> None:
    """Measure the machine, then every template, and print the table."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(child(sys.argv[2])))
        return
    from trainers.calibration import measured_speed
    from trainers.speed import keep_speed

    keep_speed(measured_speed(1), 1, "cpu")
    found: list[dict[str, Any]] = []
    print(f"{HEAD}\n|---|---|---|---|---|---|---|", flush=True)
    for name, each in measured(sys.argv[1:]):
        found.append(each)
        print(json.dumps({name: each}), file=sys.stderr, flush=True)
        print(line(name, each), flush=True)
    for title, forecast, real in (("memory", "memory", "peak"), ("time", "seconds", "taken")):
        errors = sorted(abs(each[forecast] / each[real] - 1) for each in found)
        tenth = errors[min(int(0.9 * len(errors)), len(errors) - 1)]
        print(f"{title}: median error {statistics.median(errors):.0%}, 90th percentile {tenth:.0%}")


if __name__ == "__main__":
    main()
