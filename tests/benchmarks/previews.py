"""Whether made pictures get better while a network learns to make them, in numbers.

Run as `python -m tests.benchmarks.previews`. The templates that make new digits are trained as they
stand, and the previews of their first epoch, of a tenth of the epochs and of the last are compared
with the real digits: by the Fréchet distance of their first 20 principal components (Heusel et al.
2017 with these in the place of a network's features; less is better), and by how sure a logistic
regression that knows the real digits is of what it sees (1 is sure).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.linalg import sqrtm
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from trainers.commands import run_command
from trainers.templates import template

NAMES = ("variational_autoencoder", "dcgan", "wgan")
SIDE = 8


def tiles(path: Path) -> np.ndarray:
    """The pictures of a preview's grid, rows x 64, from 0 to 1."""
    grid = np.asarray(Image.open(path).convert("L"), dtype=np.float64) / 255
    gap = 2
    places = [range(gap, size - SIDE + 1, SIDE + gap) for size in grid.shape]
    found = [grid[y : y + SIDE, x : x + SIDE].ravel() for y in places[0] for x in places[1]]
    return np.array(found)


def frechet(real: np.ndarray, made: np.ndarray) -> float:
    """The Fréchet distance of two normal distributions fitted to rows of numbers."""
    means = real.mean(0) - made.mean(0)
    spreads = np.cov(real.T), np.cov(made.T)
    root = np.real(np.asarray(sqrtm(spreads[0] @ spreads[1])))
    return float(means @ means + np.trace(spreads[0] + spreads[1] - 2 * root))


def main(names: list[str]) -> None:
    """Train the templates and print a line for each preview."""
    digits = load_digits()
    real = digits.data / 16
    components = PCA(20, random_state=0).fit(real)
    judge = LogisticRegression(max_iter=2000).fit(real, digits.target)
    halves = np.random.default_rng(0).permutation(len(real))[:64]
    floor = frechet(components.transform(real), components.transform(real[halves]))
    print("| template | epoch | Fréchet distance | how sure a judge is |\n|---|---|---|---|")
    sure = judge.predict_proba(real[halves]).max(1).mean()
    print(f"| 64 real digits | | {floor:.2f} | {sure:.2f} |")
    for name in names or NAMES:
        found = template(name)
        assert found is not None, name
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            assert run_command(["train", str(found.spec), "--run", str(run)]) == 0
            shown = sorted((run / "previews").glob("*.png"))
            for index in (0, max(1, len(shown) // 10), len(shown) - 1):
                made = tiles(shown[index])
                distance = frechet(components.transform(real), components.transform(made))
                sure = judge.predict_proba(made).max(1).mean()
                print(f"| {name} | {index + 1} | {distance:.2f} | {sure:.2f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
