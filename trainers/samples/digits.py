"""Handwritten digits: the real pictures among the samples."""

from __future__ import annotations

import numpy as np

from nnspec.resources import resource
from trainers.class_folders import parts_and_classes
from trainers.findings import Findings
from trainers.generated import Sample
from trainers.picture_files import list_pictures
from trainers.pictures import Pictures
from trainers.texts import Texts


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:  # noqa: ARG001
    """Take up to 1,797 pictures of 8 x 8 pixels by chance; they are as scanned, whatever the noise.

    Alpaydin and Kaynak, 1998; ten classes.
    """
    path = resource("samples", "digits", "digits.zip")
    files = list_pictures(path, Findings())
    if files is None:
        raise FileNotFoundError(path)
    classes = parts_and_classes([file.name for file in files.files])[1]
    chosen = np.sort(generator.permutation(len(files.files))[:rows])
    return Sample(
        {"image": Pictures(files).take(chosen), "label": Texts.of(classes).take(chosen)},
        ("label",),
        {"image": "image"},
    )
