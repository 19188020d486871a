"""Suggests networks for texts: to class them, to continue them, to answer with another text."""

from __future__ import annotations

from typing import Any, TypeAlias

from nnspec.emit import emit_key, inline
from trainers.profile import Profile

Items: TypeAlias = list[tuple[str, str]]
Suggestion: TypeAlias = tuple[Items, dict[str, Any], tuple[str, str]]

_VOCABULARY = 10_000
"""What the column kind takes where the spec does not say."""


def texts_of(profile: Profile) -> list[str]:
    """The inputs that are rows of tokens: texts, or what stands before each place of a target."""
    inputs, main = profile.interface.inputs, profile.interface.main
    return [name for name in main if len(inputs[name]) == 1 and inputs[name].dtype == "int"]


def suggest(profile: Profile, heads: Items) -> Suggestion:
    """Suggest a network that reads texts.

    Args:
        profile: of data with `texts_of`.
        heads: the last items, which answer for the targets.
    """
    target = profile.target
    before = f"{target}_before"
    if before not in texts_of(profile) or len(profile.targets) > 1:
        return _reader(profile, heads)
    read = [name for name in texts_of(profile) if name != before]
    return _translator(profile, read[0], heads) if read else _continuer(profile, heads)


def _reader(profile: Profile, heads: Items) -> Suggestion:
    names, main = texts_of(profile), profile.interface.main
    alone = len(main) == 1
    items: Items = []
    results = [f"read_{number}" for number in range(1, len(names) + 1)]
    for name, result in zip(names, results, strict=True):
        items += _read(name, _words(profile, name), "" if alone else result)
    if not alone:
        others = [name for name in main if name not in names]
        joined = ", ".join([*results, *map(_quoted, others)])
        items.append((f"concat: [{joined}]", "texts and all else, side by side"))
    items += [("dropout: 0.5", "against learning texts by heart"), *heads]
    rows = profile.rows["train"]
    epochs = max(4, min(40, round(32_000 / max(1, rows))))
    train = _training(epochs, 64 if rows > 1000 else 16, 0.002)
    why = (
        "Short texts suit a convolution over words: it finds telling groups of words wherever they "
        "stand, and learns in seconds.",
        f"The learning rate falls along a cosine over {epochs} epochs; the weights of the epoch "
        "that validates best are kept.",
    )
    return items, train, why


def _read(name: str, words: int, result: str) -> Items:
    """Items from tokens to one row of numbers, called `result` where that is not empty."""
    named = f"global_max_pool:\n    name: {result}" if result else "global_max_pool"
    source = f"\n    from: {_quoted(name)}" if result else ""
    return [
        (
            f"embedding: {{num_embeddings: {words}, embedding_dim: 64}}{source}",
            "learns a row of numbers for each word",
        ),
        ("conv1d: {out_channels: 64, kernel_size: 3, padding: same}", "looks at 3 words at a time"),
        ("relu", ""),
        (named, "how strongly each group of words was found"),
    ]


def _continuer(profile: Profile, heads: Items) -> Suggestion:
    items: Items = [
        (
            f"embedding: {{num_embeddings: {_words(profile, profile.target)}, embedding_dim: 128}}",
            "learns a row of numbers for each token",
        ),
        ("learned_positional_embedding", "tells where it stands"),
        (
            "transformer_encoder_layer: {nhead: 4, dim_feedforward: 512, dropout: 0.0, "
            "activation: gelu, norm_first: true, causal: true}\n    repeat: 4",
            "",
        ),
        ("layer_norm", ""),
        *heads,
    ]
    steps = 1750
    epochs = max(1, min(20, round(steps * 32 / max(1, profile.rows["train"]))))
    train = {
        **_training(epochs, 32, 0.003),
        "schedule": "{cosine: {warmup: 0.05}}",
        "clip_gradient_norm": 1.0,
        "metrics": "[accuracy]",
    }
    why = (
        "A small transformer (GPT) that sees only what stands before each place learns to say what "
        "comes next, and so to continue a text.",
        "About fifteen minutes on two cores; the loss is in nats a token.",
    )
    return items, train, why


def _translator(profile: Profile, read: str, heads: Items) -> Suggestion:
    before, lengths = _quoted(f"{profile.target}_before"), _quoted(f"{read}_length")
    items: Items = [
        (
            f"embedding: {{num_embeddings: {_words(profile, read)}, embedding_dim: 128}}\n"
            f"    from: {_quoted(read)}\n    name: words",
            "",
        ),
        ("gru: {hidden_size: 128, output: sequence, bidirectional: true}\n"
         f"    from: [words, {lengths}]\n    name: reading", ""),
        (
            f"embedding: {{num_embeddings: {_words(profile, profile.target)}, "
            f"embedding_dim: 128}}\n    from: {before}",
            "",
        ),
        ("gru: {hidden_size: 256, output: sequence}\n    name: writing", ""),
        (f"additive_attention: {{hidden_size: 128}}\n    from: [writing, reading, {lengths}]\n"
         "    name: looking", ""),
        ("concat: [writing, looking]", "what is written so far and what it means to say"),
        ("dropout: 0.3", ""),
        *heads,
    ]  # fmt: skip
    train = {**_training(12, 64, 0.002), "clip_gradient_norm": 1.0, "metrics": "[accuracy]"}
    why = (
        "One GRU reads the text from both ends, another writes the answer word by word and looks "
        "back at what was read (attention).",
        "While training, each word is predicted from the true words before it.",
    )
    return items, train, why


def _training(epochs: int, batch_size: int, lr: float) -> dict[str, Any]:
    return {
        "epochs": epochs,
        "batch_size": batch_size,
        "seed": 0,
        "optimizer": f"{{adamw: {{lr: {lr}}}}}",
        "schedule": "cosine",
    }


def _words(profile: Profile, column: str) -> int:
    """How many tokens a column has at most."""
    return int(profile.column(column).settings.get("vocabulary", _VOCABULARY))


def _quoted(name: str) -> str:
    return inline(name, flow=True) if name != emit_key(name) else name
