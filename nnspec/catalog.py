"""Finds every kind: one file in a kinds package is one kind, named as its module is named.

A catalog is made once by discovery and passed on; nothing registers itself on import and nothing
is global.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nnspec.params import Param, params_of
from nnspec.problems import nearest

Family = Literal["layer", "loss", "metric", "optimizer", "schedule", "source", "column", "export"]

KIND_PACKAGES: Mapping[Family, str] = {
    "layer": "nnspec.layers",
    "loss": "trainers.losses",
    "metric": "trainers.metrics",
    "optimizer": "trainers.optimizers",
    "schedule": "trainers.schedules",
    "source": "trainers.sources",
    "column": "trainers.columns",
    "export": "trainers.exports",
}
"""Where the kinds of each family live. The names are strings: nnspec imports none of the
trainers.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the catalog.

    Attributes:
        name: the module's name, which is what a spec writes.
        group: heading in the palette, for example "Convolution".
        help: the class docstring; its first line is one sentence.
        make: the frozen dataclass that holds the settings and knows the rules.
        many: a layer that takes two or more inputs of one role (`add`, `concat`).
        takes: names of a layer's inputs in the order of `from:`; one that ends with `?` may be
            left out. Not used where `many` is set.
        wraps: a layer whose one setting is another layer (`spectral_norm: {linear: 64}`); it is
            made of that alone, as `inner`.
        inner: the kind of the layer inside, once an item has named it.
        also: what other programs call it (`dense`); only used to suggest the right name.
    """

    family: Family
    name: str
    group: str
    help: str
    make: type
    many: bool = False
    also: tuple[str, ...] = ()
    params: tuple[Param, ...] = field(default=())
    takes: tuple[str, ...] = ("input",)
    wraps: bool = False
    inner: Kind | None = None

    @property
    def needs_settings(self) -> bool:
        """Whether its name alone does not do."""
        return self.wraps or any(setting.required for setting in self.params)

    @property
    def can_be_wrapped(self) -> bool:
        """Whether a layer has weights that another can wrap: it tells their `rows`."""
        return hasattr(self.make, "rows")

    @property
    def fewest(self) -> int:
        """How many inputs a layer needs at least."""
        return 2 if self.many else sum(not name.endswith("?") for name in self.takes)

    @property
    def most(self) -> int | None:
        """How many inputs a layer takes at most; None where there is no limit."""
        return None if self.many else len(self.takes)

    @property
    def joins(self) -> bool:
        """Whether a layer can take several inputs, which may then be listed in its place."""
        return self.most != 1

    @property
    def summary(self) -> str:
        """The first line of the help: one sentence."""
        return self.help.strip().splitlines()[0]

    @property
    def main(self) -> Param | None:
        """The setting a single value stands for, or None where the kind has no settings."""
        return self.params[0] if self.params else None


def kind(
    group: str = "",
    *,
    many: bool = False,
    takes: tuple[str, ...] = ("input",),
    wraps: bool = False,
    also: tuple[str, ...] = (),
) -> Any:
    """Mark the one public class of a module as its kind."""

    def mark(made: type) -> type:
        facts = {"group": group, "many": many, "takes": takes, "wraps": wraps, "also": also}
        made.kind_facts = facts  # type: ignore[attr-defined]
        return made

    return mark


class Catalog:
    """All known kinds by family and name.

    A kind's module is imported when the kind is asked for: a check of a spec pays for the few kinds
    that it names, not for the two hundred there are.
    """

    def __init__(
        self, kinds: Iterable[Kind] = (), modules: Mapping[Family, Mapping[str, str]] | None = None
    ) -> None:
        """Take kinds that are there, and the names of modules that hold one each."""
        self._kinds: dict[Family, dict[str, Kind]] = {family: {} for family in KIND_PACKAGES}
        self._waiting = {family: dict((modules or {}).get(family, {})) for family in KIND_PACKAGES}
        for found in kinds:
            self._kinds[found.family][found.name] = found

    @classmethod
    def discover(cls, packages: Mapping[Family, str | Iterable[str]] = KIND_PACKAGES) -> Catalog:
        """Find every module of the kinds packages; a module is a kind of its name."""
        return cls(
            modules={
                family: {
                    name: f"{package}.{name}"
                    for package in ([names] if isinstance(names, str) else names)
                    for name in _modules_in(package)
                }
                for family, names in packages.items()
            }
        )

    def names(self, family: Family) -> tuple[str, ...]:
        """All names of a family, in alphabetical order."""
        return tuple(sorted((*self._kinds[family], *self._waiting[family])))

    def get(self, family: Family, name: str) -> Kind | None:
        """The kind of that name, or None."""
        module = self._waiting[family].pop(name, None)
        found = _kind_in(family, module) if module else None
        if found is not None:
            self._kinds[family][name] = found
        return self._kinds[family].get(name)

    def nearest(self, family: Family, name: str) -> str | None:
        """The name most like `name`, or the one that other programs call so; None when none is."""
        near = nearest(name, self.names(family))
        if near:
            return near
        called = {word: kind.name for kind in self.of(family) for word in kind.also}
        word = nearest(name, called)
        return called[word] if word else None

    def of(self, family: Family) -> Iterator[Kind]:
        """All kinds of a family, by group and name."""
        found = (self.get(family, name) for name in self.names(family))
        return iter(sorted(filter(None, found), key=lambda kind: (kind.group, kind.name)))


def _modules_in(package: str) -> Iterator[str]:
    folder = importlib.import_module(package)
    return (m.name for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_"))


def _kind_in(family: Family, name: str) -> Kind | None:
    module = importlib.import_module(name)
    for _, member in inspect.getmembers(module, inspect.isclass):
        if member.__module__ == module.__name__ and "kind_facts" in vars(member):
            facts = vars(member)["kind_facts"]
            return Kind(
                family,
                name.rpartition(".")[2],
                facts["group"],
                inspect.getdoc(member) or "",
                member,
                facts["many"],
                facts["also"],
                params_of(member),
                facts["takes"],
                facts["wraps"],
            )
    return None
