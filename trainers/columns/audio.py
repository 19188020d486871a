"""A column of sounds, seen as log-mel spectrograms.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape

_MOST_SECONDS_AUTO = 10.0
_LOOKED_AT = 100


@kind("Audio")
@dataclass(frozen=True, slots=True)
class Audio:
    """A sound as a log-mel spectrogram: a picture of one channel, mel bands high, frames wide.

    Sounds are made mono, brought to one rate and one length: shorter ones end in silence, longer
    ones are cut. Mean and deviation of each band are learned from the training rows.
    """

    fault: ClassVar[str] = ""
    reads: ClassVar[str] = "sounds"

    seconds: float | Literal["auto"] = param(
        "auto",
        above=0,
        high=600,
        help="How long every sound is made; auto: as most of the training sounds, at most 10.",
    )
    n_mels: int = param(40, low=4, high=256, help="How many bands of pitch.")
    hop: float = param(
        0.016, above=0, high=1, help="Seconds between two frames of the spectrogram."
    )
    window: float = param(0.032, above=0, high=1, help="Seconds that one frame looks at.")
    rate: int | Literal["auto"] = param(
        "auto",
        low=1000,
        high=96_000,
        advanced=True,
        help="Samples a second that all sounds are brought to; auto: the most common rate, at "
        "most 16000.",
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return size and rate from a sample of the sounds; mean and deviation are left out."""
        import numpy as np

        from trainers.spectrograms import frame_count

        spread = np.unique(np.linspace(0, len(values) - 1, min(_LOOKED_AT, len(values))))
        heard = list(values.take(spread.astype(int)))
        rates = Counter(sound.rate for sound in heard)
        rate = min(max(rates, key=lambda one: (rates[one], one)), 16_000)
        rate = rate if self.rate == "auto" else self.rate
        lengths = [len(sound.samples) / sound.rate for sound in heard]
        seconds = self.seconds
        if seconds == "auto":
            seconds = min(float(np.quantile(lengths, 0.95)), _MOST_SECONDS_AUTO)
        window, hop = max(2, round(self.window * rate)), max(1, round(self.hop * rate))
        samples = max(window, round(seconds * rate))
        frames = frame_count(samples, window=window, hop=hop)
        return {"rate": rate, "samples": samples, "window": window, "hop": hop, "frames": frames}

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn sizes, and each band's mean and deviation, from the training rows."""
        state = self.look(values)
        heard = self._heard(values, state)
        center, spread = heard.mean(axis=(0, 2)), heard.std(axis=(0, 2))
        spread[spread < _LEAST_SPREAD] = 1
        return {**state, "center": center.tolist(), "spread": spread.tolist()}

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:  # noqa: ARG002
        """Broken sounds are found when they are read."""
        return ()

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x 1 x bands x frames."""
        import numpy as np

        heard = self._heard(values, state)
        center, spread = np.array(state["center"])[:, None], np.array(state["spread"])[:, None]
        return ((heard - center) / spread).astype(np.float32)[:, None]

    def shape(self, state: dict[str, Any]) -> Shape:
        """One channel x bands x frames."""
        return Shape((1, self.n_mels, state["frames"]))

    def _heard(self, values: Any, state: dict[str, Any]) -> Any:
        import numpy as np

        from trainers.sounds import resample
        from trainers.spectrograms import log_mel

        found = np.empty((len(values), self.n_mels, state["frames"]), dtype=np.float32)
        for row, sound in enumerate(values):
            samples = resample(sound, state["rate"])[: state["samples"]]
            found[row] = log_mel(
                np.pad(samples, (0, state["samples"] - len(samples))),
                state["rate"],
                window=state["window"],
                hop=state["hop"],
                bands=self.n_mels,
            )
        return found


_LEAST_SPREAD = 1e-6
