"""Every template of the gallery trained to its end, by the command line alone.

`python -m tests.benchmarks.templates [NAME …]` trains each as it stands and prints a table of
Markdown: rows, parameters, seconds, how its loss falls, and what it reaches on the test part.
Runs stay in the folder that `NETWRIGHT_KEPT` names, so that previews can be looked at.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from trainers.templates import Template, templates

ROOT = Path(__file__).resolve().parents[2]
HEAD = (
    "| template | training rows | parameters | seconds | validation loss, first and best | test |"
)
RULE = "|---|---|---|---|---|---|"


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


def train(folder: Path) -> list[dict[str, Any]]:
    """Train `spec.yaml` of a folder as its run `run` and return the events."""
    command(folder, "train", "spec.yaml", "--run", "run", "--json")
    lines = (folder / "run" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def ended(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The last event, which holds the figures of the best epoch and of the test part."""
    return next(each for each in events if each["kind"] == "run_ended")


def measure(chosen: Template, folder: Path) -> str:
    """Train one template and return its line of the table."""
    folder.mkdir(parents=True)
    shutil.copy(chosen.spec, folder / "spec.yaml")
    begun = time.monotonic()
    events = train(folder)
    seconds = time.monotonic() - begun
    first = next(each for each in events if each["kind"] == "run_started")
    metrics = ended(events)["metrics"]
    reached = {key[5:]: value for key, value in metrics.items() if key.startswith("test_")}
    shown = ", ".join(f"{key} {value:.4f}" for key, value in reached.items())
    rows, parameters = first["rows"]["train"], first["parameters"]
    course = _course(events)
    return f"| {chosen.name} | {rows:,} | {parameters:,} | {seconds:.0f} | {course} | {shown} |"


def _course(events: list[dict[str, Any]]) -> str:
    """The first and the least loss of the validation rows, or of the training rows."""
    epochs = [each["metrics"] for each in events if each["kind"] == "epoch_ended"]
    watched = "val_loss" if "val_loss" in epochs[0] else "train_loss"
    losses = [each[watched] for each in epochs]
    return f"{losses[0]:.4f}, {min(losses):.4f}"


def main() -> None:
    """Train those that are named, or all, and print the table."""
    wanted = sys.argv[1:]
    print(f"{HEAD}\n{RULE}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        kept = Path(os.environ.get("NETWRIGHT_KEPT", place))
        for chosen in templates():
            if not wanted or chosen.name in wanted:
                try:
                    print(measure(chosen, kept / chosen.name), flush=True)
                except subprocess.CalledProcessError as error:
                    print(f"| {chosen.name} | failed with {error.returncode} |", flush=True)


if __name__ == "__main__":
    main()
