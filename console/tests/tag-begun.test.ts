import { expect, test } from "vitest";

import { isBegun, NEW_FOLD, NEW_TAG, type TagDraft } from "@/pages/tags/draft";

test.each<[string, Partial<TagDraft>, boolean]>([
  ["a new tag", {}, false],
  ["a sum of a property", { fold: { ...NEW_FOLD, property: "amount" } }, true],
  ["a count, which needs none", { fold: { ...NEW_FOLD, measure: "count" } }, true],
  ["no condition yet", { way: "if" }, false],
  ["tiers without a value", { way: "when" }, false],
  ["an expression of blanks", { way: "expr", expr: " " }, false],
  ["an expression", { way: "expr", expr: "a + b" }, true],
  ["nothing written", { way: "written" }, false],
  ["something written", { way: "written", written: '{"fold":' }, true],
])("%s is tried only when there is something to try", (_, given, begun) => {
  expect(isBegun({ ...NEW_TAG, ...given })).toBe(begun);
});
