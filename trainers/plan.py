"""Everything a training needs, decided before its first step.

A plan is made from a checked spec and prepared data. After it nothing is chosen any more: the loop
only does what the plan says, so the same plan gives the same weights.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nnspec.catalog import Catalog
from nnspec.document import Analysis, analyse
from nnspec.graph import Graph
from nnspec.problems import Problem, Problems, has_errors
from nnspec.spec import Train
from trainers.check import check
from trainers.defaults import judge_train, resolve_train
from trainers.devices import choose_device, choose_threads, memory_free
from trainers.exits import trouble
from trainers.fitted import Fitted, Part, PixelScale
from trainers.forecast import Forecast, forecast, memory_of
from trainers.preparation import Prepared, prepare
from trainers.targets import Loss, Metric, Target
from trainers.texts import Array

if TYPE_CHECKING:
    from torch import nn

USABLE: Final = 0.9
"""Share of the free memory that a training may plan with."""


def unchanged(outputs: Array) -> Array:
    """The way back for a target that was not scaled."""
    return outputs


@dataclass(frozen=True, slots=True)
class Plan:
    """One training, fully decided.

    Attributes:
        network: builds the network on the CPU, drawing weights from torch's generator.
        parts: "train", "validation" and "test"; an empty part is left out.
        train: with every kind chosen.
        seed, device, threads: what the same weights need again.
        parameters: trainable numbers.
        run: the run folder, as events name it.
        pixel_scales: how to scale inputs that are stored as bytes.
        restores: turns outputs back into the unit of a target, by target.
        trained: what a checkpoint keeps so that its weights can be used without the data again:
            the text of the spec (with the suggested network), what was fitted, the classes' counts.
        fingerprint: of the data, for the run's record.
        forecast: what it should take; None where that cannot be said.
    """

    network: Callable[[], nn.Module]
    parts: Mapping[str, Part]
    targets: tuple[Target, ...]
    train: Train
    seed: int
    device: str = "cpu"
    threads: int = 1
    parameters: int = 0
    run: str = ""
    pixel_scales: Mapping[str, PixelScale] = field(default_factory=dict[str, PixelScale])
    restores: Mapping[str, Callable[[Array], Array]] = field(
        default_factory=dict[str, "Callable[[Array], Array]"]
    )
    trained: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fingerprint: Mapping[str, str] = field(default_factory=dict[str, str])
    forecast: Forecast | None = None

    def made(self, name: str) -> Any:
        """The optimizer or schedule chosen."""
        return getattr(self.train, name).made

    @property
    def losses(self) -> dict[str, Loss]:
        """The loss of each target."""
        return {target: choice.made for target, choice in self.train.target_losses.items()}

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics chosen, by name."""
        return {choice.kind.name: choice.made for choice in self.train.metrics or ()}


def make_plan(
    text: str,
    folder: Path,
    catalog: Catalog,
    *,
    device: str | None = None,
    seed: int | None = None,
    threads: int | None = None,
    run: str = "",
) -> Plan | tuple[Problem, ...]:
    """Check the spec, prepare its data and decide everything; or say what forbids training.

    Args:
        text: the spec.
        folder: where its data files are looked for.
        catalog: all known kinds.
        device: instead of the spec's; of a resumed run, the one it had.
        seed: likewise.
        threads: likewise.
        run: the run folder, as events are to name it.
    """
    checked = check(text, folder, catalog)
    data = checked.analysis.spec.data
    if not checked.sound or data is None or checked.profile is None:
        return checked.problems or (trouble("data.missing", "the spec names no data"),)
    settings = checked.analysis.spec.train.settings
    place = choose_device(device or settings.device)
    if isinstance(place, Problem):
        return (place,)
    graph = checked.analysis.graph
    resolved = resolve_train(checked.analysis.spec.train, checked.profile, catalog)
    wanted = memory_of(graph, resolved, checked.profile.rows).total
    too_large = _too_large(graph, wanted, place)
    if too_large is not None:
        return (too_large,)
    problems = Problems(text)
    prepared = prepare(data, folder, problems)
    if prepared is None:
        return problems.sorted()
    # The file may have changed since it was looked at: what was fitted has the last word.
    analysis = analyse(checked.analysis.text, catalog, prepared.interface)
    train = resolve_train(analysis.spec.train, prepared.fitted, catalog)
    judge_train(train, prepared.fitted, problems, validated=_has_rows(prepared, "validation"))
    problems.extend((*analysis.problems, *_values(prepared)))
    if has_errors(problems):
        return problems.sorted()
    plan = replace(
        _decided(analysis, prepared, train, place),
        seed=_seed(seed, settings.seed),
        run=run,
        **({"threads": threads} if threads else {}),
    )
    rows = {name: len(part.rows) for name, part in plan.parts.items()}
    expected = forecast(analysis.graph, train, rows, device=place, threads=plan.threads)
    return replace(plan, forecast=expected)


