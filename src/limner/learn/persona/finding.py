"""Seeking types among customers: which there are, how far they can be relied on, and the rule of who belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limner.learn.persona.answers import UNKNOWN, Answers, Codes
from limner.learn.persona.classes import (
    Progress,
    check_answers,
    choose_count,
    find_stability,
    fit_classes,
    match_classes,
)
from limner.learn.persona.rules import write_rules

STABLE = 0.5
"""Adjusted Rand index between the types and those of resampled customers, under which they are not published: other
customers would have given other types."""


@dataclass(frozen=True, slots=True)
class Types:
    """What was found."""

    names: tuple[str, ...]
    """By type: p1, p2 ... or those of the former types they are."""
    members: Codes
    """By customer of the answers, by the rules."""
    when: Sequence[Mapping[str, object]]
    """The rules, as tiers of the tag language."""
    figures: Mapping[str, Any]
    """For the record: tags, sizes, criteria, stability, agreement."""


def find_types(
    answers: Answers,
    count: int | None = None,
    former: tuple[Sequence[str], Codes] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Types:
    """``former``: names of types there were, and which one each customer is of by their rules (`UNKNOWN` = of none).

    DataError when there are too few customers, or no tags that tell them apart.
    """
    check_answers(answers)
    if count is None:
        classes, criteria = choose_count(answers, seed=seed, progress=progress)
    else:
        classes = fit_classes(answers, count, seed)
        criteria = {count: classes.criterion(answers)}
    stability = find_stability(answers, classes, seed)
    rules = write_rules(classes, answers, seed)
    members, own = rules.assign(answers), classes.assign(answers)
    names = name_types(len(classes.shares), members, former)
    figures = {
        "tags": [question.tag for question in answers.questions],
        "joined": {question.tag: list(question.also) for question in answers.questions if question.also},
        "customers": len(answers.codes),
        "types": len(classes.shares),
        "criteria": {str(key): round(value, 1) for key, value in criteria.items()},
        "stability": round(float(stability.mean()), 3),
        "stability_least": round(float(stability.min()), 3),
        "sureness": round(float(classes.belong(answers).max(axis=1).mean()), 3),
        "agreement": round(float((members == own).mean()), 3),
        "branches": len(rules.branches),
    }
    return Types(names, members, rules.write(answers, names), figures)


def name_types(count: int, members: Codes, former: tuple[Sequence[str], Codes] | None) -> tuple[str, ...]:
    """Types keep the name of the former type whose members they mostly have; others get numbers nobody had."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    if former is not None:
        taken = set(former[0])
        both = (former[1] != UNKNOWN) & (members != UNKNOWN)
        if both.any():
            names = {new: former[0][old] for new, old in match_classes(former[1][both], members[both]).items()}
    fresh = (f"p{number}" for number in range(1, count + len(taken) + 1) if f"p{number}" not in taken)
    return tuple(names.get(place) or next(fresh) for place in range(count))
