"""What the inputs of a layer are called, and what flows into each. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnspec.catalog import Kind
from nnspec.spec import Item


@dataclass(frozen=True, slots=True)
class Taken:
    """One input of a layer.

    Attributes:
        role: what the layer calls it (`query`). optional: it may be left out. source: the item or
        input that flows into it; "" where nothing does.
    """

    role: str
    optional: bool = False
    source: str = ""

    @property
    def title(self) -> str:
        """The role in words: `lengths (optional)`."""
        return f"{self.role} (optional)" if self.optional else self.role

    @property
    def words(self) -> str:
        """What a tooltip says of its port."""
        return f"{self.title}, from {self.source}" if self.source else f"{self.title}: nothing yet"


def taken(kind: Kind | None, item: Item, above: str) -> tuple[Taken, ...]:
    """The inputs of an item that can have several, those that nothing flows into last.

    Args:
        kind: of the item; None for a block or an unknown layer, which take one.
        item: the item.
        above: what stands above it in the list.
    """
    if kind is None or not kind.joins:
        return ()
    named = ["previous"] if item.sources is None else [source.name for source in item.sources]
    sources = [above if name == "previous" else name for name in named]
    if kind.many:
        return tuple(Taken(f"input {at}", source=name) for at, name in enumerate(sources, 1))
    return tuple(
        Taken(role.removesuffix("?"), role.endswith("?"), sources[at] if at < len(sources) else "")
        for at, role in enumerate(kind.takes)
    )


def filled(inputs: Sequence[Taken]) -> tuple[Taken, ...]:
    """Those that something flows into: each has a port of its own."""
    return tuple(each for each in inputs if each.source)
