"""Mistakes that people make, put into sound specs: each with the lines on which it must be told.

A class of mistakes is a function that breaks the data of a spec at one place, or gives up where
there is no such place. Places are found in the text again by a mark, so that the right line is
known without asking the program.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.nnspec.mutations import written

MARK = "x-here"
Break = Callable[[random.Random, Any], "str | None"]


class Seeded(NamedTuple):
    """A broken text, the lines on which the mistake may be told, and whether two shapes meet."""

    text: str
    lines: range
    meets: bool


def items_of(data: Any) -> Iterator[tuple[list[Any], int]]:
    """Every item of every list of layers: the list and the place in it."""
    lists = [data.get("model")]
    for section in ("blocks", "models"):
        parts = data.get(section) or {}
        lists += [part.get("layers") for part in parts.values() if isinstance(part, dict)]
    for items in lists:
        for place in range(len(items or ())):
            yield items, place


def kind_of(item: Any) -> str:
    return item if isinstance(item, str) else next(iter(item))


def opened(items: list[Any], place: int) -> dict[str, Any]:
    """An item as a mapping, changed in its list."""
    if isinstance(items[place], str):
        items[place] = {items[place]: None}
    return items[place]


def marked(items: list[Any], place: int) -> None:
    opened(items, place)[MARK] = 1


def misspelt(rng: random.Random, word: str) -> str:
    """A word with two letters swapped, one left out or one doubled."""
    place = rng.randrange(1, max(2, len(word) - 1))
    return rng.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
        )
    )


def _pick(rng: random.Random, data: Any, test: Callable[[list[Any], int], bool]) -> Any:
    found = [(items, place) for items, place in items_of(data) if test(items, place)]
    return rng.choice(found) if found else None


def _breaking(test: Callable[[list[Any], int], bool]) -> Any:
    """Make a class of mistakes of a function that breaks one item that passes `test`."""

    def make(breaks: Callable[[random.Random, list[Any], int], Any]) -> Break:
        def broken(rng: random.Random, data: Any) -> str | None:
            found = _pick(rng, data, test)
            if found is None:
                return None
            items, place = found
            done = breaks(rng, items, place)
            if done is False:
                return None
            if done is not True:
                marked(items, place if done is None else done)
            return "ok"

        return broken

    return make


def _is(*kinds: str) -> Callable[[list[Any], int], bool]:
    return lambda items, place: kind_of(items[place]) in kinds


def _settings(items: list[Any], place: int) -> Any:
    item = items[place]
    return None if isinstance(item, str) else item[kind_of(item)]


def _set(items: list[Any], place: int, value: Any) -> None:
    opened(items, place)[kind_of(items[place])] = value


@_breaking(lambda items, place: place < len(items))
def misspelt_layer(rng: random.Random, items: list[Any], place: int) -> Any:
    old = kind_of(items[place])
    item = opened(items, place)
    renamed = {misspelt(rng, old) if key == old else key: value for key, value in item.items()}
    item.clear()
    item.update(renamed)


@_breaking(lambda items, place: isinstance(_settings(items, place), dict))
def misspelt_setting(rng: random.Random, items: list[Any], place: int) -> Any:
    settings = _settings(items, place)
    old = rng.choice(list(settings))
    if len(old) < 4:
        return False
    new = misspelt(rng, old)
    _set(items, place, {new if key == old else key: value for key, value in settings.items()})
    return None


def _references(items: list[Any], place: int) -> tuple[dict[str, Any], str] | None:
    item = items[place]
    if isinstance(item, dict) and item.get("from"):
        return item, "from"
    if isinstance(item, dict) and kind_of(item) in ("add", "concat", "multiply"):
        return (item, kind_of(item)) if isinstance(item[kind_of(item)], list) else None
    return None


@_breaking(lambda items, place: _references(items, place) is not None)
def misspelt_reference(rng: random.Random, items: list[Any], place: int) -> Any:
    item, key = _references(items, place)  # type: ignore[misc]
    names = item[key] if isinstance(item[key], list) else [item[key]]
    at = rng.randrange(len(names))
    if len(names[at]) < 4:
        return False
    new = [misspelt(rng, name) if index == at else name for index, name in enumerate(names)]
    item[key] = new if isinstance(item[key], list) else new[0]
    return None


def misspelt_section(rng: random.Random, data: Any) -> str | None:
    found = [key for key in ("blocks", "model", "train", "outputs", "params") if key in data]
    old = rng.choice(found)
    new = misspelt(rng, old)
    renamed = {new if key == old else key: value for key, value in data.items()}
    data.clear()
    data.update(renamed)
    return f"{new}:"


def misspelt_kind(rng: random.Random, data: Any) -> str | None:
    train = data.get("train") or {}
    found = [
        key for key in ("optimizer", "schedule", "loss") if isinstance(train.get(key), dict | str)
    ]
    if not found:
        return None
    key = rng.choice(found)
    value = train[key]
    old = value if isinstance(value, str) else next(iter(value))
    new = misspelt(rng, old)
    train[key] = new if isinstance(value, str) else {new: value[old]}
    return f" {new}"


@_breaking(_is("flatten", "global_avg_pool"))
def missing_flatten(rng: random.Random, items: list[Any], place: int) -> Any:
    if isinstance(items[place], dict) and len(items[place]) > 1:
        return False
    del items[place]
    while place < len(items) and kind_of(items[place]) in ("dropout", "relu", "batch_norm"):
        place += 1  # they take everything
    if place >= len(items):
        return False
    marked(items, place)
    return True


@_breaking(lambda items, place: place > 0 and kind_of(items[place]) == "linear")
def convolution_on_a_vector(rng: random.Random, items: list[Any], place: int) -> Any:
    if isinstance(items[place], dict) and {*items[place]} - {"linear"}:
        return False
    items.insert(place, {"conv2d": {"out_channels": 8, "kernel_size": 3}})
    marked(items, place)
    return True


@_breaking(lambda items, place: place > 0 and kind_of(items[place]) == "linear")
def lstm_on_a_vector(rng: random.Random, items: list[Any], place: int) -> Any:
    items.insert(place, {"lstm": {"hidden_size": 8}})
    marked(items, place)
    return True


@_breaking(_is("embedding"))
def missing_embedding(rng: random.Random, items: list[Any], place: int) -> Any:
    gone = items.pop(place)
    if (isinstance(gone, dict) and "name" in gone) or place >= len(items):
        return False
    if isinstance(gone, dict) and "from" in gone:
        opened(items, place).setdefault("from", gone["from"])
    marked(items, place)
    return True


def wrong_output_count(rng: random.Random, data: Any) -> str | None:
    items = data.get("model")
    if not items or data.get("outputs") or kind_of(items[-1]) != "linear":
        return None
    _set(items, len(items) - 1, rng.choice((5, 17, 99)))
    marked(items, len(items) - 1)
    return "ok"


def _fresh(items: list[Any], place: int, first: Any, second: Any, join: str) -> None:
    """Put two branches of the layer above before an item, and what joins them."""
    first, second = {**first, "name": "one_side"}, {**second, "name": "other_side"}
    items[place:place] = [{"identity": None, "name": "above"}, first, {**second, "from": "above"}]
    items.insert(place + 3, {join: ["one_side", "other_side"]})
    marked(items, place + 3)


@_breaking(
    lambda items, place: (
        place > 0 and kind_of(items[place]) in ("max_pool2d", "avg_pool2d", "global_avg_pool")
    )
)
def add_of_other_channels(rng: random.Random, items: list[Any], place: int) -> Any:
    one, other = rng.sample((4, 8, 12, 16), 2)
    sides = ({"conv2d": {"out_channels": count, "kernel_size": 3}} for count in (one, other))
    _fresh(items, place, *sides, "add")
    return True


@_breaking(
    lambda items, place: (
        place > 0 and kind_of(items[place]) in ("max_pool2d", "avg_pool2d", "global_avg_pool")
    )
)
def add_of_other_strides(rng: random.Random, items: list[Any], place: int) -> Any:
    strides = rng.sample((1, 2), 2)
    sides = ({"conv2d": {"out_channels": 8, "kernel_size": 3, "stride": each}} for each in strides)
    _fresh(items, place, *sides, "add")
    return True


@_breaking(
    lambda items, place: (
        place > 0 and kind_of(items[place]) in ("max_pool2d", "avg_pool2d", "global_avg_pool")
    )
)
def concat_of_other_sizes(rng: random.Random, items: list[Any], place: int) -> Any:
    strides = rng.sample((1, 2), 2)
    sides = ({"conv2d": {"out_channels": 8, "kernel_size": 3, "stride": each}} for each in strides)
    _fresh(items, place, *sides, "concat")
    return True


@_breaking(lambda items, place: place > 0 and kind_of(items[place]) == "linear")
def add_of_other_features(rng: random.Random, items: list[Any], place: int) -> Any:
    one, other = rng.sample((16, 24, 32, 48), 2)
    _fresh(items, place, {"linear": one}, {"linear": other}, "add")
    return True


@_breaking(_is("transformer_encoder_layer", "multi_head_attention"))
def heads_that_do_not_divide(rng: random.Random, items: list[Any], place: int) -> Any:
    name = "nhead" if kind_of(items[place]) == "transformer_encoder_layer" else "num_heads"
    settings = _settings(items, place)
    _set(
        items,
        place,
        {**(settings if isinstance(settings, dict) else {}), name: rng.choice((7, 11, 13))},
    )


@_breaking(_is("conv2d", "batch_norm"))
def groups_that_do_not_divide(rng: random.Random, items: list[Any], place: int) -> Any:
    items.insert(place + 1, {"group_norm": {"num_groups": rng.choice((7, 11, 13))}})
    if isinstance(items[place], dict) and "name" in items[place]:
        items[place + 1]["name"] = items[place].pop("name")
    marked(items, place + 1)
    return True


@_breaking(_is("max_pool2d", "avg_pool2d"))
def kernel_larger_than_the_picture(rng: random.Random, items: list[Any], place: int) -> Any:
    _set(items, place, {"kernel_size": rng.choice((99, 65, 200))})


@_breaking(
    lambda items, place: (
        place > 2 and isinstance(items[place], str) and kind_of(items[place - 2]) != "input"
    )
)
def missing_name_for_a_reference(rng: random.Random, items: list[Any], place: int) -> Any:
    above = items[place - 1]
    if not isinstance(above, str) or above not in ("relu", "batch_norm", "tanh", "gelu", "dropout"):
        return False
    items[place] = {items[place]: None, "from": above}
    marked(items, place)
    return True


@_breaking(
    lambda items, place: (
        place > 0
        and _references(items, place) is not None
        and kind_of(items[place]) in ("add", "concat")
    )
)
def reference_to_what_comes_later(rng: random.Random, items: list[Any], place: int) -> Any:
    items.insert(place - 1, items.pop(place))
    marked(items, place - 1)
    return True


@_breaking(
    lambda items, place: (
        kind_of(items[place])
        in (
            "conv2d",
            "linear",
            "gru",
            "embedding",
            "kan_linear",
            "lstm",
            "transformer_encoder_layer",
        )
    )
)
def missing_required_setting(rng: random.Random, items: list[Any], place: int) -> Any:
    item = opened(items, place)
    kind, settings = kind_of(item), _settings(items, place)
    required = {"conv2d": ("out_channels", "kernel_size"), "transformer_encoder_layer": ("nhead",)}
    names = [
        name for name in required.get(kind, ()) if isinstance(settings, dict) and name in settings
    ]
    if isinstance(settings, dict) and not names:
        names = list(settings)[:1]
    _set(
        items,
        place,
        {k: v for k, v in settings.items() if k != rng.choice(names)} if names else None,
    )


@_breaking(_is("add", "concat"))
def repeat_of_a_merge(rng: random.Random, items: list[Any], place: int) -> Any:
    opened(items, place)["repeat"] = 2


def wrong_loss(rng: random.Random, data: Any) -> str | None:
    train = data.setdefault("train", {})
    if not isinstance(train, dict) or {"losses", "steps"} & {*train} or data.get("models"):
        return None
    train["loss"] = rng.choice(("mse", "cross_entropy", "mae", "huber"))
    return " " + train["loss"]


def learning_rate_under_train(rng: random.Random, data: Any) -> str | None:
    train = data.setdefault("train", {})
    name = rng.choice(("lr", "weight_decay", "learning_rate"))
    train[name] = 0.01
    return f"\n  {name}: 0.01\n"


@_breaking(_is("conv2d", "conv1d"))
def padding_of_another_kind(rng: random.Random, items: list[Any], place: int) -> Any:
    settings = _settings(items, place)
    if not isinstance(settings, dict):
        return False
    _set(
        items,
        place,
        {**settings, "padding": rng.choice(("smae", "SAME", "half", -1, 1.5, True, "zeros"))},
    )
    return None


def unknown_column(rng: random.Random, data: Any) -> str | None:
    columns = data["data"].get("columns")
    if not isinstance(columns, dict) or not columns:
        return None
    old = rng.choice(list(columns))
    if len(old) < 4:
        return None
    new = misspelt(rng, old)
    data["data"]["columns"] = {new if key == old else key: value for key, value in columns.items()}
    return f"{new}:"


def misspelt_target(rng: random.Random, data: Any) -> str | None:
    target = data["data"].get("target")
    if not isinstance(target, str) or len(target) < 4:
        return None
    data["data"]["target"] = new = misspelt(rng, target)
    return f" {new}"


def split_without_training_rows(rng: random.Random, data: Any) -> str | None:
    low, high = rng.choice(((0.5, 0.5), (0.7, 0.4), (0.9, 0.9)))
    split = data["data"].get("split")
    data["data"]["split"] = {**(split or {}), "validation": low, "test": high}
    return "validation:"


@_breaking(_is("linear", "conv2d", "lstm", "gru"))
def two_inputs_for_one(rng: random.Random, items: list[Any], place: int) -> Any:
    if place < 2 or not isinstance(items[place - 1], str) or not isinstance(items[place - 2], str):
        return False
    for at, name in ((place - 2, "early"), (place - 1, "late")):
        opened(items, at)["name"] = name
    opened(items, place)["from"] = ["early", "late"]
    return None


@_breaking(_is("relu", "batch_norm", "tanh", "flatten"))
def setting_of_another_layer(rng: random.Random, items: list[Any], place: int) -> Any:
    _set(items, place, {rng.choice(("kernel_size", "out_channels", "units")): 3})


@_breaking(_is("relu", "flatten", "gelu", "silu"))
def value_for_a_layer_without_settings(rng: random.Random, items: list[Any], place: int) -> Any:
    _set(items, place, 64)


@_breaking(
    lambda items, place: kind_of(items[place]) in ("dropout", "conv2d", "linear", "max_pool2d")
)
def value_out_of_range(rng: random.Random, items: list[Any], place: int) -> Any:
    wrong = {
        "dropout": (1.5, -0.1, 50),
        "max_pool2d": (0, -2),
        "linear": (0, -64, 2.5),
        "conv2d": (-3,),
    }
    kind, settings = kind_of(items[place]), _settings(items, place)
    if kind == "conv2d" and isinstance(settings, dict) and "kernel_size" in settings:
        _set(items, place, {**settings, "kernel_size": -settings["kernel_size"]})
    elif isinstance(settings, dict):
        return False
    elif kind != "conv2d":
        _set(items, place, rng.choice(wrong[kind]))
    return None


MEETS: dict[str, Break] = {
    "add: other channels": add_of_other_channels,
    "add: other strides": add_of_other_strides,
    "add: other features": add_of_other_features,
    "concat: other sizes": concat_of_other_sizes,
}
CLASSES: dict[str, Break] = MEETS | {
    "layer misspelt": misspelt_layer,
    "setting misspelt": misspelt_setting,
    "reference misspelt": misspelt_reference,
    "section misspelt": misspelt_section,
    "kind misspelt": misspelt_kind,
    "flatten or pooling missing": missing_flatten,
    "convolution on a vector": convolution_on_a_vector,
    "lstm on a vector": lstm_on_a_vector,
    "embedding missing": missing_embedding,
    "wrong output count": wrong_output_count,
    "heads do not divide": heads_that_do_not_divide,
    "groups do not divide": groups_that_do_not_divide,
    "kernel too large": kernel_larger_than_the_picture,
    "name missing for a reference": missing_name_for_a_reference,
    "reference to a later layer": reference_to_what_comes_later,
    "required setting missing": missing_required_setting,
    "repeat of a merge": repeat_of_a_merge,
    "loss for another task": wrong_loss,
    "lr under train": learning_rate_under_train,
    "padding of another kind": padding_of_another_kind,
    "column misspelt": unknown_column,
    "target misspelt": misspelt_target,
    "split leaves no rows": split_without_training_rows,
    "two inputs for one": two_inputs_for_one,
    "setting of another layer": setting_of_another_layer,
    "value for a layer without settings": value_for_a_layer_without_settings,
    "value out of range": value_out_of_range,
}


def seeded(rng: random.Random, name: str, data: Any) -> Seeded | None:
    """Put one mistake of a class into the data of a spec; None where it has no place for it."""
    data = copy.deepcopy(data)
    told = CLASSES[name](rng, data)
    if told is None:
        return None
    text = written(data)
    if told == "ok":
        return Seeded(*_unmarked(text), name in MEETS)
    rows = text.splitlines()
    found = [at for at, row in enumerate(rows, 1) if told in f"\n {row} " or told == f"\n{row}\n"]
    return Seeded(text, range(found[0], found[0] + 1), False) if found else None


def _unmarked(text: str) -> tuple[str, range]:
    """The text without its mark, and the lines of the item that had it."""
    rows = text.splitlines()
    mark = next(at for at, row in enumerate(rows) if row.lstrip(" -").startswith(f"{MARK}:"))
    indent = len(rows[mark]) - len(rows[mark].lstrip())
    first = next(at for at in range(mark, -1, -1) if rows[at].startswith(f"{' ' * (indent - 2)}- "))
    del rows[mark]
    last = mark
    while last < len(rows) and rows[last].startswith(" " * indent) and rows[last].strip():
        last += 1
    return "\n".join(rows) + "\n", range(first + 1, last + 1)
