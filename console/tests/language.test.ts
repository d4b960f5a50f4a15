import { expect, test } from "vitest";

import type { Rule } from "@/api/answers";
import { readDefinition, writeDefinition } from "@/pages/tags/draft";
import { readGroup, spell, writeGroup } from "@/rules/language";

const RULES: Rule[] = [
  { all: [] },
  { all: [{ value_tier: "高" }, { spend_90d: { gte: 500 } }] },
  { any: [{ not: { all: [{ city: { in: ["上海", "杭州"] } }] } }, { birthday: { anniversary_within: "7d" } }] },
  { all: [{ did: "order_paid", is: { gte: 3 }, within: "30d", where: { amount: { gt: 9 } } }] },
  { all: [{ did: "order_paid", sum: "amount", is: { gte: 100 }, later: "2d" }] },
  { all: [{ sequence: ["view_item", { of: "add_to_cart", where: { sku: "a" } }, { not: "order_paid" }], within: "2d", same: "sku" }] },
  { all: [{ audience: "buyers", version: 2 }, { spend_90d: { gte: 1, lt: 5 } }] },
];

test.each(RULES)("a rule comes back from the builder as it went in: %j", (rule) => {
  expect(spell(writeGroup(readGroup(rule)))).toBe(spell(rule));
});

test("several words, as they are stored, are one of a list", () => {
  expect(readGroup({ value_tier: ["高", "中"] }).rules).toMatchObject([{ field: "value_tier", operator: "in", value: ["高", "中"] }]);
  const bought = readGroup({ did: "order_paid", where: { channel: ["app", "store"] } }).rules[0] as { value: { where: unknown[] } };
  expect(bought.value.where).toEqual([{ property: "channel", operator: "in", value: ["app", "store"] }]);
});

test("what is not finished is left out", () => {
  const blank = { field: "~", operator: "eq", value: null };
  expect(writeGroup({ combinator: "any", rules: [blank, { ...blank, field: "city", operator: "in", value: [] }] })).toEqual({ any: [] });
});

const DEFINITIONS: Rule[] = [
  { title: { zh: "消费", en: "Spend" }, layer: "fact", group: "消费", owner: "a@b.c", unit: "CNY", fold: { sum: "amount", of: "order_paid", within: "90d" } },
  { layer: "fact", fold: { list: "sku", of: "view_item", last: 5, where: { price: { gt: 9 } } } },
  { layer: "fact", fold: { trait: "city", resolve: "trusted" } },
  { layer: "model", when: [{ if: { all: [{ spend: { gte: 9 } }] }, then: "高" }, { else: 0 }], ttl: "7d" },
  { layer: "business", if: { all: [{ orders: { gte: 2 } }] } },
  { layer: "model", group: { 价值: { zh: "价值", en: "Value" } }, expr: "spend / orders" },
  { layer: "fact", fold: { sum: "amount", of: ["order_paid", "deposit"] } },
];

test.each(DEFINITIONS)("a definition comes back from its form as it went in: %j", (definition) => {
  expect(spell(writeDefinition(readDefinition("t", definition)))).toBe(spell(definition));
});
