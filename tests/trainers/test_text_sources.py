"""Sources of texts: windows over running text, and a folder of texts per class."""

import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.findings import Findings
from trainers.sources.text import RunningText
from trainers.sources.text_folder import TextFolder
from trainers.text_files import decoded, is_prose, is_text_file

PROSE = (
    "The quick brown fox jumps over the lazy dog, and nobody minds.\n"
    "Nobody but the dog.\n\nIt barks, turns, barks again, and sleeps.\n"
) * 20


def opened(source, folder):
    findings = Findings()
    return source.open(folder, findings), [found.code for found in findings.found]


def test_windows_of_a_text_are_divided_by_their_place(tmp_path):
    text = "".join(chr(97 + n % 26) for n in range(1000))
    (tmp_path / "book.txt").write_text(text)
    table, codes = opened(RunningText("book.txt", context=9, stride=5), tmp_path)
    assert codes == []
    windows = np.array(table.cells["text"].plain())
    assert {len(window) for window in windows} == {10}
    assert windows[table.part == "train"][1] == text[5:15]
    assert windows[table.part == "validation"][0] == text[800:810]
    assert windows[table.part == "test"][0] == text[900:910]
    assert windows[table.part == "test"][1] == text[909:919]
    assert table.targets == ("text",)


def test_windows_of_words_hold_whole_words(tmp_path):
    (tmp_path / "book.txt").write_text(PROSE)
    source = RunningText("book.txt", context=4, unit="words", validation=0, test=0)
    table, _ = opened(source, tmp_path)
    assert table.part is None
    assert table.cells["text"][0] == "The quick brown fox jumps "


@pytest.mark.parametrize(
    ("content", "code"), [(b"short", "data.too_short"), (b"a\0b" * 999, "data.not_text")]
)
def test_what_cannot_be_learned_from_is_a_finding(tmp_path, content, code):
    (tmp_path / "book.txt").write_bytes(content)
    assert opened(RunningText("book.txt"), tmp_path) == (None, [code])


def test_a_folder_is_no_running_text(tmp_path):
    (tmp_path / "books").mkdir()
    assert opened(RunningText("books"), tmp_path) == (None, ["data.path"])


def posts(folder, archive):
    for name, content in {
        "news/cars/1001": b"Subject: x\n\nA fast car",
        "news/cars/1002": "caf\u00e9".encode("latin-1"),
        "news/space/a.txt": b"The moon\n\nand the sun",
        "news/README.md": b"about",
        "news/space/picture.png": b"\x89PNG",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(archive, "w") as written:
        for path in sorted((folder / "news").rglob("*")):
            written.write(path, path.relative_to(folder))


@pytest.mark.parametrize("name", ["news", "news.zip"])
def test_texts_in_folders_get_the_folder_as_their_class(tmp_path, name):
    posts(tmp_path, tmp_path / "news.zip")
    table, codes = opened(TextFolder(name, skip_header=True), tmp_path)
    assert codes == []
    assert table.cells["text"].plain() == ["A fast car", "caf\u00e9", "The moon\n\nand the sun"]
    assert table.cells["label"].plain() == ["cars", "cars", "space"]
    assert table.targets == ("label",)


def test_an_archive_that_leads_out_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../../a/evil.txt", "x")
    assert opened(TextFolder("bad.zip"), tmp_path) == (None, ["data.unsafe"])


def test_a_binary_file_among_texts_is_named(tmp_path):
    (tmp_path / "c" / "a").mkdir(parents=True)
    (tmp_path / "c" / "a" / "1.txt").write_bytes(b"a\0b")
    assert opened(TextFolder("c"), tmp_path) == (None, ["data.not_text"])


@given(text=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\ufeff\0")))
def test_any_text_in_utf_8_is_read_as_it_is(text):
    assert decoded(text.encode("utf-8")) == text
    assert decoded(text.replace("\n", "\r\n").encode("utf-8")) == text


def test_other_encodings_are_read_too():
    assert decoded("gr\u00fcn \u20ac".encode("cp1252")) == "gr\u00fcn \u20ac"
    assert decoded("\ufeffgr\u00fcn".encode("utf-16-le")) == "gr\u00fcn"
    assert decoded(b"a\0b") is None


@pytest.mark.parametrize(
    ("name", "content", "prose"),
    [
        ("book.txt", PROSE, True),
        ("play.txt", "First Citizen:\nSpeak, speak.\n\nAll:\nWe know it, we know it well.\n", True),
        ("table.txt", "a\tb\n" + "some words here\tmore words there\n" * 30, False),
        ("table.txt", "age,name,town\n" + "12,Ann Lee,Rome\n" * 30, False),
        ("numbers.txt", "1 2 3\n" * 30, False),
        ("book.csv", PROSE, False),
    ],
)
def test_prose_is_told_from_tables(tmp_path, name, content, prose):
    (tmp_path / name).write_text(content)
    assert is_prose(tmp_path / name) == prose


def test_texts_are_known_by_their_names():
    assert all(map(is_text_file, ["a/51121", "a/b.txt", "talk.politics/x.eml", "b/178.4321"]))
    assert not any(map(is_text_file, ["a/.hidden", "a/x.png", "README.md", "__MACOSX/a.txt"]))
