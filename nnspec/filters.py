"""What convolutions and pooling of one, two and three axes share: sizes, padding and edges.

Sizes are those of the axes that a window slides over, without channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from nnspec.rules import described, known, same_padding, too_big, windows
from nnspec.shapes import Fault, Shape, Size

Padding: TypeAlias = "Literal['same', 'valid'] | int | tuple[int, ...]"


def spread(value: int | tuple[int, ...], axes: int) -> tuple[int, ...]:
    """One number for every axis, or the numbers as they are."""
    return (value,) * axes if isinstance(value, int) else value


def groups_divide(groups: int, received: int, made: int) -> Fault | None:
    """Refuse groups that do not divide the channels received and those made."""
    if received % groups == 0 and made % groups == 0:
        return None
    return Fault(
        f"cannot divide {received} and {made} channels into {groups} groups",
        "use groups: 1, or a number that divides both",
        setting="groups",
        fix=("groups", 1),
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that slides over one or more axes.

    Attributes:
        padding: zeros on both sides of each axis; "same" gives ceil(size / stride) results.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...] | Literal["same"]

    @classmethod
    def over(
        cls,
        axes: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...],
        padding: Padding,
        dilation: int | tuple[int, ...] = 1,
    ) -> Filter:
        """Make a filter over `axes` axes of settings that are one number or one for each axis."""
        if padding == "valid":
            padding = 0
        added = "same" if isinstance(padding, str) else spread(padding, axes)
        return cls(spread(kernel_size, axes), spread(stride, axes), spread(dilation, axes), added)

    def results(self, sizes: tuple[Size, ...]) -> tuple[int, ...]:
        """How many results there are on each axis."""
        fixed = [known(size) for size in sizes]
        if isinstance(self.padding, str):
            return tuple(-(-size // step) for size, step in zip(fixed, self.stride, strict=True))
        return tuple(map(windows, fixed, self.kernel, self.stride, self.padding, self.dilation))

    def sides(self, sizes: tuple[Size, ...]) -> tuple[tuple[int, int], ...]:
        """Zeros before and after each axis."""
        if not isinstance(self.padding, str):
            return tuple((added, added) for added in self.padding)
        fixed = [known(size) for size in sizes]
        return tuple(map(same_padding, fixed, self.kernel, self.stride, self.dilation))

    def fits(self, x: Shape, sizes: tuple[Size, ...]) -> Fault | None:
        """Refuse a kernel that is larger than what it slides over."""
        if min(self.results(sizes)) >= 1:
            return None
        plain = not any(self.padding) and set(self.dilation) == {1}
        return too_big(self.kernel, x, min(known(size) for size in sizes) if plain else None)


def padding_order(sides: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """Sides as `torch.nn.functional.pad` wants them: the last axis first."""
    return tuple(added for side in reversed(sides) for added in side)


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooling window that slides over one or more axes."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    ceil: bool

    @classmethod
    def over(
        cls,
        axes: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None,
        padding: int | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        *,
        ceil: bool = False,
    ) -> Pool:
        """Make a window over `axes` axes; without a stride it moves by its own size."""
        step = kernel_size if stride is None else stride
        return cls(
            spread(kernel_size, axes),
            spread(step, axes),
            spread(padding, axes),
            spread(dilation, axes),
            ceil,
        )

    def results(self, sizes: tuple[Size, ...]) -> tuple[int, ...]:
        """How many results there are on each axis."""
        axes = zip(sizes, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return tuple(windows(known(size), *axis, ceil=self.ceil) for size, *axis in axes)

    def fits(self, x: Shape, sizes: tuple[Size, ...]) -> Fault | None:
        """Refuse too much padding, and a kernel that is larger than what it slides over."""
        if any(2 * added > size for added, size in zip(self.padding, self.kernel, strict=True)):
            return Fault(
                "has a padding of more than half its kernel",
                "use padding: 0, or a larger kernel_size",
                setting="padding",
                fix=("padding", 0),
            )
        if min(self.results(sizes)) >= 1:
            return None
        plain = not any(self.padding) and set(self.dilation) == {1}
        return too_big(self.kernel, x, min(known(size) for size in sizes) if plain else None)


@dataclass(frozen=True, slots=True)
class TransposedFilter:
    """A filter that enlarges one or more axes.

    Attributes:
        padding: what is cut off on both sides of each axis; "same" gives size x stride results.
        output_padding: what is added at the far side; worked out where padding is "same".
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...] | Literal["same"]
    output_padding: tuple[int, ...]

    @classmethod
    def over(
        cls,
        axes: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...],
        padding: Padding,
        output_padding: int | tuple[int, ...],
        dilation: int | tuple[int, ...],
    ) -> TransposedFilter:
        """Make a filter over `axes` axes of settings that are one number or one for each axis."""
        if padding == "valid":
            padding = 0
        cut = "same" if isinstance(padding, str) else spread(padding, axes)
        return cls(
            spread(kernel_size, axes),
            spread(stride, axes),
            spread(dilation, axes),
            cut,
            spread(output_padding, axes),
        )

    @property
    def edges(self) -> tuple[tuple[int, int, int], ...]:
        """For each axis: cut off on both sides, added at the far side, trimmed at the far side.

        PyTorch adds less than stride or dilation; where `same` would need more (an even kernel
        with stride 1), less is cut off on both sides and one trimmed at the far one instead.
        """
        if not isinstance(self.padding, str):
            axes = zip(self.padding, self.output_padding, strict=True)
            return tuple((cut, added, 0) for cut, added in axes)
        edges: list[tuple[int, int, int]] = []
        for kernel, stride, dilation in zip(self.kernel, self.stride, self.dilation, strict=True):
            extra = dilation * (kernel - 1) + 1 - stride
            if extra <= 0:
                edges.append((0, -extra, 0))
            elif extra % 2 and max(stride, dilation) == 1:
                edges.append((extra // 2, 0, 1))
            else:
                edges.append(((extra + 1) // 2, extra % 2, 0))
        return tuple(edges)

    @property
    def trims(self) -> tuple[int, ...]:
        """What is trimmed at the far side of each axis."""
        return tuple(trimmed for _, _, trimmed in self.edges)

    def results(self, sizes: tuple[Size, ...]) -> tuple[int, ...]:
        """How many results there are on each axis."""
        axes = zip(sizes, self.kernel, self.stride, self.dilation, self.edges, strict=True)
        return tuple(
            (known(size) - 1) * stride + dilation * (kernel - 1) + 1 - 2 * cut + added - trimmed
            for size, kernel, stride, dilation, (cut, added, trimmed) in axes
        )

    def fits(self, x: Shape, sizes: tuple[Size, ...]) -> Fault | None:
        """Refuse what PyTorch refuses: too large an output_padding, and nothing left."""
        room = map(max, self.stride, self.dilation)
        if any(added >= limit for (_, added, _), limit in zip(self.edges, room, strict=True)):
            return Fault(
                "has an output_padding that is not smaller than stride or dilation",
                "use output_padding: 0",
                setting="output_padding",
                fix=("output_padding", 0),
            )
        if min(self.results(sizes)) >= 1:
            return None
        return Fault(f"cuts off all of {described(x)}", "use less padding", setting="padding")
