"""Each family of networks on real data: from the file to the test metrics, by the command line.

`python -m tests.benchmarks.reference [NAME ...]` trains what is named, or all, judges the test part
once for each seed, and prints a table of Markdown. `adult` and `fashion` are specs as `netwright
new` writes them; every other name is a file of `tests/benchmarks/reference`, which says where the
data is and what it is held against, completed by the network and the training of a template.
Nothing is cached beforehand: each case has a fresh home.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from nnspec.catalog import Catalog
from nnspec.problems import Problems
from nnspec.syntax import plain, read
from trainers.check import look
from trainers.templates import fitted_to, template

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
SPECS = Path(__file__).with_suffix("")
LOW = ("loss", "rmse", "mae")
"""Figures of which less is better."""

HEAD = (
    "| data | network | test rows | reached | goal | measured before | seconds | threads | load |"
)
RULE = "|---|---|---|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Case:
    """What is trained, and what it is held against.

    Attributes:
        network: the template, or `new` for what `netwright new` writes.
        goal: the figures that have to be reached, by the names `evaluate` gives them.
        floor: what simpler methods reach on the same rows, in words.
        seeds: how many trainings; figures are means.
        new: the words of `netwright new`; () where `text` is the spec.
    """

    network: str
    goal: dict[str, float]
    floor: str
    seeds: int = 1
    new: tuple[str, ...] = ()
    text: str = ""


BY_NEW = {
    "adult": Case(
        "as `new` writes it",
        {"accuracy": 0.85, "auroc": 0.90},
        "a regression 0.853, AUC 0.906; boosted trees 0.871, 0.927",
        new=("adult/adult.data", "--target", "income"),
    ),
    "fashion": Case(
        "as `new` writes it",
        {"accuracy": 0.90},
        "a perceptron of 256 has 0.864 on these 15,000; 60,000 give 0.876 to 0.925",
        seeds=3,
        new=("fashion_mnist",),
    ),
}


@dataclass(slots=True)
class Measured:
    """The figures of all seeds of a case."""

    figures: list[dict[str, float]] = field(default_factory=list[dict[str, float]])
    seconds: list[float] = field(default_factory=list[float])
    rows: int = 0
    threads: int = 0
    load: float = 0.0

    def reached(self, name: str) -> float:
        """The mean of a figure over the seeds."""
        return mean(each[name] for each in self.figures)

    def spread(self, name: str) -> str:
        """The mean of a figure, and of several seeds the least and the greatest."""
        found = [each[name] for each in self.figures]
        several = f" ({min(found):.4g} to {max(found):.4g})" if len(found) > 1 else ""
        return f"{name} {mean(found):.4g}{several}"


def case(name: str) -> Case:
    """The case of that name.

    Raises:
        FileNotFoundError: there is none.
    """
    if name in BY_NEW:
        return BY_NEW[name]
    path = SPECS / f"{name}.yaml"
    text = path.read_text(encoding="utf-8").replace("../../../../shared/data", str(SHARED))
    about: Any = plain(read(text, Problems(text)))
    held = about["x-reference"]
    whole = completed(text, held["template"], {*about}) if "template" in held else text
    network = held.get("template", "of its own")
    return Case(network, held["goal"], held["floor"], held.get("seeds", 1), text=whole)


def completed(text: str, name: str, written: set[str]) -> str:
    """A spec with the sections of a template that it does not write itself."""
    chosen, catalog = template(name), Catalog.discover()
    own, _ = look(chosen.text(), chosen.folder, catalog) if chosen else (None, ())
    offered, _ = look(text, SPECS, catalog)
    if chosen is None or own is None or offered is None:
        sys.exit(f"the template {name} or the data it is put to cannot be read")
    sections = tuple({"params", "blocks", "model", "outputs", "train"} - written)
    return f"{text}\n{fitted_to(chosen, own.interface, offered.interface, sections)}"


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


def measure(chosen: Case, folder: Path) -> Measured:
    """Train and judge one case, once for each seed."""
    found = Measured(load=os.getloadavg()[0])
    begun = time.monotonic()
    if chosen.new:
        data, *others = chosen.new
        command(folder, "new", str(SHARED / data), *others, "-o", "spec.yaml")
    else:
        (folder / "spec.yaml").write_text(chosen.text, encoding="utf-8")
    for seed in range(chosen.seeds):
        run = f"run_{seed}"
        command(folder, "train", "spec.yaml", "--run", run, "--seed", str(seed), "--json")
        found.seconds.append(time.monotonic() - begun)
        judged = json.loads(command(folder, "evaluate", run, "--split", "test", "--json"))
        found.figures.append(judged["metrics"])
        found.rows = judged["rows"]
        record = json.loads((folder / run / "run.json").read_text(encoding="utf-8"))
        found.threads = record["threads"]
        begun = time.monotonic()
    return found


def line(name: str, chosen: Case, found: Measured) -> str:
    """The line of the table."""
    shown = ", ".join(found.spread(key) for key in chosen.goal)
    goal = ", ".join(f"{key} {value:g}" for key, value in chosen.goal.items())
    return (
        f"| {name} | {chosen.network} | {found.rows:,} | {shown} | {goal} | {chosen.floor} "
        f"| {mean(found.seconds):.0f} | {found.threads} | {found.load:.1f} |"
    )


def holds(chosen: Case, found: Measured) -> bool:
    """Whether every goal is reached."""
    return all(
        found.reached(key) <= bound if key in LOW else found.reached(key) >= bound
        for key, bound in chosen.goal.items()
    )


def main() -> int:
    """Measure the cases named, or all; 0 where every goal is reached."""
    names = sys.argv[1:] or [*BY_NEW, *sorted(path.stem for path in SPECS.glob("*.yaml"))]
    print(f"{HEAD}\n{RULE}", flush=True)
    passed: list[bool] = []
    for name in names:
        chosen = case(name)
        with tempfile.TemporaryDirectory() as place:
            found = measure(chosen, Path(place))
        print(line(name, chosen, found), flush=True)
        passed.append(holds(chosen, found))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
