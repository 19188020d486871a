"""Running text: a book, a play, a log, read through windows.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from trainers.files import fingerprint, locate, size_and_time
from trainers.findings import Findings
from trainers.text_files import LARGEST_BOOK, decoded

if TYPE_CHECKING:
    from trainers.table import Table

_WORD = re.compile(r"\S+\s*|\s+")


@kind("Text")
@dataclass(frozen=True, slots=True)
class RunningText:
    """Running text, read through windows that follow one another.

    Gives the column `text`: windows of `context` + 1 characters (or words), so that the network can
    be asked at each of `context` places what comes next. The end of the text is the test part, what
    stands before it the validation part; windows of different parts never overlap.
    """

    endings: ClassVar[tuple[str, ...]] = (".text",)

    path: str = param(help="The file, relative to the spec or absolute.")
    context: int = param(128, low=1, high=100_000, help="How many characters the network looks at.")
    stride: int | Literal["auto"] = param(
        "auto",
        low=1,
        high=100_000,
        help="How far a training window stands from the one before it. auto: half the context.",
    )
    unit: Literal["characters", "words"] = param(
        "characters", help="What context and stride count: characters, or words with what follows."
    )
    validation: float = param(
        0.1,
        low=0,
        below=0.9,
        help="Share of the text that judges each epoch, before the test part.",
    )
    test: float = param(
        0.1, low=0, below=0.9, help="Share of the text, at its end, for the final test."
    )

    def identity(self, folder: Path) -> Any:
        """Return what changes when the file does, without reading it."""
        return size_and_time(folder / self.path)

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> RunningText:  # noqa: ARG002
        """Return the same reading of another text, all of it one part."""
        return replace(self, path=path, validation=0.0, test=0.0)

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """Read the windows; None when the file is no text or too short."""
        path = locate(self.path, folder, findings)
        content = self._content(path, findings) if path else None
        if path is None or content is None:
            return None
        findings.file = findings.file or self.path
        units = content if self.unit == "characters" else _WORD.findall(content)
        parts = {
            name: self._windows(units, *span) for name, span in self._spans(len(units)).items()
        }
        if not parts["train"]:
            findings.add(
                "data.too_short",
                f"'{self.path}' has {len(units):,} {self.unit}: too few for windows of "
                f"{self.context + 1}",
                hint="bring a longer text, or make 'context' smaller",
                anchor="source",
            )
            return None
        return self._table(path, parts, len(content))

    def prompts(self, path: Path, findings: Findings) -> list[str] | None:
        """Return the lines of a file, each the beginning of a text that is to be continued."""
        content = self._content(path, findings)
        return None if content is None else [line for line in content.splitlines() if line.strip()]

    def _content(self, path: Path, findings: Findings) -> str | None:
        if path.is_dir() or path.stat().st_size > LARGEST_BOOK:
            findings.add(
                "data.path",
                f"'{path.name}' is " + ("a folder" if path.is_dir() else "larger than 256 MiB"),
                hint="name one file of running text; for a folder per class use 'text_folder'",
            )
            return None
        content = decoded(path.read_bytes())
        if content is None:
            findings.add(
                "data.not_text", f"'{path.name}' holds no text", hint="save it as UTF-8 text"
            )
        return content

    def _spans(self, count: int) -> dict[str, tuple[int, int, int]]:
        """Begin, end and stride of each part."""
        test = count - round(count * self.test)
        validation = test - round(count * self.validation)
        stride = max(1, self.context // 2) if self.stride == "auto" else self.stride
        return {
            "train": (0, validation, stride),
            "validation": (validation, test, self.context),
            "test": (test, count, self.context),
        }

    def _windows(self, units: Sequence[str], begin: int, end: int, stride: int) -> list[str]:
        return list(_cut(units, begin, end, self.context + 1, stride))

    def _table(self, path: Path, parts: dict[str, list[str]], characters: int) -> Table:
        import numpy as np

        from trainers.table import Table
        from trainers.texts import Texts

        windows = [window for found in parts.values() for window in found]
        marked = np.array([name for name, found in parts.items() for _ in found])
        return Table(
            ("text",),
            len(windows),
            {"text": Texts.of(windows)},
            marked if self.validation or self.test else None,
            fingerprint(path),
            f"{path.name}: {characters:,} characters, {len(windows):,} windows of "
            f"{self.context + 1} {self.unit}",
            {"text": "text"},
            ("text",),
        )


def _cut(units: Sequence[str], begin: int, end: int, size: int, stride: int) -> Iterator[str]:
    for start in range(begin, end - size + 1, stride):
        window = units[start : start + size]
        yield window if isinstance(window, str) else "".join(window)
