"""A seeded quarter of a minute of `fuzz_specs`, and what of it has to be counted."""

from __future__ import annotations

import pytest

from tests.nnspec.fuzz_specs import Tally, one
from tests.spec_corpus import corpus


@pytest.mark.slow
def test_whatever_is_written_the_answer_is_plain_placed_and_helpful():
    tally = Tally()
    assert len(corpus()) >= 11
    faults = [fault for count in range(600) if (fault := one(f"test-{count}", tally)[1])]
    assert not faults
    assert len(tally.problems) >= 40
    assert len(tally.fixes) >= 8
