"""Names for runs that people can say: the time and two words."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Final


def new_folder(parent: Path) -> Path:
    """Make a folder in `parent` nobody has yet; `mkdir` itself decides who was first.

    Raises:
        OSError: the parent cannot be made or written.
    """
    parent.mkdir(parents=True, exist_ok=True)
    moment = f"{datetime.now():%Y-%m-%d_%H%M}"  # noqa: DTZ005 - for people, in their own time
    while True:
        folder = parent / f"{moment}_{random.choice(_ADJECTIVES)}-{random.choice(_NOUNS)}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder


_ADJECTIVES: Final = (
    "amber", "bold", "brave", "brisk", "calm", "clear", "coral", "crisp", "deep", "early",
    "fair", "fleet", "fresh", "gentle", "glad", "golden", "grand", "green", "happy", "keen",
    "kind", "light", "lively", "lucky", "mellow", "mild", "neat", "noble", "quick", "quiet",
    "rapid", "ready", "rosy", "sharp", "silver", "smooth", "steady", "sunny", "swift", "tidy",
    "vivid", "warm", "wise", "young",
)  # fmt: skip
_NOUNS: Final = (
    "ash", "bay", "beech", "birch", "brook", "cedar", "cliff", "cloud", "coast", "crane",
    "creek", "dove", "dune", "elm", "falcon", "fern", "finch", "fjord", "fox", "grove",
    "harbor", "hawk", "hazel", "heron", "hill", "island", "lake", "lark", "linden", "lynx",
    "maple", "marsh", "meadow", "moss", "oak", "otter", "owl", "pine", "reef", "ridge", "river",
    "robin", "spruce", "swan", "tern", "valley", "willow", "wren",
)  # fmt: skip
