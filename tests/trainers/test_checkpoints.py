"""Checkpoints: exact, verified, never overwritten, and honest when the disk is not."""

import errno
import hashlib
import json
import os
import random
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from nnspec.problems import Problem
from trainers import durable
from trainers.checkpoints import Found, NotSaved, Snapshot, best, load, newest, save
from trainers.events import CheckpointSaved
from trainers.exits import exit_code
from trainers.manifest import names_newest_first, pointed, repoint, set_aside, sweep, verify
from trainers.runs import RunFolder, create

resource = pytest.importorskip("resource", reason="sets a limit of the system that Windows has not")


def snapshot(step: int, size: int = 50) -> Snapshot:
    torch.manual_seed(step)
    return Snapshot(
        step,
        step // 10,
        {"linear.weight": torch.randn(size, 3), "norm.count": torch.tensor(step)},
        {"momentum": torch.randn(size, 3), "rng": torch.get_rng_state()},
        {"best": float("inf"), "order": [3, 1, 2], "note": "ü"},
    )


def same(one: Snapshot, other: Snapshot) -> bool:
    tensors = [
        (mine, theirs)
        for mine, theirs in ((one.model, other.model), (one.training, other.training))
    ]
    return (one.step, one.epoch, one.state) == (other.step, other.epoch, other.state) and all(
        mine.keys() == theirs.keys()
        and all(
            mine[name].dtype == theirs[name].dtype and torch.equal(mine[name], theirs[name])
            for name in mine
        )
        for mine, theirs in tensors
    )


def saved(found: CheckpointSaved | NotSaved) -> CheckpointSaved:
    assert isinstance(found, CheckpointSaved), found
    return found


def found(result: Found | Problem) -> Found:
    assert isinstance(result, Found), result
    return result


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    made = create("netwright: 1\n", path=tmp_path / "run")
    assert isinstance(made, RunFolder)
    return made


