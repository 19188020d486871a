"""The tokens of the two themes: colours, type scale and grid, as plain data without Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

TextRole = Literal["small", "body", "heading", "title", "mono"]

GRID = 8
"""Margins and gaps are multiples of this (half of it inside controls)."""

SIZES: Mapping[TextRole, int] = {"small": 12, "body": 13, "heading": 15, "title": 20, "mono": 13}
"""The type scale in pixels."""

SANS = ("Inter", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
MONO = ("JetBrains Mono", "SF Mono", "Cascadia Mono", "Consolas", "Menlo", "DejaVu Sans Mono")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme.

    Attributes:
        window: behind everything. surface: cards, editors, the canvas. raised: menus, buttons.
        sunken: wells such as a progress bar's groove. line: hairlines. line_strong: field borders.
        text, muted, faint: three weights of writing; `faint` is for decoration, not for words.
        accent: the one action colour; accent_text stands on it; accent_soft is its quiet ground.
        good, warning, bad: states, each with a quiet ground (`…_soft`).
        series: curve colours, told apart by people with colour-blindness (after Okabe and Ito).
        families: a colour for each group of layers, keyed by the group's name in lower case.
    """

    name: Literal["light", "dark"]
    window: str
    surface: str
    raised: str
    sunken: str
    line: str
    line_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_text: str
    accent_soft: str
    good: str
    good_soft: str
    warning: str
    warning_soft: str
    bad: str
    bad_soft: str
    series: tuple[str, ...]
    families: Mapping[str, str]

    def family(self, group: str) -> str:
        """The colour of a group of layers; `muted` for a group that has none."""
        return self.families.get(group.lower(), self.muted)


LIGHT = Tokens(
    name="light",
    window="#f5f6f8",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#eceef2",
    line="#e2e5ea",
    line_strong="#c8cdd6",
    text="#171a20",
    muted="#5a6270",
    faint="#9aa1ad",
    accent="#3056d3",
    accent_hover="#2749b8",
    accent_pressed="#1f3b98",
    accent_text="#ffffff",
    accent_soft="#e8edfc",
    good="#177245",
    good_soft="#e2f4ea",
    warning="#8f5600",
    warning_soft="#fdf1dc",
    bad="#b92c22",
    bad_soft="#fdeae8",
    series=("#0072b2", "#d55e00", "#009e73", "#b5588f", "#c78a00", "#3a9bd9", "#5a6270"),
    families={
        "convolution": "#2f6fde",
        "linear": "#6b4fd8",
        "normalization": "#0f8a6d",
        "activation": "#c25e00",
        "pooling": "#0b84a5",
        "recurrent": "#a8438f",
        "sequence": "#a8438f",
        "dynamics": "#a4452d",
        "mixture": "#8a6200",
        "attention": "#b23a5b",
        "embedding": "#7a6a00",
        "shape": "#5a6270",
        "merge": "#3d7d2e",
        "regularization": "#8a5a3c",
        "dropout": "#8a5a3c",
        "upsampling": "#2f8fb3",
        "graph": "#00795c",
        "block": "#3056d3",
        "input": "#177245",
        "output": "#b92c22",
    },
)

DARK = Tokens(
    name="dark",
    window="#14161a",
    surface="#1b1e23",
    raised="#24282f",
    sunken="#101215",
    line="#2c3038",
    line_strong="#464d59",
    text="#e9ebee",
    muted="#a3abb8",
    faint="#6b7380",
    accent="#7f9cf9",
    accent_hover="#97affb",
    accent_pressed="#6a89ee",
    accent_text="#0d1430",
    accent_soft="#232c4a",
    good="#5fcf93",
    good_soft="#17311f",
    warning="#e8b454",
    warning_soft="#362a12",
    bad="#f2827a",
    bad_soft="#3b1d1b",
    series=("#5db7ee", "#f08a43", "#35c79b", "#e29bc8", "#f0c04a", "#a9c1ff", "#a3abb8"),
    families={
        "convolution": "#79a8ff",
        "linear": "#a896ff",
        "normalization": "#4fc7a6",
        "activation": "#f0a052",
        "pooling": "#56bfdc",
        "recurrent": "#dd8cc8",
        "sequence": "#dd8cc8",
        "dynamics": "#f09a80",
        "mixture": "#e0b04a",
        "attention": "#f08aa6",
        "embedding": "#d3c04f",
        "shape": "#a3abb8",
        "merge": "#86c873",
        "regularization": "#d0a27f",
        "dropout": "#d0a27f",
        "upsampling": "#6cc3e3",
        "graph": "#4cc9a0",
        "block": "#7f9cf9",
        "input": "#5fcf93",
        "output": "#f2827a",
    },
)
