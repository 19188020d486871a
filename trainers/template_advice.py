"""Chooses a network of the gallery by the form of the data, and puts it to that data.

Tables, pictures and texts get networks whose sizes follow the number of rows (`trainers.advisor`);
every other form gets the template that is known to suit it, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nnspec.catalog import Catalog
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.shapes import Interface
from nnspec.syntax import read
from trainers.profile import Profile
from trainers.quick_look import profile
from trainers.templates import fitted_to, template


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A template put to some data.

    Attributes:
        network: the sections `params`, `blocks` and `model`.
        training: the section `train`.
        why: one sentence on the network, one on the training.
    """

    template: str
    network: str
    training: str
    why: tuple[str, str]


def suggestion(found: Profile) -> Suggestion | None:
    """Return the template that suits data of this form; None where the advisor builds its own."""
    suited = next(_suited(found), None)
    chosen = template(suited[0]) if suited else None
    own = _own_interface(chosen.name) if chosen else None
    if suited is None or chosen is None or own is None:
        return None
    network = fitted_to(chosen, own, found.interface, ("params", "blocks", "model"))
    training = fitted_to(chosen, own, found.interface, ("train",))
    why = (suited[1], "How it is trained is what served the template on data of this kind.")
    return Suggestion(chosen.name, network.rstrip("\n"), training.rstrip("\n"), why)


def _suited(found: Profile) -> Iterator[tuple[str, str]]:
    """The templates that suit the data, the best first, each with its reason."""
    interface, types = found.interface, {column.name: column.type for column in found.columns}
    shapes = {name: interface.inputs[name] for name in interface.main}
    answers = tuple(interface.targets.values())
    rows = sum(found.rows.values())
    if "edges" in interface.inputs:
        yield (
            "gcn",
            f"{rows:,} nodes that are joined by edges suit a graph convolution: a node is judged "
            "by what is said of it and of its neighbours.",
        )
    if any(len(answer) == 3 for answer in answers):
        yield (
            "unet_segmentation",
            "A class for every pixel suits a U-Net: it looks at the whole picture and keeps what "
            "is fine.",
        )
    picture = any(len(shape) == 3 for shape in shapes.values())
    if picture and "features" in shapes:
        yield (
            "image_and_table",
            "Pictures or sounds beside columns suit two branches, one for each, joined before the "
            "answer.",
        )
    if any(types.get(name) == "audio" for name in shapes):
        yield (
            "audio_cnn",
            "Sounds become pictures of pitch over time, which suit a small convolutional network.",
        )
    for shape in shapes.values():
        if len(shape) == 2 and shape.dtype == "float" and found.task == "regression":
            yield _forecaster(shape.sizes[0], shape.sizes[1])


def _forecaster(steps: int | str, channels: int | str) -> tuple[str, str]:
    if channels == 1:
        return (
            "dlinear_forecaster",
            f"One series, of which {steps} steps are seen, suits DLinear: trend and season apart, "
            "each by one linear map. It has few weights and is hard to beat.",
        )
    return (
        "lstm_forecaster",
        f"{channels} series side by side suit an LSTM, which reads all of them step by step.",
    )


@cache
def _own_interface(name: str) -> Interface | None:
    """What the own data of a template offers."""
    chosen = template(name)
    if chosen is None:
        return None
    text, catalog = chosen.text(), Catalog.discover()
    data = read_spec(read(text, Problems(text)), catalog, Problems(text)).data
    found = profile(data, chosen.folder, Problems(text)) if data else None
    return found.interface if found else None
