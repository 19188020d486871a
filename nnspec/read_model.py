"""The structure of `model:` and `blocks:`: items, their names and where they take their input."""

from __future__ import annotations

from collections.abc import Iterator

from nnspec.problems import Edit, Fix, nearest
from nnspec.reading import Reading, address
from nnspec.spec import Block, Item, Path, Reference
from nnspec.syntax import Entry, Mapping, Node, Plain, Scalar, Sequence, plain

RESERVED = ("name", "from", "repeat", "share")


def read_params(reading: Reading, entry: Entry | None) -> dict[str, Plain]:
    """Read `params:` of the document or of a block."""
    if entry is None or plain(entry.value) is None:
        return {}
    if not isinstance(entry.value, Mapping):
        reading.wrong(
            entry.value,
            ("params",),
            "params is a mapping of names to values",
            "write: params: {width: 32}",
        )
        return {}
    for param in entry.value.entries:
        reading.identifier(param.key, param.key_span, ("params", param.key))
    return {param.key: plain(param.value) for param in entry.value.entries}


def read_blocks(reading: Reading, entry: Entry | None) -> dict[str, Block]:
    """Read `blocks:`; a block that cannot be read is left out."""
    if entry is None or plain(entry.value) is None:
        return {}
    if not isinstance(entry.value, Mapping):
        reading.wrong(
            entry.value,
            ("blocks",),
            "blocks is a mapping of names to blocks",
            "write: blocks: {residual: {layers: [...]}}",
        )
        return {}
    return {block.name: block for part in entry.value.entries if (block := _block(reading, part))}


def _block(reading: Reading, entry: Entry) -> Block | None:
    path: Path = ("blocks", entry.key)
    if not reading.identifier(entry.key, entry.key_span, path):
        return None
    if reading.catalog.get("layer", entry.key):
        reading.problems.add(
            "block.name",
            entry.key_span,
            f"'{entry.key}' is a layer already",
            path=address(path),
            hint="give the block another name",
        )
        return None
    node = entry.value
    layers = node.get("layers") if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or layers is None:
        reading.problems.add(
            "block.layers",
            entry.key_span,
            f"block '{entry.key}' has no layers",
            path=address(path),
            hint="add layers: and a list of layers",
        )
        return None
    for part in node.entries:
        if part.key not in ("params", "layers") and not part.key.startswith("x-"):
            reading.unknown(
                part,
                ("params", "layers"),
                address(path),
                "key.unknown",
                f"a block has no setting '{part.key}'",
            )
    items = read_items(reading, layers, (*path, "layers"))
    return Block(entry.key, read_params(reading, node.entry("params")), items, path, entry.key_span)


def read_outputs(reading: Reading, entry: Entry | None) -> dict[str, Reference]:
    """Read `outputs:`: for a target, the item of the model that answers for it."""
    if entry is None or plain(entry.value) is None:
        return {}
    if not isinstance(entry.value, Mapping):
        reading.wrong(
            entry.value,
            ("outputs",),
            "outputs is a mapping of targets to layers",
            "write: outputs: {TARGET: NAME}",
        )
        return {}
    outputs: dict[str, Reference] = {}
    for part in entry.value.entries:
        if isinstance(part.value, Scalar) and part.value.value is not None:
            outputs[part.key] = Reference(part.value.text, part.value.span)
        else:
            reading.wrong(
                part.value, ("outputs", part.key), "an output is a layer's name", "write its name"
            )
    return outputs


def read_items(reading: Reading, node: Node, path: Path) -> tuple[Item, ...]:
    """Read a list of layers; items that name no layer are left out."""
    if plain(node) is None:
        return ()
    if not isinstance(node, Sequence):
        reading.wrong(
            node, path, "layers are a list: one '- layer' a line", "begin each layer with '- '"
        )
        return ()
    items = tuple(
        item
        for index, part in enumerate(node.items)
        if (item := _item(reading, part, (*path, index)))
    )
    _distinct(reading, items)
    return items


