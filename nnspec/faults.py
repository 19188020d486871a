"""Faults of shapes and sizes in words: which layer, which shapes, from which lines, and the mend.

A layer's rule returns a bare `Fault`; here it becomes a `Problem` that names the layers as the user
named them, shows the shapes that meet, and offers a fix where the rule knows a certain one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from nnspec.catalog import Catalog, Kind
from nnspec.fitting import Misfit, answering, fitting
from nnspec.mends import Layer, put_after, set_at
from nnspec.problems import Edit, Fix, Problems, Span, nearest, suggestion
from nnspec.reading import address
from nnspec.shapes import Fault, Requirement, Shape, width_of
from nnspec.spec import Item, Path, Reference
from nnspec.tree import Mapping, Plain

BYTES = 4
"""A number of a network takes this many bytes (float32)."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A result on its way to the next layer.

    Attributes:
        id: the node or the data's input it comes from.
        shape: None where it is not known.
        label: how messages call it.
        span: the item it leaves, or None for the data.
    """

    id: str
    shape: Shape | None
    label: str
    span: Span | None


@dataclass(slots=True)
class FaultReport:
    """Turns faults into problems of one text, each item at most once for each kind of fault.

    `fits` counts how often an item was expanded without one, where it is expanded several times.
    """

    problems: Problems
    catalog: Catalog | None = None
    fits: Counter[Path] = field(default_factory=Counter[Path])
    _told: set[tuple[str, Path]] = field(default_factory=set[tuple[str, Path]])

    def fault(
        self,
        item: Item,
        kind: Kind,
        fault: Fault,
        inputs: tuple[Signal, ...],
        uses: tuple[Item, ...],
        layer: object = None,
    ) -> None:
        """Report that `item` cannot take `inputs`; `uses` are the block uses it stands in."""
        label = item.name.name if item.name else item.kind
        self._add(
            fault.code,
            item,
            _setting_span(item, fault.setting),
            f"'{label}' {fault.message}",
            fault.hint,
            setting=fault.setting,
            details=(*self._inputs(inputs), *self._trail(uses)),
            fix=None
            if (fault.code, item.path) in self._told
            else self._mend(item, kind, fault, inputs, layer),
        )

    def missing_library(self, item: Item, kind: Kind, layer: Any, uses: tuple[Item, ...]) -> None:
        """Report that a layer needs a library that is not installed; its shape is known anyhow."""
        asks = getattr(layer, "requires", None)
        needed: Requirement | None = asks() if asks else None
        if needed is None or find_spec(needed.library):
            return
        says = f"with {needed.setting}: {getattr(layer, needed.setting)} " if needed.setting else ""
        fault = Fault(
            f"{says}needs {needed.library}, which is not installed",
            f"install it with: pip install 'netwright[{needed.extra}]'",
            code="layer.extra",
            setting=needed.setting,
        )
        self.fault(item, kind, fault, (), uses)

    def too_large(
        self, item: Item, what: str, numbers: int, hint: str, uses: tuple[Item, ...]
    ) -> None:
        """Report that `item` makes more `numbers` than any machine holds."""
        label = item.name.name if item.name else item.kind
        gigabytes = min(numbers * BYTES // 10**9, 10**15)
        self._add(
            "layer.too_large",
            item,
            item.kind_span,
            f"'{label}' is too large: its {what} would take {gigabytes:,} GB",
            hint,
            details=self._trail(uses),
        )

    def output(self, item: Item, kind: Kind | None, target: str, need: Shape, shape: Shape) -> None:
        """Report that the network's result does not fit the target."""
        if len(need) != 1:
            self._arrayed_output(item, kind, target, need, shape)
            return
        if len(shape) != 1:
            pool = "global_avg_pool" if len(shape) in (2, 3) else "flatten"
            hint = f"end with '- {pool}' and '- linear: auto'"
            fix = answering(self.problems, item, need, shape)
        else:
            hint, fix = "end with '- linear: auto'", self._output_fix(item, kind)
        whole = "whole " if shape.dtype == "int" else ""
        count = shape.sizes[0] if len(shape) == 1 else shape
        gives = f"{count} {whole}number{'' if count == 1 else 's'}"
        label = item.name.name if item.name else item.kind
        needs = (
            f"'{target}' needs 1 number"
            if need.sizes == (1,)
            else f"'{target}' needs {need} numbers"
        )
        self._add(
            "output.shape", item, item.kind_span, f"{needs}; '{label}' gives {gives}", hint, fix=fix
        )

    def _arrayed_output(
        self, item: Item, kind: Kind | None, target: str, need: Shape, shape: Shape
    ) -> None:
        """Report that the result is not the sequence or the picture that the target needs."""
        form = "length x classes" if len(need) == 2 else "classes x height x width"
        last = "linear: auto" if len(need) == 2 else "conv2d: {out_channels: auto, kernel_size: 1}"
        label = item.name.name if item.name else item.kind
        same = len(shape) == len(need)
        hint = f"end with '- {last}'"
        if same and shape.sizes[:1] == need.sizes[:1] and len(need) == 3:
            hint = "bring it to the target's height and width, with upsample or other strides"
        self._add(
            "output.shape",
            item,
            item.kind_span,
            f"'{target}' needs {need} ({form}); '{label}' gives {shape}",
            hint,
            fix=self._output_fix(item, kind)
            if same and width_of(shape) != width_of(need)
            else None,
        )

    def no_output(
        self, target: str, reference: Reference | None = None, known: tuple[str, ...] = ()
    ) -> None:
        """Report that no layer answers for one of several targets."""
        if reference is not None:
            self._unknown(
                "output.unknown", reference, f"outputs.{target}", known, "a layer of the model"
            )
            return
        self.problems.add(
            "output.missing",
            None,
            f"no layer of the model is named '{target}', and so none answers for this target",
            path="model",
            hint=f"name the layer that predicts it: name: {target}",
        )

    def no_target(self, name: str, reference: Reference, known: tuple[str, ...]) -> None:
        """Report that `outputs:` names a target that the data does not have."""
        self.problems.add(
            "output.target",
            reference.span,
            f"'{name}' is no target of the data",
            path=f"outputs.{name}",
            hint=suggestion(name, known, kinds="targets") if known else "add it to data: target:",
        )

    def _unknown(
        self, code: str, reference: Reference, path: str, known: tuple[str, ...], what: str
    ) -> None:
        near, span = nearest(reference.name, known), reference.span
        self.problems.add(
            code,
            span,
            f"'{reference.name}' is not the name of {what}",
            path=path,
            hint=suggestion(reference.name, known, kinds="names")
            if known
            else "give that layer a name: name: NAME",
            fix=Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None,
        )

    def _add(
        self,
        code: str,
        item: Item,
        span: Span,
        message: str,
        hint: str | None,
        *,
        setting: str = "",
        details: tuple[str, ...] = (),
        fix: Fix | None = None,
    ) -> None:
        if (code, item.path) in self._told:
            return
        self._told.add((code, item.path))
        path = address((*item.path, item.kind, setting) if setting else (*item.path, item.kind))
        self.problems.add(code, span, message, path=path, hint=hint, details=details, fix=fix)

    def _line(self, span: Span) -> int:
        return self.problems.lines.position(span.start)[0]

    def _inputs(self, inputs: tuple[Signal, ...]) -> tuple[str, ...]:
        wide = max((len(each.label) for each in inputs), default=0)
        shapes = [str(each.shape) for each in inputs]
        wider = max((len(shape) for shape in shapes), default=0)
        places = [f"line {self._line(each.span)}" if each.span else "data" for each in inputs]
        return tuple(
            f"{each.label:<{wide}}  {shape:<{wider}}  ({place})"
            for each, shape, place in zip(inputs, shapes, places, strict=True)
        )

    def _trail(self, uses: tuple[Item, ...]) -> tuple[str, ...]:
        return tuple(f"in '{use.kind}', used on line {self._line(use.kind_span)}" for use in uses)

    def _mend(
        self, item: Item, kind: Kind, fault: Fault, inputs: tuple[Signal, ...], layer: object
    ) -> Fix | None:
        """A setting that certainly fits, fewer repetitions, or layers before it.

        In a block there is none where another use of it fits: it would no longer.
        """
        fitted = self.fits[item.path]
        if fitted and item.repeat is not None:
            words = f"Repeat it {fitted} times"
            return set_at(self.problems, (*item.path, "repeat"), fitted, words)
        if fitted or fault.fix is not None:
            return None if fitted else self._setting_fix(item, kind, fault)
        shapes = tuple(each.shape for each in inputs if each.shape is not None)
        if self.catalog is None or layer is None or not shapes or item.repeat is not None:
            return None
        return fitting(self.problems, self.catalog, Misfit(item, kind, layer, shapes))

    def _setting_fix(self, item: Item, kind: Kind, fault: Fault) -> Fix | None:
        if fault.fix is None:
            return None
        setting, value = fault.fix
        return self._set(item, kind, setting, value, f"Set {setting} to {value}")

    def _output_fix(self, item: Item, kind: Kind | None) -> Fix | None:
        auto = next((p for p in kind.params if "auto" in p.types), None) if kind else None
        if kind is not None and auto is not None:
            return self._set(item, kind, auto.name, "auto", f"Set {auto.name} to auto")
        if item.name is not None:
            return None  # the answer goes by this name: what stands behind it would not be asked
        last: Layer = ("linear", {"out_features": "auto"})
        return put_after(self.problems, item, (last,), "Add 'linear: auto' at the end")

    def _set(self, item: Item, kind: Kind, setting: str, value: Plain, words: str) -> Fix | None:
        path = (*item.path, item.kind, setting)
        return set_at(self.problems, path, value, words, kind.main.name if kind.main else None)


def _setting_span(item: Item, setting: str) -> Span:
    if setting and isinstance(item.settings, Mapping):
        entry = item.settings.entry(setting)
        if entry is not None:
            return entry.key_span
    return item.kind_span
