"""Dated columns and quantile tiers against the most obvious Python: lists over people who are merged and split, read at
instants of the past, by what was known then, live and from the log."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import limner
from limner.live import Live
from limner.model.clock import iso_time, local_midnight
from limner.parity import checking
from limner.workspace import Workspace

ZONE = "Asia/Shanghai"
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
TIERS = ("low", "mid", "high")
SHARES = (0.3, 0.8)
TAGS = {
    "spend": {"layer": "fact", "fold": {"sum": "amount", "of": "order_paid"}},
    "score": {"layer": "fact", "imported": "number"},
    "level": {"layer": "fact", "imported": {"type": "text", "expires": "5d"}},
    "tier": {"layer": "model", "quantiles": {"of": "spend", "at": list(SHARES), "then": list(TIERS)}},
    "good": {"layer": "business", "if": {"all": [{"score": {"gte": 5}}, {"level": "gold"}]}},
}


@dataclass
class Twin:
    """Everything that happened, as plain lists."""

    orders: list[tuple[int, str, int]] = field(default_factory=list)
    """(µs, user, amount)"""
    runs: dict[str, list[tuple[int, int | None, list[tuple[str, object]]]]] = field(default_factory=dict)
    """Per tag, (from, until, rows in the file's order)."""
    merged: dict[str, str] = field(default_factory=dict)
    """A user to the one it was merged with."""

    def people(self, as_of: int, known_at: int | None) -> list[list[str]]:
        """Who is there; what people decided today was not known at any instant asked about."""
        users = sorted({user for time, user, _ in self.orders if time <= min(as_of, known_at or as_of)})
        if known_at is not None:
            return [[user] for user in users]
        groups: dict[str, list[str]] = {}
        for user in users:
            groups.setdefault(self.merged.get(user, user), []).append(user)
        return [sorted({*group, *self.members(head)}) for head, group in groups.items()]

    def members(self, head: str) -> list[str]:
        return [head, *(user for user, other in self.merged.items() if other == head)]

    def spend(self, group: Sequence[str], as_of: int, known_at: int | None) -> int:
        until = min(as_of, known_at or as_of)
        return sum(amount for time, user, amount in self.orders if user in group and time <= until)

    def given(self, tag: str, group: Sequence[str], as_of: int, known_at: int | None) -> object:
        instant = min(as_of, known_at or as_of)
        past = [run for run in self.runs.get(tag, []) if run[0] <= instant]
        if not past or (past[-1][1] is not None and past[-1][1] <= instant):
            return None
        mine = [value for user, value in past[-1][2] if user in group]
        return mine[-1] if mine else None

    def tier(self, group: Sequence[str], as_of: int, known_at: int | None) -> str | None:
        midnight = local_midnight(as_of, ZONE)
        there = self.people(midnight, known_at)
        numbers = sorted(self.spend(other, midnight, known_at) for other in there)
        if not numbers:
            return None
        bounds = [numbers[math.ceil(round(share * len(numbers), 6)) - 1] for share in SHARES]
        return TIERS[sum(self.spend(group, as_of, known_at) > bound for bound in bounds)]

    def values(self, group: Sequence[str], as_of: int, known_at: int | None) -> dict[str, object]:
        score, level = (self.given(tag, group, as_of, known_at) for tag in ("score", "level"))
        return {
            "spend": self.spend(group, as_of, known_at),
            "score": score,
            "level": level,
            "tier": self.tier(group, as_of, known_at),
            "good": isinstance(score, int) and score >= 5 and level == "gold",
        }


@pytest.fixture(params=(1, 2))
def chance(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)


@pytest.fixture
def lived(tmp_path: Path, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Workspace, Twin]]:
    """A shop that has been through orders, lists, merges and splits, and its twin."""
    limner.init(tmp_path / "shop", timezone=ZONE)
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(json.dumps({"tags": TAGS}))
    twin, users = Twin(), [f"u{number}" for number in range(9)]
    for _ in range(60):
        moment = START + timedelta(hours=chance.randrange(30 * 24))
        twin.orders.append((int(moment.timestamp()) * 1_000_000, chance.choice(users), chance.randrange(1, 50)))
    lines = [
        {"type": "track", "event": "order_paid", "userId": user, "messageId": f"m{number}",
         "timestamp": iso_time(time, "UTC"), "properties": {"amount": amount}}
        for number, (time, user, amount) in enumerate(twin.orders)
    ]  # fmt: skip
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    known = sorted({user for _, user, _ in twin.orders})
    with limner.open(tmp_path / "shop") as shop:
        shop.import_files(tmp_path / "e.jsonl")
        shop.tags_apply()
        instants = sorted(chance.sample(range(30 * 24), 8))
        for hour in instants:
            at = int(START.timestamp()) * 1_000_000 + hour * HOUR
            monkeypatch.setattr("limner.workspace.importing.now", lambda at=at: at)
            tag = chance.choice(("score", "level"))
            rows: list[tuple[str, object]] = [
                (user, chance.randrange(10) if tag == "score" else chance.choice(("gold", "new")))
                for user in chance.choices([*users, "nobody"], k=6)
            ]
            (tmp_path / "list.csv").write_text("id,v\n" + "".join(f"{user},{value}\n" for user, value in rows))
            shop.tags_import(tag, tmp_path / "list.csv", "user_id:id", "v")
            twin.runs.setdefault(tag, []).append((at, at + 5 * 24 * HOUR if tag == "level" else None, rows))
        for one, other in zip(known[::2], known[1::2]):
            shop.identity_merge(f"user_id:{one}", f"user_id:{other}")
            twin.merged[other] = one
        parted = chance.choice(list(twin.merged))
        shop.identity_split(f"user_id:{parted}")
        del twin.merged[parted]
        monkeypatch.undo()
        yield shop, twin


