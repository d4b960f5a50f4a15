"""Audiences: how many meet a rule, how they differ from the rest, and those that have a name and are followed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import JOB, Caller, Open, Wait, reply, require
from limner.api.etag import SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, cut_page
from limner.api.paging import Limit as PageLimit
from limner.api.said import say_beside, say_in_page
from limner.audiences.insight import MOST_VALUES
from limner.govern.expecting import NEW
from limner.govern.roles import Action

router = APIRouter(
    prefix="/api/v1", dependencies=[Depends(require(Action.COUNT_AUDIENCES))], tags=["audiences"], route_class=WriteOnce
)
Asker = Annotated[Caller, Depends(require(Action.COUNT_AUDIENCES))]
Changer = Annotated[Caller, Depends(require(Action.CHANGE_AUDIENCES))]
Reader = Depends(require(Action.READ_PORTRAITS))
Limit = Annotated[int, Query(ge=1, le=10_000)]


class Estimate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rule: dict[str, Any] = Field(description='A condition, such as {"value_tier": "high"}.')
    as_of: str | None = None


class Composed(Estimate):
    steps: bool = Field(False, description="Also count each part of the rule: a funnel.")


class Insight(Estimate):
    tags: list[str] = Field(min_length=1, max_length=100, description="The tags to compare.")
    base: dict[str, Any] | None = Field(None, description="Compared with; all customers unless given.")
    edges: dict[str, list[str | float]] | None = Field(None, description="Where numbers and times are cut, by tag.")
    most: int = Field(MOST_VALUES, ge=1, le=1000, description="Values listed per tag.")


class Differences(Estimate):
    base: dict[str, Any] | None = Field(None, description="Compared with; all customers unless given.")
    tags: list[str] | None = Field(None, description="The tags to look at; all unless given.")
    limit: int = Field(50, ge=1, le=1000)


class Cross(Estimate):
    tags: list[str] = Field(min_length=2, max_length=2)


class Overlap(BaseModel):
    model_config = ConfigDict(extra="forbid")
    audiences: list[str | dict[str, Any]] = Field(min_length=2, max_length=20, description="Names, or rules.")
    as_of: str | None = None


class Trend(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rule: str | dict[str, Any] = Field(description="An audience's name, or a condition.")
    tags: list[str] = Field([], max_length=20, description="Whose means are asked for.")
    first: str | None = Field(None, description="Twelve steps ago unless given.")
    last: str | None = Field(None, description="Now unless given.")
    days: int = Field(7, ge=1, le=3660, description="Of a step.")


class Alarm(BaseModel):
    model_config = ConfigDict(extra="forbid")
    min: int | None = Field(None, ge=0, le=1 << 53)
    max: int | None = Field(None, ge=0, le=1 << 53)
    change: float | None = Field(None, ge=0, le=1e9, description="Relative to the snapshot before, such as 0.2.")


class NewAudience(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="As a tag's: letters, digits and _.")
    rule: dict[str, Any] | None = Field(None, description='A condition, such as {"value_tier": "high"}.')
    title: dict[str, str] | str | None = Field(None, description="By language, zh or en, or one text.")
    live: bool | None = Field(None, description="Follow it event by event; true unless given.")
    schedule: str | None = Field(None, description="When snapshots are taken, as cron says it; empty = never.")
    alarm: Alarm | None = Field(None, description="Sizes that alarm.")


class Instant(BaseModel):
    model_config = ConfigDict(extra="forbid")
    as_of: str | None = None


@router.get("/audiences")
def list_audiences(workspace: Open, limit: PageLimit = USUAL, cursor: Cursor = None) -> Response:
    """`{"audiences": [{name, title, rule, members, as_of, version, live, schedule, alarm, alarms, problem, said}],
    "next"}`; `members` are those of `as_of`. ``said``: the `problem` of a rule that cannot be counted, by language."""
    page = cut_page("audiences", workspace.audience_list(), limit, cursor, lambda each: each.name)
    return reply(say_in_page(page, "audiences", "problem"))


@router.post("/audiences", responses=SHOWN)
def save_audience(workspace: Open, caller: Changer, asked: NewAudience, if_match: IfMatch = None) -> Response:
    """Follow who meets a rule, under a name; one that has the name already keeps what is not given anew, and needs
    `If-Match` to be changed."""
    alarm = None if asked.alarm is None else asked.alarm.model_dump()
    saved = workspace.audience_save(
        asked.name,
        asked.rule,
        asked.title,
        asked.live,
        asked.schedule,
        alarm,
        author=caller.who,
        expected=read_match(if_match, NEW),
    )
    return reply_tagged(saved, workspace.audience_state(asked.name))


@router.get("/audiences/{name}", responses=SHOWN)
def show_audience(workspace: Open, name: str) -> Response:
    """The same of one, with `says`, `used_by`, `versions` and its last `snapshot`. `ETag` is its state."""
    state = workspace.audience_state(name)  # first: whoever changes it in between is told, not overwritten
    return reply_tagged(say_beside(workspace.audience_show(name), "problem"), state)


@router.delete("/audiences/{name}")
def drop_audience(workspace: Open, caller: Changer, name: str, if_match: IfMatch = None) -> Response:
    """Follow it no more. 409 with who is affected while somebody needs it."""
    return reply(workspace.audience_drop(name, author=caller.who, expected=read_match(if_match)))


@router.get("/audiences/{name}/members", dependencies=[Reader])
def list_members(
    workspace: Open,
    name: str,
    as_of: str | None = None,
    snapshot: Annotated[int | None, Query(ge=1, le=1 << 31)] = None,
    limit: Limit = 1000,
    cursor: str | None = None,
) -> Response:
    """`{"as_of", "count", "before", "customers", "next", "previous"}`: who is in it, was at an instant, or was in a
    snapshot. `before`: how many come ahead of the page; `previous`: the cursor of the one before it."""
    return reply(workspace.audience_members(name, as_of, snapshot, limit, cursor))


@router.get("/audiences/{name}/snapshots")
def list_snapshots(workspace: Open, name: str, limit: PageLimit = USUAL, cursor: Cursor = None) -> Response:
    """`{"snapshots": [{number, as_of, taken_at, seq, version, size}], "next"}`."""
    shown = workspace.audience_snapshots(name)
    page = cut_page("snapshots", shown["snapshots"], limit, cursor, lambda each: str(each["number"]))
    return reply({**shown, **page})


@router.post("/audiences/{name}:snapshot")
def take_snapshot(workspace: Open, caller: Changer, name: str, asked: Instant) -> Response:
    """Keep who is in it now, or was at an instant."""
    return reply(workspace.audience_snapshot(name, asked.as_of))


@router.get("/audiences/{name}/diff", dependencies=[Reader])
def diff_snapshots(
    workspace: Open, name: str, before: str | None = None, after: str | None = None, limit: Limit = 100
) -> Response:
    """`{"entered", "left", "stayed", "reasons"}` between two looks: numbers of snapshots, times, or `now`."""
    return reply(workspace.audience_diff(name, before, after, limit))


@router.post("/audiences:estimate")
def estimate_audience(workspace: Open, asked: Composed) -> Response:
    """`{"count", "as_of"}`, and `steps` if they are asked for: `{rule, count, so_far, parts}`."""
    return reply(workspace.audience_count(asked.rule, as_of=asked.as_of, steps=asked.steps))


@router.post("/audiences:insight")
def compare_audience(workspace: Open, asked: Insight) -> Response:
    """Distribution and TGI of each tag: `{"as_of", "size", "base_size", "tags": {name: {"values": [...]}}}`."""
    return reply(workspace.audience_insight(asked.rule, asked.base, asked.tags, asked.as_of, asked.edges, asked.most))


@router.post("/audiences:differences")
def find_differences(workspace: Open, asked: Differences) -> Response:
    """What tells the audience from the rest of the base most: `{"size", "rest", "tested", "differences": [{tag, kind,
    value, share, rest_share, lift, effect, p, q}]}`."""
    return reply(workspace.audience_differences(asked.rule, asked.base, asked.tags, asked.as_of, asked.limit))


@router.post("/audiences:cross")
def cross_tags(workspace: Open, asked: Cross) -> Response:
    """Members by the values of two tags: `{"rows", "columns", "counts"}`; null = withheld."""
    return reply(workspace.audience_cross(asked.rule, asked.tags, asked.as_of))


@router.post("/audiences:overlap")
def overlap_audiences(workspace: Open, asked: Overlap) -> Response:
    """`{"sizes", "pairs": [{audiences, both, jaccard}]}`; null = withheld."""
    return reply(workspace.audience_overlap(asked.audiences, asked.as_of))


@router.post("/audiences:trend", responses=JOB)
def show_trend(workspace: Open, caller: Asker, asked: Trend, wait: Wait = True) -> Response:
    """`{"points": [{as_of, size, means}], "snapshots": [...]}`, folded at past instants."""
    trend = asked.rule, asked.tags, asked.first, asked.last, asked.days
    if not wait:
        return reply(workspace.trend_submit(*trend, author=caller.who), 202)
    return reply(workspace.audience_trend(*trend, author=caller.who))
