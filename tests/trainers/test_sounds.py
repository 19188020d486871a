"""Sounds as data: files of several kinds, one rate, bands of pitch, broken files by name."""

import io
import wave
import zipfile

import numpy as np
import pytest
import soundfile

from trainers import sounds
from trainers.columns.audio import Audio
from trainers.findings import Findings
from trainers.picture_files import UnreadableFilesError
from trainers.sounds import Sound, decode, resample
from trainers.sources.audio import AudioFolder
from trainers.spectrograms import frame_count, log_mel, mel_filters


def tone(pitch=440.0, seconds=0.5, rate=8000):
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)


def wav(samples, rate=8000, width=2, channels=1):
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        whole = np.repeat(samples, channels) * (2 ** (8 * width - 1) - 1)
        stored = whole.astype(f"<i{width}") if width > 1 else (whole + 128).astype(np.uint8)
        file.writeframes(stored.tobytes())
    return stream.getvalue()


def folder(tmp_path, names):
    for name, data in names.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path


def opened(path, **settings):
    findings = Findings()
    return AudioFolder(path=path.name, **settings).open(path.parent, findings), list(findings)


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_standard_library_reads_what_soundfile_reads(width, channels, monkeypatch):
    data = wav(tone(), width=width, channels=channels)
    by_soundfile = decode(data)
    monkeypatch.setattr(sounds.importlib.util, "find_spec", lambda _: None)
    by_wave = decode(data)
    assert by_wave.rate == by_soundfile.rate == 8000
    assert np.allclose(by_wave.samples, by_soundfile.samples, atol=1e-6)
    with pytest.raises(ValueError, match=r"netwright\[audio\]"):
        decode(b"fLaC" + data)


def test_other_formats_are_read_by_soundfile():
    stream = io.BytesIO()
    soundfile.write(stream, tone(), 8000, format="FLAC")
    assert np.allclose(decode(stream.getvalue()).samples, tone(), atol=1e-3)


@pytest.mark.parametrize(("old", "new"), [(8000, 16_000), (44_100, 16_000), (16_000, 8000)])
def test_a_tone_keeps_its_pitch_at_another_rate(old, new):
    changed = resample(Sound(tone(440, rate=old).astype(np.float32), old), new)
    expected = tone(440, rate=new)
    assert abs(len(changed) - len(expected)) <= 1
    middle = slice(new // 20, len(expected) - new // 20)
    assert np.abs(changed[middle] - expected[middle]).max() < 0.01


def test_what_is_above_half_the_new_rate_is_gone():
    changed = resample(Sound(tone(7000, rate=16_000).astype(np.float32), 16_000), 8000)
    assert np.abs(changed[400:-400]).max() < 0.01


def test_a_tone_is_loudest_in_its_band():
    mels = log_mel(tone(1000), 8000, window=256, hop=128, bands=40)
    assert mels.shape == (40, frame_count(4000, window=256, hop=128))
    frequencies = np.fft.rfftfreq(256, 1 / 8000)
    centers = mel_filters(8000, 256, 40) @ frequencies
    loudest = mels[:, 2:-2].argmax(axis=0)
    assert np.abs(centers[loudest] - 1000).max() < 100


def test_every_band_hears_something():
    assert (mel_filters(8000, 256, 80).sum(axis=1) > 0.99).all()


def test_folders_are_classes_and_parts(tmp_path):
    names = {
        f"{part}/{c}/{i}.wav": wav(tone()) for part in ("train", "test") for c in "ab" for i in "12"
    }
    table, findings = opened(folder(tmp_path / "s", names))
    assert not findings
    assert table.rows == 8
    assert table.part.tolist().count("test") == 4
    assert table.cells["label"].counts() == {"a": 4, "b": 4}
    archive = tmp_path / "s.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name, data in names.items():
            packed.writestr(name, data)
    zipped, _ = opened(archive)
    state = Audio().fit(table.cells["audio"])
    first, second = (Audio().encode(one.cells["audio"], state) for one in (table, zipped))
    assert (first == second).all()


def test_a_table_names_sounds_and_parts(tmp_path):
    folder(tmp_path, {"a/1.wav": wav(tone()), "a/2.wav": wav(tone())})
    (tmp_path / "i.csv").write_text("path,digit,part\na/1.wav,0,train\na/2.wav,1,test\n")
    table, findings = opened(tmp_path / "i.csv", part="part")
    assert not findings
    assert table.columns == ("audio", "digit")
    assert table.part.tolist() == ["train", "test"]
    (tmp_path / "i.csv").write_text("path,digit\na/1.wav,0\na/3.wav,1\n../x.wav,1\n")
    table, findings = opened(tmp_path / "i.csv")
    assert table is None
    assert [(one.code, one.row) for one in findings] == [
        ("data.missing_file", 2),
        ("data.missing_file", 3),
    ]


def test_sounds_have_one_length_and_the_scale_of_the_training_rows(tmp_path):
    lengths = (0.2, 0.5, 0.5, 0.9)
    names = {f"{i}.wav": wav(tone(300 * (i + 1), s)) for i, s in enumerate(lengths)}
    table, _ = opened(folder(tmp_path / "s", names))
    made = Audio(seconds=0.5)
    state = made.fit(table.cells["audio"])
    encoded = made.encode(table.cells["audio"], state)
    assert encoded.dtype == np.float32
    assert encoded.shape == (4, *made.shape(state).sizes)
    assert np.allclose(encoded.mean(axis=(0, 1, 3)), 0, atol=1e-3)


def test_broken_sounds_are_named(tmp_path):
    names = {"1.wav": wav(tone()), "2.wav": b"RIFF and nothing", "3.wav": b""}
    table, _ = opened(folder(tmp_path / "s", names))
    with pytest.raises(UnreadableFilesError) as raised:
        Audio().fit(table.cells["audio"])
    assert set(raised.value.reasons) == {"2.wav", "3.wav"}
    assert raised.value.what == "sound"
    assert "Format not recognised" in raised.value.reasons["3.wav"]
    assert not any("<" in reason for reason in raised.value.reasons.values())


def test_a_folder_without_sounds_is_a_finding(tmp_path):
    (tmp_path / "s").mkdir()
    table, findings = opened(tmp_path / "s")
    assert table is None
    assert [one.code for one in findings] == ["data.empty"]
