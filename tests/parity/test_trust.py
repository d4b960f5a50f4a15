"""What agreement teaches of sources, against the most obvious loops that could be right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limner.fold.trust import DAY, Claims, Trust, join_claims, learn_trust
from limner.model.reliability import HIGHEST, LOWEST, Prior

NAMES = ("app", "crm", "form", "chat")
MIDNIGHT = 1_000 * DAY
HALF_LIFE = 100
Said = Mapping[int, Mapping[int, tuple[int, int]]]
"""Customer to source to (value, days ago)."""


def twin(said: Said, priors: list[Prior], learn: bool) -> tuple[int, dict[str, tuple[float, int, float]]]:
    """(wrong values, by source: reliability, claims, agreement)."""
    said = {customer: words for customer, words in said.items() if len(words) > 1}
    if not said:
        return 10, {}
    wrong = max(len({value for words in said.values() for value, _ in words.values()}) - 1, 1)
    fresh = {(c, s): 0.5 ** (max(days, 0) / HALF_LIFE) for c, words in said.items() for s, (_, days) in words.items()}
    accuracy = [prior.reliability for prior in priors]
    for _ in range(100 if learn else 0):
        right = {}
        for customer, words in said.items():
            votes: dict[int, float] = {}
            for source, (value, _) in words.items():
                vote = math.log(wrong * accuracy[source] / (1 - accuracy[source])) * fresh[customer, source]
                votes[value] = votes.get(value, 0.0) + vote
            whole = sum(math.exp(vote) for vote in votes.values()) + max(wrong + 1 - len(votes), 0)
            for source, (value, _) in words.items():
                right[customer, source] = math.exp(votes[value]) / whole
        before = accuracy
        accuracy = []
        for source, prior in enumerate(priors):
            own = [key for key in right if key[1] == source]
            hits = sum(right[key] * fresh[key] for key in own) + prior.claims * prior.reliability
            accuracy.append(min(max(hits / (sum(fresh[key] for key in own) + prior.claims), LOWEST), HIGHEST))
        if max(abs(old - new) for old, new in zip(before, accuracy)) < 1e-7:
            break
    told = {}
    for source, name in enumerate(NAMES):
        shares = [
            sum(words[other][0] == words[source][0] for other in words if other != source) / (len(words) - 1)
            for words in said.values()
            if source in words
        ]
        if shares:
            told[name] = (accuracy[source], len(shares), sum(shares) / len(shares))
    return wrong, told


def claims_of(said: Said) -> Claims:
    rows = [(c, s, value, MIDNIGHT - days * DAY) for c, words in said.items() for s, (value, days) in words.items()]
    columns: Any = zip(*rows) if rows else ((), (), (), ())
    types = (np.int32, np.int16, np.int64, np.int64)
    return join_claims([Claims(*(np.array(column, kind) for column, kind in zip(columns, types)))])


sayings = st.dictionaries(
    st.integers(0, 30),
    st.dictionaries(st.integers(0, 3), st.tuples(st.integers(0, 4), st.integers(-1, 400)), min_size=1, max_size=4),
    max_size=12,
)
priors = st.lists(st.builds(Prior, st.floats(LOWEST, HIGHEST), st.sampled_from((10.0, 100.0))), min_size=4, max_size=4)


@settings(max_examples=150)
@given(said=sayings, priors=priors, learn=st.booleans())
def test_what_is_learned_equals_the_twin(said: Said, priors: list[Prior], learn: bool) -> None:
    found = learn_trust(claims_of(said), NAMES, priors, MIDNIGHT, HALF_LIFE, learn)
    wrong, told = twin(said, priors, learn)
    assert found.wrong == wrong
    assert found.sources.keys() == told.keys()
    for name, (reliability, claims, agreement) in told.items():
        learned = found.sources[name]
        assert learned.reliability == pytest.approx(reliability, abs=2e-6)
        assert (learned.claims, learned.agreement) == (claims, pytest.approx(agreement, abs=1e-4))


def made_up(seed: int, right: tuple[float, ...], customers: int = 3_000, values: int = 8) -> Said:
    """Each customer has one true value; each source says it with its own probability, else another."""
    chance = np.random.default_rng(seed)
    said = {}
    for customer in range(customers):
        truth = int(chance.integers(values))
        others = [value for value in range(values) if value != truth]
        said[customer] = {
            source: (truth if chance.random() < share else int(chance.choice(others)), 0)
            for source, share in enumerate(right)
            if chance.random() < 0.8
        }
    return said


def test_the_share_that_sources_have_right_is_found_again() -> None:
    right = (0.95, 0.6, 0.75, 0.3)
    found = learn_trust(claims_of(made_up(1, right)), NAMES, [Prior(0.8, 10)] * 4, MIDNIGHT, HALF_LIFE)
    assert [found.sources[name].reliability for name in NAMES] == pytest.approx(right, abs=0.04)


def test_two_sources_that_contradict_each_other_are_told_apart_by_what_is_configured() -> None:
    said = {customer: {0: (1, 0), 1: (2, 0)} for customer in range(50)}
    found = learn_trust(claims_of(said), NAMES, [Prior(0.9, 100), *[Prior(0.8, 10)] * 3], MIDNIGHT, HALF_LIFE)
    assert found.sources["app"].reliability > 0.85
    assert found.sources["crm"].reliability < 0.5
    assert found.sources["crm"].agreement == 0


def test_the_order_in_which_claims_come_changes_no_bit() -> None:
    said = made_up(2, (0.9, 0.6, 0.7, 0.8), customers=500)
    turned = dict(reversed(said.items()))
    half = [{c: words for c, words in turned.items() if c % 2 == rest} for rest in (0, 1)]
    priors = [Prior(0.8, 10)] * 4
    whole = learn_trust(claims_of(said), NAMES, priors, MIDNIGHT, HALF_LIFE)
    parts = join_claims([claims_of(part) for part in half])
    assert learn_trust(parts, NAMES, priors, MIDNIGHT, HALF_LIFE) == whole


def test_nobody_is_compared_with_himself() -> None:
    said = {customer: {0: (customer, 0)} for customer in range(9)}
    assert learn_trust(claims_of(said), NAMES, [Prior(0.8, 10)] * 4, MIDNIGHT, HALF_LIFE) == Trust()
