"""The layout: trunks straight, branches beside, skip connections past the nodes."""

from __future__ import annotations

import itertools
import time

from hypothesis import given
from hypothesis import strategies as st

from app.network.canvas.layout import NODE_HEIGHT, NODE_WIDTH, arrange


def chain(*keys: str) -> list[tuple[str, str]]:
    return list(itertools.pairwise(keys))


def test_a_chain_stands_in_one_column() -> None:
    keys = ["input", "conv", "relu", "linear"]
    places = arrange(keys, chain(*keys)).places
    assert [places[key].rank for key in keys] == [0, 1, 2, 3]
    assert {places[key].x for key in keys} == {0.0}


def test_a_branch_stands_beside_and_the_trunk_stays_straight() -> None:
    keys = ["x", "a", "b", "skip", "add", "end"]
    wires = [*chain("x", "a", "b", "add", "end"), ("x", "skip"), ("skip", "add")]
    made = arrange(keys, wires)
    assert [made.places[key].lane for key in keys] == [0, 0, 0, 1, 0, 0]
    assert made.tracks[("skip", "add")] == made.places["skip"].x + NODE_WIDTH / 2


def test_a_skip_connection_runs_outside_the_nodes_it_passes() -> None:
    keys = ["x", "a", "b", "add"]
    made = arrange(keys, [*chain(*keys), ("x", "add")])
    assert made.tracks[("x", "add")] < 0
    assert ("x", "add") in made.outside


def test_nested_skips_take_tracks_of_their_own() -> None:
    keys = [f"n{i}" for i in range(9)]
    made = arrange(keys, [*chain(*keys), ("n1", "n4"), ("n0", "n7"), ("n5", "n8")])
    inner, outer, later = (made.tracks[w] for w in (("n1", "n4"), ("n0", "n7"), ("n5", "n8")))
    assert outer < inner
    assert later == inner  # ranks 5 to 8 are free on the inner track


def test_wires_up_the_list_and_to_nowhere_are_ignored() -> None:
    made = arrange(["a", "b"], [("b", "a"), ("a", "gone"), ("a", "b")])
    assert [made.places[key].rank for key in "ab"] == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=80))
def test_no_two_nodes_overlap_and_every_wire_runs_down(pairs: list[tuple[int, int]]) -> None:
    keys = [f"n{i}" for i in range(30)]
    wires = [(f"n{a}", f"n{b}") for a, b in pairs]
    made = arrange(keys, wires)
    assert len({(p.x, p.y) for p in made.places.values()}) == len(keys)
    boxes = sorted((p.y, p.x) for p in made.places.values())
    for (y, x), (other_y, other_x) in itertools.pairwise(boxes):
        assert other_y - y >= NODE_HEIGHT or other_x - x >= NODE_WIDTH
    for a, b in pairs:
        if a < b:
            assert made.places[f"n{a}"].y < made.places[f"n{b}"].y


def test_a_thousand_nodes_are_placed_within_a_frame_or_two() -> None:
    keys = [f"n{i}" for i in range(1000)]
    wires = chain(*keys) + [(f"n{i}", f"n{i + 5}") for i in range(0, 990, 3)]
    begun = time.process_time()
    arrange(keys, wires)
    assert time.process_time() - begun < 1.0  # a few milliseconds; a quadratic walk takes minutes
