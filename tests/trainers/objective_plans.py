"""Plans of written objectives over small made pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnspec.build import build, build_models
from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.shapes import Interface, Shape
from trainers.defaults import resolve_train
from trainers.fitted import Part, PixelScale
from trainers.plan import Plan
from trainers.targets import Target, Task

CATALOG = Catalog.discover()
PICTURES = Interface({"image": Shape((1, 8, 8))}, {}, "image")
LABELLED = Interface({"image": Shape((1, 8, 8))}, {"label": Shape((3,))}, "image")

GAN = """\
netwright: 1
data: {source: x/}
models:
  painter: {input: {z: [8]}, layers: [{linear: 64}, tanh, {reshape: [1, 8, 8]}]}
  critic:
    input: image
    layers: [flatten, {linear: 16}, relu, {dropout: 0.3}, {linear: 1}]
train:
  epochs: 3
  batch_size: 8
  steps:
    - update: critic
      let: {fake: "painter(normal(8))"}
      losses:
        - bce_with_logits: {of: "critic(image)", against: 0.9}
        - bce_with_logits: {of: "critic(stop_gradient(fake))", against: 0}
    - update: painter
      optimizer: {adam: {lr: 0.002}}
      losses:
        - bce_with_logits: {of: "critic(painter(normal(8)))", against: 1}
  preview: {of: "painter(normal(8))", count: 9}
"""
WGAN = """\
netwright: 1
data: {source: x/}
models:
  painter: {input: {z: [8]}, layers: [{linear: 64}, tanh, {reshape: [1, 8, 8]}]}
  critic: {input: image, layers: [flatten, {linear: 16}, tanh, {linear: 1}]}
train:
  epochs: 2
  batch_size: 8
  steps:
    - update: critic
      times: 2
      let:
        fake: "stop_gradient(painter(normal(8)))"
        between: "mix(image, fake)"
        slope: "norm(derivative(critic(between), between))"
      losses:
        - minimize: "critic(fake) - critic(image)"
        - minimize: {of: "square(slope - 1)", weight: 10}
    - update: painter
      every: 2
      losses:
        - wasserstein: "critic(painter(normal(8)))"
"""
VAE = """\
netwright: 1
data: {source: x/}
models:
  encoder:
    input: image
    layers:
      - flatten
      - linear: 16
      - relu
      - dropout:
          p: 0.2
        name: body
      - linear: 4
        name: middle
      - linear: 4
        from: body
        name: spread
      - concat: [middle, spread]
  decoder: {input: {code: [4]}, layers: [{linear: 64}, {reshape: [1, 8, 8]}]}
train:
  epochs: 3
  batch_size: 8
  let:
    centre: "encoder(image).middle"
    log_variance: "encoder(image).spread"
    code: "centre + exp(0.5 * log_variance) * normal(4)"
  losses:
    - mse: {of: "decoder(code)", against: image}
    - kl_normal: {mean: centre, log_variance: log_variance, weight: "0.01 * epoch"}
  preview: {of: "decoder(normal(4))", count: 4}
"""


def plan_of(
    text: str,
    interface: Interface = PICTURES,
    parts: Mapping[str, Part] | None = None,
    *,
    run: str = "",
    seed: int = 5,
) -> Plan:
    """A plan of a spec, over `parts` or else made pictures."""
    analysis = analyse(text, CATALOG, interface)
    assert not [problem for problem in analysis.problems if problem.severity == "error"], (
        analysis.problems
    )
    targets = tuple(
        Target(name, task_of(shape), shape, labels_of(shape), (1,) * len(labels_of(shape)))
        for name, shape in interface.targets.items()
    )
    graph = analysis.graph
    return Plan(
        network=lambda: (build_models if graph.models else build)(graph),
        parts=parts or {name: pictures(24, seed) for seed, name in enumerate(PARTS)},
        targets=targets,
        train=resolve_train(analysis.spec.train, About(targets, interface), CATALOG),
        seed=seed,
        pixel_scales={"image": PixelScale((100.0,), (50.0,))},
        run=run,
    )


PARTS = ("train", "validation", "test")


class About:
    """What `resolve_train` asks."""

    def __init__(self, targets: tuple[Target, ...], interface: Interface) -> None:
        self.tasks = {target.name: target.task for target in targets}
        self.interface = interface


def task_of(shape: Shape) -> Task:
    return "regression" if shape.sizes == (1,) else "classification"


def labels_of(shape: Shape) -> tuple[str, ...]:
    return () if shape.sizes == (1,) else tuple(str(n) for n in range(int(shape.sizes[-1])))


def pictures(rows: int, seed: int, **targets: Any) -> Part:
    """Bytes brighter on one side than on the other."""
    random = np.random.default_rng(seed)
    bright = np.linspace(0, 150, 8)[None, None, None, :] + random.integers(0, 100, (rows, 1, 8, 8))
    return Part({"image": bright.astype(np.uint8)}, targets, np.arange(rows))
