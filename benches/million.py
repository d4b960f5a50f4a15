"""A workspace of some millions of customers, each with a few events, and the tags, audiences and personas a console is
used with.

    python -m benches.million DIR [--customers 5000000]

DuckDB makes the rows up, a Parquet file and a mapping bring them in by our own importer, and everybody is folded.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

import limner

EVENTS = 4
"""Of each customer: who they are, and what they did."""
ROWS = """
COPY (
    SELECT n // $events AS person, n % $events AS turn,
        CASE n % $events WHEN 0 THEN 'enrol' WHEN 1 THEN 'order_paid' ELSE 'view_item' END AS event,
        to_timestamp($now - (hash(n) % (120 * 86400))) AS at,
        'user_' || printf('%08d', n // $events) AS user_id,
        CASE n % $events WHEN 0 THEN '1' || printf('%010d', 3000000000 + (n // $events) * 37) END AS phone,
        CASE n % $events WHEN 0 THEN [{provinces}][1 + (hash(n * 3) % 31)::INTEGER] END AS province,
        CASE n % $events WHEN 0 THEN ['gold', 'silver', 'bronze'][1 + (hash(n * 5) % 3)::INTEGER] END AS level,
        CASE n % $events WHEN 1 THEN (hash(n * 7) % 2000)::DOUBLE END AS amount,
        CASE WHEN n % $events > 0 THEN 'category ' || printf('%02d', hash(n * 11) % 12) END AS category
    FROM range($customers * $events) r(n)
) TO '{file}' (FORMAT parquet)
"""
PROVINCES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 "
    "广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆"
)
MAPPING = """
source: till
event: {column: event}
event_id: [person, turn]
time: {column: at}
identify: {user_id: user_id, phone: phone}
properties: {amount: amount, category: category}
traits: {province: province, level: level}
"""
TAGS = """
tags:
  spend_30d:
    {layer: fact, group: buying, title: {en: Spend in 30 days}, fold: {sum: amount, of: order_paid, within: 30d}}
  spend_90d:
    {layer: fact, group: buying, title: {en: Spend in 90 days}, fold: {sum: amount, of: order_paid, within: 90d}}
  spend_365d:
    {layer: fact, group: buying, title: {en: Spend in a year}, fold: {sum: amount, of: order_paid, within: 365d}}
  orders_90d:
    {layer: fact, group: buying, title: {en: Orders in 90 days}, fold: {count: '*', of: order_paid, within: 90d}}
  largest_order:
    {layer: fact, group: buying, title: {en: Largest order}, fold: {max: amount, of: order_paid}}
  order_mean:
    {layer: fact, group: buying, title: {en: Mean order}, fold: {avg: amount, of: order_paid}}
  bought_category:
    {layer: fact, group: buying, title: {en: Category last bought}, fold: {last: category, of: order_paid}}
  since_order: {layer: fact, group: buying, title: {en: Days since the last order}, fold: {since: order_paid}}
  last_order_at: {layer: fact, group: buying, title: {en: Last order}, fold: {last: time, of: order_paid}}
  views_7d:
    {layer: fact, group: looking, title: {en: Views in 7 days}, fold: {count: '*', of: view_item, within: 7d}}
  views_30d:
    {layer: fact, group: looking, title: {en: Views in 30 days}, fold: {count: '*', of: view_item, within: 30d}}
  view_days_90d:
    {layer: fact, group: looking, title: {en: Days with views}, fold: {days: '*', of: view_item, within: 90d}}
  viewed_categories:
    {layer: fact, group: looking, title: {en: Categories seen}, fold: {distinct: category, of: view_item}}
  last_categories:
    {layer: fact, group: looking, title: {en: Latest categories}, fold: {list: category, of: view_item, last: 3}}
  favourite_category: {layer: fact, group: looking, title: {en: Favourite category}, fold: {top: category}}
  since_view: {layer: fact, group: looking, title: {en: Days since the last view}, fold: {since: view_item}}
  province: {layer: fact, group: person, title: {en: Province}, fold: {trait: province}}
  level: {layer: fact, group: person, title: {en: Level}, fold: {trait: level}}
  joined_at: {layer: fact, group: person, title: {en: Joined}, fold: {first: time, of: enrol}}
  spend_per_order: {layer: fact, group: value, title: {en: Spend an order}, expr: "spend_90d / orders_90d"}
  value_tier:
    layer: model
    group: value
    title: {en: Value tier}
    when: [{if: {spend_90d: {gte: 1500}}, then: high}, {if: {spend_90d: {gte: 500}}, then: mid}, {else: low}]
  lifecycle:
    layer: model
    group: value
    title: {en: Life cycle}
    when: [{if: {since_order: {lte: 30}}, then: active}, {if: {since_order: {lte: 75}}, then: cooling}, {else: asleep}]
  looker: {layer: business, group: value, title: {en: Looks and does not buy}, if:
    {all: [{views_30d: {gte: 1}}, {orders_90d: 0}]}}
  vip_at_risk: {layer: business, group: value, title: {en: Valued and cooling}, if:
    {all: [{value_tier: high}, {since_order: {gt: 60}}]}}
"""
AUDIENCES: dict[str, Any] = {
    "high": {"value_tier": "high"},
    "at_risk": {"vip_at_risk": True},
    "gold_coast": {"all": [{"level": "gold"}, {"province": {"in": ["广东", "浙江", "福建", "上海"]}}]},
    "lookers": {"all": [{"views_30d": {"gte": 1}}, {"orders_90d": 0}]},
}
BRIEF = "personas:\n  tags: [level, favourite_category, value_tier, lifecycle]\n  count: 4\n"


def fill(folder: Path, customers: int) -> None:
    limner.init(folder)
    with TemporaryDirectory(dir=folder.parent) as scratch, limner.open(folder) as workspace:
        file, mapping = Path(scratch) / "rows.parquet", Path(scratch) / "mapping.yaml"
        provinces = ", ".join(f"'{one}'" for one in PROVINCES.split())
        given = {"customers": customers, "events": EVENTS, "now": int(time.time())}
        duckdb.connect(config={"threads": 2}).execute(ROWS.format(file=file, provinces=provinces), given)
        mapping.write_text(MAPPING, encoding="utf-8")
        tell("the rows are made up")
        tell(str(workspace.import_files(file, mapping)))
        file.unlink()
        (folder / "tags" / "crowd.yaml").write_text(TAGS, encoding="utf-8")
        workspace.tags_apply()
        tell(str(workspace.fold()))
        for name, rule in AUDIENCES.items():
            workspace.audience_save(name, rule)
        (folder / "personas.yaml").write_text(BRIEF, encoding="utf-8")
        workspace.personas_fit()
        workspace.personas_publish(force=True)
        tell(str(workspace.fold()))


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=5_000_000)
    asked = parser.parse_args()
    fill(asked.folder, asked.customers)


if __name__ == "__main__":
    main()
