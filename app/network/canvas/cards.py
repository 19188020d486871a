"""What a picture of the canvas is made of, as plain data: cards, wires, and both together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.network.canvas.blame import Severity
from app.network.canvas.roles import Taken
from nnspec.problems import Span
from nnspec.spec import Item, Path

Role = Literal["layer", "block", "unknown", "input", "output"]

INPUT = "input:"
OUTPUT = "output:"
"""Prefixes of the keys of the nodes that stand for data; no item's name holds a colon."""


@dataclass(frozen=True, slots=True)
class Card:
    """One node of the canvas.

    Attributes:
        title: the item's name, or its kind. kind: what a spec writes. group: the palette's heading.
        note: the settings as written, in short. repeat: "× 3" or "". layers: how many a block
        holds. shape: what leaves the node, or "". parameters, macs: of all it stands for. severity,
        words: the worst problem and all of them in a sentence each. path, span: of the item in the
        text; data nodes have the empty path. index: its place in the list; -1 for data. inputs:
        of a layer that can take several, with their roles.
    """

    key: str
    role: Role
    title: str
    kind: str
    group: str = ""
    note: str = ""
    repeat: str = ""
    layers: int = 0
    shape: str = ""
    parameters: int = 0
    macs: int = 0
    severity: Severity = ""
    words: str = ""
    path: Path = ()
    span: Span | None = None
    index: int = -1
    inputs: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Wire:
    """What flows from card to card; `slot` of `slots` says which input of the target it is."""

    source: str
    target: str
    slot: int = 0
    slots: int = 1
    shape: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells this wire from all others."""
        return (self.source, self.target, self.slot)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the canvas shows of one list of layers, that of `scope` (`canvas.scopes`)."""

    scope: str = ""
    cards: tuple[Card, ...] = ()
    wires: tuple[Wire, ...] = ()
    items: tuple[Item, ...] = ()
    written: bool = False

    def card(self, key: str) -> Card | None:
        """The card of that key, or None."""
        return next((card for card in self.cards if card.key == key), None)
