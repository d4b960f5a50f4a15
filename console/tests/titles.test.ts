import { expect, test } from "vitest";

import type { Rule } from "@/api/answers";
import { NEW_TAG, readDefinition, writeDefinition } from "@/pages/tags/draft";
import { offerValues, readTitled, readValues, retitle, writeValues } from "@/pages/tags/titles";

const HIGH = { value: "high", title: { en: "High", zh: "高" } };

test("titles of values and of the group come back from the form as they went in", () => {
  const written: Rule[] = [
    { layer: "model", group: { value: { zh: "价值", en: "Value" } }, values: [HIGH, { value: "low", title: { zh: "低" } }], expr: "spend" },
    { layer: "fact", group: "mood", values: ["calm", HIGH], hand: "text" },
    { layer: "business", values: [{ value: true, title: { en: "Yes" } }], if: { all: [{ orders: { gte: 2 } }] } },
  ];
  for (const definition of written) expect(writeDefinition(readDefinition("x", definition))).toEqual(definition);
});

test("by value, as files have it, they read as the list does", () => {
  expect(writeValues(readValues({ high: { en: "High", zh: "高" } }))).toEqual([HIGH]);
  expect(readDefinition("x", { layer: "fact", group: { value: "价值" }, expr: "spend" }).titled).toEqual({ zh: "价值", en: "" });
});

test("another group has not the title of the one before", () => {
  const draft = readDefinition("x", { layer: "fact", group: { value: { en: "Value" } }, expr: "spend" });
  expect(writeDefinition({ ...draft, group: "other", titled: NEW_TAG.titled })).toMatchObject({ group: "other" });
});

test("values that occur are offered, quantities are not, and what has a title stays", () => {
  const titled = readValues([HIGH, { value: "gone", title: { en: "Gone" } }]);
  const offered = offerValues(["mid", null, 3.5, "high", ["a"], true, "mid"], titled);
  expect(offered.map((each) => [each.value, each.en])).toEqual([["mid", ""], ["high", "High"], [true, ""], ["gone", "Gone"]]);
  expect(offerValues(Array.from({ length: 500 }, (_, n) => `v${n}`), titled).length).toBe(26);
});

test("a title that is taken back leaves nothing behind; a value that is listed stays", () => {
  const offered = { value: "mid", zh: "中", en: "", listed: false };
  const titled = retitle(readValues(["high"]), offered);
  expect(writeValues(titled)).toEqual(["high", { value: "mid", title: { zh: "中" } }]);
  expect(readTitled(titled)).toEqual([{ value: "mid", title: { zh: "中" } }]);
  expect(writeValues(retitle(titled, { ...offered, zh: "" }))).toEqual(["high"]);
});
