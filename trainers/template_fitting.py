"""A template put to somebody's data until it suits: each adaptation is tried only when needed.

What a template takes for granted of its own sample is brought to the data: how many words there
are, the size of pictures, that there are no columns beside the one it looks at. What cannot be
brought about is said with the sentence of the check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.edits import Edit, set_value
from nnspec.params import settings_of
from nnspec.problems import Problem, Problems
from nnspec.shapes import Interface
from nnspec.spec import Spec
from nnspec.syntax import read
from nnspec.tree import Plain
from trainers.check import Checked, check, look
from trainers.exits import trouble
from trainers.fitted_columns import FEATURES
from trainers.mending import mend
from trainers.profile import Profile
from trainers.templates import Template, with_template

_TOKENS = re.compile(r"num_embeddings: \$([A-Za-z_]\w*)")


def put_to(text: str, chosen: Template, folder: Path, catalog: Catalog) -> str | Problem:
    """Return `text`, a spec of some data in `folder`, with a template's network; or why not."""
    own, _ = look(chosen.text(), chosen.folder, catalog)
    offered, _ = look(text, folder, catalog)
    if own is None or offered is None:
        return trouble("template.data", f"the data cannot be looked at for '{chosen.name}'")
    made = _counted(with_template(text, chosen, own.interface, offered.interface), offered)
    found = check(made, folder, catalog)
    first = found
    sample = check(chosen.text(), chosen.folder, catalog)
    for adapted in _adaptations(own, offered, sample):
        if found.sound:
            break
        after = adapted(made)
        verdict = check(after, folder, catalog)
        if verdict.sound or _errors(verdict) < _errors(found):
            made, found = after, verdict
    if not found.sound:
        made = mend(made, folder, catalog).text
        found = check(made, folder, catalog)
    return made if found.sound else _unsuitable(chosen, first)


def _unsuitable(chosen: Template, found: Checked) -> Problem:
    wrong = next(problem for problem in found.problems if problem.severity == "error")
    words = f"the template '{chosen.name}' does not suit this data: {wrong.message}"
    return trouble("template.unsuitable", words, hint=f"it is for: {chosen.when}")


def _errors(found: Checked) -> int:
    return sum(problem.severity == "error" for problem in found.problems)


def _counted(text: str, offered: Profile) -> str:
    """Let parameters that say how many tokens there are say how many the data has."""
    most = max((x.count or 0 for x in offered.interface.inputs.values()), default=0)
    for name in set(_TOKENS.findall(text)) if most else ():
        text = _set(text, ("params", name), most)
    return text


def _adaptations(own: Profile, offered: Profile, sample: Checked) -> Iterator[Callable[[str], str]]:
    """What may be done to the `data:` section, the likeliest to help first."""
    if FEATURES in offered.interface.inputs and FEATURES not in own.interface.inputs:
        yield lambda text: _without_columns(text, offered, own.interface)
    yield lambda text: _with_types(text, offered, sample.analysis.spec)


def _without_columns(text: str, offered: Profile, own: Interface) -> str:
    """Leave out the columns of a table beside the input that the template looks at."""
    alone = {*offered.interface.inputs, *own.inputs, *offered.tasks}
    for column in offered.columns:
        if column.type != "ignore" and column.name not in alone:
            text = _set(text, ("data", "columns", column.name), "ignore")
    return text


def _with_types(text: str, offered: Profile, sample: Spec) -> str:
    """Give columns the settings that the template gives its own of the same type."""
    columns = tuple(sample.data.columns.values()) if sample.data else ()
    types = {column.type.kind.name: column.type for column in columns if column.type}
    for column in offered.columns:
        kind = types.get(column.type)
        if kind is not None and column.type in ("image", "audio"):
            settings: Plain = settings_of(kind.made)
            text = _set(text, ("data", "columns", column.name), {column.type: settings})
    return text


def _set(text: str, path: tuple[str, ...], value: Plain) -> str:
    edit = set_value(text, read(text, Problems(text)), path, value)
    return edit.apply(text) if isinstance(edit, Edit) else text
