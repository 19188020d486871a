"""Events survive the way to a line and back; damaged lines are known as such."""

import dataclasses
import json
import math
import random
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.event_lines import EVENT_KINDS, from_line, to_line
from trainers.events import EpochEnded, Event, Noticed, Progress

NUMBERS = st.floats(allow_nan=False) | st.sampled_from([math.inf, -math.inf])
TEXTS = st.text(max_size=30)
FIELDS = {
    int: st.integers(-(2**63), 2**63),
    float: NUMBERS,
    str: TEXTS,
    bool: st.booleans(),
    float | None: st.none() | NUMBERS,
    int | None: st.none() | st.integers(),
    str | None: st.none() | TEXTS,
    typing.Mapping[str, float]: st.dictionaries(TEXTS, NUMBERS, max_size=5),
    typing.Mapping[str, int]: st.dictionaries(TEXTS, st.integers(), max_size=5),
}


def _field(hint: object) -> st.SearchStrategy[object]:
    if typing.get_origin(hint) is typing.Literal:
        return st.sampled_from(typing.get_args(hint))
    words = str(hint)
    if "Sequence[collections.abc.Sequence[int]]" in words:
        rows = st.lists(st.integers(0, 99), min_size=2, max_size=2).map(tuple)
        return st.none() | st.lists(rows, max_size=3).map(tuple)
    if "Sequence[str]" in words:
        return st.none() | st.lists(TEXTS, max_size=3).map(tuple)
    if "Mapping" in words:
        return FIELDS[typing.Mapping[str, float if "float" in words else int]]
    return FIELDS[hint]


def events() -> st.SearchStrategy[Event]:
    made = [
        st.builds(kind, **{n: _field(h) for n, h in typing.get_type_hints(kind).items()})
        for kind in EVENT_KINDS.values()
    ]
    return st.one_of(made)


@given(events(), st.integers(0, 2**40))
def test_an_event_comes_back_from_its_line(event: Event, sequence: int) -> None:
    line = to_line(event, sequence)
    assert "\n" not in line
    assert from_line(line) == (sequence, event)
    assert from_line(line + "\r\n") == (sequence, event)


@given(events())
def test_a_line_is_json_with_the_kind_first_and_the_checksum_last(event: Event) -> None:
    def strict(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    data = json.loads(to_line(event, 7), parse_constant=strict)
    keys = list(data)
    assert keys[0] == "kind"
    assert keys[-1] == "crc"
    assert EVENT_KINDS[data["kind"]] is type(event)
    assert data["sequence"] == 7


def test_nan_is_kept_apart_from_nothing() -> None:
    event = EpochEnded(epoch=1, step=2, seconds=0.1, metrics={"val_loss": math.nan}, best=False)
    line = to_line(event, 0)
    read = from_line(line)
    assert read is not None
    assert isinstance(read[1], EpochEnded)
    assert math.isnan(read[1].metrics["val_loss"])
    assert '"val_loss":"nan"' in line


LINE = to_line(
    Progress(step=12, epoch=1, loss=0.25, lr=0.1, rows_per_second=9.5, elapsed=1.5, remaining=None),
    3,
)


@pytest.mark.parametrize("cut", range(len(LINE)))
def test_a_torn_line_is_none(cut: int) -> None:
    assert from_line(LINE[:cut]) is None


def test_every_flipped_bit_is_noticed() -> None:
    raw = LINE.encode()
    for index in range(len(raw)):
        for bit in range(8):
            flipped = bytearray(raw)
            flipped[index] ^= 1 << bit
            line = flipped.decode("utf-8", "replace")
            read = from_line(line)
            # Hex digits of the checksum have two spellings; the values are then the same.
            assert read is None or line.lower() == LINE.lower(), (index, bit)


def test_unknown_kinds_are_none_and_unknown_fields_are_left_out() -> None:
    assert from_line(_sealed({"kind": "dreamed", "sequence": 1})) is None
    note = {"kind": "noticed", "sequence": 1, "severity": "note", "code": "a", "message": "b"}
    assert from_line(_sealed({**note, "later": [1, 2]})) == (
        1,
        Noticed(severity="note", code="a", message="b"),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "loud"},
        {"code": 3},
        {"message": None},
        {"sequence": "1"},
        {"sequence": True},
        {"kind": ["noticed"]},
        {"kind": {}},
    ],
)
def test_values_of_the_wrong_type_make_a_line_unreadable(change: dict[str, object]) -> None:
    note = {"kind": "noticed", "sequence": 1, "severity": "note", "code": "a", "message": "b"}
    assert from_line(_sealed(note)) is not None
    assert from_line(_sealed({**note, **change})) is None


@pytest.mark.parametrize("body", ["[]", "3", "null", '"x"', "[" * 5000, ""])
def test_what_is_no_object_is_none(body: str) -> None:
    assert from_line(_seal(body)) is None


def test_noise_is_none() -> None:
    noise = random.Random(1)
    for _ in range(2000):
        text = "".join(chr(noise.randrange(0x250)) for _ in range(noise.randrange(60)))
        assert from_line(text) is None
        assert from_line(_seal(text)) is None


def test_every_event_is_frozen() -> None:
    for kind in EVENT_KINDS.values():
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen


def _sealed(data: dict[str, object]) -> str:
    return _seal(json.dumps(data, separators=(",", ":"))[:-1])


def _seal(body: str) -> str:
    import zlib

    return f'{body},"crc":"{zlib.crc32(body.encode("utf-8", "replace")):08x}"}}'
