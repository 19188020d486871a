"""Templates put to real data: what they took for granted of their sample is brought to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainers.commands import run_command

CASES = [
    ("sms_spam/SMSSpamCollection", [], "gru_text_classifier", "words: 3557"),
    ("translation_eng_fra/eng_fra.tsv", [], "seq2seq_attention", "words: 3449"),
    ("spoken_digits", ["--target", "digit"], "audio_cnn", "speaker: ignore"),
    ("fashion_mnist/tiny_folder", [], "dcgan", "size: 8"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("data", "more", "name", "said"), CASES)
def test_a_template_is_brought_to_the_data(
    shared_data: Path, tmp_path: Path, data: str, more: list[str], name: str, said: str
) -> None:
    spec = tmp_path / "made.yaml"
    words = ["new", str(shared_data / data), *more, "--template", name, "-o", str(spec)]
    assert run_command(words) == 0
    assert said in spec.read_text("utf-8")
    assert run_command(["check", str(spec)]) == 0


def test_what_cannot_be_brought_about_is_said(tmp_path: Path, capsys) -> None:
    rows = "".join(f"{n},{n * 2},{n % 2}\n" for n in range(60))
    (tmp_path / "t.csv").write_text("a,b,y\n" + rows)
    words = ["new", str(tmp_path / "t.csv"), "--template", "lenet", "-o", str(tmp_path / "t.yaml")]
    assert run_command(words) == 2
    assert "does not suit this data" in capsys.readouterr().err
    assert not (tmp_path / "t.yaml").exists()