def files(run: RunFolder) -> dict[str, str]:
    return {
        str(path.relative_to(run.checkpoints_path)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in run.checkpoints_path.rglob("*")
        if path.is_file()
    }


def test_a_checkpoint_comes_back_bit_for_bit(run: RunFolder) -> None:
    event = saved(save(run, snapshot(12), best=True))
    assert (event.step, event.epoch, event.best) == (12, 1, True)
    assert event.name.startswith("000012-")
    back = found(newest(run))
    assert back.snapshot is not None
    assert back.notices == ()
    assert same(back.snapshot, snapshot(12))
    assert verify(run, event.name) is None


def test_equal_weights_give_equal_files(run: RunFolder) -> None:
    first, second = (saved(save(run, snapshot(7))).name for _ in range(2))
    held = files(run)
    assert first != second
    assert held[f"{first}/model.safetensors"] == held[f"{second}/model.safetensors"]


def test_shared_and_strided_weights_are_saved_under_each_name(run: RunFolder) -> None:
    weight = torch.arange(12.0).reshape(3, 4)
    model = {"a": weight, "b": weight, "c": weight.t(), "d": weight[1]}
    saved(save(run, Snapshot(1, 0, model)))
    back = found(newest(run)).snapshot
    assert back is not None
    assert all(torch.equal(back.model[name], model[name]) for name in model)


def test_a_run_without_checkpoints_has_none(run: RunFolder) -> None:
    assert found(newest(run)).snapshot is None
    assert found(best(run)).snapshot is None


def test_two_newest_and_the_best_are_kept(run: RunFolder) -> None:
    for step in range(1, 9):
        saved(save(run, snapshot(step), best=step in (2, 3)))
    steps = [int(name[:6]) for name in names_newest_first(run)]
    assert steps == [8, 7, 3]
    assert pointed(run, "last") == names_newest_first(run)[0]
    best_found = found(best(run)).snapshot
    assert best_found is not None
    assert best_found.step == 3


def test_what_a_pointer_names_is_never_written_again(run: RunFolder) -> None:
    saved(save(run, snapshot(5), best=True))
    for step in (5, 5, 6, 7):
        named = {pointed(run, "last"), pointed(run, "best")}
        before = {name: held for name, held in files(run).items() if name.split("/")[0] in named}
        saved(save(run, snapshot(step)))
        held = files(run)
        still = {name for name in before if name.split("/")[0] == pointed(run, "best")}
        assert still
        assert all(held[name] == before[name] for name in before if name in held)
        assert all(name in held for name in still)


def test_every_flipped_bit_is_detected_and_the_one_before_is_used(run: RunFolder) -> None:
    saved(save(run, snapshot(1)))
    name = saved(save(run, snapshot(2))).name
    folder = run.checkpoints_path / name
    choose = random.Random(5)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for _ in range(40):
            flipped = bytearray(whole)
            flipped[choose.randrange(len(flipped))] ^= 1 << choose.randrange(8)
            path.write_bytes(flipped)
            assert verify(run, name) is not None, path.name
            back = found(newest(run))
            assert back.snapshot is not None
            assert same(back.snapshot, snapshot(1))
            assert back.damaged == (name,)
            assert name in back.notices[0].message
        path.write_bytes(whole)
    assert verify(run, name) is None


@pytest.mark.parametrize("file", ["model.safetensors", "state.json", "manifest.json"])
def test_every_truncation_is_detected(run: RunFolder, file: str) -> None:
    saved(save(run, snapshot(1)))
    name = saved(save(run, snapshot(2))).name
    path = run.checkpoints_path / name / file
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert isinstance(load(run, name), Problem)
        back = found(newest(run)).snapshot
        assert back is not None
        assert back.step == 1


def test_a_kill_before_the_pointers_is_made_good(run: RunFolder) -> None:
    saved(save(run, snapshot(1), best=True))
    old = {pointer: (run.checkpoints_path / f"{pointer}.json") for pointer in ("last", "best")}
    before = {pointer: path.read_bytes() for pointer, path in old.items()}
    name = saved(save(run, snapshot(2), best=True)).name
    for pointer, content in before.items():
        old[pointer].write_bytes(content)
    assert found(newest(run)).name == found(best(run)).name == name
    repoint(run)
    assert pointed(run, "last") == pointed(run, "best") == name


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"name": 3}', '{"name": "../../x"}'])
def test_a_bad_pointer_costs_nothing(run: RunFolder, content: str | None) -> None:
    saved(save(run, snapshot(1), best=True))
    saved(save(run, snapshot(2)))
    for pointer in ("last.json", "best.json"):
        path = run.checkpoints_path / pointer
        path.unlink() if content is None else path.write_text(content)
    for back, step in ((newest(run), 2), (best(run), 1)):
        held = found(back).snapshot
        assert held is not None
        assert held.step == step


def test_none_left_but_some_existed_is_damage(run: RunFolder) -> None:
    name = saved(save(run, snapshot(1), best=True)).name
    (run.checkpoints_path / name / "model.safetensors").write_bytes(b"x")
    for result in (newest(run), best(run)):
        assert isinstance(result, Problem)
        assert exit_code([result]) == 7


def test_a_damaged_best_falls_back_and_says_so(run: RunFolder) -> None:
    name = saved(save(run, snapshot(1), best=True)).name
    saved(save(run, snapshot(2)))
    (run.checkpoints_path / name / "model.safetensors").unlink()
    back = found(best(run))
    assert back.snapshot is not None
    assert back.snapshot.step == 2
    assert name in back.notices[0].message


def test_a_manifest_cannot_lead_out_of_its_folder(run: RunFolder, tmp_path: Path) -> None:
    name = saved(save(run, snapshot(1))).name
    path = run.checkpoints_path / name / "manifest.json"
    data = json.loads(path.read_text())
    data["files"]["../../spec.yaml"] = data["files"].pop("state.json")
    path.write_text(json.dumps(data))
    assert isinstance(load(run, name), Problem)


def test_a_checkpoint_set_aside_is_neither_found_nor_pruned(run: RunFolder) -> None:
    saved(save(run, snapshot(1)))
    name = saved(save(run, snapshot(2))).name
    set_aside(run, name)
    assert [int(held[:6]) for held in names_newest_first(run)] == [1]
    assert (run.checkpoints_path / f"{name}.damaged").is_dir()


