"""Between the text of the project and the text that Qt shows.

Qt counts UTF-16 units where Python counts characters, shows every kind of line break as one, and
shows a no-break space as a space. An edit made in the editor is therefore found by comparing what
is shown, and carried over to the text: nothing that was not typed changes.
"""

from __future__ import annotations

from nnspec.edits import minimal
from nnspec.problems import Edit

_AS_SHOWN = {ord("\r"): "\n", 0x2028: "\n", 0x2029: "\n", 0xA0: " "}


def shown(text: str) -> str:
    """Return `text` as `toPlainText` gives it back."""
    if text.isascii() and "\r" not in text:
        return text
    return text.replace("\r\n", "\n").translate(_AS_SHOWN)


def utf16(text: str, index: int) -> int:
    """The UTF-16 position of a character index."""
    return index if text.isascii() else len(text[:index].encode("utf-16-le")) // 2


def character(text: str, position: int) -> int:
    """The character index of a UTF-16 position."""
    if text.isascii():
        return position
    return len(text.encode("utf-16-le")[: 2 * position].decode("utf-16-le", "ignore"))


def shown_index(text: str, index: int) -> int:
    """Where a character of `text` stands in what is shown."""
    return index - text.count("\r\n", 0, index)


def source_index(text: str, index: int) -> int:
    """Where a character that is shown stands in `text`."""
    if "\r\n" not in text:
        return index
    place = source = 0
    while place < index:
        source += 2 if text.startswith("\r\n", source) else 1
        place += 1
    return source


def typed(text: str, now: str) -> Edit | None:
    """The edit of `text` that shows as `now`, or None where it shows so already."""
    before = shown(text)
    if before == now:
        return None
    edit = minimal(before, now)
    fresh = edit.text.replace("\n", "\r\n") if "\r\n" in text else edit.text
    edit = Edit(source_index(text, edit.start), source_index(text, edit.end), fresh)
    # A lone carriage return beside a new line would read as one break: then all are written anew.
    return edit if shown(edit.apply(text)) == now else minimal(text, now)
