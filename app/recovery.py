"""Unsaved text kept aside, so that neither a crash nor a second one loses an edit.

What is kept stays until the document is saved: it is not deleted by being brought back.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from trainers.durable import atomic_write
from trainers.places import home


def keep(path: Path | None, text: str) -> None:
    """Keep the unsaved text of a document.

    Raises:
        OSError: the disk does not take it.
    """
    target = _place(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(target, json.dumps({"path": str(path), "text": text}).encode("utf-8"))


def kept(path: Path | None) -> str | None:
    """Return the unsaved text of a document, or None."""
    try:
        text = json.loads(_place(path).read_text("utf-8"))["text"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return text if isinstance(text, str) else None


def forget(path: Path | None) -> None:
    """The document is saved: nothing has to be kept."""
    _place(path).unlink(missing_ok=True)


def _place(path: Path | None) -> Path:
    return home() / "recovery" / f"{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.json"
