"""Real runs over small files: made, trained by the worker, left in a folder."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from nnspec.catalog import Catalog
from trainers.events import Event
from trainers.runs import RunFolder, create
from trainers.trained import Trained, load_trained
from trainers.worker import work

FLOWERS = """
netwright: 1
data:
  source: flowers.csv
  target: kind
  columns: {length: number, width: number, colour: category}
model:
  - linear: 16
  - batch_norm
  - relu
  - dropout: 0.1
  - linear: auto
train: {epochs: 6, batch_size: 16, seed: 1, optimizer: {adamw: {lr: 0.01}}}
"""

HOUSES = """
netwright: 1
data: {source: houses.csv, target: price, columns: {area: number, rooms: number}}
model: [{linear: 8}, relu, {linear: auto}]
train: {epochs: 3, batch_size: 16, seed: 1}
"""

SHAPES = """
netwright: 1
data: {source: shapes, target: label, split: {validation: 0.2, test: 0.2}}
model:
  - conv2d: {out_channels: 4, kernel_size: 3}
  - relu
  - global_avg_pool
  - linear: auto
train: {epochs: 2, batch_size: 8, seed: 1}
"""


def write_rows(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """Write a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def flowers(
    path: Path, rows: int = 200, seed: int = 0, names: tuple[str, ...] = ("=rose", "iris", "-lily")
) -> None:
    """Flowers whose kind follows from length and colour; some names look like formulas."""
    random = np.random.default_rng(seed)
    kinds = random.integers(0, 3, rows)
    lengths = kinds * 2 + random.normal(size=rows) * 0.4
    colours = np.where(random.random(rows) < 0.8, np.array(["red", "blue", "red"])[kinds], "white")
    made = [
        [round(float(length), 3), round(float(random.normal()), 3), colour, names[kind]]
        for length, colour, kind in zip(lengths, colours, kinds, strict=True)
    ]
    write_rows(path, ["length", "width", "colour", "kind"], made)


def houses(path: Path, rows: int = 200, seed: int = 0) -> None:
    """Houses whose price follows from area and rooms."""
    random = np.random.default_rng(seed)
    area, rooms = random.uniform(20, 200, rows), random.integers(1, 8, rows)
    price = 3000 * area + 10000 * rooms + random.normal(size=rows) * 5000
    made: list[list[object]] = [
        [round(float(a), 1), int(r), round(float(p))]
        for a, r, p in zip(area, rooms, price, strict=True)
    ]
    write_rows(path, ["area", "rooms", "price"], made)


def shapes(folder: Path, each: int = 15) -> None:
    """Small pictures, dark and light, in a folder per class."""
    random = np.random.default_rng(0)
    for label, level in (("dark", 40), ("light", 200)):
        (folder / label).mkdir(parents=True)
        for number in range(each):
            pixels = np.clip(random.normal(level, 20, size=(8, 8)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{number:02}.png")


def trained_run(
    folder: Path, text: str, file: str, make: Callable[[Path], None]
) -> tuple[RunFolder, list[Event], int]:
    """Make the data, train the spec by the worker; return the run, its events and its code."""
    folder.mkdir(parents=True, exist_ok=True)
    make(folder / file)
    spec = folder / "spec.yaml"
    spec.write_text(text, encoding="utf-8")
    run = create(text, spec_path=spec, path=folder / "run")
    assert isinstance(run, RunFolder)
    events: list[Event] = []
    code = work(run, Catalog.discover(), events.append)
    return run, events, code


def network_of(run: RunFolder) -> Trained:
    """The run's best network."""
    trained = load_trained(run, Catalog.discover())
    assert isinstance(trained, Trained)
    return trained