def _distinct(reading: Reading, items: tuple[Item, ...]) -> None:
    seen: dict[str, int] = {}
    for item in items:
        if item.name is None:
            continue
        line = reading.problems.lines.position(item.name.span.start)[0]
        if item.name.name in seen:
            reading.problems.add(
                "name.taken",
                item.name.span,
                f"two layers here are named '{item.name.name}'",
                path=f"{address(item.path)}.name",
                hint=f"the other one is on line {seen[item.name.name]}; rename one",
            )
        seen.setdefault(item.name.name, line)


def _item(reading: Reading, node: Node, path: Path) -> Item | None:
    if isinstance(node, Scalar) and node.value is not None:
        return Item(node.text, node.span, None, None, None, None, None, path, node.span)
    if not isinstance(node, Mapping) or not node.entries:
        reading.wrong(
            node, path, "a layer is expected here", "write a layer's name, for example: - relu"
        )
        return None
    kind = _kind_entry(reading, node, path)
    if kind is None:
        return None
    known = reading.catalog.get("layer", kind.key)
    joins = known is not None and known.joins
    settings = None if plain(kind.value) is None else kind.value
    sources = _sources(reading, node.get("from"), (*path, "from"))
    if joins and isinstance(settings, Sequence) and sources is None:
        sources, settings = _sources(reading, settings, (*path, kind.key)), None
    return Item(
        kind.key,
        kind.key_span,
        settings,
        _reference(reading, node, "name", path),
        sources,
        node.get("repeat"),
        _reference(reading, node, "share", path),
        path,
        node.span,
    )


def _kind_entry(reading: Reading, node: Mapping, path: Path) -> Entry | None:
    """The one entry that names the layer; everything else has to be a reserved sibling."""
    named = [e for e in node.entries if e.key not in RESERVED and not e.key.startswith("x-")]
    if not named:
        reading.problems.add(
            "layer.missing",
            node.span,
            "this item names no layer",
            path=address(path),
            hint="write the layer's name as the key: - linear: 64",
        )
        return None
    kind = next((e for e in named if reading.catalog.get("layer", e.key)), named[0])
    for extra in named:
        if extra is not kind:
            _extra(reading, extra, kind, path)
    return kind


def _extra(reading: Reading, extra: Entry, kind: Entry, path: Path) -> None:
    place = f"{address(path)}.{extra.key}"
    if reading.catalog.get("layer", extra.key):
        reading.problems.add(
            "layer.several",
            extra.key_span,
            f"'{kind.key}' and '{extra.key}' stand in one item",
            path=place,
            hint=f"begin '{extra.key}' on a line of its own with '- '",
        )
        return
    near = nearest(extra.key, RESERVED)
    fix = (
        Fix(f"Change it to '{near}'", Edit(extra.key_span.start, extra.key_span.end, near))
        if near
        else None
    )
    hint = f"did you mean '{near}'?" if near else f"indent it below '{kind.key}' if it is a setting"
    reading.problems.add(
        "key.unknown",
        extra.key_span,
        f"'{extra.key}' beside '{kind.key}' is not known",
        path=place,
        hint=hint,
        fix=fix,
    )


def _reference(reading: Reading, node: Mapping, key: str, path: Path) -> Reference | None:
    written = node.get(key)
    if written is None or plain(written) is None:
        return None
    if not isinstance(written, Scalar):
        reading.wrong(written, (*path, key), f"{key} is one name", f"write: {key}: NAME")
        return None
    if key == "name" and not reading.identifier(written.text, written.span, (*path, key)):
        return None
    if key == "name" and written.text in ("input", "previous"):
        reading.problems.add(
            "name.reserved",
            written.span,
            f"'{written.text}' has a meaning of its own",
            path=address((*path, key)),
            hint="choose another name",
        )
        return None
    return Reference(written.text, written.span)


def _sources(reading: Reading, node: Node | None, path: Path) -> tuple[Reference, ...] | None:
    if node is None or plain(node) is None:
        return None
    parts = node.items if isinstance(node, Sequence) else (node,)
    return tuple(_source_names(reading, parts, path))


def _source_names(reading: Reading, parts: tuple[Node, ...], path: Path) -> Iterator[Reference]:
    for part in parts:
        if isinstance(part, Scalar) and part.value is not None:
            yield Reference(part.text, part.span)
        else:
            reading.wrong(
                part, path, "from: takes names of layers", "write: from: NAME or from: [A, B]"
            )
