"""The picture: keys, wires, what each card says, whom problems belong to."""

from __future__ import annotations

from app.network.canvas.picture import Card, draw
from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.shapes import Interface, Shape

INTERFACE = Interface({"image": Shape((1, 8, 8))}, {"label": Shape((3,))}, "image")


def card(text: str, key: str, catalog: Catalog, scope: str = "") -> Card:
    found = draw(analyse("netwright: 1\n" + text, catalog, INTERFACE), catalog, scope).card(key)
    assert found is not None
    return found


def test_an_unknown_layer_stays_visible_with_its_problem(catalog: Catalog) -> None:
    shown = card("model:\n  - relu\n  - cnov2d: 3\n  - relu\n", "cnov2d", catalog)
    assert (shown.role, shown.severity) == ("unknown", "error")
    assert "unknown layer 'cnov2d'" in shown.words
    assert shown.note == "3"


def test_a_problem_inside_a_block_marks_its_uses(catalog: Catalog) -> None:
    text = "blocks:\n  b:\n    layers:\n      - relu\n      - rleu\nmodel:\n  - b\n  - relu\n"
    assert card(text, "b", catalog).severity == "error"
    assert card(text, "relu", catalog).severity == ""
    assert card(text, "rleu", catalog, "b").severity == "error"


def test_repeats_count_all_their_parameters(catalog: Catalog) -> None:
    text = "model:\n  - conv2d: {out_channels: 4, kernel_size: 3}\n    repeat: 2\n"
    shown = card(text, "conv2d", catalog)
    assert shown.repeat == "× 2"
    assert shown.parameters == (1 * 4 * 9 + 4) + (4 * 4 * 9 + 4)
    assert shown.shape == "4 x 8 x 8"
    assert shown.note == "out_channels 4 · kernel_size 3"


def test_two_items_of_one_name_are_both_shown(catalog: Catalog) -> None:
    text = (
        "netwright: 1\nmodel:\n  - relu:\n    name: a\n  - gelu:\n    name: a\n  - relu\n  - relu\n"
    )
    picture = draw(analyse(text, catalog), catalog)
    keys = [shown.key for shown in picture.cards if shown.index >= 0]
    assert len(set(keys)) == 4
    assert [keys[0], *keys[2:]] == ["a", "relu", "relu_2"]


def test_without_a_model_there_is_nothing_but_ends(catalog: Catalog) -> None:
    picture = draw(analyse("netwright: 1\n", catalog, INTERFACE), catalog)
    assert [shown.key for shown in picture.cards] == ["input:image", "output:label"]
    assert not picture.wires
    assert not picture.written


def test_several_models_do_not_pass_for_a_network_left_open(catalog: Catalog) -> None:
    text = "netwright: 1\nmodels: {a: {input: image, layers: [flatten, {linear: 3}]}}\n"
    shown = draw(analyse(text, catalog, INTERFACE), catalog)
    assert shown.written