def test_weights_that_are_not_finite_are_not_saved(run: RunFolder) -> None:
    saved(save(run, snapshot(1)))
    before = files(run)
    bad = Snapshot(2, 0, {"w": torch.tensor([1.0, float("nan")])})
    result = save(run, bad, best=True)
    assert isinstance(result, NotSaved)
    assert exit_code([result.problem]) == 5
    assert files(run) == before


def test_half_written_ones_are_swept(run: RunFolder) -> None:
    saved(save(run, snapshot(1)))
    before = files(run)
    half = run.checkpoints_path / ".000002-00000000.tmp"
    shutil.copytree(run.checkpoints_path / names_newest_first(run)[0], half)
    (run.path / ".run.json.1234.tmp").touch()
    assert found(newest(run)).name == names_newest_first(run)[0]
    sweep(run)
    assert files(run) == before
    assert not list(run.path.glob(".*"))


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_leaves_what_was_there(run: RunFolder) -> None:
    saved(save(run, snapshot(1), best=True))
    before = files(run)
    with files_no_longer_than(8000):
        result = save(run, snapshot(2, size=5000), best=True)
    assert isinstance(result, NotSaved)
    assert result.problem.code == "resource.disk_full"
    assert exit_code([result.problem]) == 4
    assert files(run) == before
    assert not list(run.checkpoints_path.glob(".*"))
    saved(save(run, snapshot(2, size=5000), best=True))


def test_too_little_room_is_known_before_anything_is_written(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainers import checkpoints

    monkeypatch.setattr(checkpoints, "free_bytes", lambda _: 1000)
    result = save(run, snapshot(1))
    assert isinstance(result, NotSaved)
    assert result.problem.code == "resource.disk_full"
    assert files(run) == {}


@pytest.mark.parametrize("call", ["write", "fsync", "mkdir", "rename", "replace"])
def test_a_failure_of_any_call_at_any_time_loses_nothing(
    run: RunFolder, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th call fails, for n = 1, 2, 3 … until a save passes untouched."""
    saved(save(run, snapshot(1), best=True))
    for failing in range(1, 60):
        with monkeypatch.context() as patch:
            counted = _fail(patch, call, failing)
            result = save(run, snapshot(2), best=True)
        whole = found(newest(run))
        assert whole.snapshot is not None
        assert whole.damaged == ()
        assert not list(run.checkpoints_path.glob(".*"))
        if isinstance(result, CheckpointSaved):
            assert whole.snapshot.step == 2
            if counted() < failing:
                assert failing > 1
                return
        else:
            assert same(whole.snapshot, snapshot(whole.snapshot.step))
    pytest.fail("no save passed")


def _fail(patch: pytest.MonkeyPatch, call: str, failing: int):
    owner = Path if call in ("mkdir", "rename", "replace") else os
    real, count = getattr(owner, call), 0

    def wrapped(*args, **kwargs):
        nonlocal count
        count += 1
        if count == failing:
            raise OSError(errno.EIO, "Input/output error")
        return real(*args, **kwargs)

    patch.setattr(owner, call, wrapped)
    return lambda: count


def test_atomic_write_leaves_the_old_file_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    durable.atomic_write(path, "old")
    with files_no_longer_than(10), pytest.raises(OSError, match="too large"):
        durable.atomic_write(path, "new" * 100)
    assert path.read_text() == "old"
    assert [held.name for held in tmp_path.iterdir()] == ["run.json"]


def test_files_have_the_modes_the_user_wants(run: RunFolder) -> None:
    before = os.umask(0o027)
    try:
        name = saved(save(run, snapshot(1))).name
    finally:
        os.umask(before)
    for path in (run.checkpoints_path / name).iterdir():
        assert path.stat().st_mode & 0o777 == 0o640
    assert (run.checkpoints_path / "last.json").stat().st_mode & 0o777 == 0o640
