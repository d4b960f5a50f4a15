"""Audiences in the rules of others: names are written out, so that whoever evaluates a rule sees tests only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.model.condition import All, AnyOf, Condition, InAudience, Not
from limner.model.references import audiences_read, folds_read

MOST_TESTS = 500
"""Of a rule with everything written out: beyond, a person understands it no more, and a count takes its time."""
MOST_BEHAVIOURS = 64
"""Different ones: each is a fold over everybody's timelines."""
DEEPEST_CHAIN = 16
"""Audiences in audiences."""


def write_out(
    condition: Condition, rules: Mapping[str, Condition], where: str = "rule", name: str | None = None
) -> Condition:
    """The condition with the rules of audiences in the place of their names. What was in a snapshot stays.

    ``name``: of the audience whose rule it is.

    Raises `DefinitionError` for an unknown audience, for one that depends on itself (the circle is named), and for a
    rule that is too complex, with the bound it passes.
    """
    problems: list[Problem] = []
    writer = _Writer(rules, where, problems)
    written = writer.write(condition, () if name is None else (name,))
    behaviours, hint = len(folds_read(written)), "Make tags of its parts."
    if not problems and writer.tests > MOST_TESTS:
        message = f"written out, the rule has more than {MOST_TESTS} tests and audiences."
        problems.append(Problem(where, "", message, hint))
    if not problems and behaviours > MOST_BEHAVIOURS:
        message = f"the rule asks for {behaviours} different behaviours; it may ask for {MOST_BEHAVIOURS}."
        problems.append(Problem(where, "", message, hint))
    if problems:
        raise DefinitionError(list(dict.fromkeys(problems)))
    return written


def list_users(name: str, rules: Mapping[str, Condition]) -> list[str]:
    """Audiences whose rules ask for this one, directly or through others, in their order."""
    users: list[str] = []
    waiting = [name]
    while waiting:
        sought = waiting.pop()
        for other, rule in rules.items():
            if other != name and other not in users and any(leaf.name == sought for leaf in audiences_read(rule)):
                users.append(other)
                waiting.append(other)
    return [other for other in rules if other in users]


class _Writer:
    def __init__(self, rules: Mapping[str, Condition], where: str, problems: list[Problem]) -> None:
        self.rules, self.where, self.problems = rules, where, problems
        self.tests = 0

    def write(self, condition: Condition, chain: Sequence[str]) -> Condition:
        match condition:
            case All(items):
                return All(tuple(self.write(item, chain) for item in items))
            case AnyOf(items):
                return AnyOf(tuple(self.write(item, chain) for item in items))
            case Not(item):
                return Not(self.write(item, chain))
            case InAudience(name, None):
                return self.write_audience(condition, name, chain)
            case InAudience(name, _):
                if name not in self.rules:
                    self.tell_unknown(name)
        self.tests += 1
        return condition

    def write_audience(self, leaf: InAudience, name: str, chain: Sequence[str]) -> Condition:
        if name not in self.rules:
            self.tell_unknown(name)
        elif name in chain:
            circle = " → ".join((*chain[chain.index(name) :], name))
            self.problems.append(Problem(self.where, "", f"an audience cannot depend on itself: {circle}."))
        elif len(chain) >= DEEPEST_CHAIN:
            message = f"audiences are in each other more than {DEEPEST_CHAIN} deep: {' → '.join((*chain, name))}."
            self.problems.append(Problem(self.where, "", message, "Write some of them out."))
        elif self.tests <= MOST_TESTS and not self.problems:  # else there is nothing to be won by going on
            self.tests += 1  # of rules without a test there may be any number
            return self.write(self.rules[name], (*chain, name))
        return leaf

    def tell_unknown(self, name: str) -> None:
        hint = did_you_mean(name, self.rules)
        self.problems.append(Problem(self.where, "", f"there is no audience {name!r}.", hint))
