"""A trained network taken out of its run folder, ready to judge or to use.

A checkpoint holds all of it: the weights, the text of the spec, and what was fitted to the training
rows. So a run can be used where its data no longer is, and always treats rows as they were trained.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nnspec.build import build, build_models
from nnspec.catalog import Catalog
from nnspec.document import Analysis, analyse
from nnspec.problems import Problem
from nnspec.spec import Data, Train
from trainers.batches import Rows, on_device
from trainers.checkpoints import Snapshot, best
from trainers.defaults import resolve_train
from trainers.devices import choose_device, memory_free
from trainers.events import Noticed
from trainers.exits import trouble
from trainers.fitted import Fitted, Part
from trainers.learner import is_convolutional, network_on
from trainers.plan import targets_from
from trainers.runs import RunFolder
from trainers.targets import Loss, Metric, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from trainers.texts import Array


@dataclass(frozen=True, slots=True)
class Trained:
    """A run's best network and all it needs.

    Attributes:
        analysis: of the text it was trained from, the suggested network included.
        network: with the best epoch's weights, on `device`, in evaluation mode.
        data: the section of the spec that says how files are read.
        train: resolved; says by which loss and metrics it is judged.
        notices: what the user should know, such as a damaged checkpoint passed over.
    """

    run: RunFolder
    analysis: Analysis
    network: nn.Module
    fitted: Fitted
    targets: tuple[Target, ...]
    data: Data
    train: Train
    device: str
    notices: tuple[Noticed, ...] = ()

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics it is judged by."""
        return {choice.kind.name: choice.made for choice in self.train.metrics or ()}

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it predicts."""
        return tuple(target.name for target in self.targets)

    @property
    def losses(self) -> dict[str, Loss]:
        """The loss of each target."""
        return {target: choice.made for target, choice in self.train.target_losses.items()}

    @property
    def restores(self) -> dict[str, Callable[[Array], Array]]:
        """What turns outputs back into the unit of a target, by target."""
        return {name: partial(self.fitted.restore, name) for name in self.names}

    def rows(self, part: Part) -> Rows:
        """Bring encoded rows to the device."""
        return on_device(
            part.inputs,
            part.targets,
            self.fitted.pixel_scales,
            self.device,
            room=memory_free(self.device),
            channels_last=is_convolutional(self.network),
            chosen=part.rows if part.whole else None,
        )


def load_trained(
    run: RunFolder, catalog: Catalog, *, device: str = "auto"
) -> Trained | tuple[Problem, ...]:
    """Take the best network out of a run, or say why it cannot be had."""
    found = best(run)
    place = choose_device(device)
    if isinstance(found, Problem) or isinstance(place, Problem):
        return tuple(each for each in (found, place) if isinstance(each, Problem))
    if found.snapshot is None:
        words = f"nothing is trained in {run.path} yet"
        return (trouble("run.untrained", words, hint="let it train until its first checkpoint"),)
    trained = _rebuilt(run, found.snapshot, catalog, place)
    if trained is None:
        name = f"checkpoints/{found.name}"
        return (run.damage(name, "does not fit the network that its spec describes"),)
    return Trained(*trained, notices=found.notices)


def _rebuilt(
    run: RunFolder, snapshot: Snapshot, catalog: Catalog, device: str
) -> tuple[RunFolder, Analysis, nn.Module, Fitted, tuple[Target, ...], Data, Train, str] | None:
    kept: dict[str, Any] = snapshot.state.get("trained") or {}
    try:
        fitted = Fitted.from_json(kept["fitted"])
        analysis = analyse(kept["spec"], catalog, fitted.interface)
        if not analysis.sound or analysis.spec.data is None:
            return None
        network = (build_models if analysis.graph.models else build)(analysis.graph)
        network.load_state_dict(dict(snapshot.model))
    except (LookupError, TypeError, AttributeError, RuntimeError):  # not what this version writes
        return None
    targets = targets_from(fitted, kept.get("counts", {}))
    train = resolve_train(analysis.spec.train, fitted, catalog)
    ready = network_on(network, device).eval()
    return run, analysis, ready, fitted, targets, analysis.spec.data, train, device
