"""Values and modules to the Python expressions that make them, as a recording of a network says."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from nnspec.python_blocks import Layer, Setting
from nnspec.python_calls import Argument, Call, Expression, Text
from nnspec.python_definitions import Definitions
from nnspec.recording import Construction, Recording

if TYPE_CHECKING:
    from torch import nn


_MOST_NUMBERS = 64
_BARE = 2
_WRAPPERS = {"_SpectralNorm": "spectral_norm", "_WeightNorm": "weight_norm"}
_PAIRS = ("kernel_size", "stride", "padding", "dilation", "output_padding")


class UnwritableError(Exception):
    """A layer is made of something that has no form in Python source."""


class Expressions:
    """Values and modules to expressions; collects the definitions that those need."""

    def __init__(self, record: Recording) -> None:
        self.definitions = Definitions()
        self._record = record

    def layer(self, network: nn.Module, child: str) -> Layer:
        """Return how a child of the network was made."""
        module = network.get_submodule(child)
        return Layer(child, self.expression(module), self.settings(module))

    def settings(self, module: nn.Module) -> tuple[Setting, ...]:
        """Return what was set on a module, and on those it was made of, after their making."""
        found: list[Setting] = []
        inside: list[tuple[str, nn.Module]] = list(cast("Any", module).named_modules())
        for path, inner in inside:
            if "parametrizations" in path:
                continue
            steps = (f"[{step}]" if step.isdigit() else f".{step}" for step in path.split("."))
            place = "".join(steps) if path else ""
            found += (
                Setting(f"{place}.{name}", self.expression(value))
                for name, value in self._record.settings(inner).items()
            )
        return tuple(found)

    def expression(self, value: Any) -> Expression:
        """Return the expression that makes `value`."""
        import torch

        if isinstance(value, torch.nn.Module):
            return self._module(value)
        if isinstance(value, tuple | list):
            return self._listed(
                tuple(cast("list[Any]", value)), "()" if isinstance(value, tuple) else "[]"
            )
        if isinstance(value, Mapping):
            return self._mapped(cast("Mapping[Any, Any]", value))
        if value is None or isinstance(value, bool | int | str):
            return Text(_quoted(repr(value)))
        if isinstance(value, float):
            finite = value - value == 0
            return Text(repr(value) if finite else f'float("{value}")')
        if isinstance(value, torch.dtype | torch.device):
            return Text(str(value) if isinstance(value, torch.dtype) else repr(value))
        if isinstance(value, torch.Tensor) and value.numel() <= _MOST_NUMBERS:
            numbers: Any = cast("Any", value).tolist()
            return Text(f"torch.tensor({numbers}, dtype={value.dtype})")
        return Text(self._named(value))

    def _listed(self, items: tuple[Any, ...], brackets: str) -> Expression:
        made = tuple(Argument("item", self.expression(item), bare=True) for item in items)
        if all(isinstance(one.value, Text) for one in made):
            inner = ", ".join(one.value.text for one in made if isinstance(one.value, Text))
            comma = "," if len(made) == 1 and brackets == "()" else ""
            return Text(f"{brackets[0]}{inner}{comma}{brackets[1]}")
        return Call("", made, brackets)

    def _mapped(self, value: Mapping[Any, Any]) -> Expression:
        pairs = self.expression([tuple(pair) for pair in value.items()])
        ordered = type(value).__name__ == "OrderedDict"
        if ordered:
            self.definitions.imports.add("from collections import OrderedDict")
        name = "OrderedDict" if ordered else "dict"
        return Call(name, (Argument("items", pairs, bare=True),))

    def _module(self, module: nn.Module) -> Expression:
        if hasattr(module, "parametrizations"):
            return self._wrapped(module)
        return self._constructed(module, type(module))

    def _wrapped(self, module: nn.Module) -> Expression:
        """Return the call that makes a module with normalised weights."""
        made: Any = type(module)
        parametrizations: Any = module.parametrizations
        names = {_WRAPPERS.get(type(one).__name__, "") for one in parametrizations.weight}
        name = names.pop()
        if names or not name:
            raise UnwritableError(f"how the weights of {made.__name__} are made is not known")
        self.definitions.imports.add(f"from torch.nn.utils.parametrizations import {name}")
        inner = self._constructed(module, made.__base__)
        return Call(name, (Argument("module", inner, bare=True),))

    def _constructed(self, module: nn.Module, made: type) -> Expression:
        seen = self._record.of(module)
        if seen is None or made is not seen.made:
            raise UnwritableError(f"how {type(module).__name__} was made is not known")
        defaults = _defaults(seen.made)
        named_only = _named_only(seen.made)
        required = (name for name in seen.named if name not in defaults)
        bare = [name for name in required if name not in named_only][:_BARE]
        named = (
            Argument(
                name,
                self.expression(_single(seen, name, value)),
                bare=name in bare,
                default=self._default(defaults, name),
            )
            for name, value in {**seen.named, **seen.keywords}.items()
        )
        rest = (Argument("layer", self.expression(value), bare=True) for value in seen.rest)
        arguments = list(named)
        first = [one for one in arguments if one.bare]
        if seen.rest:  # what comes before *args can only be given by place
            first = [Argument(one.name, one.value, bare=True) for one in arguments]
            arguments = first
        return Call(
            self._named(seen.made),
            (*first, *rest, *(one for one in arguments if not one.bare)),
        )

    def _default(self, defaults: Mapping[str, Any], name: str) -> str | None:
        if name not in defaults:
            return None
        value = defaults[name]
        made = self.expression(value) if not callable(value) else Text(self._named(value))
        return made.text if isinstance(made, Text) else None

    def _named(self, value: Any) -> str:
        """Return the name of a class or function, imported or copied."""
        from torch import nn
        from torch.nn import functional

        name, module = getattr(value, "__qualname__", ""), getattr(value, "__module__", "") or ""
        if getattr(nn, name, None) is value:
            return f"nn.{name}"
        if name and getattr(functional, name, None) is value:
            self.definitions.imports.add("from torch.nn import functional")
            return f"functional.{name}"
        if module.partition(".")[0] == "torch" and "." not in name:
            self.definitions.imports.add(f"import {module}")
            return f"{module}.{name}"
        if isinstance(value, type):
            return self.definitions.of(value)
        raise UnwritableError(f"{type(value).__name__} has no form in Python source")


def _quoted(text: str) -> str:
    """A text in double quotes, as the rest of the source has them."""
    plain = text[:1] == "'" and '"' not in text and "\\" not in text
    return f'"{text[1:-1]}"' if plain else text


def _single(seen: Construction, name: str, value: Any) -> Any:
    """One number for all axes, where PyTorch's convolutions and pooling take that as well."""
    home = _where(seen.made, "__init__")
    numbers = cast("tuple[Any, ...]", value if isinstance(value, tuple) else ())
    pairs = home.endswith((".conv", ".pooling")) and name in _PAIRS
    if pairs and len(set(numbers)) == 1:
        return numbers[0]
    return cast("Any", value)


def _where(made: type, name: str) -> str:
    return next((one.__module__ for one in made.__mro__ if name in vars(one)), "")


def _named_only(made: type) -> set[str]:
    """Return the arguments of a class's constructor that cannot be given by place."""
    parameters = inspect.signature(made).parameters.values()
    return {each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}


def _defaults(made: type) -> dict[str, Any]:
    """Return the defaults of a class's constructor, of those it passes keywords on to too."""
    found: dict[str, Any] = {}
    for one in made.__mro__:
        if "__init__" not in vars(one) or one is object:
            continue
        parameters = inspect.signature(vars(one)["__init__"]).parameters.values()
        for each in parameters:
            if each.default is not inspect.Parameter.empty:
                found.setdefault(each.name, each.default)
        if all(each.kind is not inspect.Parameter.VAR_KEYWORD for each in parameters):
            break
    return found
