"""Networks that write: a rhyme continued, words translated, padding that changes nothing."""

import csv
import io
import random
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.main import main
from tests.trainers.small_runs import network_of, trained_run
from trainers.generation import Wish
from trainers.prediction import Predictions, predict
from trainers.runs import RunFolder

RHYME = "one two three four five six seven eight nine ten\n"
MODEL = """
netwright: 1
data:
  source: {text: {path: rhyme.txt, context: 16, stride: 4}}
  target: {text: {text: {tokens: characters, begin: false, vocabulary: 40}}}
model:
  - embedding: {num_embeddings: 40, embedding_dim: 16}
  - gru: {hidden_size: 48, output: sequence}
  - linear: auto
train:
  epochs: 8
  batch_size: 16
  seed: 1
  optimizer: {adamw: {lr: 0.02}}
  metrics: [accuracy]
"""

PAIRS = """
netwright: 1
data:
  source: pairs.csv
  target: {french: text}
  columns: {english: text}
model:
  - embedding: {num_embeddings: 16, embedding_dim: 16}
    from: english
    name: words
  - gru: {hidden_size: 32, output: sequence, bidirectional: true}
    from: [words, english_length]
    name: reading
  - embedding: {num_embeddings: 16, embedding_dim: 16}
    from: french_before
  - gru: {hidden_size: 64, output: sequence}
    name: writing
  - additive_attention: {hidden_size: 32}
    from: [writing, reading, english_length]
    name: looking
  - concat: [writing, looking]
  - linear: auto
train: {epochs: 14, batch_size: 16, seed: 1, optimizer: {adamw: {lr: 0.02}}, metrics: [accuracy]}
"""
NUMBERS = {"one": "un", "two": "deux", "three": "trois", "four": "quatre", "five": "cinq"}

MOODS = """
netwright: 1
data:
  source: moods.csv
  target: mood
  columns: {words: {text: {length: 12}}}
model:
  - embedding: {num_embeddings: 20, embedding_dim: 8}
    name: seen
  - gru: {hidden_size: 8}
    from: [seen, words_length]
  - linear: auto
train: {epochs: 2, batch_size: 16, seed: 1}
"""


def rhyme(path: Path) -> None:
    path.write_text(RHYME * 60)


def pairs(path: Path) -> None:
    draw = random.Random(0)
    texts = [draw.choices(list(NUMBERS), k=draw.randint(1, 4)) for _ in range(300)]
    rows = [[" ".join(text), " ".join(NUMBERS[word] for word in text)] for text in texts]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["english", "french"], *rows])


def moods(path: Path) -> None:
    draw = random.Random(0)
    rows: list[list[str]] = []
    for _ in range(120):
        words, mood = draw.choice([(["good", "fine"], "glad"), (["bad", "sad"], "low")])
        rows.append([" ".join(draw.choices(words, k=draw.randint(1, 6))), mood])
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["words", "mood"], *rows])


@pytest.fixture(scope="module")
def rhyme_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return trained_run(tmp_path_factory.mktemp("rhyme"), MODEL, "rhyme.txt", rhyme)[0]


@pytest.fixture(scope="module")
def pair_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return trained_run(tmp_path_factory.mktemp("pairs"), PAIRS, "pairs.csv", pairs)[0]


@pytest.fixture(scope="module")
def mood_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return trained_run(tmp_path_factory.mktemp("moods"), MOODS, "moods.csv", moods)[0]


def written(run: RunFolder, path: Path, wish: Wish | None = None) -> list[str]:
    made = predict(network_of(run), path, wish)
    assert isinstance(made, Predictions), made
    return [str(line[-1]) for line in made.lines()]


@pytest.mark.slow
def test_a_rhyme_is_continued(rhyme_run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "begun.txt").write_text("one two three f\nseven eight n\n")
    added = written(rhyme_run, tmp_path / "begun.txt", Wish(30, 0))
    assert added[0].startswith("our five six seven eight nine")
    assert added[1].startswith("ine ten\none two three")
    assert [len(text) for text in added] == [30, 30]


@pytest.mark.slow
def test_a_drawn_text_is_the_same_for_the_same_seed(rhyme_run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "begun.txt").write_text("one\n")
    once, again, other = (
        written(rhyme_run, tmp_path / "begun.txt", Wish(80, 3.0, seed)) for seed in (1, 1, 2)
    )
    assert once == again != other


@pytest.mark.slow
def test_the_rhyme_is_judged_at_every_position(rhyme_run: RunFolder, capfd) -> None:
    assert main(["evaluate", str(rhyme_run.path)]) == 0
    shown = capfd.readouterr().out
    accuracy = float(next(line.split()[-1] for line in shown.splitlines() if "accuracy" in line))
    assert accuracy > 0.9


@pytest.mark.slow
def test_words_are_translated_until_the_end_token(pair_run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("english\none two\nfive\nthree four one\n")
    assert written(pair_run, tmp_path / "new.csv") == ["un deux", "cinq", "trois quatre un"]


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.parametrize(
    "asked", [["--temperature", word] for word in ("nan", "inf", "-1")] + [["--length", "-5"]]
)
def test_what_cannot_be_meant_is_refused(
    pair_run: RunFolder, tmp_path: Path, capfd, asked: list[str]
) -> None:
    (tmp_path / "new.csv").write_text("a\nb\n", "utf-8")
    assert main(["predict", str(pair_run.path), str(tmp_path / "new.csv"), *asked]) == 2
    assert "give a number from" in capfd.readouterr().err


@pytest.mark.slow
def test_next_to_no_temperature_is_the_likeliest_token(
    rhyme_run: RunFolder, tmp_path: Path
) -> None:
    begun = tmp_path / "begun.txt"
    begun.write_text("one two\n")
    cold, none = (written(rhyme_run, begun, Wish(8, heat)) for heat in (1e-320, 0.0))
    assert cold == none


def test_the_command_writes_texts(pair_run: RunFolder, tmp_path: Path, capfd) -> None:
    (tmp_path / "new.csv").write_text("english\ntwo\n")
    capfd.readouterr()
    assert main(["predict", str(pair_run.path), str(tmp_path / "new.csv")]) == 0
    rows = list(csv.reader(io.StringIO(capfd.readouterr().out)))
    assert rows == [["row", "french"], ["1", "deux"]]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    numbers=st.lists(st.integers(1, 7), min_size=1, max_size=6),
    filling=st.lists(st.integers(0, 7), min_size=6, max_size=6),
)
def test_padding_never_changes_a_prediction(mood_run: RunFolder, numbers, filling) -> None:
    network = network_of(mood_run).network
    length = torch.tensor([len(numbers)])
    padded = [numbers + [0] * (12 - len(numbers)), (numbers + filling + [0] * 12)[:12]]
    with torch.inference_mode():
        plain, odd = (
            network({"words": torch.tensor([row]), "words_length": length})["mood"]
            for row in padded
        )
    assert torch.allclose(plain, odd, atol=1e-6)
