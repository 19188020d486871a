"""The spec as data: what the reader makes of a tree, before anything is built.

Model items keep their settings as tree nodes, because inside a block they are only known once the
block's parameters are bound; everything else is read and checked here once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nnspec.catalog import Kind
from nnspec.formulas import Attribute, Formula, Name, walk
from nnspec.problems import Span
from nnspec.section_settings import EarlyStopping, Split, Training, When
from nnspec.shapes import Shape
from nnspec.syntax import Node, Plain

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name written in `from:`, `add: [...]`, `share:` …, with its place."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a list of layers.

    Attributes:
        kind: the layer's or block's name as written.
        settings: the node after the kind's key; None for a bare word.
        name: the user's name for it, or None.
        sources: what `from:` (or the list of `add:`/`concat:`) names; None means the item above.
        repeat: the node after `repeat:` or None.
        share: the item whose weights it uses, or None.
        path: address of the item in the document; span: from its first to its last character.
    """

    kind: str
    kind_span: Span
    settings: Node | None
    name: Reference | None
    sources: tuple[Reference, ...] | None
    repeat: Node | None
    share: Reference | None
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """A layer defined in `blocks:`. A null default in `params` must be given at each use."""

    name: str
    params: Mapping[str, Plain]
    items: tuple[Item, ...]
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What one of several models takes.

    Attributes:
        name: how its layers call it.
        like: the input of the data whose shape it has; None where the shape is written.
        shape: as written; None where it is that of `like`.
    """

    name: str
    like: str | None
    shape: Shape | None
    span: Span


@dataclass(frozen=True, slots=True)
class Model:
    """One of several networks: an entry of `models:`. `inputs` are in the order of its calls."""

    name: str
    inputs: tuple[ModelInput, ...]
    items: tuple[Item, ...]
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind picked from the catalog; `made` is the kind's dataclass with its settings."""

    kind: Kind
    made: Any
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the type the spec gives it."""

    name: str
    type: Choice | None
    span: Span


@dataclass(frozen=True, slots=True)
class Data:
    """The `data:` section. `columns` maps the ones named in the spec; None type means ignored.

    `supervised` is False where the spec brings its own losses and names no target: then no column
    is taken for one.
    """

    source: Choice
    targets: tuple[Column, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict[str, Column])
    split: Split = field(default_factory=Split)
    supervised: bool = True

    @property
    def target(self) -> Column | None:
        """The first target, or None."""
        return self.targets[0] if self.targets else None


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of an objective: a loss of some formulas, times a weight.

    Attributes:
        loss: the kind with its settings.
        arguments: the formulas by the role they play (`of`, `against` …), in the order of the
            kind's `takes`.
        weight: a formula; a constant where it is one.
    """

    loss: Choice
    arguments: Mapping[str, Formula]
    weight: Formula
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    """A name for a formula, worked out once a step."""

    name: str
    formula: Formula
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One update, made for every batch in the order of `train.steps`.

    Attributes:
        update: models whose weights it changes; () means all there are.
        optimizer, schedule: of its own, or None for those of `train:`.
        when: how often it is taken.
        let: names for formulas, in the order in which they are worked out.
        losses: what it makes small; () trains on the penalties of the modules alone.
    """

    path: Path
    span: Span
    update: tuple[Reference, ...] = ()
    optimizer: Choice | None = None
    schedule: Choice | None = None
    when: When = field(default_factory=When)
    let: tuple[Let, ...] = ()
    losses: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """Pictures drawn after every epoch: `count` rows of what `of` gives."""

    of: Formula
    count: int
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Train:
    """The `train:` section. None for a kind means: chosen by the target's type.

    `loss` counts for every target that `target_losses` does not name. `steps` are the objective:
    those of `steps:`, or the one that `losses:` (with `let:`) stands for; () where neither is
    written, so that each target has its loss.
    """

    settings: Training = field(default_factory=Training)
    optimizer: Choice | None = None
    schedule: Choice | None = None
    loss: Choice | None = None
    target_losses: Mapping[str, Choice] = field(default_factory=dict[str, Choice])
    metrics: tuple[Choice, ...] | None = None
    early_stopping: EarlyStopping | None = None
    steps: tuple[Step, ...] = ()
    preview: Preview | None = None

    @property
    def mentioned(self) -> frozenset[str]:
        """Every name in a formula: values, and items of models that are called."""
        formulas = [self.preview.of] if self.preview else []
        for step in self.steps:
            formulas += [let.formula for let in step.let]
            for term in step.losses:
                formulas += [*term.arguments.values(), term.weight]
        return frozenset(
            part.name
            for formula in formulas
            for part in walk(formula)
            if isinstance(part, Name | Attribute)
        )


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole document as data.

    `model` is None when the spec leaves the network to Netwright. `used_params` are the names that
    the data and train sections use; the graph adds those of the model and reports the rest as
    unused. `unread_params` are those whose value could not be worked out, which is reported.
    `outputs` names the item of the model that answers for a target; with `models`, which are
    several networks and then `model` is None, the model that does.
    """

    name: str | None
    params: Mapping[str, Plain]
    data: Data | None
    blocks: Mapping[str, Block]
    model: tuple[Item, ...] | None
    train: Train
    used_params: frozenset[str] = frozenset()
    unread_params: frozenset[str] = frozenset()
    outputs: Mapping[str, Reference] = field(default_factory=dict[str, Reference])
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])

    @property
    def lists(self) -> Mapping[str, tuple[Item, ...]]:
        """The layers of every network by its name; "" is that of `model:`."""
        if self.models:
            return {name: model.items for name, model in self.models.items()}
        return {} if self.model is None else {"": self.model}
