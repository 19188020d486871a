"""Which items of a list are still there after a change of the text, told by what they say.

Keys cannot tell: with `linear` inserted above another `linear`, the second one's key moves on to
the first. So lists are compared from both ends, as texts are.
"""

from __future__ import annotations

from collections.abc import Sequence


def staying(before: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Old place to new place for the items that certainly stayed.

    One item between equal neighbours, in both lists, is the same item edited. Of equal items side
    by side of which some went, none is said to have stayed: nobody can know which.

    Args:
        before: what each item said.
        now: what each item says.
    """
    grown = len(now) - len(before)
    head = _alike(before, now)
    tail = _alike(before[::-1], now[::-1])
    if grown < 0:
        head, tail = min(head, len(now) - tail), min(tail, len(now) - head)
    else:
        tail = min(tail, len(before) - head)
    kept = {place: place for place in range(head)}
    kept |= {place: place + grown for place in range(len(before) - tail, len(before))}
    if grown == 0 and head + tail == len(now) - 1:
        kept[head] = head
    return kept


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items from the start on are equal."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
