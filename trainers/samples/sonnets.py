"""Eight sonnets by Shakespeare as running text, for networks that write letter by letter."""

from __future__ import annotations

import math

import numpy as np

from nnspec.resources import resource
from trainers.generated import Sample, words

_SIZE = 65
"""64 letters that are seen, and at each of them the one that follows is wanted."""


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:  # noqa: ARG001
    """Make windows of 65 characters, evenly spread over the text; where the first begins is chance.

    The windows are in the order of the text, so that later parts are verses nobody has read.
    """
    text = resource("samples", "sonnets", "sonnets.txt").read_text(encoding="utf-8")
    stride = (len(text) - _SIZE) / rows
    starts = ((np.arange(rows) + generator.random()) * stride).astype(int)
    return Sample(
        {"text": words(text[start : start + _SIZE] for start in starts.tolist())},
        ("text",),
        {"text": "text"},
        in_order=math.ceil(_SIZE / stride) - 1,
    )
