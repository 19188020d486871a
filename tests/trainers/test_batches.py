"""Batches: every row once an epoch, in an order that only seed and epoch decide."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import trainers.batches
from trainers.batches import batch_sizes, on_device, order_of
from trainers.fitted import PixelScale

CPU = torch.device("cpu")


@given(st.integers(1, 500), st.integers(1, 64), st.booleans())
def test_sizes_add_up_and_only_a_single_row_is_merged(rows: int, size: int, merge: bool) -> None:
    sizes = batch_sizes(rows, size, merge_single=merge)
    assert sum(sizes) == rows
    assert all(each == size for each in sizes[:-1])
    assert max(sizes) <= size + 1
    if merge and rows > size > 1:
        assert min(sizes) > 1


def test_orders_are_permutations_that_seed_and_epoch_decide() -> None:
    orders = {
        (seed, epoch): order_of(seed, epoch, 50, CPU).tolist()
        for seed in (0, 1)
        for epoch in (0, 1)
    }
    assert all(sorted(order) == list(range(50)) for order in orders.values())
    assert len({tuple(order) for order in orders.values()}) == 4
    assert order_of(2**63 - 1, 3, 50, CPU).tolist() == order_of(2**63 - 1, 3, 50, CPU).tolist()


@pytest.mark.parametrize("gathered", [1, 100, 1 << 20])
@pytest.mark.parametrize("start", [0, 1, 4])
def test_batches_from_any_start_are_the_rest(
    monkeypatch: pytest.MonkeyPatch, gathered: int, start: int
) -> None:
    monkeypatch.setattr(trainers.batches, "GATHERED", gathered)
    features = np.arange(46, dtype=np.float32).reshape(23, 2)
    rows = on_device({"features": features}, {"y": np.arange(23)}, {}, "cpu", room=1 << 30)
    order = order_of(0, 0, 23, CPU)
    sizes = batch_sizes(23, 5, merge_single=False)
    found = list(rows.batches(order, sizes, start))
    assert [len(targets["y"]) for _, targets in found] == sizes[start:]
    assert torch.cat([y["y"] for _, y in found]).tolist() == order[5 * start :].tolist()
    for inputs, targets in found:
        assert torch.equal(inputs["features"][:, 0], 2.0 * targets["y"])


def test_pictures_are_scaled_from_bytes_and_laid_out_for_convolution() -> None:
    random = np.random.default_rng(0)
    bytes_ = random.integers(0, 256, size=(9, 3, 4, 5), dtype=np.uint8)
    mean, deviation = (10.0, 20.0, 30.0), (2.0, 4.0, 8.0)
    scales = {"image": PixelScale(mean, deviation)}
    rows = on_device(
        {"image": bytes_}, {"y": np.zeros(9, int)}, scales, "cpu", room=1 << 30, channels_last=True
    )
    (inputs,) = rows.in_order(100)
    wanted = (bytes_ - np.array(mean)[:, None, None]) / np.array(deviation)[:, None, None]
    np.testing.assert_allclose(inputs["image"].numpy(), wanted, rtol=1e-6)
    assert inputs["image"].is_contiguous(memory_format=torch.channels_last)
    assert rows.inputs["image"].dtype == torch.uint8


def test_arrays_on_disk_are_used_as_they_are(tmp_path: object) -> None:
    path = f"{tmp_path}/features.npy"
    np.save(path, np.ones((4, 2), np.float32))
    mapped = np.load(path, mmap_mode="r")
    rows = on_device({"features": mapped}, {"y": np.zeros(4, int)}, {}, "cpu", room=1 << 30)
    assert [len(x["features"]) for x in rows.in_order(3)] == [3, 1]
