"""Pictures drawn after every epoch of what a formula of the spec gives.

The rows and the seed are the same each time, so that what changes from picture to picture is the
network. Numbers become bytes as a picture of the data would: back through its scale where the
shapes agree, else from the least to the greatest of them.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from nnspec.formulas import Formula
from trainers.batches import Rows, Scaler
from trainers.events import Noticed, Previewed
from trainers.exits import refusal
from trainers.formula_values import Values, compiled, slopes
from trainers.plan import Plan
from trainers.texts import Array

FOLDER: Final = "previews"
GAP: Final = 2
"""Pixels between two pictures."""


def draw_preview(
    plan: Plan, network: nn.Module, rows: Rows, epoch: int, step: int
) -> Iterator[Previewed | Noticed]:
    """Draw the preview after an epoch (from 1) into the run's folder; say where it is."""
    preview = plan.train.preview
    if preview is None or not plan.run:
        return
    pictures = preview_of(network, rows, preview.of, preview.count, epoch)
    name = f"{FOLDER}/epoch_{epoch:04d}.png"
    try:
        path = Path(plan.run) / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(grid(in_bytes(pictures, _scaler(pictures, rows)))).save(path)
    except OSError as error:
        problem = refusal(error, Path(plan.run))
        yield Noticed(severity="warning", code=problem.code, message=problem.message)
        return
    yield Previewed(epoch=epoch, step=step, path=name)


def preview_of(network: nn.Module, rows: Rows, of: Formula, count: int, epoch: int) -> Tensor:
    """Work a formula out for the first rows; the generators and the network's mode are put back."""
    training = network.training
    network.eval()
    devices = [torch.cuda.current_device()] if rows.device == "cuda" else []
    with torch.random.fork_rng(devices), torch.inference_mode(not slopes(of)):
        torch.manual_seed(0)
        batch = next(rows.judged(count))
        size = len(next(iter(batch.inputs.values())))
        data = dict(batch.inputs) if batch.chosen is not None else {**batch.inputs, **batch.targets}
        values = Values(network, data, tuple(batch.inputs), size, epoch)
        found = values.tensor(compiled(of)(values)).detach().float().cpu()
    network.train(training)
    return found[:count]


def in_bytes(pictures: Tensor, scaler: Scaler | None) -> Array:
    """Turn pictures, count x channels x height x width, into bytes of count x height x width x 3.

    Args:
        pictures: any numbers; those that are not finite become 0.
        scaler: how the bytes of the data were scaled; None where the pictures are of another kind.
    """
    pictures = torch.nan_to_num(pictures, nan=0.0, posinf=0.0, neginf=0.0)
    if scaler is not None:
        levels = pictures / scaler.factor.cpu() + scaler.mean.cpu()
    else:
        low, high = pictures.min(), pictures.max()
        levels = (pictures - low) * (255 / (high - low).clamp(min=1e-12))
    whole = levels.round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(whole.expand(-1, 3, -1, -1).permute(0, 2, 3, 1).numpy())


def grid(pictures: Array) -> Array:
    """Lay pictures out side by side, nearly as many in a row as there are rows."""
    count, height, width, _ = pictures.shape
    across = math.ceil(math.sqrt(count))
    down = math.ceil(count / across)
    sheet = np.full(
        (down * (height + GAP) + GAP, across * (width + GAP) + GAP, 3), 127, dtype=np.uint8
    )
    for index, picture in enumerate(pictures):
        top = GAP + index // across * (height + GAP)
        left = GAP + index % across * (width + GAP)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def _scaler(pictures: Tensor, rows: Rows) -> Scaler | None:
    """The scale of the input that has the shape of the pictures."""
    for name, scaler in rows.scalers.items():
        if rows.inputs[name].shape[1:] == pictures.shape[1:]:
            return scaler
    return None
