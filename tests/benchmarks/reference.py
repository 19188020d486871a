"""From the file to the test metrics, by the command line alone: Adult and Fashion-MNIST.

`python -m tests.benchmarks.reference [adult|fashion]` writes a spec with `netwright new`, trains it
with no edit, judges the test part, and prints metrics and wall time. Nothing is cached beforehand:
each run has a fresh home.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
CASES = {
    "adult": (["adult/adult.data", "--target", "income"], {"accuracy": 0.85, "auroc": 0.90}),
    "fashion": (["fashion_mnist"], {"accuracy": 0.88}),
}


def command(folder: Path, *words: str) -> str:
    """Run the program in `folder` with a home of its own and return what it prints."""
    environment = os.environ | {"NETWRIGHT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "app.main", *words],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def measure(name: str) -> bool:
    """Run one case and print its figures; whether every bound holds."""
    (data, *target), bounds = CASES[name]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        begun = time.monotonic()
        command(folder, "new", str(SHARED / data), *target, "-o", "spec.yaml")
        written = time.monotonic()
        command(folder, "train", "spec.yaml", "--run", "run", "--seed", "0", "--json")
        trained = time.monotonic()
        judged = json.loads(command(folder, "evaluate", "run", "--split", "test", "--json"))
    metrics = judged["metrics"]
    shown = ", ".join(f"{key} {value:.4f}" for key, value in metrics.items())
    print(
        f"{name}: new {written - begun:.1f} s, train {trained - written:.1f} s, "
        f"{judged['rows']:,} test rows: {shown}"
    )
    return all(metrics[key] >= bound for key, bound in bounds.items())


def main() -> int:
    """Measure the cases named, or all."""
    passed = [measure(name) for name in sys.argv[1:] or CASES]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
