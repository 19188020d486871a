"""Specs broken at random; the checker has to answer each with plain, placed, helpful problems.

    python -m tests.nnspec.fuzz_specs --minutes 10 [--seed N]

Every sound spec of the corpus is mutated as text (lines, indentation, tokens, numbers, nesting) and
as a tree (keys, types, layers, references, formulas), once or several times, and checked with what
its data offers. Prints counts and failures; exits with 1 on any failure.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nnspec.document import Analysis
from nnspec.problems import MOST_PROBLEMS, Problem
from tests.nnspec.mutations import mutated
from tests.spec_corpus import Sample, corpus

SLOWEST = 2.0
"""Seconds of CPU time that the check of one text may take."""

PLACELESS = frozenset({"model.empty", "output.missing", "input.unused", "train.monitor"})
"""Problems of something that is not written anywhere: they may have no line."""

REVEALING = frozenset(
    {
        "format.missing",
        "format.old",
        "formula.call",
        "formula.name",
        "settings.none",
        "shape.mismatch",
    }
)
"""Problems whose fix lets something be read that was not read before, which may be wrong too."""

_PROGRAMMER = re.compile(
    r"Traceback|Error\b|Exception|NoneType|<class|object at 0x|__\w+__|\bself\.|dataclass|nnspec\."
)


class BadAnswerError(AssertionError):
    """The checker answered a text in a way that no user should see."""


@dataclass
class Tally:
    texts: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    fixes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)


def checked(sample: Sample, text: str, tally: Tally) -> Analysis:
    """Check `text` in the place of `sample`.

    Raises:
        BadAnswerError: the check raised, or took too long.
    """
    begun = time.process_time()
    try:
        analysis = sample.verdict(text)
    except Exception as error:
        where = traceback.format_exc().strip().splitlines()[-4:]
        raise BadAnswerError(f"raised {type(error).__name__}: {' | '.join(where)}") from error
    seconds = time.process_time() - begun
    tally.slowest = max(tally.slowest, seconds)
    if seconds > SLOWEST:
        raise BadAnswerError(f"took {seconds:.1f} s of CPU time")
    return analysis


def judge(text: str, analysis: Analysis) -> None:
    """Judge an answer.

    Raises:
        BadAnswerError: a problem without code, words, remedy or place, out of order or twice.
    """
    problems = analysis.problems
    for problem in problems:
        fault = _fault(problem, text)
        if fault:
            raise BadAnswerError(f"{problem.code}: {fault}")
    order = [(each.span is None, each.line, each.column) for each in problems]
    if order != sorted(order):
        raise BadAnswerError("problems are not in the order of the text")
    places = Counter(
        (each.code, each.line, each.column, each.path) for each in problems if each.span
    )
    for (code, line, column, _), times in places.items():
        if times > 1:
            raise BadAnswerError(f"{code}: told {times} times at {line}:{column}")


def _fault(problem: Problem, text: str) -> str | None:
    """What is wrong with one problem, or None."""
    words = " ".join((problem.message, problem.hint or "", *problem.details))
    if not re.fullmatch(r"[a-z_]+\.[a-z_]+", problem.code):
        return "odd code"
    if not problem.message or "\n" in problem.message or len(problem.message) > 1_000:
        return f"message is not one sentence: {problem.message[:80]!r}"
    if _PROGRAMMER.search(re.sub(r"'[^']*'", "", words)):
        return f"speaks of the program: {words[:200]!r}"
    if problem.severity == "error" and not (problem.hint or problem.fix):
        return "says nothing of what to do"
    if problem.span is None:
        return None if problem.code in PLACELESS else "has no place"
    if problem.line < 1 or problem.column < 1 or problem.line > text.count("\n") + 1 + _odd(text):
        return f"has the place {problem.line}:{problem.column}"
    return None


def _odd(text: str) -> int:
    """Line breaks other than newlines, which count as such."""
    return text.count("\r")


def judge_fixes(sample: Sample, text: str, analysis: Analysis, tally: Tally) -> None:
    """Try every fix by itself.

    Raises:
        BadAnswerError: one makes the text unreadable, changes nothing or adds errors.
    """
    before = _errors(analysis)
    for problem in analysis.problems:
        if problem.fix is None or problem.fix.edit.end > len(text):
            continue
        after = problem.fix.edit.apply(text)
        verdict = checked(sample, after, tally)
        tally.fixes[problem.code] += 1
        if after == text:
            raise BadAnswerError(f"{problem.code}: its fix changes nothing")
        if analysis.readable and not verdict.readable:
            raise BadAnswerError(f"{problem.code}: its fix makes the text unreadable\n{after}")
        again = any(_same(problem, each) for each in verdict.problems)
        if again and not any(each.code == "yaml.duplicate" for each in analysis.problems):
            raise BadAnswerError(f"{problem.code}: its fix ({problem.fix.words}) leaves it there")
        hidden = problem.code.endswith(".unknown") or problem.code.startswith("value.")
        hidden = hidden or problem.code in REVEALING
        if _errors(verdict) > before and not hidden and before < MOST_PROBLEMS:
            new = sorted({each.code for each in verdict.problems if each.severity == "error"})
            raise BadAnswerError(f"{problem.code}: its fix adds errors ({', '.join(new)})")


def _same(one: Problem, other: Problem) -> bool:
    return (one.code, one.path, one.message) == (other.code, other.path, other.message)


def _errors(analysis: Analysis) -> int:
    return sum(problem.severity == "error" for problem in analysis.problems)


def one(seed: str, tally: Tally) -> tuple[str, str | None]:
    """Break one spec and judge the answer; return the text and what is wrong, or None."""
    rng = random.Random(seed)
    sample = rng.choice(corpus())
    text = mutated(rng, sample.text)
    tally.texts += 1
    try:
        analysis = checked(sample, text, tally)
        judge(text, analysis)
        tally.problems.update(each.code for each in analysis.problems)
        judge_fixes(sample, text, analysis, tally)
    except BadAnswerError as error:
        return text, f"{sample.name}: {error}"
    return text, None


def seeds(start: int, seconds: float) -> Iterator[str]:
    """Seeds until the time is over."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        yield f"{start}-{count}"
        count += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--keep", metavar="FOLDER", type=Path, help="write the texts that fail here"
    )
    options = parser.parse_args()
    tally = Tally()
    corpus()
    for seed in seeds(options.seed, 60 * options.minutes):
        text, fault = one(seed, tally)
        if fault:
            known = re.sub(r"\d+|'[^']*'", "", fault.partition(": ")[2].splitlines()[0])
            if known not in tally.failures:
                tally.failures[known] = f"seed {seed}: {fault[:600]}"
                sys.stdout.write(tally.failures[known] + "\n")
                sys.stdout.flush()
                if options.keep:
                    (options.keep / f"{seed}.yaml").write_text(text, "utf-8", "replace")
    rows = [
        f"texts {tally.texts:,}, problems {tally.problems.total():,} of {len(tally.problems)} "
        f"codes, fixes tried {tally.fixes.total():,} of {len(tally.fixes)} codes",
        f"slowest {tally.slowest:.2f} s of CPU time",
        f"kinds of failures {len(tally.failures)}",
    ]
    sys.stdout.write("\n".join(rows) + "\n")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
