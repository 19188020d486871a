"""Log-mel spectrograms by NumPy's FFT: how loud each band of pitch is over time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from trainers.texts import Array

_QUIET = 1e-6


def log_mel(samples: Array, rate: int, *, window: int, hop: int, bands: int) -> Array:
    """Return bands x frames of the natural logarithm of the power in each mel band.

    Args:
        samples: mono, float.
        rate: samples a second.
        window: samples of a frame, under a Hann window.
        hop: samples between the starts of two frames.
        bands: how many mel bands between 0 and half the rate (O'Shaughnessy's formula, area 1).
    """
    frames = frame_count(len(samples), window=window, hop=hop)
    padded = np.pad(samples, (0, max(0, window + (frames - 1) * hop - len(samples))))
    seen = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][:frames]
    power = np.abs(np.fft.rfft(seen * np.hanning(window + 1)[:-1], axis=1)) ** 2
    mels = power @ mel_filters(rate, window, bands).T
    return np.log(mels + _QUIET).T.astype(np.float32)


def frame_count(samples: int, *, window: int, hop: int) -> int:
    """How many frames cover so many samples."""
    return 1 + max(0, -(-(samples - window) // hop))


@lru_cache(maxsize=8)
def mel_filters(rate: int, window: int, bands: int) -> Array:
    """Return bands x (window // 2 + 1): triangles that overlap by half on the mel scale."""
    highest = 2595 * np.log10(1 + rate / 2 / 700)
    places: Array = np.arange(bands + 2)[:, None] * (highest / (bands + 1))
    corners: Array = np.expm1(places * np.log(10) / 2595) * 700
    low, middle, high = corners[:-2], corners[1:-1], corners[2:]
    frequencies: Array = np.fft.rfftfreq(window, 1 / rate)
    rising: Array = (frequencies - low) / (middle - low)
    falling: Array = (high - frequencies) / (high - middle)
    triangles: Array = np.maximum(0, np.minimum(rising, falling))
    # A low band may fall between two frequencies of the FFT: the nearest one then stands for it.
    empty = np.flatnonzero(triangles.sum(axis=1) == 0)
    nearest = np.abs(frequencies - middle[empty]).argmin(axis=1)
    triangles[empty, nearest] = 1
    return triangles / triangles.sum(axis=1, keepdims=True)
