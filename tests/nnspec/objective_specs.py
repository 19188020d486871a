"""Real objectives as specs, and a catalog with the losses that they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from nnspec.catalog import Catalog, Kind
from nnspec.document import analyse
from nnspec.params import param, params_of
from nnspec.shapes import Interface, Shape


@dataclass(frozen=True, slots=True)
class Mse:
    """Squared error."""

    takes: ClassVar[tuple[str, ...]] = ("of", "against")


@dataclass(frozen=True, slots=True)
class BceWithLogits:
    """Yes or no, from raw scores."""

    takes: ClassVar[tuple[str, ...]] = ("of", "against")


@dataclass(frozen=True, slots=True)
class CrossEntropy:
    """The class."""

    label_smoothing: float = param(0.0, low=0, high=1, help="Share of certainty spread.")


@dataclass(frozen=True, slots=True)
class Minimize:
    """The mean of one formula."""

    takes: ClassVar[tuple[str, ...]] = ("of",)


@dataclass(frozen=True, slots=True)
class InfoNce:
    """Pairs belong together."""

    takes: ClassVar[tuple[str, ...]] = ("of", "against")
    temperature: float = param(0.07, above=0, help="How sharp.")


@dataclass(frozen=True, slots=True)
class Triplet:
    """Nearer to what is alike."""

    takes: ClassVar[tuple[str, ...]] = ("anchor", "positive", "negative")
    margin: float = param(1.0, above=0, help="By how much.")


def _loss(name: str, make: type[Any]) -> Kind:
    return Kind("loss", name, "", make.__doc__ or "", make, params=params_of(make))


def _catalog() -> Catalog:
    found = Catalog.discover()
    losses = {
        "mse": Mse,
        "bce_with_logits": BceWithLogits,
        "cross_entropy": CrossEntropy,
        "minimize": Minimize,
        "info_nce": InfoNce,
        "triplet": Triplet,
    }
    others = ("layer", "optimizer", "schedule", "source", "column", "metric")
    kinds = [kind for family in others for kind in found.of(family)]
    return Catalog([*kinds, *(_loss(name, make) for name, make in losses.items())])


CATALOG = _catalog()
PICTURES = Interface({"image": Shape((1, 28, 28))}, {}, "image")
LABELLED = Interface({"image": Shape((1, 28, 28))}, {"label": Shape((10,))}, "image")
PAIRS = Interface({"image": Shape((3, 32, 32)), "caption": Shape((16,), "int")}, {})
TABLE = Interface(
    {"features": Shape((14,))}, {"price": Shape((1,)), "kind": Shape((4,))}, "features"
)
TRIPLES = Interface({name: Shape((1, 28, 28)) for name in ("anchor", "alike", "other")}, {})

VAE = """\
netwright: 1
params: {codes: 8, beta: 0.5}
data: {source: digits/}
model:
  - flatten
  - linear: 64
  - relu:
    name: body
  - linear: $codes
    name: mean
  - linear: $codes
    from: body
    name: spread
  - reparameterize: [mean, spread]
  - linear: 784
  - reshape: [1, 28, 28]
train:
  losses:
    - mse: {of: output, against: image}
    - minimize:
        of: "0.5 * sum(exp(spread) + square(mean) - 1 - spread)"
        weight: "$beta * clamp(epoch / 10, 0, 1) / 784"
  preview: {of: "output", count: 16}
"""

GAN = """\
netwright: 1
data: {source: digits/}
models:
  painter:
    input: {z: [64]}
    layers:
      - linear: 784
      - sigmoid
      - reshape: [1, 28, 28]
  critic:
    input: image
    layers:
      - conv2d: {out_channels: 8, kernel_size: 3, stride: 2}
      - relu:
        name: seen
      - flatten
      - linear: 1
train:
  steps:
    - update: critic
      let: {fake: "painter(normal(64))"}
      losses:
        - bce_with_logits: {of: "critic(image)", against: 1}
        - bce_with_logits: {of: "critic(stop_gradient(fake))", against: 0}
    - update: painter
      optimizer: {adamw: {lr: 0.0002}}
      let: {fake: "painter(normal(64))"}
      losses:
        - bce_with_logits: {of: "critic(fake)", against: 1}
        - mse: {of: "mean(critic(fake).seen)", against: "mean(critic(image).seen)", weight: 0.1}
  preview: "painter(normal(64))"
"""

WGAN = (
    GAN[: GAN.index("train:")]
    + """\
train:
  steps:
    - update: critic
      times: 5
      let:
        fake: "stop_gradient(painter(normal(64)))"
        between: "mix(image, fake)"
        slope: "norm(derivative(critic(between), between))"
      losses:
        - minimize: "critic(fake) - critic(image)"
        - minimize: {of: "square(slope - 1)", weight: 10}
    - update: painter
      losses:
        - minimize: "-critic(painter(normal(64)))"
"""
)

CLIP = """\
netwright: 1
data: {source: pairs/}
models:
  seeing: {input: image, layers: [{conv2d: 8}, global_avg_pool, {linear: 32}]}
  reading:
    input: caption
    layers: [{embedding: {num_embeddings: 100, embedding_dim: 16}}, global_avg_pool, {linear: 32}]
train:
  losses:
    - info_nce:
        of: "normalize(seeing(image))"
        against: "normalize(reading(caption))"
        temperature: 0.1
"""

PHYSICS = """\
netwright: 1
data: {source: points.csv, target: price}
models:
  field: {input: {x: [1], t: [1]}, layers: [{concat: [x, t]}, {linear: 32}, tanh, {linear: 1}]}
train:
  let:
    x: "uniform(1, low=-1, high=1)"
    t: "uniform(1)"
    u: "field(x, t)"
  losses:
    - mse: {of: "derivative(u, t)", against: "0.1 * derivative(derivative(u, x), x)"}
    - mse: {of: "field(x, 0 * t)", against: "sin(3.14 * x)"}
"""

TRIPLET = """\
netwright: 1
data: {source: triples/}
models:
  tower: {input: {picture: anchor}, layers: [flatten, {linear: 32}]}
train:
  losses:
    - triplet: {anchor: tower(anchor), positive: tower(alike), negative: tower(other), margin: 0.5}
"""

TASKS = """\
netwright: 1
data: {source: homes.csv, target: [price, kind]}
model:
  - linear: 32
  - relu:
    name: body
  - linear: auto
    name: price_head
  - linear: auto
    from: body
    name: kind_head
outputs: {price: price_head, kind: kind_head}
train:
  losses:
    - mse: {of: price_head, against: price}
    - cross_entropy: {of: kind_head, against: kind, weight: 0.3, label_smoothing: 0.1}
"""

SPECS = {
    "vae": (VAE, PICTURES),
    "gan": (GAN, LABELLED),
    "wgan": (WGAN, PICTURES),
    "clip": (CLIP, PAIRS),
    "physics": (PHYSICS, TABLE),
    "triplet": (TRIPLET, TRIPLES),
    "tasks": (TASKS, TABLE),
}


def analysed(text: str, interface: Interface | None = None):
    """The analysis of a text with the catalog of this module."""
    return analyse(text, CATALOG, interface)
