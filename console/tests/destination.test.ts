import { expect, test } from "vitest";

import { readSpan, shareTold, writeSpan } from "@/pages/data/destination";

test("how far a replay is lies in the address, and is a share of its positions", () => {
  const span = { first: 11, last: 20 };
  expect(readSpan(writeSpan(span))).toEqual(span);
  expect([null, "", "11", "a-b", "-1-3"].map(readSpan)).toEqual([null, null, null, null, null]);
  expect([10, 15, 20, 99, 3].map((position) => shareTold({ position }, span))).toEqual([0, 0.5, 1, 1, 0]);
  expect(shareTold({ position: 0 }, { first: 5, last: 4 })).toBe(1);
});
