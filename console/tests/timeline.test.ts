import { expect, test } from "vitest";

import { followOn, type Begun } from "@/pages/customers/begun";

const FIRST: Begun[] = [{ cursor: null, after: "" }];

test("pages of a timeline follow each other, and begin anew behind one whose end moved", () => {
  const two = followOn(FIRST, 0, { next: "a", day: "2026-11-02" });
  expect(two).toEqual([...FIRST, { cursor: "a", after: "2026-11-02" }]);
  const three = followOn(two, 1, { next: "b", day: "2026-11-01" });
  expect(followOn(three, 0, { next: "a", day: "2026-11-02" })).toBe(three);
  expect(followOn(three, 0, { next: "z", day: "2026-11-03" })).toEqual([...FIRST, { cursor: "z", after: "2026-11-03" }]);
  expect(followOn(three, 0, { next: null, day: "2026-11-03" })).toEqual(FIRST);
  expect(followOn(FIRST, 0, { next: null, day: "" })).toBe(FIRST);
});
