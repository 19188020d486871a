"""Where the nodes of a network stand, as pure functions of its wiring.

The list flows downward. Every node gets a rank (how far below the inputs it stands) and a lane (its
column): a chain keeps its lane, a branch opens one to the right. A wire that has to pass nodes of
its own lane runs on a track in the gap beside it, one track per source, so that skip connections
never cross a node. Nothing here recurses and nothing depends on Qt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

NODE_WIDTH = 232.0
NODE_HEIGHT = 54.0
RANK_GAP = 42.0
LANE_GAP = 36.0
TRACK_GAP = 16.0
MOST_TRACKS = 24
"""Further tracks are shared: a picture wider than this helps nobody."""

Wire = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Top left corner of a node, and the grid cell it comes from."""

    x: float
    y: float
    rank: int
    lane: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole arrangement.

    Attributes:
        places: by node key. tracks: x of the vertical part of a wire that passes ranks; wires to
        the next rank have none. outside: the wires whose track lies left of every node, where there
        is room for words.
    """

    places: Mapping[str, Place]
    tracks: Mapping[Wire, float]
    outside: frozenset[Wire] = frozenset()


def arrange(keys: Sequence[str], wires: Iterable[Wire]) -> Layout:
    """Place the nodes `keys` (in the order of the list) that `wires` (source, target) join.

    Wires that run up the list, or name a node that does not exist, are ignored here.
    """
    position = {key: index for index, key in enumerate(keys)}
    down = [w for w in dict.fromkeys(wires) if _runs_down(w, position)]
    sources: dict[str, list[str]] = defaultdict(list)
    targets: dict[str, list[str]] = defaultdict(list)
    for source, target in down:
        sources[target].append(source)
        targets[source].append(target)
    ranks = _ranks(keys, sources)
    lanes = _lanes(sorted(keys, key=lambda k: (ranks[k], position[k])), ranks, sources, targets)
    rails = _rails(down, ranks, lanes)
    return _measure(keys, ranks, lanes, rails)


def _runs_down(wire: Wire, position: Mapping[str, int]) -> bool:
    source, target = wire
    return source in position and target in position and position[source] < position[target]


def _ranks(keys: Sequence[str], sources: Mapping[str, list[str]]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for key in keys:  # sources stand above, so one pass in the order of the list is enough
        ranks[key] = max((ranks[source] + 1 for source in sources.get(key, ())), default=0)
    return ranks


def _lanes(
    order: Sequence[str],
    ranks: Mapping[str, int],
    sources: Mapping[str, list[str]],
    targets: Mapping[str, list[str]],
) -> dict[str, int]:
    lanes: dict[str, int] = {}
    tail: list[str] = []  # the lowest node of each lane so far
    busy: list[int] = []  # the last rank at which a lane is taken, by a node or by its wire
    for key in order:
        above = sorted(sources.get(key, ()), key=lambda s: lanes[s])
        heir = next((s for s in above if tail[lanes[s]] == s), None)
        lane = lanes[heir] if heir is not None else _free_lane(above, lanes, busy, ranks[key])
        if lane == len(tail):
            tail.append(key)
            busy.append(0)
        lanes[key], tail[lane] = lane, key
        busy[lane] = max((ranks[t] - 1 for t in targets.get(key, ())), default=ranks[key])
        busy[lane] = max(busy[lane], ranks[key])
    return lanes


def _free_lane(
    above: Sequence[str], lanes: Mapping[str, int], busy: Sequence[int], rank: int
) -> int:
    first = lanes[above[0]] + 1 if above else 0
    return next((lane for lane in range(first, len(busy)) if busy[lane] < rank), len(busy))


@dataclass(slots=True)
class _Rails:
    """Which wires leave the straight way: down a free lane, or on a numbered track of a gap."""

    lane: dict[Wire, int] = field(default_factory=dict[Wire, int])
    track: dict[Wire, tuple[int, int]] = field(default_factory=dict[Wire, tuple[int, int]])
    width: dict[int, int] = field(default_factory=dict[int, int])


def _rails(wires: Iterable[Wire], ranks: Mapping[str, int], lanes: Mapping[str, int]) -> _Rails:
    taken: dict[int, list[int]] = defaultdict(list)
    for key, lane in lanes.items():
        taken[lane].append(ranks[key])
    for column in taken.values():
        column.sort()
    rails = _Rails()
    bundles: dict[tuple[int, str], list[Wire]] = defaultdict(list)
    for wire in wires:
        source, target = wire
        if ranks[target] - ranks[source] < 2:
            continue
        column = taken[lanes[source]]
        below = bisect_right(column, ranks[source])
        if below == len(column) or column[below] >= ranks[target]:
            rails.lane[wire] = lanes[source]
        else:
            gap = lanes[source] + (1 if lanes[target] > lanes[source] else 0)
            bundles[gap, source].append(wire)
    _share_tracks(bundles, ranks, rails)
    return rails


def _share_tracks(
    bundles: Mapping[tuple[int, str], list[Wire]], ranks: Mapping[str, int], rails: _Rails
) -> None:
    """Give every bundle the innermost track that is free along its ranks; short bundles first."""
    spans = {
        key: (ranks[key[1]], max(ranks[target] for _, target in wires))
        for key, wires in bundles.items()
    }
    used: dict[int, list[list[tuple[int, int]]]] = defaultdict(list)
    for gap, source in sorted(spans, key=lambda k: (spans[k][1] - spans[k][0], spans[k])):
        span = spans[gap, source]
        tracks = used[gap]
        number = next((i for i, track in enumerate(tracks) if _fits(span, track)), len(tracks))
        number = min(number, MOST_TRACKS - 1)
        if number == len(tracks):
            tracks.append([])
        tracks[number].append(span)
        for wire in bundles[gap, source]:
            rails.track[wire] = (gap, number)
    rails.width.update({gap: len(tracks) for gap, tracks in used.items()})


def _fits(span: tuple[int, int], track: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in track)


def _measure(
    keys: Sequence[str], ranks: Mapping[str, int], lanes: Mapping[str, int], rails: _Rails
) -> Layout:
    lefts = [0.0]
    for lane in range(1, max(lanes.values(), default=0) + 1):
        extra = TRACK_GAP * rails.width.get(lane, 0)
        lefts.append(lefts[-1] + NODE_WIDTH + LANE_GAP + extra)
    lefts.append(lefts[-1] + NODE_WIDTH + LANE_GAP + TRACK_GAP * rails.width.get(len(lefts), 0))
    pitch = NODE_HEIGHT + RANK_GAP
    places = {k: Place(lefts[lanes[k]], ranks[k] * pitch, ranks[k], lanes[k]) for k in keys}
    tracks = {wire: lefts[lane] + NODE_WIDTH / 2 for wire, lane in rails.lane.items()}
    for wire, (gap, number) in rails.track.items():
        tracks[wire] = lefts[gap] - LANE_GAP * 0.6 - TRACK_GAP * number
    outside = frozenset(wire for wire, (gap, _) in rails.track.items() if gap == 0)
    return Layout(places, tracks, outside)


def nearest(places: Mapping[str, Place], here: str, right: int, down: int) -> str | None:
    """The node next to `here` in a direction, given as a step of -1, 0 or 1 each way."""
    start = places[here]
    ways = {
        key: (
            (place.x - start.x) * right + (place.y - start.y) * down,
            abs(place.x - start.x) * abs(down) + abs(place.y - start.y) * abs(right),
        )
        for key, place in places.items()
    }
    ahead = {key: far + 2 * aside for key, (far, aside) in ways.items() if far > 1}
    return min(ahead, key=lambda key: ahead[key], default=None)
