"""Draws the pictures of the gallery; run `python -m trainers.template_pictures` after a change."""

from __future__ import annotations

from nnspec.catalog import Catalog
from nnspec.glyph import glyph
from trainers.check import check
from trainers.templates import Template, templates


def picture(chosen: Template, catalog: Catalog) -> str | None:
    """Return the picture of a template as SVG, or None when its spec has errors."""
    checked = check(chosen.text(), chosen.folder, catalog)
    return glyph(checked.analysis.graph) if checked.sound else None


def main() -> None:
    """Write the picture of every template whose spec is sound."""
    catalog = Catalog.discover()
    for chosen in templates():
        drawn = picture(chosen, catalog)
        if drawn is not None:
            chosen.picture.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
