"""What the templates claim, measured: `python -m tests.benchmarks.template_proofs`.

A line alone cannot learn "xor"; several bell curves are less surprised than a mean; a law carries a
curve where nothing was measured; a picture finds its caption. Each claim is the template as it
stands beside the same with one thing taken away.
"""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path

from tests.benchmarks.templates import ended, train
from trainers.templates import template


def reached(text: str, folder: Path) -> dict[str, float]:
    """The final figures of a spec that is trained in `folder`."""
    folder.mkdir()
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    return ended(train(folder))["metrics"]


def text_of(name: str) -> str:
    """The spec of a template."""
    found = template(name)
    assert found is not None
    return found.text()


def a_line(folder: Path) -> str:
    """The perceptron on "and", on "xor", and a hidden layer on "xor"."""
    both = text_of("perceptron")
    either = both.replace("name: and_gate", "name: xor").replace(": both", ": differs")
    specs = {"and": both, "xor": either, "xor with a hidden layer": text_of("xor_mlp")}
    shares = {
        name: reached(text, folder / str(number))["test_accuracy"]
        for number, (name, text) in enumerate(specs.items())
    }
    return "accuracy of a line: " + ", ".join(f"{name} {one:.3f}" for name, one in shares.items())


def bell_curves(folder: Path) -> str:
    """Several bell curves against one of fixed width around what a plain network answers."""
    several = reached(text_of("mixture_density"), folder / "several")["test_loss"]
    plain = text_of("mixture_density").replace("mixture_density: $components", "linear: auto")
    plain = re.sub(r"  losses:\n.*\n", "", plain).replace("  components: 5\n", "")
    square = reached(plain, folder / "plain")["test_loss"]
    one = 0.5 * math.log(2 * math.pi * math.e * square)
    return f"negative log-likelihood: five bell curves {several:.3f}, a mean {one:.3f}"


def a_law(folder: Path) -> str:
    """The swing with its law and without, against the closed form (the sample has no noise)."""
    whole = text_of("physics_informed")
    lawless = re.sub(r"    (- residual|t:|u:|speed:|force:).*\n", "", whole)
    known = reached(whole, folder / "law")["test_rmse"]
    alone = reached(lawless, folder / "none")["test_rmse"]
    return f"error of the swing, of 1: with the law {known:.4f}, without {alone:.4f}"


def captions(folder: Path) -> str:
    """How often the nearest of the different captions is the picture's own."""
    import torch

    from nnspec.catalog import Catalog
    from nnspec.problems import Problems
    from trainers.preparation import prepare
    from trainers.runs import RunFolder
    from trainers.trained import Trained, load_trained

    reached(text_of("clip_two_towers"), folder / "towers")
    trained = load_trained(RunFolder(folder / "towers" / "run"), Catalog.discover())
    assert isinstance(trained, Trained)
    prepared = prepare(trained.data, folder, Problems(""))
    assert prepared is not None
    rows = trained.rows(prepared.parts["test"])
    inputs = next(iter(rows.in_order(len(rows))))
    with torch.no_grad():
        seen, read = (
            torch.nn.functional.normalize(trained.network[name](inputs[column])["output"], dim=1)
            for name, column in (("seeing", "image"), ("reading", "caption"))
        )
    captions, own = inputs["caption"].unique(dim=0, return_inverse=True)
    first = torch.stack([(own == each).nonzero()[0, 0] for each in range(len(captions))])
    right = ((seen @ read[first].T).argmax(1) == own).double().mean().item()
    return f"of {len(captions)} captions the right one is nearest for {right:.3f} of the pictures"


def main() -> None:
    """Print a line for each claim."""
    with tempfile.TemporaryDirectory() as place:
        for claim in (a_line, bell_curves, a_law, captions):
            folder = Path(place) / claim.__name__
            folder.mkdir()
            print(f"- {claim(folder)}", flush=True)


if __name__ == "__main__":
    main()
