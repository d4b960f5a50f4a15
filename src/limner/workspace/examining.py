"""Verbs about the lineage and the health of tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from limner.errors import NotFound, did_you_mean
from limner.model.clock import iso_time, local_day, now
from limner.model.column import Folded
from limner.model.dump import digest_tag
from limner.model.tag import Tag
from limner.parts import Parts
from limner.ports.findings import Finding
from limner.ports.log import Progress
from limner.settings import HealthSettings
from limner.tags.health import Rest, examine_tags, hurry, newest_events
from limner.tags.lineage import Users, Uses, needs_of
from limner.tags.registry import find_tag
from limner.workspace.crowding import Crowding
from limner.workspace.opened import silent
from limner.workspace.reviewing import Reviewing

MOST = 200_000
"""Customers that are looked at: evenly chosen ones where there are more."""
KEPT = 90
"""Days of findings."""
WEEK = 7
SECOND = 1_000_000
DAY = 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class ShownHealth:
    """A tag's health as it is shown: what was found, and who uses it now."""

    finding: Finding
    users: Users
    published_at: int
    """µs UTC, of the version that stands."""
    settings: HealthSettings
    zone: str

    def as_dict(self) -> dict[str, Any]:
        """The members of `limner.tags.health.Health` with times written out, ``used_by``, and ``zombie``: why nobody
        would miss the tag, or null."""
        kept = ("cells", "counts", "digest")  # to compare with next week
        found = {name: value for name, value in self.finding.found.items() if name not in kept}
        newest, as_of = found.pop("newest"), self.finding.as_of
        return {
            **found,
            "as_of": iso_time(as_of, self.zone),
            "newest_event": None if newest is None else iso_time(newest, self.zone),
            "freshness": None if newest is None else (as_of - newest) / SECOND,
            "used_by": self.users,
            "zombie": self.zombie,
        }

    @property
    def zombie(self) -> str | None:
        if self.finding.found["coverage"] == 0:
            return "nobody has a value"
        young = now() - self.published_at < self.settings.unused * DAY
        return None if self.users or young else f"nobody used it for {self.settings.unused} days"


class Examining(Reviewing, Crowding):
    """What tags need, who uses them, and how they are."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._health = HealthSettings.of_workspace(parts.folder)
        self._found: dict[str, Finding] | None = None
        """The last about each tag; read once, as only this process writes them."""

    def tags_lineage(self, name: str) -> dict[str, Any]:
        """What a tag needs, itself and through the tags it reads, and who uses it. Raises `NotFound`."""
        find_tag(name, self.parts.registry)
        tags = {tag.name: tag for tag in self.tags()}
        direct = needs_of(tags[name]) if name in tags else self.tags_show(name).needs
        waiting, through = list(direct["tags"]), dict[str, Tag]()
        while waiting:
            other = waiting.pop()
            if other in tags and other not in through:
                through[other] = tags[other]
                waiting += needs_of(tags[other])["tags"]
        needs = {kind: list(names) for kind, names in direct.items()}
        for tag in through.values():
            for kind, names in needs_of(tag).items():
                needs[kind] = list(dict.fromkeys([*needs[kind], *names]))
        return {"name": name, "needs": needs, "used_by": self.tags_users(name)}

    def tags_examine(self, progress: Progress = silent, rest: Rest = hurry) -> list[ShownHealth]:
        """Look at all tags as their columns stand, keep what is found under today's date, and show it. ``rest``: see
        `examine_tags`."""
        with self._same_file:
            with self._settled():
                tags = self.tags()
                folded = self._sample(progress)
                moment = self.moment() if self._live is None or self._live.state is None else self._live.state.moment
            slices = ((part.columns["name"], part.columns["time"]) for part in moment.view.slices())
            newest = newest_events(moment.plan.vocabulary.names, slices, folded.as_of)
        today = local_day(folded.as_of, self.parts.zone)
        digests = {tag.name: digest_tag(tag) for tag in tags}
        past = self._find_past(today)
        found = examine_tags(tags, digests, folded, today, self._health.goals, newest, past, rest)
        findings = [Finding(each.name, today, folded.as_of, each.as_dict()) for each in found]
        self.parts.findings.keep(findings, today - KEPT)
        self._found = {**self._last(), **{each.name: each for each in findings}}
        return self._show_health(findings)

    def tags_health(self, name: str | None = None) -> list[ShownHealth]:
        """What was found last about all tags, or about one; they are looked at now where nothing was found yet."""
        latest = self._last()
        known = {tag.name for tag in self.tags()}
        if name is not None and name not in known:
            find_tag(name, self.parts.registry)
            raise NotFound(f"{name} is not in use: it has no values.", hint=did_you_mean(name, known - {name}))
        if known - latest.keys() if name is None else name not in latest:
            shown = self.tags_examine()
            return [each for each in shown if name in (None, each.finding.name)]
        chosen = [each.name for each in self.tags() if each.name in latest and name in (None, each.name)]
        return self._show_health([latest[each] for each in chosen])

    def tags_health_state(self) -> object:
        """Another one whenever `tags_health` may say something else."""
        reads, instant, parts = self.reads.since(self._health.unused), now(), self.parts
        young = instant - self._health.unused * DAY
        old = sum(item.version.published_at <= young for item in parts.registry.tags())  # by themselves they only age
        users = reads, parts.audiences.audiences(), parts.destinations.destinations()
        return self.tags_state(), self._last(), old, users

    def tags_measured(self) -> Sequence[Finding]:
        """The last finding about every tag in use, without looking again."""
        latest = self._last()
        return [latest[tag.name] for tag in self.tags() if tag.name in latest]

    def tags_health_due(self) -> bool:
        """Was nothing found today?"""
        today = local_day(now(), self.parts.zone)
        return bool(self.tags()) and all(finding.day < today for finding in self._last().values())

    def _last(self) -> dict[str, Finding]:
        if self._found is None:
            self._found = {finding.name: finding for finding in self.parts.findings.findings()}
        return self._found

    def _sample(self, progress: Progress) -> Folded:
        """The caller holds the lock."""
        folded = self._crowd(None, (), progress=progress).folded
        size = len(folded.customers)
        rows = np.linspace(0, max(size - 1, 0), min(size, MOST)).astype(np.int64)
        return folded.take(rows)

    def _find_past(self, today: int) -> Mapping[str, Mapping[str, Any]]:
        """The newest finding that is a week old by now."""
        return {each.name: each.found for each in self.parts.findings.findings() if each.day <= today - WEEK}

    def _show_health(self, findings: Sequence[Finding]) -> list[ShownHealth]:
        reads = self.reads.since(self._health.unused)
        uses = Uses(self.tags(), self.parts.audiences.audiences(), self.parts.destinations.destinations())
        published = {item.version.name: item.version.published_at for item in self.parts.registry.tags()}
        return [
            ShownHealth(
                each,
                uses.of(each.name, reads.get(each.name, {})),
                published[each.name],
                self._health,
                self.parts.zone,
            )
            for each in findings
        ]
