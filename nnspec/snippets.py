"""A piece of YAML text on its way into a list: what a user copied, comments included."""

from __future__ import annotations

from dataclasses import dataclass

from nnspec.problems import Problems, has_errors
from nnspec.splices import RefusalError
from nnspec.syntax import read
from nnspec.tree import Plain, plain


@dataclass(frozen=True, slots=True)
class Snippet:
    """YAML text of one list item (`conv2d: 3`) or of several (`- conv2d: 3`, `- relu`).

    It is inserted as it is written, comments included, only indented to fit.
    """

    text: str

    def rows(self) -> list[str]:
        """Return its lines as those of a list whose dashes stand at column 0."""
        rows = [row.rstrip() for row in self.text.splitlines()]
        while rows and not rows[-1]:
            rows.pop()
        while rows and not rows[0]:
            rows.pop(0)
        content = [row for row in rows if row.strip() and not row.lstrip().startswith("#")]
        indent = min((len(row) - len(row.lstrip(" ")) for row in content), default=0)
        rows = [row[min(indent, len(row) - len(row.lstrip(" "))) :] for row in rows]
        if content and content[0].split()[0] == "-":
            return rows
        return [(" " if at else "-") + f" {row}" if row else row for at, row in enumerate(rows)]

    def items(self) -> list[Plain]:
        """Return the data of its items.

        Raises:
            RefusalError: it is not readable as list items.
        """
        text = "\n".join(self.rows()) + "\n"
        problems = Problems(text)
        data = plain(read(text, problems))
        if has_errors(problems) or not isinstance(data, list):
            raise RefusalError("edit.snippet", "this text is not a list item that can be inserted")
        return data
