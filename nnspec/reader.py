"""Tree and catalog to a `Spec`, collecting every mistake on the way.

Only the structure of model items is read here; their settings are read where blocks are expanded
(`nnspec.graph`), because inside a block they depend on the block's parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnspec.catalog import Catalog, Family, Kind
from nnspec.expressions import Scope, bind
from nnspec.params import REQUIRED, Place, complete, read_settings, read_value
from nnspec.problems import Edit, Fix, Problems, Span, nearest, suggestion
from nnspec.spec import (
    Block,
    Choice,
    Column,
    Data,
    EarlyStopping,
    Item,
    Path,
    Reference,
    Spec,
    Split,
    Train,
    Training,
)
from nnspec.syntax import Entry, Mapping, Node, Plain, Scalar, Sequence, plain

FORMAT = 1
SECTIONS = ("netwright", "name", "params", "data", "blocks", "model", "train")
RESERVED = ("name", "from", "repeat", "share")
TRAIN_KINDS = ("optimizer", "schedule", "loss", "metrics", "early_stopping")
_NAME = re.compile(r"[^\W\d]\w*\Z")


def address(path: Path) -> str:
    """Write a path as users read it: `model[3].conv2d.kernel_size`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_spec(root: Node | None, catalog: Catalog, problems: Problems) -> Spec:
    """Read a whole document. What cannot be read is reported and left at its default."""
    return _Reader(catalog, problems).spec(root)


