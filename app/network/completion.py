"""What may be written at a place of the text: kinds, settings, sections, names.

While a word is being typed the text is often not YAML, so the context is read from lines and
indentation, not from the tree. Pure functions; all that is offered comes from catalog and spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.network.formula_words import formula_words, in_formula
from nnspec.catalog import Catalog, Family, Kind
from nnspec.params import Param, params_of
from nnspec.read_terms import takes_of
from nnspec.section_settings import EarlyStopping, Split, Training, When
from nnspec.spec import Spec

SECTIONS = {
    "netwright": "the format number: 1",
    "name": "what the network is called",
    "params": "numbers to use by name",
    "data": "where rows come from, and the target",
    "blocks": "your own layers",
    "model": "the list of layers",
    "models": "several networks, each with inputs and layers of its own",
    "outputs": "which layer answers for a target",
    "train": "how to train",
}
RESERVED = {
    "name": "how others refer to this layer",
    "from": "what it takes, if not the layer above",
    "repeat": "how often it is repeated",
    "share": "whose weights it uses",
}
OBJECTIVE = {
    "losses": "a list of losses of formulas, in the place of loss:",
    "let": "names for formulas, worked out once a step",
    "steps": "several updates a batch, each with losses of its own",
    "preview": "pictures that are drawn after every epoch: {of: FORMULA, count: 64}",
}
STEP = {
    "update": "the models whose weights it changes",
    "optimizer": "its own, if not that of train:",
    "schedule": "its own, if not that of train:",
    "let": OBJECTIVE["let"],
    "losses": "what it makes small",
}
OUTLINES = {
    "models": {"input": "inputs of the data, or {z: [64]}", "layers": "the list of layers"},
    "blocks": {"params": "values a use of the block gives", "layers": "the list of layers"},
    "preview": {"of": "a formula", "count": "how many pictures"},
}
WEIGHT = "how much a loss counts: a number or a formula"
_LISTS = ("model", "layers")
_FAMILIES: dict[str, Family] = {
    "optimizer": "optimizer",
    "schedule": "schedule",
    "loss": "loss",
    "metrics": "metric",
}
_KEY = re.compile(r"(?P<indent>\s*)(?P<dash>-\s+)?(?P<key>[^\W\d][\w-]*)\s*:")
_WORD = re.compile(r"[\w$]*\Z")
_OPEN = re.compile(r"([^\W\d][\w-]*)\s*:\s*\{[^{}]*\Z")
_VALUE = re.compile(r"([^\W\d][\w-]*)\s*:\s+[\[]?[\w$]*\Z")


@dataclass(frozen=True, slots=True)
class Offer:
    """One completion: the word, what is written for it, and one line about it."""

    word: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Where the cursor is.

    Attributes:
        word: what is typed already. above: keys that enclose the line, the innermost first. owner:
        the key whose braces are open, or "". value_of: the key whose value is written, or "". item:
        a list item begins here. indent: of the line.
    """

    word: str
    above: tuple[str, ...]
    owner: str
    value_of: str
    item: bool
    indent: int


def context_at(text: str, index: int) -> Context | None:
    """Read the context of a place; None inside a comment."""
    start = text.rfind("\n", 0, index) + 1
    line = text[start:index]
    if re.search(r"(?:^|\s)#", line):
        return None
    word = _WORD.search(line)
    opened, value = _OPEN.search(line), _VALUE.search(line)
    item = re.fullmatch(r"\s*-\s+\w*", line) is not None
    indent = len(line) - len(line.lstrip(" "))
    return Context(
        word=word.group() if word else "",
        above=_above(text[:start], indent, item=item),
        owner=opened.group(1) if opened else "",
        value_of=value.group(1) if value else "",
        item=item,
        indent=indent,
    )


def _above(text: str, indent: int, *, item: bool) -> tuple[str, ...]:
    """The keys that enclose a line of this indent, the innermost first."""
    found: list[str] = []
    limit = indent + (1 if item else 0)  # a list's dashes may stand in the column of its key
    for line in reversed(text.splitlines()):
        key = _KEY.match(line)
        if key is None:
            continue
        column = len(key["indent"])
        inside = column + len(key["dash"] or "")
        if inside < limit and not (item and key["dash"] and column >= indent):
            found.append(key["key"])
            limit = column if key["dash"] else inside
        elif key["dash"] and inside == limit and not item:
            found.append("-" + key["key"])  # a sibling key of the item that this line belongs to
            limit = column
        if limit <= 0:
            break
    return tuple(found)


def offers(text: str, index: int, catalog: Catalog, spec: Spec) -> list[Offer]:
    """All that may stand at `index`, in the order it is best shown, matching what is typed."""
    context = context_at(text, index)
    if context is None:
        return []
    line = text[text.rfind("\n", 0, index) + 1 : index]
    if in_formula(line, context.above, catalog):
        found = [Offer(word, written, note) for word, written, note in formula_words(spec)]
    else:
        found = _found(context, catalog, spec)
    typed = context.word.lower()
    starts = [offer for offer in found if offer.word.lower().startswith(typed)]
    inside = [o for o in found if o not in starts and typed and typed in o.word.lower()]
    finished = any(offer.word == context.word for offer in found)
    return [] if finished else [*starts, *inside]


def _found(context: Context, catalog: Catalog, spec: Spec) -> list[Offer]:
    if context.word.startswith("$"):
        return [Offer(f"${name}", f"${name}", str(value)) for name, value in spec.params.items()]
    if context.value_of:
        return _values(context, catalog, spec)
    if context.owner:
        return _below(context.owner, "", context, catalog, spec)
    parent, beyond, *_ = (*context.above, "", "")
    if context.item:
        return _items(parent, catalog, spec)
    if not context.indent:
        return _keys(SECTIONS)
    return _below(parent, beyond, context, catalog, spec)


