"""Masks as data: pairs by name, pixel values as classes, Dice and IoU, masks painted."""

import io
import json
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from nnspec.problems import Problem
from trainers.columns.mask import Mask
from trainers.findings import Findings
from trainers.metrics.dice import Dice
from trainers.metrics.iou import Iou
from trainers.painted import Painted, painted, save_masks
from trainers.picture_files import UnreadableFilesError
from trainers.sources.masks import MaskedPictures
from trainers.targets import Classified


def png(pixels, mode=None):
    stream = io.BytesIO()
    picture = Image.fromarray(np.asarray(pixels, dtype=np.uint8))
    (picture.convert(mode) if mode else picture).save(stream, format="PNG")
    return stream.getvalue()


def pairs(tmp_path, masks, prefix=""):
    for number, mask in enumerate(masks):
        for folder in ("images", "masks"):
            path = tmp_path / "d" / prefix / folder / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png(mask) if folder == "masks" else png(255 - np.asarray(mask)))
    return tmp_path / "d"


def opened(path, **settings):
    findings = Findings()
    return MaskedPictures(path=path.name, **settings).open(path.parent, findings), list(findings)


SPOT = np.zeros((6, 8), dtype=np.uint8)
SPOT[2:4, 3:6] = 255


def test_pictures_and_masks_of_equal_names_belong_together(tmp_path):
    table, findings = opened(pairs(tmp_path, [SPOT, SPOT[::-1], SPOT[:, ::-1]]))
    assert not findings
    assert (table.columns, table.targets, table.part) == (("image", "mask"), ("mask",), None)
    made = Mask()
    state = json.loads(json.dumps(made.fit(table.cells["mask"])))
    assert made.answer(state).sizes == (2, 6, 8)
    assert made.labels(state) == ("0", "255")
    classes = made.targets(table.cells["mask"], state)
    assert classes.dtype == np.int64
    assert (classes[0] == (SPOT > 0)).all()
    seen = table.cells["image"].decoded(6, 8, 1)[:, 0]
    assert ((seen < 128) == (classes == 1)).all()


def test_an_archive_with_parts(tmp_path):
    pairs(tmp_path, [SPOT, SPOT], "train")
    folder = pairs(tmp_path, [SPOT], "test")
    archive = tmp_path / "d.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.rglob("*.png")):
            packed.write(path, path.relative_to(tmp_path).as_posix())
    table, _ = opened(archive)
    assert table.part.tolist() == ["test", "train", "train"]


def test_a_picture_without_a_mask_is_named(tmp_path):
    folder = pairs(tmp_path, [SPOT, SPOT])
    (folder / "masks" / "1.png").unlink()
    table, findings = opened(folder)
    assert table is None
    assert "images/1.png" in findings[0].message


def test_pictures_alone_can_be_predicted(tmp_path):
    folder = pairs(tmp_path, [SPOT, SPOT])
    for path in (folder / "images", folder / "images" / "0.png"):
        other = MaskedPictures(path="x").like(path.name, path.parent)
        table = other.open(path.parent, Findings())
        assert (table.columns, table.targets) == (("image",), ())


def test_resizing_makes_no_new_values(tmp_path):
    mask = np.random.default_rng(0).choice([0, 7, 200], (30, 50)).astype(np.uint8)
    table, _ = opened(pairs(tmp_path, [mask]))
    made = Mask(size=(11, 17), labels_of=("sky", "land", "sea"))
    state = made.fit(table.cells["mask"])
    assert state["values"] == [0, 7, 200]
    assert made.labels(state) == ("sky", "land", "sea")
    assert made.targets(table.cells["mask"], state).shape == (1, 11, 17)
    assert (
        made.encode(table.cells["mask"], state).sum(axis=1).tolist()
        == np.ones((1, 11, 17)).tolist()
    )


def test_a_value_not_trained_on_is_unknown(tmp_path):
    table, _ = opened(pairs(tmp_path, [SPOT, np.full((6, 8), 9, dtype=np.uint8)]))
    masks = table.cells["mask"]
    state = Mask().fit(masks.take(np.array([0])))
    assert (Mask().targets(masks, state)[1] == -1).all()


def test_a_photograph_is_no_mask(tmp_path):
    photo = np.random.default_rng(0).integers(0, 256, (32, 32))
    table, _ = opened(pairs(tmp_path, [photo]))
    with pytest.raises(UnreadableFilesError) as raised:
        Mask().fit(table.cells["mask"])
    assert list(raised.value.reasons) == ["masks/0.png"]
    coloured = np.stack([photo, photo, 255 - photo], axis=2).astype(np.uint8)
    (tmp_path / "d" / "masks" / "0.png").write_bytes(png(coloured))
    table, _ = opened(tmp_path / "d")
    with pytest.raises(UnreadableFilesError, match="1 pictures"):
        Mask().fit(table.cells["mask"])


def outcome(truth, answers, classes):
    cells = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(cells, (truth, answers), 1)
    actual, predicted = torch.tensor(truth), torch.tensor(answers)
    return Classified(torch.zeros(len(truth), classes), predicted, actual, torch.tensor(cells))


@pytest.mark.parametrize(("seed", "classes"), [(0, 2), (1, 2), (2, 3), (3, 4), (4, 5), (5, 5)])
def test_dice_and_iou_are_those_of_scikit_learn(seed, classes):
    from sklearn.metrics import f1_score, jaccard_score

    random = np.random.default_rng(seed)
    truth, answers = random.integers(0, classes, (2, 40))
    judged = outcome(truth, answers, classes)
    for background in (True, False):
        present = sorted({*truth.tolist(), *answers.tolist()} - (set() if background else {0}))
        options = {"labels": present, "average": "macro", "zero_division": 0}
        for metric, theirs in ((Dice, f1_score), (Iou, jaccard_score)):
            ours = metric(background=background).measure(judged)
            assert ours == pytest.approx(theirs(truth, answers, **options), abs=1e-12)


def test_nothing_but_background_has_no_dice():
    nothing = outcome(np.zeros(4, dtype=int), np.zeros(4, dtype=int), 2)
    assert Dice().measure(nothing) is None
    assert Dice(background=True).measure(nothing) == 1


def test_painted_masks_lie_beside_the_predictions(tmp_path):
    table, _ = opened(pairs(tmp_path, [SPOT, SPOT[::-1]]))
    classes = np.stack([np.eye(4, dtype=np.int64)] * 2)
    answer = painted("mask", ("0", "255"), classes, [0, 255], table.cells["image"])
    assert answer.names(several=False) == ["share_0", "share_255"]
    assert answer.cells(0) == [0.75, 0.25]
    kept = save_masks(answer, tmp_path / "p.csv")
    assert isinstance(kept, Painted)
    assert kept.cells(1) == ["p_masks/1.png", 0.75, 0.25]
    with Image.open(tmp_path / "p_masks" / "0.png") as picture:
        assert picture.size == (8, 6)
        assert set(np.unique(np.asarray(picture)).tolist()) == {0, 255}
    assert isinstance(save_masks(answer, tmp_path / "p.csv"), Painted)
    (tmp_path / "p_masks" / "notes.txt").write_text("mine")
    assert isinstance(save_masks(answer, tmp_path / "p.csv"), Problem)
