"""From what Qt shows to the text and back: UTF-16, line breaks and spaces that look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

from app.network.positions import character, shown, source_index, typed, utf16

TEXTS = st.text(alphabet="ab \n\r\xa0\u2028é🦊", max_size=30)


@given(TEXTS)
def test_shown_is_what_qt_gives_back(text: str) -> None:
    document = QTextDocument()
    document.setPlainText(shown(text))
    assert document.toPlainText() == shown(text)


@given(TEXTS, st.integers(0, 30))
def test_positions_go_both_ways(text: str, index: int) -> None:
    index = min(index, len(text))
    assert character(text, utf16(text, index)) == index


PARTS = st.lists(st.sampled_from(["a", "b ", "\n", "\r\n", "\xa0", "\u2028", "🦊"])).map("".join)


@given(TEXTS, TEXTS.map(shown))
def test_whatever_is_typed_is_what_is_shown(text: str, now: str) -> None:
    edit = typed(text, now)
    assert shown(edit.apply(text) if edit else text) == now


@given(PARTS, st.integers(0, 30), st.integers(0, 4), st.text(alphabet="x🦊\n", max_size=3))
def test_typing_changes_nothing_that_was_not_typed(
    text: str, at: int, taken: int, fresh: str
) -> None:
    before = shown(text)
    at = min(at, len(before))
    now = before[:at] + fresh + before[at + taken :]
    edit = typed(text, now)
    after = edit.apply(text) if edit else text
    assert shown(after) == now
    if edit:
        assert text[: edit.start] == after[: edit.start]
        assert edit.end - edit.start <= 2 * taken


@pytest.mark.parametrize(("index", "source"), [(0, 0), (1, 1), (2, 3), (4, 6)])
def test_a_windows_line_break_is_one_character_on_the_screen(index: int, source: int) -> None:
    assert source_index("a\r\nb\r\n", index) == source


def test_a_new_line_is_written_like_the_others() -> None:
    edit = typed("a: 1\r\nb: 2\r\n", "a: 1\nc: 3\nb: 2\n")
    assert edit.apply("a: 1\r\nb: 2\r\n") == "a: 1\r\nc: 3\r\nb: 2\r\n"
