import { expect, test } from "vitest";

import { rankIn } from "@/pages/customers/face";
import { wrap } from "@/pages/customers/radar";

test("a rank is the share below, ties by half; nothing is known of nothing", () => {
  const values = [1, 2, 3, null].map((value) => ({ value, base_share: 0.25 }));
  expect(rankIn(values, 2)).toBe(0.5);
  expect(rankIn(values, 9)).toBe(1);
  expect(rankIn([], 2)).toBeNull();
  expect(rankIn([{ value: { gte: 0, lt: 10 }, base_share: 1 }], 5)).toBe(0.5);
});

test("a long title goes over several lines", () => {
  expect(wrap("Items looked at in 30 days")).toBe("Items looked\nat in 30 days");
  expect(wrap("近30天浏览商品次数").split("\n").every((line) => line.length <= 7)).toBe(true);
  expect(wrap("Average order")).toBe("Average order");
});
