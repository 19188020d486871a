"""Sound specs of every kind, each with what its data offers: the templates and the specs of tests.

`corpus()` looks at the data of a template once (into the cache of the program) and leaves out what
has no data on this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.document import Analysis, analyse
from nnspec.problems import Problems
from nnspec.shapes import Interface, Shape
from nnspec.syntax import plain, read
from tests.conftest import SHARED_DATA
from tests.nnspec.objective_specs import CATALOG as OBJECTIVES
from tests.nnspec.objective_specs import SPECS
from trainers.check import Checked, check, completed, judge, with_problems, written
from trainers.profile import Profile
from trainers.templates import Template, templates

CATALOG = Catalog.discover()

PHOTOS = Interface({"image": Shape((3, 32, 32))}, {"label": Shape((10,))}, "image")
ROWS = Interface({"features": Shape((14,))}, {"income": Shape((2,))}, "features")
WORDS = Interface(
    {"text": Shape(("length",), "int"), "text_length": Shape((), "int")},
    {"topic": Shape((4,))},
    "text",
    frozenset({"text_length"}),
)
MIXED = Interface(
    {"photo": Shape((3, 64, 64)), "features": Shape((9,))}, {"price": Shape((1,))}, None
)

RESIDUAL = """\
netwright: 1
name: Residual
params: {width: 16}
data: {source: photos/, target: label}
blocks:
  residual:
    params: {channels: null, stride: 1}
    layers:
      - conv2d: {out_channels: $channels, kernel_size: 3, stride: $stride}
      - batch_norm
      - relu
      - conv2d: {out_channels: $channels, kernel_size: 3}
      - batch_norm:
        name: body
      - conv2d: {out_channels: $channels, kernel_size: 1, stride: $stride}
        from: input
        name: skip
      - add: [body, skip]
      - relu
model:
  - conv2d: {out_channels: $width, kernel_size: 3}
  - group_norm: {num_groups: 4}
  - relu
  - residual: {channels: $width}
    repeat: 2
  - residual: {channels: "${width * 2}", stride: 2}
  - max_pool2d: 2
  - global_avg_pool
  - dropout: 0.2
  - linear: auto
train:
  epochs: 8
  optimizer: {sgd: {lr: 0.05, momentum: 0.9}}
  schedule: {cosine: {warmup: 0.05}}
  early_stopping: {monitor: val_loss, patience: 3}
"""

TABULAR = """\
netwright: 1
# one network for a table
data:
  source: people.csv
  target: income
  columns: {age: number}
  split: {validation: 0.1, test: 0.2, stratify: income, seed: 7}
model:
  - linear: 64
  - batch_norm
  - relu:
    name: first
  - linear: 64
  - relu:
    name: second
  - add: [first, second]
  - dropout: 0.2
  - linear: auto
train:
  epochs: 20
  batch_size: 128
  optimizer: {adamw: {lr: 0.001}}
"""

TEXTS = """\
netwright: 1
data: {source: news.csv, target: topic}
model:
  - embedding: {num_embeddings: 5000, embedding_dim: 64}
  - positional_encoding
  - transformer_encoder_layer: {nhead: 4, dim_feedforward: 128}
    repeat: 2
  - gru: {hidden_size: 32}
  - linear: auto
train: {epochs: 5, optimizer: adamw}
"""

SEVERAL_INPUTS = """\
netwright: 1
data: {source: homes.csv, target: price}
model:
  - conv2d: {out_channels: 16, kernel_size: 3, stride: 2}
    from: photo
  - relu
  - global_avg_pool:
    name: seen
  - linear: 32
    from: features
  - relu:
    name: facts
  - concat: [seen, facts]
  - linear: auto
train: {epochs: 10}
"""

OWN: dict[str, tuple[str, Interface]] = {
    "residual": (RESIDUAL, PHOTOS),
    "tabular": (TABULAR, ROWS),
    "texts": (TEXTS, WORDS),
    "several_inputs": (SEVERAL_INPUTS, MIXED),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sound spec; `profile` is None where its data is only said, not there."""

    name: str
    text: str
    interface: Interface
    profile: Profile | None = None
    catalog: Catalog = CATALOG
    folder: Path = Path()

    def checked(self, text: str) -> Checked:
        """The same as a `Checked`, as the fixes ask for it."""
        analysis = self.verdict(text)
        return Checked(analysis, self.profile, analysis.problems)

    def verdict(self, text: str) -> Analysis:
        """The whole check of a text in the place of this one, with the data looked at before."""
        catalog = self.catalog
        analysis = analyse(completed(text, self.profile, catalog), catalog, self.interface)
        told = (*analysis.problems, *judge(analysis, self.profile, catalog))
        bare = replace(analysis, problems=())
        return with_problems(bare, written(text, told))


@cache
def corpus() -> tuple[Sample, ...]:
    """Every sound spec there is."""
    own = (Sample(name, *both) for name, both in OWN.items())
    objectives = (Sample(name, *both, None, OBJECTIVES) for name, both in SPECS.items())
    found = (*own, *objectives, *_templates())
    return tuple(each for each in found if each.verdict(each.text).sound)


def _folder(chosen: Template) -> Path:
    """Where the data of a template lies: with it, or among the real data sets."""
    tree = plain(read(chosen.text(), Problems(chosen.text())))
    data = tree.get("data") if isinstance(tree, dict) else None
    files = re.findall(r"[\w-]+\.(?:tsv|csv|txt)", str(data))
    found = next((path for name in files for path in sorted(SHARED_DATA.rglob(name))), None)
    return found.parent if found else chosen.folder


def _templates() -> Iterator[Sample]:
    for each in templates():
        folder = _folder(each)
        checked = check(each.text(), folder, CATALOG)
        if checked.sound and checked.profile:
            yield Sample(
                each.name, each.text(), checked.profile.interface, checked.profile, CATALOG, folder
            )
