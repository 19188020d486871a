"""Tables of texts: CSV, TSV and their relatives with any delimiter, encoding and decimal mark.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from trainers.arrow import arrow, arrow_readers
from trainers.dialect import MISSING, Dialect, sniff
from trainers.files import fingerprint, locate, size_and_time
from trainers.findings import Findings

if TYPE_CHECKING:
    from trainers.table import Table

_BLOCK = 8 << 20
_MOST_COLUMNS = 20_000


@kind("Table")
@dataclass(frozen=True, slots=True)
class Csv:
    """Rows of a CSV or TSV file.

    What is `auto` is found in the file itself: delimiter, header, encoding, decimal mark and
    whether quotes enclose cells. Blanks around cells do not count. A row with too many or too few
    cells is an error with its number, never shifted.
    """

    endings: ClassVar[tuple[str, ...]] = (
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".data",
        ".dat",
        ".test",
        ".train",
    )

    path: str = param(help="The file, relative to the spec or absolute.")
    delimiter: str = param(
        "auto", help="What stands between cells: one character, 'tab' or 'whitespace'."
    )
    header: bool | Literal["auto"] = param(
        "auto", help="Whether the first row holds the names of the columns."
    )
    names: tuple[str, ...] | None = param(
        None, help="Names of the columns of a file without a header."
    )
    encoding: str = param(
        "auto", help="How characters are stored: utf-8, utf-16, cp1252 …", advanced=True
    )
    decimal: Literal[".", ",", "auto"] = param(
        "auto", help="The mark before the fraction of a number.", advanced=True
    )
    quoting: bool | Literal["auto"] = param(
        "auto", help="Whether double quotes enclose cells.", advanced=True
    )
    missing: tuple[str, ...] = param(
        MISSING, help="Texts that are read as a missing value.", advanced=True
    )

    test: str | None = param(
        None,
        help="Another file of the same columns whose rows are the test part.",
        advanced=True,
    )

    together: Mapping[str, str] | None = param(
        None,
        help="Columns that become one column of arrays: {steps: X1..X100}.",
        advanced=True,
    )

    def identity(self, folder: Path) -> Any:
        """Return what changes when a file does, without reading it."""
        paths = (self.path, self.test) if self.test else (self.path,)
        return [size_and_time(folder / path) for path in paths]

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> Csv:
        """Return this reading for another file, which may lack the columns `absent`."""
        other = replace(self, path=path, test=None)
        known = self.names and (folder / path).is_file()
        dialect = self._dialect(folder / path, Findings()) if known else None
        if dialect is None or self.names is None:
            return other
        if set(dialect.first) & set(self.names) and len(dialect.first) > 1:
            return replace(other, header=True, names=None)
        kept = tuple(name for name in self.names if name not in absent)
        return replace(other, names=kept) if len(kept) == len(dialect.first) else other

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """Read the file, and that of the test part; None when there are errors."""
        table = self._whole(folder, findings)
        if table is None or not self.together:
            return table
        from trainers.joined_columns import join_columns

        return join_columns(table, self.together, findings)

    def _whole(self, folder: Path, findings: Findings) -> Table | None:
        table = self._open(folder, findings)
        if table is None or self.test is None:
            return table
        found = Findings(self.test)
        other = replace(self, path=self.test, test=None, together=None)
        tested = other.open(folder, found)
        findings.found.extend(found)
        return None if tested is None else _joined(table, tested, self.test, findings)

    def _open(self, folder: Path, findings: Findings) -> Table | None:
        path = locate(self.path, folder, findings)
        if path is None:
            return None
        findings.file = findings.file or self.path
        if path.is_dir():
            findings.add(
                "data.path",
                f"'{self.path}' is a folder; csv reads one file",
                hint="name a file, or use 'pictures' for a folder of pictures per class",
            )
            return None
        dialect = self._dialect(path, findings)
        names = self._names(dialect, findings) if dialect else None
        if dialect is None or names is None:
            return None
        columns = _read(path, dialect, names, findings)
        return self._table(path, dialect, names, columns, findings) if columns else None

    def _dialect(self, path: Path, findings: Findings) -> Dialect | None:
        delimiter = {"auto": None, "tab": "\t", "\\t": "\t"}.get(self.delimiter, self.delimiter)
        if (
            delimiter
            and delimiter != "whitespace"
            and (len(delimiter) != 1 or not delimiter.isascii())
        ):
            findings.add(
                "data.delimiter",
                f"the delimiter '{self.delimiter}' is not one character",
                hint="write one character, 'tab' or 'whitespace'",
            )
            return None
        header = None if self.header == "auto" else self.header
        return sniff(
            path,
            findings,
            delimiter=delimiter,
            encoding=None if self.encoding == "auto" else self.encoding,
            header=False if self.names and header is None else header,
            quoting=None if self.quoting == "auto" else self.quoting,
            decimal=None if self.decimal == "auto" else self.decimal,
        )

    def _names(self, dialect: Dialect, findings: Findings) -> tuple[str, ...] | None:
        width = len(dialect.first)
        if self.names is not None and len(self.names) != width:
            findings.add(
                "data.names",
                f"'names' lists {len(self.names)} columns, but the first row has {width}",
                hint="name every column once, in the order of the file",
            )
            return None
        if width > _MOST_COLUMNS:
            findings.add(
                "data.too_wide",
                f"the table has {width:,} columns; at most {_MOST_COLUMNS:,} are read",
            )
            return None
        first = dialect.first if dialect.header else ("",) * width
        return _distinct(self.names or first, findings)

    def _table(
        self,
        path: Path,
        dialect: Dialect,
        names: tuple[str, ...],
        columns: list[Any],
        findings: Findings,
    ) -> Table | None:
        from trainers.table import Table
        from trainers.texts import Texts

        rows = len(columns[0])
        if rows == 0:
            findings.add("data.empty", f"'{path.name}' has a header but no rows")
            return None
        cells = {
            name: Texts(_cleaned(column, self.missing, quoting=dialect.quoting), dialect.decimal)
            for name, column in zip(names, columns, strict=True)
        }
        return Table(
            names,
            rows,
            cells,
            None,
            fingerprint(path),
            f"{path.name}: {rows:,} rows, {len(names)} columns",
        )


def _joined(table: Table, tested: Table, path: str, findings: Findings) -> Table | None:
    """The rows of both, each marked with its part."""
    import numpy as np

    from trainers.table import Table

    if set(table.columns) != set(tested.columns):
        others = sorted(set(table.columns) ^ set(tested.columns))
        findings.add(
            "data.other_columns",
            f"'{path}' has other columns than the training rows: {', '.join(others[:8])}",
            hint="both files need the same columns",
        )
        return None
    cells: dict[str, Any] = {}
    for name in table.columns:
        ours: Any = table.cells[name]
        theirs: Any = tested.cells[name]
        cells[name] = ours.followed_by(theirs)
    return Table(
        table.columns,
        table.rows + tested.rows,
        cells,
        np.repeat(["train", "test"], [table.rows, tested.rows]),
        {
            **table.fingerprint,
            **{f"test_{n}": v for n, v in tested.fingerprint.items() if n.startswith("sha256")},
        },
        f"{table.summary}; {tested.rows:,} rows to test with in {Path(path).name}",
    )


def _distinct(names: Sequence[str], findings: Findings) -> tuple[str, ...]:
    named = [name or f"column_{number}" for number, name in enumerate(names, 1)]
    twice = [name for name, count in Counter(named).items() if count > 1]
    for name in twice:
        findings.warn(
            "data.duplicate_column",
            f"the name '{name}' stands over several columns; the "
            f"later ones are called '{name}_2' and so on",
            anchor="source",
        )
    seen: Counter[str] = Counter()
    distinct: list[str] = []
    for name in named:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(distinct)


def _read(
    path: Path, dialect: Dialect, names: tuple[str, ...], findings: Findings
) -> list[Any] | None:
    ragged: list[Any] = []
    pa = arrow()
    # Arrow's threads gain nothing below a block, and a process that ends while they wind up with
    # torch in memory is aborted by the C++ runtime.
    threads = path.stat().st_size > _BLOCK
    try:
        table = _arrow_table(path, dialect, names, ragged, threads=threads)
        if ragged and threads:  # only one thread knows the numbers of the rows
            ragged.clear()
            _arrow_table(path, dialect, names, ragged, threads=False)
    except (pa.ArrowInvalid, UnicodeError) as error:
        _report_unreadable(path, dialect, str(error), findings)
        return None
    for row in ragged[:5]:
        number = row.number - int(dialect.header)  # Arrow counts the header too
        findings.add(
            "data.ragged",
            f"row {number} has {row.actual_columns} cells; the others have {row.expected_columns}",
            row=number,
            details=(row.text[:200],),
            hint="look for a delimiter or a quote inside a cell",
        )
    if len(ragged) > 5:
        findings.add("data.ragged", f"{len(ragged):,} rows in all have a wrong number of cells")
    return None if ragged else table.columns


def _arrow_table(
    path: Path, dialect: Dialect, names: tuple[str, ...], ragged: list[Any], *, threads: bool
) -> Any:
    arrow_csv = arrow_readers()

    def keep(row: Any) -> str:
        ragged.append(row)
        return "skip"

    plain = dialect.delimiter == "whitespace"
    return arrow_csv.read_csv(
        _tabbed(path, dialect.encoding) if plain else path,
        read_options=arrow_csv.ReadOptions(
            column_names=list(names),
            skip_rows=int(dialect.header),
            block_size=_BLOCK,
            encoding="utf-8" if plain else dialect.encoding,
            use_threads=threads,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter="\t" if plain else dialect.delimiter,
            quote_char='"' if dialect.quoting else False,
            newlines_in_values=dialect.quoting,
            invalid_row_handler=keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, arrow().string()), strings_can_be_null=False
        ),
    )


def _tabbed(path: Path, encoding: str) -> Any:
    lines = path.read_text(encoding=encoding).splitlines()
    return arrow().BufferReader("\n".join("\t".join(line.split()) for line in lines).encode())


def _cleaned(column: Any, missing: Sequence[str], *, quoting: bool) -> Any:
    pa = arrow()
    column = pa.compute.utf8_trim_whitespace(column)
    if quoting:  # a quoted cell after ", " keeps its quotes in Arrow
        column = pa.compute.replace_substring_regex(column, '^"(.*)"$', r"\1")
    is_missing = pa.compute.is_in(column, value_set=pa.array(list(missing), type=pa.string()))
    return pa.compute.if_else(is_missing, pa.scalar(None, pa.string()), column)


def _report_unreadable(path: Path, dialect: Dialect, reason: str, findings: Findings) -> None:
    if "UTF8" in reason or "codec" in reason:
        findings.add(
            "data.encoding",
            f"'{path.name}' holds characters that are not {dialect.encoding}",
            hint="state 'encoding:' (cp1252 is common), or save the file as UTF-8",
        )
    else:
        findings.add(
            "data.unreadable",
            f"'{path.name}' cannot be read as a table: {reason}",
            hint="check 'delimiter:' and 'quoting:'",
        )
