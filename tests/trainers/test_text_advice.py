"""A stranger's texts: found, typed, and given a network that fits."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from trainers.check import check
from trainers.starter import start

SAID = "the cat and a dog ran over this old bridge while nobody on earth saw them go"
WORDS = SAID.split()
CATALOG = Catalog.discover()


def sentence(number: int) -> str:
    return " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 9)) + f" {number}"


def started(data: Path, *targets: str) -> str:
    text, _, problems = start(data, targets, data.parent / "spec.yaml")
    assert not problems
    assert text is not None
    checked = check(text, data.parent, CATALOG)
    assert checked.sound, checked.problems
    return text


def write(path: Path, rows: list[list[object]]) -> Path:
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    return path


def test_texts_are_classed(tmp_path: Path) -> None:
    rows: list[list[object]] = [["kind", "message"]]
    rows += [["good" if n % 3 else "bad", sentence(n)] for n in range(90)]
    text = started(write(tmp_path / "t.tsv", rows), "kind")
    assert "message: {text: {vocabulary: 8000, min_count: 2}}" in text
    assert "embedding: {num_embeddings: 8000" in text
    assert "global_max_pool" in text


def test_numbers_stand_beside_texts(tmp_path: Path) -> None:
    rows: list[list[object]] = [["kind", "age", "my words"]]
    rows += [["good" if n % 3 else "bad", (n * 7) % 31, sentence(n)] for n in range(90)]
    text = started(write(tmp_path / "t.tsv", rows), "kind")
    assert "from: my words" in text
    assert "concat: [read_1, features]" in text


def test_a_text_answers_a_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [["ours", "theirs"]]
    rows += [[sentence(n), sentence(n)[::-1]] for n in range(90)]
    text = started(write(tmp_path / "t.tsv", rows), "theirs")
    assert "from: theirs_before" in text
    assert "additive_attention" in text


def test_running_text_is_continued(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text(".\n".join(sentence(n)[: 20 + n % 17] for n in range(300)))
    text = started(tmp_path / "book.txt")
    assert "text: {text: {tokens: characters, vocabulary: 256, begin: false}}" in text
    assert "causal: true" in text


def test_a_folder_of_texts_is_found(tmp_path: Path) -> None:
    for number in range(40):
        folder = tmp_path / "posts" / ("sea" if number % 2 else "land")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(number)).write_text(f"Subject: x\n\n{sentence(number)}")
    text = started(tmp_path / "posts")
    assert "text_folder:" in text
    assert "target: label" in text


def test_names_of_people_are_no_texts(tmp_path: Path) -> None:
    rows: list[list[object]] = [["name", "age", "kind"]]
    rows += [[f"Braund {n}, Mr. Owen", n % 50, n % 2] for n in range(90)]
    assert "name: ignore" in started(write(tmp_path / "t.tsv", rows), "kind")


def test_sentences_over_sentences_are_no_header(tmp_path: Path) -> None:
    rows: list[list[object]] = [[sentence(n) + ".", sentence(n)[::-1] + "!"] for n in range(90)]
    assert "target: column_2" in started(write(tmp_path / "t.tsv", rows), "2")


@pytest.mark.parametrize(("vectors", "sound"), [(10, False), (5000, True)])
def test_an_embedding_has_a_vector_for_every_token(
    tmp_path: Path, vectors: int, sound: bool
) -> None:
    rows: list[list[object]] = [["kind", "message"]]
    rows += [["good" if n % 3 else "bad", sentence(n)] for n in range(90)]
    write(tmp_path / "t.tsv", rows)
    text = (
        "netwright: 1\ndata: {source: t.tsv, target: kind, columns: {message: text}}\nmodel:\n"
        f"  - embedding: {vectors}\n  - global_max_pool\n  - linear: auto\n"
    )
    checked = check(text, tmp_path, CATALOG)
    assert checked.sound == sound
    assert sound or any("receives" in problem.message for problem in checked.problems)


def test_a_library_that_is_absent_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[object]] = [["kind", "message"]]
    rows += [["good" if n % 3 else "bad", sentence(n)] for n in range(90)]
    write(tmp_path / "t.tsv", rows)
    there = find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "tokenizers" else there(name)
    )
    text = (
        "netwright: 1\ndata: {source: t.tsv, target: kind, "
        "columns: {message: {text: {tokens: bpe}}}}\n"
    )
    [problem] = check(text, tmp_path, CATALOG).problems
    assert problem.code == "data.missing_library"
    assert problem.hint == "pip install 'netwright[text]'"
