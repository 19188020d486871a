"""Pictures of circles, squares and triangles, with masks, classes and captions."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, pictures, words
from trainers.texts import Array

_SIZE = 32
_SMALL = 8
_SHAPES = ("circle", "square", "triangle")
_COLOURS = {"red": (220, 40, 40), "green": (40, 180, 60), "blue": (50, 80, 220)}


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make pictures of 32 x 32 pixels with one shape each, on a background of noise."""
    shape = np.arange(rows) % len(_SHAPES)
    colour = generator.integers(0, len(_COLOURS), rows)
    radius = generator.uniform(5, 11, rows)
    middle = generator.uniform(0, 1, (rows, 2)) * (_SIZE - 2 * radius[:, None]) + radius[:, None]
    masks = np.stack([_mask(int(shape[row]), middle[row], radius[row]) for row in range(rows)])
    paint = np.array(list(_COLOURS.values()))[colour][:, None, None, :]
    drawn = np.where(masks[..., None] > 0, paint, 30.0)
    drawn = drawn + 255 * noise * generator.standard_normal(drawn.shape)
    captions = [
        f"a {'small' if radius[row] < _SMALL else 'large'} {tuple(_COLOURS)[colour[row]]} "
        f"{_SHAPES[shape[row]]}"
        for row in range(rows)
    ]
    return Sample(
        {
            "image": pictures(drawn.clip(0, 255).astype(np.uint8), "shape"),
            "mask": pictures(masks, "mask"),
            "shape": labels(shape, _SHAPES),
            "caption": words(captions),
        },
        ("shape",),
        {"image": "image", "mask": "mask", "caption": "text"},
    )


def _mask(shape: int, middle: Array, radius: float) -> Array:
    """Return 255 inside the shape, uint8."""
    y, x = np.mgrid[:_SIZE, :_SIZE] + 0.5
    y, x = (y - middle[0]) / radius, (x - middle[1]) / radius
    inside = (
        x**2 + y**2 <= 1,
        np.maximum(abs(x), abs(y)) <= 0.85,
        (y <= 0.8) & (y >= 2 * abs(x) - 1),
    )[shape]
    return np.where(inside, 255, 0).astype(np.uint8)