def test_it_is_what_the_twin_says_at_any_instant(lived: tuple[Workspace, Twin], chance: random.Random) -> None:
    shop, twin = lived
    start, met = int(START.timestamp()) * 1_000_000, set()
    instants = [at + chance.choice((0, 1, 119, 120)) * HOUR for run in twin.runs.values() for at, _, _ in run]
    for as_of in [*instants, start + chance.randrange(30 * 24, 35 * 24) * HOUR]:
        for known_at in (None, as_of - chance.randrange(100) * HOUR):
            for group in twin.people(as_of, known_at):
                known = None if known_at is None else iso_time(known_at, "UTC")
                for user in group if known_at is None else group[:1]:
                    found = shop.profile(f"user_id:{user}", iso_time(as_of, "UTC"), known, evidence=False).tags
                    told = {tag: reading.value for tag, reading in found.items()}
                    assert told == twin.values(group, as_of, known_at), (group, as_of, known_at)
                    met |= {(tag, value) for tag, value in told.items() if tag in ("level", "tier")}
    assert {("level", None), ("level", "gold"), ("tier", "low"), ("tier", "high")} <= met, "it is put to the test"


def test_the_live_state_and_the_columns_are_what_the_log_says(
    lived: tuple[Workspace, Twin], chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, twin = lived
    monkeypatch.setattr(checking, "PAUSE", 0.0)
    as_of = int(START.timestamp()) * 1_000_000 + chance.randrange(10 * 24, 35 * 24) * HOUR
    asked = iso_time(as_of, "UTC")
    parity = shop.doctor_parity(sample=100, as_of=asked)
    assert (parity.differences, parity.customers) == ((), len(twin.people(as_of, None)))
    live = Live(shop.parts, shop._one_id)
    live.tick(shop.tags(), [], [], as_of - 30 * HOUR, lambda *_: None)
    live.tick(shop.tags(), [], [], as_of, lambda *_: None)
    assert live.state is not None
    standing = live.state.standing.folded
    expected = shop.crowd(asked).folded
    rows = {int(customer): row for row, customer in enumerate(standing.customers)}
    for name, column in expected.columns.items():
        for row, customer in enumerate(expected.customers.tolist()):
            assert standing.columns[name].values[rows[customer]] == column.values[row], (name, customer)
