"""The gallery: networks for every kind of data, each a commented spec that trains as it stands.

A template is a folder of `resources/templates` with a spec and a picture of the network. Its
`x-template:` section says when to choose it; its data is a sample that ships with the program, so
it can be tried at once. `fitted_to` puts a template's network to somebody's own data.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnspec.problems import Problems, Span, nearest
from nnspec.resources import resource
from nnspec.shapes import Interface, Shape
from nnspec.syntax import Entry, Mapping, Node, Scalar, Sequence, plain, read

NOTE = "x-template"
_WIDTH = 98
_TAKEN = ("params", "blocks", "model", "models", "outputs", "train")
"""The sections of a template that go with its network to other data."""


GROUPS: tuple[str, ...] = (
    "First steps",
    "Tables",
    "Pictures",
    "Texts",
    "Series and sounds",
    "Graphs",
    "Making new things",
    "Several inputs or outputs",
    "Science",
)
"""The headings of the gallery, in their order."""


@dataclass(frozen=True, slots=True)
class Template:
    """One entry of the gallery.

    Attributes:
        name: its folder's name, as `--template` takes it.
        title: the name its spec gives it.
        group: the heading it stands under: what data it is for.
        when: a sentence on when to choose it.
        folder: where the spec and the picture lie.
    """

    name: str
    title: str
    group: str
    when: str
    folder: Path

    @property
    def spec(self) -> Path:
        """Its spec."""
        return self.folder / f"{self.name}.yaml"

    @property
    def picture(self) -> Path:
        """Its picture, an SVG."""
        return self.folder / f"{self.name}.svg"

    def text(self) -> str:
        """The text of its spec."""
        return self.spec.read_text(encoding="utf-8")


def templates() -> tuple[Template, ...]:
    """The whole gallery, by group and name."""
    folders = sorted(path for path in resource("templates").iterdir() if path.is_dir())
    found = [_template(folder) for folder in folders]
    return tuple(sorted(found, key=_place))


def _place(each: Template) -> tuple[int, str]:
    """Where it stands in the gallery; what is under no known heading stands last."""
    group = GROUPS.index(each.group) if each.group in GROUPS else len(GROUPS)
    return group, each.title


def template(name: str) -> Template | None:
    """The template of that name, or None."""
    return next((each for each in templates() if each.name == name), None)


def nearest_template(name: str) -> str | None:
    """The name most like `name`."""
    return nearest(name, [each.name for each in templates()])


def _template(folder: Path) -> Template:
    text = (folder / f"{folder.name}.yaml").read_text(encoding="utf-8")
    tree = plain(read(text, Problems(text)))
    facts = tree if isinstance(tree, dict) else {}
    note = facts.get(NOTE)
    about = note if isinstance(note, dict) else {}
    title = str(facts.get("name") or folder.name)
    return Template(
        folder.name, title, str(about.get("group", "")), str(about.get("when", "")), folder
    )


def network_of(chosen: Template, sections: tuple[str, ...] = _TAKEN) -> str:
    """The text of some sections of a template: those that do not belong to its own data."""
    text = chosen.text()
    root = read(text, Problems(text))
    entries = root.entries if isinstance(root, Mapping) else ()
    return "".join(
        text[_start(text, entries, index) : _end(text, entries, index)]
        for index, entry in enumerate(entries)
        if entry.key in sections
    )


def _end(text: str, entries: tuple[Entry, ...], index: int) -> int:
    """Where a section ends: where the next one begins."""
    return _start(text, entries, index + 1) if index + 1 < len(entries) else len(text)


def _start(text: str, entries: tuple[Entry, ...], index: int) -> int:
    """Where a section begins: at the first of the comment lines right above it."""
    start = text.rfind("\n", 0, entries[index].key_span.start) + 1
    while start and (line := text[text.rfind("\n", 0, start - 1) + 1 : start]).startswith("#"):
        start -= len(line)
    return start


def fitted_to(
    chosen: Template, own: Interface, offered: Interface, sections: tuple[str, ...] = _TAKEN
) -> str:
    """The network of a template with its inputs and targets named as other data names them.

    Args:
        chosen: the template.
        own: what the template's own data offers.
        offered: what the data offers that it is to be used on.
        sections: which sections are wanted; all that do not belong to the template's own data.
    """
    text = network_of(chosen, sections)
    names = {here: there for here, there in _renamed(own, offered) if here != there}
    if not names:
        return text
    words = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    places = sorted(_words(read(text, Problems(text))), key=lambda span: span.start, reverse=True)
    for span in places:
        written = text[span.start : span.end]
        changed = words.sub(lambda found: names[found[0]], written)
        text = text[: span.start] + changed + text[span.end :]
    return text


def _words(node: Node | None) -> Iterator[Span]:
    """The places of everything that may name an input or a target: all texts and keys."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Scalar) and isinstance(here.value, str):
            yield here.span
        elif isinstance(here, Sequence):
            waiting += here.items
        elif isinstance(here, Mapping):
            for entry in here.entries:
                yield entry.key_span
                waiting.append(entry.value)


def with_template(text: str, chosen: Template, own: Interface, offered: Interface) -> str:
    """Return a spec with the network and training of a template in the place of its own.

    Args:
        text: a spec for some data, as `trainers.starter.start` writes it.
        chosen: the template.
        own: what the template's own data offers.
        offered: what the data of `text` offers.
    """
    root = read(text, Problems(text))
    entries = root.entries if isinstance(root, Mapping) else ()
    kept = [
        text[_start(text, entries, index) if index else 0 : _end(text, entries, index)]
        for index, entry in enumerate(entries)
        if entry.key not in _TAKEN
    ]
    head = "".join(kept).rstrip("\n")
    about = textwrap.fill(
        f"The network: {chosen.title}. {chosen.when}",
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
    )
    return f"{head}\n\n{about}\n\n{fitted_to(chosen, own, offered)}"


def _renamed(own: Interface, offered: Interface) -> Iterator[tuple[str, str]]:
    """Pairs of inputs and of targets of one form, in their order."""
    for here, there in ((own.inputs, offered.inputs), (own.targets, offered.targets)):
        left = dict(there)
        for name, shape in here.items():
            form = _form(name, shape)
            match = next((other for other in left if _form(other, left[other]) == form), None)
            if match is not None:
                del left[match]
                yield name, match


def _form(name: str, shape: Shape) -> tuple[int, str, bool]:
    """What makes an input stand for another one."""
    return len(shape), shape.dtype, name.endswith("_before")
