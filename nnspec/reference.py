"""Help pages of all kinds, made from the catalog: a page for each, a list for each family.

`python -m nnspec.reference` writes them to `resources/help`; a house test proves that they are
what the catalog says now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import get_args

from nnspec.catalog import Catalog, Family, Kind
from nnspec.emit import emit, inline
from nnspec.params import Param, wanted
from nnspec.resources import resource
from nnspec.tree import Plain

FAMILIES: Mapping[Family, tuple[str, str]] = {
    "layer": ("Layers", "model"),
    "loss": ("Losses", "train.loss"),
    "metric": ("Metrics", "train.metrics"),
    "optimizer": ("Optimizers", "train.optimizer"),
    "schedule": ("Schedules", "train.schedule"),
    "source": ("Sources of rows", "data.source"),
    "column": ("Column types", "data.columns"),
    "export": ("Export formats", "netwright export --format"),
}
"""Heading of each family, and where a spec names its kinds."""


def pages(catalog: Catalog) -> dict[str, str]:
    """Return the text of every page by its path below the help folder."""
    made = {"index.md": _index(catalog)}
    for family in _families(catalog):
        kinds = tuple(catalog.of(family))
        made[f"{family}/index.md"] = _list(family, kinds)
        made |= {f"{family}/{kind.name}.md": page(kind) for kind in kinds}
    return made


def text_at(catalog: Catalog, path: str) -> str | None:
    """Return one of `pages` without making the others; None where there is no such page."""
    if path == "index.md":
        return _index(catalog)
    name = path.rpartition("/")[2].removesuffix(".md")
    for family in _families(catalog):
        if path == path_of(family):
            return _list(family, catalog.of(family))
        if path == path_of(family, name) and name in catalog.names(family):
            found = catalog.get(family, name)
            return page(found) if found else None
    return None


def path_of(family: Family, name: str = "index") -> str:
    """Return the path of a kind's page below the help folder; without a name, of its family's."""
    return f"{family}/{name}.md"


def page(kind: Kind) -> str:
    """Return the page of one kind."""
    heading, place = _words(kind.family)
    group = f", {kind.group}" if kind.group and kind.group not in heading else ""
    parts = [f"# {kind.name}", f"[{heading}](index.md){group}", kind.help.strip()]
    if kind.family == "layer" and kind.joins:
        parts.append(_inputs(kind))
    if kind.wraps:
        parts.append("Its one setting is the layer that it wraps, written as in a list of layers.")
    parts.append(f"In `{place}`:\n```yaml\n{_example(kind)}\n```")
    if kind.params:
        parts.append("## Settings\n" + "\n".join(_setting(each) for each in _ordered(kind)))
    if kind.also:
        parts.append("Elsewhere called: " + ", ".join(f"`{name}`" for name in kind.also) + ".")
    return "\n\n".join(parts) + "\n"


def _families(catalog: Catalog) -> list[Family]:
    known: tuple[Family, ...] = get_args(Family)
    return [family for family in known if catalog.names(family)]


def _words(family: Family) -> tuple[str, str]:
    return FAMILIES.get(family, (f"{family.capitalize()}s", family))


def _index(catalog: Catalog) -> str:
    lines = [
        f"- [{_words(family)[0]}]({family}/index.md): {len(catalog.names(family))}"
        for family in _families(catalog)
    ]
    return "# Reference\n\n" + "\n".join(lines) + "\n"


def _list(family: Family, kinds: Iterable[Kind]) -> str:
    parts = [f"# {_words(family)[0]}"]
    for group, members in groupby(kinds, key=lambda kind: kind.group):
        lines = [f"- [{kind.name}]({kind.name}.md): {kind.summary}" for kind in members]
        parts.append((f"## {group}\n" if group else "") + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _inputs(kind: Kind) -> str:
    if kind.many:
        return "Takes two inputs or more, named in a list."
    named = ", ".join(
        f"`{name.removesuffix('?')}`" + (" (may be left out)" if name.endswith("?") else "")
        for name in kind.takes
    )
    return f"Takes, in the order of `from:`, {named}."


def _ordered(kind: Kind) -> list[Param]:
    """The settings as forms have them: the ones that matter first."""
    return sorted(kind.params, key=lambda each: each.advanced)


def _setting(setting: Param) -> str:
    default = "has to be given" if setting.required else f"default `{_shown(setting.default)}`"
    note = "; advanced" if setting.advanced else ""
    return f"- `{setting.name}`: {setting.help} Takes {wanted(setting)}; {default}{note}."


def _shown(value: object) -> str:
    plain: Plain = list(value) if isinstance(value, tuple) else value  # type: ignore[assignment]
    return inline(plain)


def _example(kind: Kind) -> str:
    """The shortest way to write the kind, and one with its first setting where there is one."""
    if kind.family == "export":
        return f"netwright export RUN --format {kind.name}"
    if kind.wraps:
        return emit([{kind.name: {"linear": 64}}])
    needed: dict[str, Plain] = {each.name: _sample(each) for each in kind.params if each.required}
    if kind.family == "layer" and kind.joins:
        names: list[Plain] = [name.removesuffix("?") for name in kind.takes]
        sources: list[Plain] = ["one", "other"] if kind.many else names
        listed: dict[str, Plain] = {kind.name: needed, "from": sources}
        return emit([listed if needed else {kind.name: sources}])
    written: Plain = {kind.name: needed} if needed else kind.name
    return emit([written]) if kind.family == "layer" else _other(kind, written)


def _other(kind: Kind, written: Plain) -> str:
    key = _words(kind.family)[1].rpartition(".")[2]
    value: Plain = {"age": written} if kind.family == "column" else written
    return emit({key: [value] if kind.family == "metric" else value})


def _sample(setting: Param) -> Plain:
    if setting.choices:
        return setting.choices[0]
    for taken in setting.types:
        match taken:
            case "int" | "float":
                return _number(setting)
            case "bool":
                return True
            case "list":
                return [_number(setting)] * (setting.length[0] if setting.length else 2)
            case _:
                continue
    return "auto" if "auto" in setting.types else "file"


def _number(setting: Param) -> Plain:
    if setting.item == "str":
        return "name"
    low = setting.low if setting.low is not None else 0
    usual = 8 if setting.high is None or setting.high >= 8 else setting.high
    return max(int(low), int(usual))


def write(folder: Path) -> None:
    """Write all pages to `folder` and delete those of kinds that are no more."""
    made = pages(Catalog.discover())
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(resource("samples").parent / "help")
