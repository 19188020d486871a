"""Numbers as people say them: durations, sizes, counts. Pure, so that every view says the same."""

from __future__ import annotations

import math

from trainers.events import MachineSampled


def duration_words(seconds: float) -> str:
    """A length of time in at most two units: `8 s`, `1 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    whole = max(0, round(seconds))
    for size, unit, below, small in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit}" + (f" {rest} {small}" if rest else "")
    return f"{whole} s"


def remaining_words(seconds: float | None) -> str:
    """How long it will still take, no more exactly than is known."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 5:
        return "a few seconds left"
    step = 5 if seconds < 60 else 10 if seconds < 600 else 60
    return f"about {duration_words(round(seconds / step) * step)} left"


def bytes_words(size: float) -> str:
    """An amount of memory: `640 KB`, `3.2 GB` (1 GB = 1024 MB, as task managers count)."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "KB")):
        if size >= 1024**power:
            amount = size / 1024**power
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"
    return f"{size:.0f} B"


def machine_words(sample: MachineSampled) -> str:
    """`CPU 47 %, 9.3 GB of 24 GB`, and the GPU where there is one."""
    used, whole = bytes_words(sample.memory_used), bytes_words(sample.memory_total)
    words = [f"CPU {sample.cpu:.0%}".replace("%", " %"), f"{used} of {whole}"]
    if sample.gpu is not None:
        words.append(f"GPU {sample.gpu:.0%}".replace("%", " %"))
    return ", ".join(words)


def count_words(count: float) -> str:
    """A large number in three digits: `912`, `4.21 k`, `1.25 M`."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f}"


def plural(count: int, name: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count} {name}{'' if count == 1 else 's'}"


def number_words(value: float) -> str:
    """A measured number in four digits, `52,420` from a thousand to ten million."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite"
    shown = f"{value:.4g}"
    if not 1_000 <= abs(float(shown)) < 10_000_000:
        return shown
    return f"{value:,.0f}"


SHARES = ("accuracy", "precision", "recall", "f1", "auc", "auroc")


def metric_words(name: str, value: float) -> str:
    """A metric's value: shares such as an accuracy in per cent, others as numbers."""
    if math.isfinite(value) and 0 <= value <= 1 and any(share in name for share in SHARES):
        return f"{value * 100:.2f} %"
    return number_words(value)


ABBREVIATIONS = {
    "mae": "MAE", "mse": "MSE", "rmse": "RMSE", "mape": "MAPE", "r2": "R²", "f1": "F1",
    "auc": "AUC", "auroc": "AUROC", "lr": "learning rate",
}  # fmt: skip


def metric_title(name: str) -> str:
    """`test_accuracy` as a heading: `Test accuracy`; `val_` becomes `Validation`."""
    part, rest = name.partition("_")[::2]
    spelled_out = {"val": "validation", "train": "training"}.get(part)
    words = f"{spelled_out}_{rest}" if spelled_out and rest else name
    spelled = [ABBREVIATIONS.get(word, word) for word in words.split("_")]
    return spelled[0][:1].upper() + " ".join(spelled)[1:]
