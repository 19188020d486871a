"""Seeded mistakes: each is told where it was made, and applying the offered fixes mends the spec.

    python -m tests.batteries.test_fixes [--count N]

prints the table by class that stands in tests/benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from nnspec.problems import Problem
from nnspec.syntax import plain
from tests.batteries.faults_seeded import CLASSES, Seeded, seeded
from tests.spec_corpus import Sample, corpus
from trainers.check import Checked, check
from trainers.mending import mend_by

EACH = 14
"""Mistakes of every class."""

OF_DATA = frozenset({"column misspelt", "target misspelt", "split leaves no rows"})


@dataclass
class Row:
    """What became of the mistakes of one class."""

    made: int = 0
    placed: int = 0
    mended: int = 0
    bad: list[str] = field(default_factory=list[str])


def judged(sample: Sample, name: str, text: str) -> Checked:
    """Check a text; the data is looked at again where the mistake is about it."""
    if name in OF_DATA and sample.profile:
        return check(text, sample.folder, sample.catalog)
    return sample.checked(text)


def mistakes(name: str, count: int) -> Iterator[tuple[Sample, Seeded]]:
    """Mistakes of a class that make specs of the corpus unsound."""
    rng = random.Random(name)
    found = 0
    for _ in range(count * 20):
        sample = rng.choice(corpus())
        if name in OF_DATA and not sample.profile:
            continue
        data = plain(sample.verdict(sample.text).tree)
        made = seeded(rng, name, data)
        if made is None or judged(sample, name, made.text).sound:
            continue  # it has no place for this mistake, or it is none there
        found += 1
        yield sample, made
        if found == count:
            return


def at_the_line(problems: tuple[Problem, ...], made: Seeded) -> Problem | None:
    """The first error that is told on the line of the mistake."""
    return next((p for p in problems if p.severity == "error" and p.line in made.lines), None)


def well_said(problem: Problem, made: Seeded) -> bool:
    """Whether it is one sentence with a remedy, with both shapes and lines where shapes meet."""
    named = "'" in problem.message or not problem.path.startswith(("model", "blocks"))
    sentence = "\n" not in problem.message and named
    both = sum("(line " in row or "(data)" in row for row in problem.details)
    return sentence and bool(problem.hint or problem.fix) and (not made.meets or both >= 2)


def measured(name: str, count: int) -> Row:
    """Make mistakes of one class, check and mend them."""
    row = Row()
    for sample, made in mistakes(name, count):
        row.made += 1
        problems = judged(sample, name, made.text).problems
        told = at_the_line(problems, made)
        row.placed += told is not None and well_said(told, made)
        mended = mend_by(lambda text, of=sample: judged(of, name, text), made.text)
        row.mended += mended.checked.sound
        if told is None or not well_said(told, made):
            row.bad.append(f"not told on {made.lines}: {_shown(problems)}\n{made.text}")
        if not mended.checked.sound:
            row.bad.append(f"not mended: {_shown(mended.checked.problems)}\n{made.text}")
    return row


def _shown(problems: tuple[Problem, ...]) -> str:
    return "; ".join(
        f"{p.line} {p.code} {p.message} [{p.fix.words if p.fix else '-'}]"
        for p in problems
        if p.severity == "error"
    )


@pytest.mark.slow
def test_mistakes_are_told_at_their_line_and_their_fixes_make_the_spec_sound():
    rows = {name: measured(name, 5) for name in CLASSES}
    made = sum(row.made for row in rows.values())
    assert made >= 100
    assert sum(row.placed for row in rows.values()) >= 0.97 * made, rows
    assert sum(row.mended for row in rows.values()) >= 0.9 * made, rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=EACH)
    parser.add_argument("--bad", metavar="CLASS", help="show what went wrong in one class")
    options = parser.parse_args()
    if options.bad:
        sys.stdout.write("\n".join(measured(options.bad, options.count).bad) + "\n")
        return 0
    out = ["| mistake | made | told at its line | mended by its fixes |", "|---|---|---|---|"]
    total = Row()
    for name in CLASSES:
        row = measured(name, options.count)
        out.append(f"| {name} | {row.made} | {row.placed} | {row.mended} |")
        total = Row(total.made + row.made, total.placed + row.placed, total.mended + row.mended)
    shares = f"{total.placed / total.made:.1%} | {total.mended / total.made:.1%}"
    sys.stdout.write("\n".join((*out, f"| all | {total.made} | {shares} |")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
