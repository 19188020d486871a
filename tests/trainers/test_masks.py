"""Masks as data: pairs by name, pixel values as classes, Dice and IoU, masks painted."""

import io
import json
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from nnspec.catalog import Catalog
from nnspec.problems import Problem, Problems
from nnspec.reader import read_spec
from nnspec.syntax import read
from trainers.columns.mask import Mask
from trainers.findings import Findings
from trainers.metrics.dice import Dice
from trainers.metrics.iou import Iou
from trainers.painted import Painted, painted, save_masks
from trainers.picture_files import UnfitMasksError, UnreadableFilesError
from trainers.preparation import prepare
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


def fit_refused(masks):
    with pytest.raises(UnfitMasksError) as raised:
        Mask().fit(masks)
    return raised.value.finding


def test_the_mask_with_more_values_than_the_others_is_named(tmp_path):
    photo = np.random.default_rng(0).integers(0, 256, (16, 16))
    spots = np.random.default_rng(1).integers(0, 2, (5, 16, 16))
    table, _ = opened(pairs(tmp_path, [*spots[:3], photo, *spots[3:]]))
    finding = fit_refused(table.cells["mask"])
    assert f"the mask 'masks/3.png' has {len(np.unique(photo))} different" in finding.message
    assert "the other 5 masks at most 2" in finding.message
    assert not finding.details
    table, _ = opened(pairs(tmp_path, [photo, spots[0], photo.T]))
    finding = fit_refused(table.cells["mask"].take(np.arange(3)))
    assert "one of 2 masks" in finding.message
    assert len(finding.details) == 1
    assert "masks/2.png" in finding.details[0]


def test_masks_of_one_value_are_no_target(tmp_path):
    pairs(tmp_path, [np.zeros((8, 8))] * 12)
    text = "netwright: 1\ndata:\n  source: {masks: d}\n  target: mask\n"
    problems = Problems(text)
    spec = read_spec(read(text, problems), Catalog.discover(), problems)
    assert prepare(spec.data, tmp_path, problems) is None
    (problem,) = problems
    assert (problem.code, problem.path) == ("data.one_class", "data.target")
    assert "one value only" in problem.message


@pytest.mark.parametrize(
    ("size", "fits"),
    [((5, 40), False), ((8, 6), False), ((6, 8), True), ((3, 4), True), ((12, 16), True)],
)
def test_a_mask_has_the_size_or_the_aspect_of_its_picture(tmp_path, size, fits):
    folder = pairs(tmp_path, [SPOT, SPOT, SPOT])
    (folder / "masks" / "1.png").write_bytes(png(np.eye(*size)))
    _, findings = opened(folder)
    assert [one.code for one in findings] == ([] if fits else ["data.mask_size"])
    if not fits:
        assert f"'masks/1.png' has {size[0]} x {size[1]}" in findings[0].message
        assert "'images/1.png' 6 x 8" in findings[0].message


def test_a_picture_on_its_side_is_compared_as_it_is_seen(tmp_path):
    folder = pairs(tmp_path, [SPOT, SPOT])
    (folder / "images" / "1.png").unlink()
    side = Image.fromarray(np.ascontiguousarray(SPOT.T))
    exif = Image.Exif()
    exif[0x0112] = 6
    side.save(folder / "images" / "1.jpg", exif=exif)
    table, findings = opened(folder)
    assert not findings
    assert table.cells["image"].sizes() == [(6, 8), (6, 8)]


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