def _decided(analysis: Analysis, prepared: Prepared, train: Train, device: str) -> Plan:
    graph, fitted, settings = analysis.graph, prepared.fitted, train.settings
    macs = sum(node.macs for node in graph.nodes)
    targets = targets_of(fitted, prepared.parts["train"])
    counts = {target.name: list(target.counts) for target in targets}
    kept = {"spec": analysis.text, "fitted": fitted.to_json(), "counts": counts}
    return Plan(
        network=partial(_build, graph),
        parts={name: part for name, part in prepared.parts.items() if len(part.rows)},
        targets=targets,
        train=train,
        seed=0,
        device=device,
        threads=choose_threads(settings.threads, macs, settings.batch_size, device),
        parameters=sum(node.parameters for node in graph.nodes),
        pixel_scales=fitted.pixel_scales,
        restores={target.name: partial(fitted.restore, target.name) for target in targets},
        trained=kept,
        fingerprint=content_of(prepared.fingerprint),
    )


def targets_of(fitted: Fitted, training: Part) -> tuple[Target, ...]:
    """What is predicted, with how many training rows (or positions, pixels) each class has."""
    counts: dict[str, list[int]] = {}
    for column in fitted.targets:
        if column.labels:
            known = training.targets[column.name]
            found = np.bincount(known[known >= 0].ravel(), minlength=len(column.labels))
            counts[column.name] = found.tolist()
    return targets_from(fitted, counts)


def targets_from(fitted: Fitted, counts: Mapping[str, Sequence[int]]) -> tuple[Target, ...]:
    """What is predicted, with the counts of classes that are known already."""
    answers = fitted.interface.targets
    return tuple(
        Target(
            column.name,
            column.task,
            answers[column.name],
            column.labels,
            tuple(counts.get(column.name, ())),
        )
        for column in fitted.targets
    )


def content_of(fingerprint: Mapping[str, Any]) -> dict[str, str]:
    """The part of a fingerprint that tells contents apart: a moved or touched file is the same."""
    return {n: str(v) for n, v in fingerprint.items() if n not in ("path", "mtime_ns")}


def _build(graph: Graph) -> nn.Module:
    from nnspec.build import build, build_models

    return build_models(graph) if graph.models else build(graph)


def _seed(given: int | None, written: int | None) -> int:
    if given is not None:
        return given
    return secrets.randbits(31) if written is None else written


def _has_rows(prepared: Prepared, part: str) -> bool:
    return part in prepared.parts and len(prepared.parts[part].rows) > 0


def _too_large(graph: Graph, wanted: int, device: str) -> Problem | None:
    """Say so when the training cannot fit into the memory that is free."""
    free = memory_free(device)
    if wanted <= USABLE * free:
        return None
    largest = max(graph.nodes, key=lambda node: node.parameters)
    return trouble(
        "resource.memory",
        f"training needs about {wanted / 1e9:,.1f} GB of memory; {free / 1e9:,.1f} GB are free",
        hint=f"make batch_size or the network smaller: '{largest.id}' has "
        f"{largest.parameters:,} parameters",
    )


def _values(prepared: Prepared) -> Iterator[Problem]:
    """Numbers that no network can take: infinite ones, and missing ones nothing stands in for."""
    for part in prepared.parts.values():
        for name, array in (*part.inputs.items(), *part.targets.items()):
            if array.dtype.kind != "f" or np.isfinite(array).all():
                continue
            bad = np.flatnonzero(~np.isfinite(array).all(axis=tuple(range(1, array.ndim))))
            row = int(part.rows[bad[0]]) + 1
            yield Problem(
                "data.not_finite",
                "error",
                "data.source",
                None,
                0,
                0,
                f"'{name}' is not a finite number in {len(bad):,} rows, first in row {row}",
                "mend the rows, or give the column a policy for missing values",
                row=row,
            )
