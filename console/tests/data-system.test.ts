import { expect, test } from "vitest";

import { compact, pretty } from "@/pages/data/rejects";
import { sized } from "@/pages/system/health";

test("a row is shown over several lines and goes back on one, its long numbers untouched", () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty("no json")).toBe("no json");
  expect(JSON.parse(compact(pretty('{"a":{"b":"x y"}}')))).toEqual({ a: { b: "x y" } });
  expect(compact('{\n  "id": 12345678901234567890\n}')).toBe('{ "id": 12345678901234567890 }');
});

test("sizes are said in the largest unit that fits", () => {
  const number = (value: number, digits?: number) => value.toFixed(digits).replace(/\.0$/, "");
  expect(["0 B", "1.5 kB", "3 GB"]).toEqual([0, 1536, 3 * 1024 ** 3].map((bytes) => sized(bytes, number)));
});
