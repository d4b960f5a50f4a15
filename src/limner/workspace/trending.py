"""Verbs about audiences over time: folded again at past instants, beside the server where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from limner.audiences.trend import check_means, list_instants, measure_point
from limner.fold.dates import start_of_day
from limner.jobs.errand import Errand
from limner.jobs.moment import hold_base
from limner.jobs.tasks import TrendTask
from limner.model.clock import iso_time, local_day
from limner.model.condition import Condition
from limner.model.references import audiences_read, tags_read
from limner.parts import Parts
from limner.pipeline import CENSUS, prepare
from limner.ports.jobs import Kind
from limner.ports.log import Progress
from limner.workspace.crowding import check_conditions, list_behaviour, with_inputs
from limner.workspace.exporting import Exporting
from limner.workspace.opened import Instant, silent
from limner.workspace.working import spare_threads


class Trending(Exporting):
    """Trends."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.TREND, self._trend_beside)

    def audience_trend(
        self,
        rule: object,
        tags: Sequence[str] = (),
        first: Instant = None,
        last: Instant = None,
        days: int = 7,
        progress: Progress = silent,
        author: str = "",
    ) -> dict[str, Any]:
        """The size of an audience (a name, or a rule) and the means of tags of its members, folded at past instants:
        from ``first`` (12 steps ago) to ``last`` (now), every so many days. Of a name also the sizes of its snapshots.
        """
        asked = self._ask_trend(rule, tags, first, last, days)
        if self._is_long():
            return dict(self._beside(Kind.TREND, asked, self._name_trend(rule), author, progress))
        return self._measure_trend(asked, progress)

    def trend_submit(
        self,
        rule: object,
        tags: Sequence[str] = (),
        first: Instant = None,
        last: Instant = None,
        days: int = 7,
        author: str = "",
    ) -> dict[str, Any]:
        """The same as a job, without waiting: the job."""
        asked = self._ask_trend(rule, tags, first, last, days)
        return self._show_job(self.desk.submit(Kind.TREND, asked, self._name_trend(rule), author).job)

    def _ask_trend(self, rule: object, tags: Sequence[str], first: Instant, last: Instant, days: int) -> dict[str, Any]:
        """What is asked for, checked, its instants told."""
        condition = self._read_trended(rule)
        check_conditions([condition], self.tags())
        check_means(tags, [tag.name for tag in self.tags()])
        zone, until = self.parts.zone, self._instant(last)
        begin = start_of_day(local_day(until, zone) - 12 * days, zone) if first is None else self._instant(first)
        return {"rule": rule, "tags": list(tags), "instants": list_instants(begin, until, days, zone)}

    def _read_trended(self, rule: object) -> Condition:
        return self.read_rule({"audience": rule} if isinstance(rule, str) else rule)

    def _name_trend(self, rule: object) -> str:
        return f"trend of {rule}" if isinstance(rule, str) else "trend"

    def _measure_trend(self, asked: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        condition, tags, zone = self._read_trended(asked["rule"]), asked["tags"], self.parts.zone
        points = []
        for done, instant in enumerate(asked["instants"]):
            progress("trend", done, len(asked["instants"]))
            crowd, _ = self._take(condition, tags, iso_time(instant, zone))
            points.append(measure_point(crowd.folded, crowd.find(condition), tags, zone, self.smallest_cell))
        return {"points": points, "snapshots": self._trended_snapshots(asked["rule"])}

    def _trended_snapshots(self, rule: object) -> list[dict[str, Any]]:
        return [each.show(self.parts.zone) for each in self.shelf.list(rule)] if isinstance(rule, str) else []

    def _trend_beside(self, errand: Errand) -> dict[str, Any]:
        asked = errand.request
        condition = self._read_trended(asked["rule"])
        if audiences_read(condition):  # who was in a snapshot only this process knows
            trend = self._measure_trend(asked, errand.tell)
            return {**trend, "points": [asdict(point) for point in trend["points"]]}
        behaviour = list_behaviour([condition])
        with self._same_file:
            with self._settled():
                inputs = with_inputs(self.tags(), [*asked["tags"], *tags_read(condition)])
                moment = prepare(self.parts, self._one_id, inputs, silent, once=behaviour)
                hold_base(errand.folder, moment.view)
            answer = self._leave_moment(errand, moment, *asked["instants"])
            task = TrendTask(
                asked["instants"],
                self.parts.folder / CENSUS,
                spare_threads(self.parts.threads),
                condition,
                [tag.name for tag in behaviour],
                asked["tags"],
                self.smallest_cell,
            )
            points = errand.run(task, answer)["points"]
        return {"points": points, "snapshots": self._trended_snapshots(asked["rule"])}
