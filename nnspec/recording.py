"""How modules were made: the calls of their classes, with the arguments as they were given.

A layer's `build` returns a finished module; what it was made from is gone by then. While it runs,
the interpreter tells of every `__init__` that begins and ends, so that the outermost call of each
module is known, and afterwards which attributes were set on it later (`module.causal = True`).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

_INNER = ("_parameters", "_buffers", "_modules", "training")
_NOTHING = object()


@dataclass(slots=True)
class Construction:
    """One call of a module's class.

    Attributes:
        module: what was made.
        made: its class at that time.
        named: arguments by parameter name, defaults included.
        rest: what went into `*args`; keywords: what went into `**kwargs`.
        left: its attributes when the call was over.
    """

    module: nn.Module
    made: type
    named: Mapping[str, Any]
    rest: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict[str, Any])
    left: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Recording:
    """The constructions that were seen."""

    def __init__(self, but: type | None) -> None:
        from torch import nn

        self._module = nn.Module
        self._but = but
        self._calls: dict[int, Construction] = {}
        self._open: list[FrameType] = []

    def of(self, module: nn.Module) -> Construction | None:
        """Return how `module` was made, or None when that was not seen."""
        return self._calls.get(id(module))

    def settings(self, module: nn.Module) -> dict[str, Any]:
        """Return the attributes set on `module` since the call that made it was over."""
        seen = self.of(module)
        if seen is None:
            return {}
        return {
            name: value
            for name, value in vars(module).items()
            if name not in _INNER and seen.left.get(name, _NOTHING) is not value
        }

    def watch(self, frame: FrameType, event: str, argument: object) -> None:
        """Take note of an `__init__` that begins or ends (a function for `sys.setprofile`)."""
        del argument
        if frame.f_code.co_name != "__init__" or not frame.f_code.co_varnames:
            return
        if event == "call":
            self._begin(frame)
        elif event == "return" and self._open and self._open[-1] is frame:
            self._open.pop()
            if not self._open:
                self._keep_attributes()

    def _begin(self, frame: FrameType) -> None:
        given = inspect.getargvalues(frame)
        made = given.locals.get(frame.f_code.co_varnames[0])
        if not isinstance(made, self._module) or id(made) in self._calls:
            return
        if type(made) is self._but:
            return
        self._open.append(frame)
        self._calls[id(made)] = Construction(
            made,
            type(made),
            {name: given.locals[name] for name in given.args[1:]},
            tuple(given.locals[given.varargs]) if given.varargs else (),
            dict(given.locals[given.keywords]) if given.keywords else {},
        )

    def _keep_attributes(self) -> None:
        for seen in self._calls.values():
            if not seen.left:
                seen.left = dict(vars(seen.module))


@contextmanager
def recording(but: type | None = None) -> Generator[Recording]:
    """Record every module that is made in this thread meanwhile, except those of class `but`."""
    record, before = Recording(but), sys.getprofile()
    sys.setprofile(record.watch)
    try:
        yield record
    finally:
        sys.setprofile(before)
