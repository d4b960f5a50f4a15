import { expect, test } from "vitest";

import { endOf } from "@/format/dates";

test("a past day is asked for with all that happened on it; a day that is not over is now", () => {
  expect(endOf("2026-08-01")).toBe("2026-08-01T23:59:59.999999");
  expect(endOf("2999-01-01")).toBeNull();
  expect(endOf("")).toBeNull();
});
