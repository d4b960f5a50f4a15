"""What ``limner.toml`` may set: one class per area, read once at the door and passed down.

A new setting is a field of its area's class, one line of documentation under it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from limner.settings.file import Area, Whole, key, usual_of


@dataclass(frozen=True, slots=True)
class ParitySettings(Area):
    """How often a served workspace is compared with its log."""

    every: float = key("parity_every", 60, Annotated[float, Meta(ge=0, lt=1e6)], "number of minutes")
    """0 = never."""


@dataclass(frozen=True, slots=True)
class LogSettings(Area):
    """What a served workspace's log may hold in memory."""

    cache: str = key(
        "log_cache",
        "16MB",
        Annotated[str, Meta(pattern=r"^((1[6-9]|[2-9]\d|[1-9]\d\d|[12]\d{3}|3000)MB|[1-3]GB)$")],
        "amount of memory from 16MB to 3GB",
    )
    """Of the log's file, while nobody works on the whole of it."""


@dataclass(frozen=True, slots=True)
class HealthSettings(Area):
    """What the health of tags is held against."""

    goals: tuple[str, ...] = key("goals", (), tuple[str, ...], "list of tags")
    """Tags that others should tell something about, such as whether somebody bought."""
    unused: int = key("unused_days", 30, Annotated[int, Meta(ge=1, le=90)], "number of days from 1 to 90")
    """A tag nobody uses for so long is a zombie."""


@dataclass(frozen=True, slots=True)
class HeavySettings(Area):
    """When a customer has too many events to be folded at every one of them."""

    events: int = key("heavy_events", 100_000, Whole, "number of events")
    """Who has more is heavy."""
    every: int = key("heavy_every", 60, Whole, "number of seconds")
    """Seconds between two folds of a heavy customer, at least."""


@dataclass(frozen=True, slots=True)
class JobSettings(Area):
    """Long work beside the server."""

    at_once: int = key("jobs_at_once", 1, Whole, "number of jobs")
    """How many run at once, besides compactions; the others wait."""
    upload_mb: int = key("upload_mb", 1024, Whole, "number of MB")
    """The largest file that may be sent to be imported."""


@dataclass(frozen=True, slots=True)
class InsightSettings(Area):
    """What insight may show."""

    smallest_cell: int = key("smallest_cell", 10, Annotated[int, Meta(ge=0, lt=1 << 31)], "number of members")
    """Cells with fewer members are withheld; 0 = none."""


@dataclass(frozen=True, slots=True)
class SqlSettings(Area):
    """How much the query of an SQL tag may take."""

    seconds: int = key("sql_seconds", 60, Whole, "number of seconds")
    memory: int = key("sql_memory", 1024, Whole, "number of MB")
    """As much again may be spilled to the disk."""


AREAS = (ParitySettings, LogSettings, HealthSettings, HeavySettings, JobSettings, InsightSettings, SqlSettings)

KNOWN: Mapping[str, object] = {
    "timezone": "Asia/Shanghai",
    "public_url": None,
    **{name: usual for area in AREAS for name, usual in usual_of(area).items()},
    "oidc": None,
    "writer": None,
}
"""What ``limner.toml`` may say, and what holds where it does not."""
