"""Specs that ask for more than any machine has: told on their line, in a second, in little memory.

Every case runs the real command in a process of its own, whose time and memory are measured.
"""

# ruff: noqa: E501 (a case is a line)
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 1.0
MOST_MEMORY = 600 * 2**20

# The peak is read where the system counts it since the program began: `ru_maxrss` of a process that
# pytest started holds pytest's own memory too.
MEASURED = """
import resource, sys
from pathlib import Path
from app.main import main
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
peak = next((line.split()[1] for line in lines if line.startswith("VmHWM")), used.ru_maxrss)
sys.stdout.flush()
sys.stderr.write(f"\\nused {used.ru_utime + used.ru_stime} {peak}")
sys.exit(code)
"""

TABLE = "netwright: 1\ndata: {source: people.csv, target: kind}\n"
IMAGES = "netwright: 1\ndata: {source: animals, target: label}\n"
LAUGHS = (
    "blocks:\n"
    + "".join(
        f"  {a}: {{layers: [{', '.join([b] * 10)}]}}\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "  i: {layers: [{linear: 8}]}\n"
)

CASES: dict[str, tuple[str, str, int]] = {
    "a layer of a terabyte": (
        TABLE + "model:\n  - linear: 1000000\n  - linear: 1000000\n  - linear: auto\n",
        "layer.too_large", 5,
    ),
    "a result of a terabyte": (
        IMAGES + "model:\n  - upsample: 200000\n  - global_avg_pool\n  - linear: auto\n",
        "layer.too_large", 4,
    ),
    "by repetition": (
        TABLE + "blocks:\n  wide:\n    params: {n: 1}\n    layers:\n      - linear: $n\n"
        "model:\n  - wide: 900000\n    repeat: 1000\n  - linear: auto\n",
        "layer.too_large", 7,
    ),
    "all layers together": (
        TABLE + "model:\n  - linear: 100000\n  - linear: 100000\n    repeat: 1000\n  - linear: auto\n",
        "layer.too_large", 5,
    ),
    "too many repetitions": (
        TABLE + "blocks: {many: {layers: [{linear: 8, repeat: 1000}]}}\n"
        "model:\n  - many:\n    repeat: 1000\n  - linear: auto\n",
        "model.too_many", 3,
    ),
    "blocks of blocks of blocks": (
        TABLE + LAUGHS + "model:\n  - a\n  - linear: auto\n", "model.too_many", 14,
    ),
    "blocks of blocks that hold nothing known": (
        TABLE + LAUGHS.replace("linear: 8", "nothing: 8") + "model:\n  - a\n  - linear: auto\n",
        "model.too_many", 14,
    ),
    "a huge power": (
        TABLE + "params: {width: '${2**9999}'}\nmodel:\n  - linear: $width\n  - linear: auto\n",
        "expression.value", 3,
    ),
    "a tower of powers": (
        TABLE + "params: {width: '${9**9**9**9**9}'}\nmodel:\n  - linear: $width\n  - linear: auto\n",
        "expression.value", 3,
    ),
    "a huge reshape": (
        TABLE + "model:\n  - reshape: [1000000, 1000000]\n  - linear: auto\n",
        "shape.mismatch", 4,
    ),
    "a huge embedding": (
        "netwright: 1\ndata:\n  source: texts.csv\n  target: kind\n  columns: {words: text}\nmodel:\n"
        "  - embedding: {num_embeddings: 100000000000, embedding_dim: 100000}\n"
        "    from: words\n  - global_avg_pool\n  - linear: auto\n",
        "layer.too_large", 7,
    ),
    "a huge transformer": (
        TABLE + "model:\n  - linear: 64\n  - reshape: [1, 64]\n"
        "  - transformer_encoder_layer: {nhead: 8, dim_feedforward: 100000000000000}\n"
        "  - flatten\n  - linear: auto\n",
        "layer.too_large", 6,
    ),
    "a huge formula": (
        TABLE + "model:\n  - linear: auto\ntrain:\n  losses:\n"
        "    - mse: {of: output, against: 'normal(1000000, 1000000)'}\n",
        "formula.shape", 7,
    ),
    "a power in a formula": (
        TABLE + "model:\n  - linear: auto\ntrain:\n  losses:\n"
        f"    - mse: {{of: output, against: kind, weight: '2{'**9' * 300}'}}\n",
        "formula.syntax", 7,
    ),
    "a huge input of one's own": (
        TABLE + "models:\n  painter: {input: {z: [2000000000, 2000000000]}, layers: [{linear: 8}]}\n"
        "train: {losses: [{mse: {of: 'painter(normal(64))', against: 1}}]}\n",
        "input.too_large", 4,
    ),
    "a thousand nested brackets": (
        TABLE + "model:\n  - linear: " + "[" * 1000 + "\n", "yaml.too_deep", 4,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, texts, and a folder of pictures."""
    from PIL import Image

    place = tmp_path_factory.mktemp("limits")
    rows = "".join(f"{n % 31},{n * 7 % 13},{'ab'[n % 2]}\n" for n in range(80))
    (place / "people.csv").write_text("age,height,kind\n" + rows, "utf-8")
    texts = "".join(f"the {('cat', 'dog')[n % 2]} number {n},{'ab'[n % 2]}\n" for n in range(80))
    (place / "texts.csv").write_text("words,kind\n" + texts, "utf-8")
    for name in ("cat", "dog"):
        (place / "animals" / name).mkdir(parents=True)
        for number in range(12):
            shade = (number * 9, number, len(name))
            Image.new("RGB", (16, 16), shade).save(place / "animals" / name / f"{number}.png")
    for source, target in (("people.csv", "kind"), ("animals", "label")):
        checked(place, f"netwright: 1\ndata: {{source: {source}, target: {target}}}\n")
    checked(
        place, CASES["a huge embedding"][0].replace("100000000000", "10").replace("100000}", "8}")
    )
    return place


def checked(folder: Path, text: str) -> tuple[dict[str, object], float, int]:
    """Check a spec in a process; return the answer, its seconds of CPU time and bytes."""
    (folder / "spec.yaml").write_text(text, "utf-8")
    environment = os.environ | {"NETWRIGHT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "check", str(folder / "spec.yaml"), "--json"],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    seconds, kilobytes = done.stderr.rpartition("used ")[2].split()
    unit = 1 if sys.platform == "darwin" else 1024
    return json.loads(done.stdout), float(seconds), int(kilobytes) * unit


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no resource module there")
@pytest.mark.parametrize("name", CASES)
def test_what_no_machine_holds_is_told_at_once(folder: Path, name: str):
    text, code, line = CASES[name]
    answer, seconds, memory = checked(folder, text)
    problems = [p for p in answer["problems"] if p["severity"] == "error"]  # type: ignore[union-attr]
    assert (code, line) in [(p["code"], p["line"]) for p in problems], problems
    assert memory < MOST_MEMORY
    assert seconds < MOST_SECONDS
