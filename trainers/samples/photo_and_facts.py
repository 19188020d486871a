"""Pictures with facts beside them: what a thing weighs shows in neither alone."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, numbers, pictures
from trainers.texts import Array

_SIZE = 24
_SHAPES = ("disc", "square", "ring")
_DENSITIES = {"cork": 0.25, "wood": 0.7, "stone": 2.5}
_PIXEL = 0.25
"""The width of a pixel in centimetres."""


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make grey pictures of 24 x 24 pixels with one flat thing each, and a list of facts.

    Its weight in grams is its area, which only the picture shows, times its thickness and the
    density of its material, which only the list tells. Noise is that of the pixels.
    """
    shape = np.arange(rows) % len(_SHAPES)
    radius = generator.uniform(4, 10, rows)
    middle = _SIZE / 2 + (generator.random((rows, 2)) - 0.5) * (_SIZE - 2 * radius[:, None])
    inside = np.stack([_inside(int(shape[row]), middle[row], radius[row]) for row in range(rows)])
    material = generator.integers(0, len(_DENSITIES), rows)
    thickness = generator.uniform(0.5, 3, rows)
    area = inside.sum(axis=(1, 2)) * _PIXEL**2
    weight = area * thickness * np.array(list(_DENSITIES.values()))[material]
    drawn = np.where(inside, 200, 50) + 255 * noise * generator.standard_normal(inside.shape)
    return Sample(
        {
            "photo": pictures(drawn.clip(0, 255).astype(np.uint8), "thing"),
            "material": labels(material, tuple(_DENSITIES)),
            "thickness": numbers(thickness),
            "weight": numbers(weight),
            "shape": labels(shape, _SHAPES),
        },
        ("weight",),
        {"photo": "image", "thickness": "number", "weight": "number"},
    )


def _inside(shape: int, middle: Array, radius: float) -> Array:
    """Return where the thing is, bool."""
    y, x = np.mgrid[:_SIZE, :_SIZE] + 0.5
    y, x = (y - middle[0]) / radius, (x - middle[1]) / radius
    far = x**2 + y**2
    return (far <= 1, np.maximum(abs(x), abs(y)) <= 0.85, (far <= 1) & (far >= 0.3))[shape]