@dataclass(slots=True)
class _Reader:
    catalog: Catalog
    problems: Problems

    def spec(self, root: Node | None) -> Spec:
        sections = self._sections(root)
        params = self._params(sections.get("params"))
        scope = Scope(params)
        data = self._bound(sections.get("data"), scope)
        train = self._bound(sections.get("train"), scope)
        blocks = self._blocks(sections.get("blocks"))
        return Spec(
            name=self._name(sections.get("name")),
            params=params,
            data=self._data(data) if data else self._no_data(root),
            blocks=blocks,
            model=self._items(sections["model"].value, ("model",)) if "model" in sections else None,
            train=self._train(train) if train else Train(),
            used_params=frozenset(scope.used),
        )

    def _sections(self, root: Node | None) -> dict[str, Entry]:
        if root is None and any(problem.code.startswith("yaml.") for problem in self.problems):
            return {}
        if not isinstance(root, Mapping):
            self.problems.add("spec.empty" if root is None else "spec.shape", Span(0, 0),
                              "a spec is a mapping that begins with 'netwright: 1'",
                              hint="start with: netwright: 1")
            return {}
        sections = {entry.key: entry for entry in root.entries}
        for entry in root.entries:
            if entry.key not in SECTIONS and not entry.key.startswith("x-"):
                self._unknown(entry, SECTIONS, "", "section.unknown",
                              f"there is no section '{entry.key}'")
        self._format(sections.get("netwright"))
        return sections

    def _unknown(self, entry: Entry, known: tuple[str, ...], path: str, code: str, message: str) -> None:
        near = nearest(entry.key, known)
        span = entry.key_span
        fix = Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None
        self.problems.add(code, span, message, path=f"{path}.{entry.key}" if path else entry.key,
                          hint=suggestion(entry.key, known, kinds="known are"), fix=fix)

    def _format(self, entry: Entry | None) -> None:
        if entry is None:
            self.problems.add("format.missing", Span(0, 0), "the format number is missing",
                              path="netwright", hint="add the line: netwright: 1",
                              fix=Fix("Add 'netwright: 1'", Edit(0, 0, "netwright: 1\n")))
            return
        number = plain(entry.value)
        if number == FORMAT and not isinstance(number, bool):
            return
        newer = isinstance(number, int) and number > FORMAT
        self.problems.add(
            "format.newer" if newer else "format.unknown", entry.value.span,
            f"format {number} is newer than this program reads" if newer
            else f"the format number is '{number}'; this program reads {FORMAT}",
            path="netwright", hint="update Netwright" if newer else f"write: netwright: {FORMAT}")

    def _no_data(self, root: Node | None) -> None:
        if isinstance(root, Mapping) and "data" not in root.keys():
            self.problems.add("data.missing", Span(root.span.end, root.span.end),
                              "the section 'data' is missing", path="data",
                              hint="add: data: {source: FILE, target: COLUMN}")

    def _bound(self, entry: Entry | None, scope: Scope) -> Entry | None:
        if entry is None:
            return None
        return Entry(entry.key, entry.key_span, bind(entry.value, scope, entry.key, self.problems))

    def _name(self, entry: Entry | None) -> str | None:
        if entry is None or plain(entry.value) is None:
            return None
        if not isinstance(entry.value, Scalar):
            self._wrong(entry.value, ("name",), "the name is one line of text", "write: name: My network")
            return None
        return entry.value.text

    def _wrong(self, node: Node, path: Path, message: str, hint: str) -> None:
        self.problems.add("spec.shape", node.span, message, path=address(path), hint=hint)

    def _params(self, entry: Entry | None) -> dict[str, Plain]:
        if entry is None or plain(entry.value) is None:
            return {}
        if not isinstance(entry.value, Mapping):
            self._wrong(entry.value, ("params",), "params is a mapping of names to values",
                        "write: params: {width: 32}")
            return {}
        for param in entry.value.entries:
            self._identifier(param.key, param.key_span, ("params", param.key))
        return {param.key: plain(param.value) for param in entry.value.entries}

    def _identifier(self, name: str, span: Span, path: Path) -> bool:
        if _NAME.match(name):
            return True
        self.problems.add("name.form", span, f"'{name}' is not usable as a name", path=address(path),
                          hint="use letters, digits and _, and begin with a letter")
        return False

    # ---- kinds -------------------------------------------------------------------------------------

    def _choice(self, node: Node, family: Family, path: Path, words: str) -> Choice | None:
        """Read `adamw`, `{adamw: {lr: 0.001}}` or `{dropout: 0.5}`."""
        if isinstance(node, Scalar) and node.value is not None:
            return self._kind_of(node.text, node.span, None, family, path)
        if isinstance(node, Mapping):
            named = [entry for entry in node.entries if not entry.key.startswith("x-")]
            if len(named) == 1:
                entry = named[0]
                return self._kind_of(entry.key, entry.key_span, entry.value, family, path)
            if named:
                known = [e for e in named if self.catalog.get(family, e.key)]
                extra = next((e for e in named if e not in known[:1]), named[-1])
                self.problems.add(
                    "kind.several", extra.key_span, f"{words} is one kind; '{extra.key}' is one too many",
                    path=address(path),
                    hint=f"put settings inside it: {{{(known or named)[0].key}: {{{extra.key}: …}}}}")
                return None
        self._wrong(node, path, f"{words} is the name of a kind, or a kind with its settings",
                    suggestion("", self.catalog.names(family), kinds="known are"))
        return None

    def _kind_of(
        self, name: str, span: Span, settings: Node | None, family: Family, path: Path
    ) -> Choice | None:
        kind = self.catalog.get(family, name)
        if kind is None:
            names = self.catalog.names(family)
            near = nearest(name, names)
            fix = Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None
            self.problems.add(f"{family}.unknown", span, f"unknown {family} '{name}'", path=address(path),
                              hint=suggestion(name, names, kinds="known are"), fix=fix)
            return None
        return self._made(kind, settings, span, (*path, name))

    def _made(self, kind: Kind, settings: Node | None, span: Span, path: Path) -> Choice | None:
        place = Place(address(path), f"'{kind.name}'")
        values: dict[str, Any] = {}
        if isinstance(settings, Mapping):
            values = read_settings(kind.make, settings.entries, place, self.problems, span=span)
        elif settings is not None and plain(settings) is not None:
            if kind.main is None:
                self._wrong(settings, path, f"'{kind.name}' has no settings", f"write just: {kind.name}")
                return None
            value = read_value(settings, kind.main, place.below(kind.main.name), self.problems)
            values = {} if value is REQUIRED else {kind.main.name: value}
        else:
            values = read_settings(kind.make, (), place, self.problems, span=span)
        if not complete(kind.make, values):
            return None
        return Choice(kind, kind.make(**values), path, span)

    # ---- data --------------------------------------------------------------------------------------

    def _data(self, entry: Entry) -> Data | None:
        node, path = entry.value, ("data",)
        if not isinstance(node, Mapping):
            self._wrong(node, path, "data is a mapping", "write: data: {source: FILE, target: COLUMN}")
            return None
        known = ("source", "target", "columns", "split")
        for part in node.entries:
            if part.key not in known and not part.key.startswith("x-"):
                self._unknown(part, known, "data", "key.unknown", f"data has no setting '{part.key}'")
        source = self._source(node)
        target = self._target(node.get("target"))
        columns = self._columns(node.get("columns"))
        split = self._split(node.get("split"))
        return Data(source, target, columns, split) if source else None

    def _source(self, node: Mapping) -> Choice | None:
        written = node.get("source")
        path: Path = ("data", "source")
        if written is None or plain(written) is None:
            self.problems.add("data.source", (written or node).span, "data needs a source", path="data",
                              hint="add source: and the path of a file or folder")
            return None
        if isinstance(written, Mapping):
            return self._choice(written, "source", path, "the source")
        if not isinstance(written, Scalar):
            self._wrong(written, path, "the source is one path", "write: source: adult.csv")
            return None
        kind = _source_kind(written.text, self.catalog)
        if kind is None:
            return None
        return self._made(kind, Scalar(written.span, written.text, written.text, quoted=True),
                          written.span, path)

    def _target(self, node: Node | None) -> Column | None:
        path: Path = ("data", "target")
        match node:
            case None | Scalar(value=None):
                return None
            case Scalar():
                return Column(node.text, None, node.span)
            case Mapping(entries=(only,)):
                return Column(only.key, self._type(only.value, (*path, only.key)), only.key_span)
            case Sequence(items=(only,)):
                return self._target(only)
            case _:
                self._wrong(node, path, "the target is one column", "write: target: NAME")
                return None

    def _type(self, node: Node, path: Path) -> Choice | None:
        if plain(node) is None:
            return None
        return self._choice(node, "column", path, "a column's type")

    def _columns(self, node: Node | None) -> dict[str, Column]:
        if node is None or plain(node) is None:
            return {}
        if not isinstance(node, Mapping):
            self._wrong(node, ("data", "columns"), "columns is a mapping of column names to types",
                        "write: columns: {age: number}")
            return {}
        return {
            entry.key: Column(entry.key, self._type(entry.value, ("data", "columns", entry.key)),
                              entry.key_span)
            for entry in node.entries
        }

    def _split(self, node: Node | None) -> Split:
        if node is None or plain(node) is None:
            return Split()
        if not isinstance(node, Mapping):
            self._wrong(node, ("data", "split"), "split is a mapping",
                        "write: split: {validation: 0.1, test: 0.2}")
            return Split()
        values = read_settings(Split, node.entries, Place("data.split", "split"), self.problems,
                               span=node.span)
        split = Split(**values)
        if split.validation + split.test >= 1:
            self.problems.add("split.shares", node.span,
                              f"validation {split.validation:g} and test {split.test:g} leave no rows to train on",
                              path="data.split", hint="their sum has to stay below 1")
            return Split()
        return split

    # ---- train -------------------------------------------------------------------------------------

    def _train(self, entry: Entry) -> Train:
        node = entry.value
        if plain(node) is None:
            return Train()
        if not isinstance(node, Mapping):
            self._wrong(node, ("train",), "train is a mapping", "write: train: {epochs: 10}")
            return Train()
        values = read_settings(Training, node.entries, Place("train", "train"), self.problems,
                               span=node.span, extra=TRAIN_KINDS)
        return Train(
            settings=Training(**values),
            optimizer=self._optional(node, "optimizer", "optimizer"),
            schedule=self._optional(node, "schedule", "schedule"),
            loss=self._optional(node, "loss", "loss"),
            metrics=self._metrics(node.get("metrics")),
            early_stopping=self._early_stopping(node.get("early_stopping")),
        )

    def _optional(self, node: Mapping, key: str, family: Family) -> Choice | None:
        written = node.get(key)
        if written is None or plain(written) is None:
            return None
        return self._choice(written, family, ("train", key), f"the {family}")

    def _metrics(self, node: Node | None) -> tuple[Choice, ...] | None:
        if node is None or plain(node) is None:
            return None
        nodes = node.items if isinstance(node, Sequence) else (node,)
        read = (self._choice(item, "metric", ("train", "metrics", index), "a metric")
                for index, item in enumerate(nodes))
        return tuple(choice for choice in read if choice)

    def _early_stopping(self, node: Node | None) -> EarlyStopping | None:
        if node is None or plain(node) in (None, False):
            return None
        if plain(node) is True:
            return EarlyStopping()
        if not isinstance(node, Mapping):
            self._wrong(node, ("train", "early_stopping"), "early_stopping is a mapping, true or false",
                        "write: early_stopping: {monitor: val_loss, patience: 5}")
            return None
        values = read_settings(EarlyStopping, node.entries, Place("train.early_stopping", "early_stopping"),
                               self.problems, span=node.span)
        return EarlyStopping(**values)

    # ---- model and blocks --------------------------------------------------------------------------

    def _blocks(self, entry: Entry | None) -> dict[str, Block]:
        if entry is None or plain(entry.value) is None:
            return {}
        if not isinstance(entry.value, Mapping):
            self._wrong(entry.value, ("blocks",), "blocks is a mapping of names to blocks",
                        "write: blocks: {residual: {layers: [...]}}")
            return {}
        return {block.name: block for part in entry.value.entries if (block := self._block(part))}

    def _block(self, entry: Entry) -> Block | None:
        path: Path = ("blocks", entry.key)
        if not self._identifier(entry.key, entry.key_span, path):
            return None
        if self.catalog.get("layer", entry.key):
            self.problems.add("block.name", entry.key_span, f"'{entry.key}' is a layer already",
                              path=address(path), hint="give the block another name")
            return None
        node = entry.value
        if not isinstance(node, Mapping) or "layers" not in node.keys():
            self.problems.add("block.layers", entry.key_span, f"block '{entry.key}' has no layers",
                              path=address(path), hint="add layers: and a list of layers")
            return None
        for part in node.entries:
            if part.key not in ("params", "layers") and not part.key.startswith("x-"):
                self._unknown(part, ("params", "layers"), address(path), "key.unknown",
                              f"a block has no setting '{part.key}'")
        items = self._items(node.entries[node.keys().index("layers")].value, (*path, "layers"))
        return Block(entry.key, self._params(node.entry("params")), items, path, entry.key_span)

    def _items(self, node: Node, path: Path) -> tuple[Item, ...]:
        if plain(node) is None:
            return ()
        if not isinstance(node, Sequence):
            self._wrong(node, path, "layers are a list: one '- layer' a line", "begin each layer with '- '")
            return ()
        items = tuple(item for index, part in enumerate(node.items)
                      if (item := self._item(part, (*path, index))))
        self._distinct(items)
        return items

    def _distinct(self, items: tuple[Item, ...]) -> None:
        seen: dict[str, int] = {}
        for item in items:
            if item.name is None:
                continue
            line = self.problems.lines.position(item.name.span.start)[0]
            if item.name.name in seen:
                self.problems.add("name.taken", item.name.span,
                                  f"two layers here are named '{item.name.name}'",
                                  path=f"{address(item.path)}.name",
                                  hint=f"the other one is on line {seen[item.name.name]}; rename one")
            seen.setdefault(item.name.name, line)

    def _item(self, node: Node, path: Path) -> Item | None:
        if isinstance(node, Scalar) and node.value is not None:
            return Item(node.text, node.span, None, None, None, None, None, path, node.span)
        if not isinstance(node, Mapping) or not node.entries:
            self._wrong(node, path, "a layer is expected here", "write a layer's name, for example: - relu")
            return None
        kind = self._kind_entry(node, path)
        if kind is None:
            return None
        known = self.catalog.get("layer", kind.key)
        many = known is not None and known.many
        settings = None if plain(kind.value) is None else kind.value
        sources = self._sources(node.get("from"), (*path, "from"))
        if many and isinstance(settings, Sequence) and sources is None:
            sources, settings = self._sources(settings, (*path, kind.key)), None
        return Item(
            kind.key, kind.key_span, settings, self._reference(node, "name", path), sources,
            node.get("repeat"), self._reference(node, "share", path), path, node.span)

    def _kind_entry(self, node: Mapping, path: Path) -> Entry | None:
        """The one entry that names the layer; everything else has to be a reserved sibling."""
        named = [e for e in node.entries if e.key not in RESERVED and not e.key.startswith("x-")]
        if not named:
            self.problems.add("layer.missing", node.span, "this item names no layer", path=address(path),
                              hint="write the layer's name as the key: - linear: 64")
            return None
        kind = next((e for e in named if self.catalog.get("layer", e.key)), named[0])
        for extra in named:
            if extra is not kind:
                self._extra(extra, kind, path)
        return kind

    def _extra(self, extra: Entry, kind: Entry, path: Path) -> None:
        place = f"{address(path)}.{extra.key}"
        if self.catalog.get("layer", extra.key):
            self.problems.add("layer.several", extra.key_span,
                              f"'{kind.key}' and '{extra.key}' stand in one item", path=place,
                              hint=f"begin '{extra.key}' on a line of its own with '- '")
            return
        near = nearest(extra.key, RESERVED)
        fix = Fix(f"Change it to '{near}'",
                  Edit(extra.key_span.start, extra.key_span.end, near)) if near else None
        hint = f"did you mean '{near}'?" if near else f"indent it below '{kind.key}' if it is a setting"
        self.problems.add("key.unknown", extra.key_span,
                          f"'{extra.key}' beside '{kind.key}' is not known", path=place, hint=hint, fix=fix)

    def _reference(self, node: Mapping, key: str, path: Path) -> Reference | None:
        written = node.get(key)
        if written is None or plain(written) is None:
            return None
        if not isinstance(written, Scalar):
            self._wrong(written, (*path, key), f"{key} is one name", f"write: {key}: NAME")
            return None
        if key == "name" and not self._identifier(written.text, written.span, (*path, key)):
            return None
        if key == "name" and written.text in ("input", "previous"):
            self.problems.add("name.reserved", written.span, f"'{written.text}' has a meaning of its own",
                              path=address((*path, key)), hint="choose another name")
            return None
        return Reference(written.text, written.span)

    def _sources(self, node: Node | None, path: Path) -> tuple[Reference, ...] | None:
        if node is None or plain(node) is None:
            return None
        parts = node.items if isinstance(node, Sequence) else (node,)
        return tuple(self._source_names(parts, path))

    def _source_names(self, parts: tuple[Node, ...], path: Path) -> Iterator[Reference]:
        for part in parts:
            if isinstance(part, Scalar) and part.value is not None:
                yield Reference(part.text, part.span)
            else:
                self._wrong(part, path, "from: takes names of layers", "write: from: NAME or from: [A, B]")


def _source_kind(text: str, catalog: Catalog) -> Kind | None:
    """The source kind whose endings match the path; the one that claims "" takes the rest."""
    lowered = text.lower().rstrip("/")
    ending = "." + lowered.rsplit(".", 1)[-1] if "." in lowered.rsplit("/", 1)[-1] else ""
    kinds = tuple(catalog.of("source"))
    for kind in kinds:
        if ending in kind.make.endings:  # type: ignore[attr-defined]
            return kind
    return catalog.get("source", "csv")
