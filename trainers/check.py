"""A spec and its data judged together, without torch, for `check`, window and planner alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.document import Analysis, analyse
from nnspec.edits import EditRefused, find, set_value
from nnspec.problems import Problem, Problems, Span, from_dict, has_errors, to_dict
from nnspec.reader import read_spec
from nnspec.reading import address
from nnspec.syntax import Mapping, read
from nnspec.tree import resolve
from trainers.advisor import default_model_text
from trainers.defaults import judge_train, resolve_train
from trainers.profile import Profile
from trainers.quick_look import profile


@dataclass(frozen=True, slots=True)
class Checked:
    """The whole verdict on one text.

    Attributes:
        analysis: of the text with the suggested network filled in where the text has none.
        profile: what is known of the data, or None when it cannot be read.
        problems: of the text and of the data, in the order of the text.
    """

    analysis: Analysis
    profile: Profile | None
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether training may start."""
        return not has_errors(self.problems)


def check(text: str, folder: Path, catalog: Catalog) -> Checked:
    """Read `text`, look at the data it names (relative to `folder`) and infer the network.

    Nothing is raised for what a user wrote; a file that cannot be read is a problem of
    `data.source`.
    """
    found, data_problems = look(text, folder, catalog)
    interface = found.interface if found else None
    analysis = analyse(completed(text, found, catalog), catalog, interface)
    problems = Problems(text)
    problems.extend(written(text, analysis.problems))
    problems.extend(data_problems)
    problems.extend(written(text, judge(analysis, found, catalog)))
    return Checked(analysis, found, problems.sorted())


def written(text: str, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems of what `text` itself says.

    Those of a suggested network, which is appended to it, become one: that a network is missing.
    """
    own = tuple(each for each in problems if each.span is None or each.span.start <= len(text))
    if not has_errors(set(problems) - set(own)):
        return own
    missing = Problems(text)
    missing.add(
        "model.missing",
        Span(0, 0),
        "there is no network, and none can be suggested beside what is written here",
        path="model",
        hint="add model: and a list of layers, one '- layer' a line",
    )
    return (*missing, *own)


def judge(analysis: Analysis, found: Profile | None, catalog: Catalog) -> tuple[Problem, ...]:
    """Say what of the `train:` section does not suit the task that the data poses."""
    if found is None:
        return ()
    problems = Problems(analysis.text)
    train = resolve_train(analysis.spec.train, found, catalog)
    judge_train(train, found, problems, validated=found.rows.get("validation", 0) > 0)
    if not analysis.spec.train.steps:  # formulas may do with an answer what they like
        _judge_output(analysis, found, problems)
    return tuple(problems)


def _judge_output(analysis: Analysis, found: Profile, problems: Problems) -> None:
    """Warn of an activation at the end: losses take raw scores, and numbers have no bounds."""
    outputs = analysis.graph.outputs
    for answer in {answer for target, answer in outputs.items() if target in found.tasks}:
        last = next((node for node in analysis.graph.nodes if node.id == answer), None)
        if last is not None and last.kind.group == "Activation":
            problems.add(
                "output.activation",
                last.span,
                f"'{last.name}' at the end bounds what the network can answer",
                path=address(last.path),
                hint="remove it: the loss takes the raw numbers of the layer before",
                severity="warning",
            )


def look(text: str, folder: Path, catalog: Catalog) -> tuple[Profile | None, tuple[Problem, ...]]:
    """Look at the data a text names; return what was found and the problems of the data alone."""
    spec = read_spec(read(text, Problems(text)), catalog, Problems(text))
    if spec.data is None:
        return None, ()
    problems = Problems(text)
    return profile(spec.data, folder, problems), tuple(problems)


def completed(text: str, found: Profile | None, catalog: Catalog) -> str:
    """Return the text with the suggested network appended where it has no `model:` of its own."""
    problems = Problems(text)
    spec = read_spec(read(text, problems), catalog, problems)
    if found is None or spec.data is None or spec.lists:
        return text
    return text.rstrip("\n") + "\n" + default_model_text(found)


def override(text: str, settings: Sequence[str]) -> tuple[str, tuple[Problem, ...]]:
    """Apply `--set K=V` settings to a text as splices.

    `K` is a name in `params:` or a dotted path such as `train.epochs`; `V` is read like a YAML
    scalar.
    """
    problems: list[Problem] = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        tree = read(text, Problems(text))
        path = tuple(name.split("."))
        if len(path) == 1 and path[0] != "name":
            path = ("params", *path)
        known = equals and tree is not None and _settable(text, path)
        edit = set_value(text, tree, path, resolve(value)) if known else None
        if edit is None or isinstance(edit, EditRefused):
            problems.append(_unusable(setting, edit))
        else:
            text = edit.apply(text)
    return text, tuple(problems)


def _settable(text: str, path: tuple[str, ...]) -> bool:
    """A parameter must exist already; other settings are judged by the check that follows."""
    if path[0] != "params":
        return True
    params = find(read(text, Problems(text)), ("params",))
    return isinstance(params, Mapping) and params.entry(path[1]) is not None


def _unusable(setting: str, refused: EditRefused | None) -> Problem:
    reason = f": {refused.message}" if refused else ""
    return Problem(
        "set.unknown",
        "error",
        "",
        None,
        0,
        0,
        f"--set {setting} cannot be applied{reason}",
        "name a parameter of params:, or a path such as train.epochs=5",
    )


def to_json(found: Profile | None, problems: Sequence[Problem]) -> str:
    """Write a look at the data for another process."""
    return json.dumps(
        {
            "profile": found.to_json() if found else None,
            "problems": [to_dict(problem) for problem in problems],
        }
    )


def from_json(text: str) -> tuple[Profile | None, tuple[Problem, ...]]:
    """Read what `to_json` wrote."""
    data = json.loads(text)
    found = Profile.from_json(data["profile"]) if data["profile"] else None
    return found, tuple(from_dict(problem) for problem in data["problems"])


def with_problems(analysis: Analysis, more: Sequence[Problem]) -> Analysis:
    """Return the analysis with further problems sorted in."""
    problems = Problems(analysis.text)
    problems.extend(analysis.problems)
    problems.extend(more)
    return replace(analysis, problems=problems.sorted())