def _below(owner: str, beyond: str, context: Context, catalog: Catalog, spec: Spec) -> list[Offer]:
    """The keys that may stand below `owner`, which stands below `beyond`."""
    if owner.startswith("-"):
        return _step_keys() if beyond == "steps" else _keys(RESERVED)
    if beyond in ("models", "blocks"):
        return _keys(OUTLINES[beyond])
    return [*_roles_of(owner, context.above, catalog), *_settings_of(owner, catalog, spec)]


def _keys(notes: Mapping[str, str]) -> list[Offer]:
    return [Offer(name, f"{name}: ", note) for name, note in notes.items()]


def _step_keys() -> list[Offer]:
    return [*_keys(STEP), *_plain(params_of(When))]


def _roles_of(owner: str, above: tuple[str, ...], catalog: Catalog) -> list[Offer]:
    """What a loss of an objective takes besides its settings."""
    kind = catalog.get("loss", owner) if "losses" in above else None
    taken = dict.fromkeys(takes_of(kind), "a formula") if kind else {}
    return _keys({**taken, "weight": WEIGHT}) if kind else []


def _items(parent: str, catalog: Catalog, spec: Spec) -> list[Offer]:
    if parent in _LISTS:
        blocks = [Offer(name, f"{name}: ", "your block") for name in spec.blocks]
        return [*blocks, *(_kind_offer(kind) for kind in catalog.of("layer"))]
    if parent == "steps":
        return _step_keys()
    if parent == "losses":
        return [Offer(kind.name, f"{kind.name}: ", kind.summary) for kind in catalog.of("loss")]
    family = _FAMILIES.get(parent)
    return [_kind_offer(kind) for kind in catalog.of(family)] if family else []


def _kind_offer(kind: Kind) -> Offer:
    text = f"{kind.name}: " if kind.needs_settings else kind.name
    return Offer(kind.name, text, kind.summary)


def _settings_of(owner: str, catalog: Catalog, spec: Spec) -> list[Offer]:
    names = {
        "train": [
            *_plain(params_of(Training)),
            *(Offer(n, f"{n}: ") for n in _TRAIN_KINDS),
            *_keys(OBJECTIVE),
        ],
        "preview": _keys(OUTLINES["preview"]),
        "outputs": [Offer(c.name, f"{c.name}: ") for c in spec.data.targets] if spec.data else [],
        "split": _plain(params_of(Split)),
        "early_stopping": _plain(params_of(EarlyStopping)),
        "data": [Offer(n, f"{n}: ") for n in ("source", "target", "columns", "split")],
    }
    if owner in names:
        return names[owner]
    if owner in spec.models:
        return _keys(OUTLINES["models"])
    if owner in _FAMILIES:
        return [_kind_offer(kind) for kind in catalog.of(_FAMILIES[owner])]
    if owner in spec.blocks:
        return [Offer(n, f"{n}: ", str(v)) for n, v in spec.blocks[owner].params.items()]
    found = _kinds(owner, catalog)
    if any(kind.wraps for kind in found):
        inner = (kind for kind in catalog.of("layer") if kind.can_be_wrapped)
        return [Offer(kind.name, f"{kind.name}: ", kind.summary) for kind in inner]
    return [offer for kind in found for offer in _plain(kind.params)]


_TRAIN_KINDS = (*_FAMILIES, "early_stopping")
_ALL: Sequence[Family] = ("layer", "optimizer", "schedule", "loss", "metric", "source", "column")


def _kinds(name: str, catalog: Catalog) -> list[Kind]:
    found = (catalog.get(family, name) for family in _ALL)
    return [kind for kind in found if kind][:1]


def _plain(settings: Iterable[Param]) -> list[Offer]:
    return [Offer(s.name, f"{s.name}: ", s.help) for s in settings]


def _values(context: Context, catalog: Catalog, spec: Spec) -> list[Offer]:
    key = context.value_of
    if key in _FAMILIES:
        return [Offer(k.name, k.name, k.summary) for k in catalog.of(_FAMILIES[key])]
    if key in ("from", "share"):
        items = [item for block in spec.blocks.values() for item in block.items]
        items += [item for layers in spec.lists.values() for item in layers]
        inputs = [each.name for model in spec.models.values() for each in model.inputs]
        names = [*inputs, *(item.name.name for item in items if item.name)]
        return [Offer(name, name) for name in ["input", "previous", *dict.fromkeys(names)]]
    if key == "update":
        return [Offer(name, name, "a model of this spec") for name in spec.models]
    if "outputs" in (context.owner, *context.above[:1]):
        items = [item.name.name for item in spec.model or () if item.name]
        return [Offer(name, name) for name in [*spec.models, *items]]
    owner = context.owner or (context.above[0].lstrip("-") if context.above else "")
    settings = [s for kind in _kinds(owner, catalog) for s in kind.params]
    if owner == "train":
        settings = list(params_of(Training))
    return [
        Offer(choice, choice)
        for setting in settings
        if setting.name == key
        for choice in _choices(setting)
    ]


def _choices(setting: Param) -> list[str]:
    words = list(setting.choices)
    words += ["true", "false"] if "bool" in setting.types else []
    words += ["auto"] if "auto" in setting.types else []
    return words + (["null"] if "none" in setting.types else [])
