"""A graph of people in four communities: friends mostly are of the same one."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels
from trainers.table import Arrays

_COMMUNITIES = ("north", "east", "south", "west")
_FRIENDS = 5
_HINTS = 16


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make nodes with five friends each and 16 weak hints at their community.

    Noise is the share of friends who are of any community.
    """
    community = np.arange(rows) % len(_COMMUNITIES)
    own = generator.integers(0, max(1, rows // len(_COMMUNITIES)), (rows, _FRIENDS))
    friends = own * len(_COMMUNITIES) + community[:, None]
    strangers = generator.integers(0, rows, friends.shape)
    friends = np.where(generator.random(friends.shape) < noise, strangers, friends)
    pairs = np.stack([np.repeat(np.arange(rows), _FRIENDS), friends.reshape(-1)], axis=1)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    edges = np.unique(both[both[:, 0] != both[:, 1]], axis=0)
    hints = generator.standard_normal((len(_COMMUNITIES), _HINTS))[community]
    seen = hints + 3 * generator.standard_normal((rows, _HINTS))
    return Sample(
        {"features": Arrays(seen), "community": labels(community, _COMMUNITIES)},
        ("community",),
        {"features": "array"},
        whole={"edges": edges.astype(np.int64)},
    )
