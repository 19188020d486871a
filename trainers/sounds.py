"""A column of sounds: files that are read when a column type asks for their samples.

Plain PCM WAV is read by the standard library, everything else by `soundfile` where it is installed
(the extra `audio`). Stereo becomes mono, and every sound is brought to one rate.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import math
import wave
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, ClassVar

import numpy as np

from trainers.picture_files import Stored, UnreadableFilesError
from trainers.texts import Array

ENDINGS = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".aifc", ".au", ".opus")
LONGEST_SECONDS = 600
_REASONS = (OSError, EOFError, ValueError, RuntimeError, wave.Error, zipfile.BadZipFile)
"""What zipfile, wave and soundfile raise for broken files."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples of one sound: float32 from -1 to 1, mono, at `rate` samples a second."""

    samples: Array
    rate: int


@dataclass(frozen=True, slots=True)
class Sounds:
    """Sounds of a source; `rows` are indices into its files, None for all."""

    form: ClassVar[str] = "sounds"

    files: Stored
    rows: Array | None = field(default=None)

    def __len__(self) -> int:
        return len(self.files.files) if self.rows is None else len(self.rows)

    def take(self, rows: Array) -> Sounds:
        """Return the sounds at the indices `rows`."""
        return replace(self, rows=rows if self.rows is None else self.rows[rows])

    def name(self, index: int) -> str:
        """Return the path of a sound inside its folder or archive."""
        return self.files.files[index if self.rows is None else int(self.rows[index])].name

    def __iter__(self) -> Iterator[Sound]:
        """Read one after the other.

        Raises:
            UnreadableFilesError: some of them cannot be read; known when all have been tried.
        """
        reasons: dict[str, str] = {}
        for index in range(len(self)):
            name = self.name(index)
            try:
                sound = decode(self.files.read(name))
            except _REASONS as error:
                reasons[name] = _words(error)
            else:
                yield sound
        if reasons:
            raise UnreadableFilesError(reasons, "sound")


def _words(error: Exception) -> str:
    """What is wrong, without the object in memory that soundfile was given for a file."""
    words = str(getattr(error, "error_string", error)).strip()
    return words or type(error).__name__


def is_sound(name: str) -> bool:
    """Whether a path names a sound that is to be read (hidden files are not)."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not hidden and name.lower().endswith(ENDINGS)


def decode(data: bytes) -> Sound:
    """Return the samples of a sound file.

    Raises:
        ValueError: it is no sound, too long, or of a format that needs the extra `audio`.
        OSError, RuntimeError, EOFError, wave.Error: it is broken.
    """
    if importlib.util.find_spec("soundfile") is not None:
        return _by_soundfile(data)
    if data[:4] != b"RIFF":
        raise ValueError("only WAV files are read without soundfile: pip install netwright[audio]")
    return _by_wave(data)


def _by_soundfile(data: bytes) -> Sound:
    soundfile: Any = importlib.import_module("soundfile")
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        _check_length(file.frames, file.samplerate)
        samples: Array = file.read(dtype="float32", always_2d=True)
        return _mono(samples, file.samplerate)


def _by_wave(data: bytes) -> Sound:
    with wave.open(io.BytesIO(data)) as file:
        _check_length(file.getnframes(), file.getframerate())
        width, channels = file.getsampwidth(), file.getnchannels()
        content = file.readframes(file.getnframes())
        rate = file.getframerate()
    if width == 1:
        samples = (np.frombuffer(content, np.uint8).astype(np.float32) - 128) / 128
    elif width in (2, 4):
        whole = np.frombuffer(content, f"<i{width}")
        samples = (whole / float(1 << (8 * width - 1))).astype(np.float32)
    else:
        raise ValueError(f"{8 * width}-bit WAV needs soundfile: pip install netwright[audio]")
    return _mono(samples.reshape(-1, channels), rate)


def _check_length(frames: int, rate: int) -> None:
    if frames <= 0:
        raise ValueError("it holds no samples")
    if frames > LONGEST_SECONDS * rate:
        raise ValueError(f"it is longer than {LONGEST_SECONDS} seconds")


def _mono(samples: Array, rate: int) -> Sound:
    if not np.isfinite(samples).all():
        raise ValueError("it holds samples that are not finite")
    return Sound(samples.mean(axis=1), rate)


def resample(sound: Sound, rate: int) -> Array:
    """Return the samples at another rate, by a low pass at the lower Nyquist frequency.

    A windowed sinc is evaluated at each new place (Smith, Digital Audio Resampling).
    """
    if sound.rate == rate:
        return sound.samples
    shared = math.gcd(sound.rate, rate)
    up, down = rate // shared, sound.rate // shared
    count = math.ceil(len(sound.samples) * up / down)
    cutoff = min(1.0, rate / sound.rate)
    reach = math.ceil(_ZEROS / cutoff)
    padded = np.pad(sound.samples.astype(np.float64), reach + 1)
    places = np.arange(count) * down / up
    first = np.floor(places).astype(int)
    found = np.zeros(count)
    for offset in range(-reach, reach + 1):
        distance = places - (first + offset)
        window = np.cos(np.clip(distance / (reach + 1), -1, 1) * np.pi / 2) ** 2
        found += padded[first + offset + reach + 1] * np.sinc(distance * cutoff) * window
    return (found * cutoff).astype(np.float32)


_ZEROS = 16
"""How many zero crossings of the sinc count on each side."""
