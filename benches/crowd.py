"""A workspace with far too much of all: 10,000 tags, 300 provinces, 200,000 events of one customer, thousands in an
audience, and an audience whose tag is gone. What `crowded.py` measures and the console is tested with.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

import limner
from limner.govern.roles import Role
from limner.workspace import Workspace

EVENTS, PEOPLE, PROVINCES, TAGS = 200_000, 3_000, 300, 10_000
ROWS = f"""
COPY (
    SELECT n AS id, CASE WHEN n < {EVENTS} THEN 'busy' ELSE 'u' || (n - {EVENTS}) END AS person,
        CASE WHEN n < {EVENTS} THEN ['view_item', 'order_paid', 'search'][1 + n % 3] ELSE 'register' END AS event,
        TIMESTAMP '2026-11-01' - INTERVAL (n) MINUTE AS at, (n % 97)::DOUBLE AS amount,
        CASE WHEN n >= {EVENTS} THEN 'province ' || printf('%03d', n % {PROVINCES}) END AS province
    FROM range({EVENTS + PEOPLE}) r(n)
) TO '{{file}}' (FORMAT parquet)
"""
MAPPING = """
source: test
event: {column: event}
event_id: id
time: {column: at, timezone: UTC}
identify: {user_id: person}
properties: {amount: amount}
traits: {province: province}
"""


READ = {"layer": "fact", "group": "read"}
ORDERS = {**READ, "title": {"en": "Orders"}, "fold": {"count": "*", "of": "order_paid"}}
GOING = {**READ, "title": {"en": "Going"}, "fold": {"count": "*", "of": "search"}}


def list_tags() -> dict[str, object]:
    tags: dict[str, object] = {
        "province": {**READ, "title": {"en": "Province"}, "fold": {"trait": "province"}},
        "orders": ORDERS,
    }
    for n in range(TAGS - len(tags)):
        title = {"en": f"Orders times {n}"}
        tags[f"t{n:05}"] = {"layer": "fact", "group": f"group {n % 40}", "title": title, "expr": f"orders * {n}"}
    return tags


def crowd(folder: Path, password: str) -> str:
    """Makes it, with an administrator called `limits`. A key to it."""
    limner.init(folder)
    file, mapping = folder / "rows.parquet", folder / "mapping.yaml"
    duckdb.execute(ROWS.format(file=file))
    mapping.write_text(MAPPING)
    with limner.open(folder) as workspace:
        workspace.import_files(file, mapping)
        publish({"going": GOING}, workspace)
        workspace.audience_save("registered", {"did": "register"}, {"en": "Registered"})
        workspace.audience_save("lost", {"all": [{"did": "register"}, {"going": {"gte": 0}}]}, {"en": "Lost its tag"})
        publish(list_tags(), workspace)
        workspace.users_add("limits", "admin", password)
        return workspace.keys.issue("limits", Role.ADMIN)


def publish(tags: dict[str, object], workspace: Workspace) -> None:
    """These, and no others any more."""
    (workspace.parts.folder / "tags" / "all.yaml").write_text(json.dumps({"tags": tags}))
    workspace.tags_apply(prune=True, force=True)
