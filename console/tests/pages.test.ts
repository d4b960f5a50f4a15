import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { NAMES, pageAt } from "@/app/pages";

/** By path; the server's documents are held against the same ones. */
const PATHS = JSON.parse(readFileSync("../tests/console/paths.json", "utf8")) as Record<string, string | null>;

test.each(Object.entries(PATHS))("the page at %s is %s", (path, page) => {
  expect(pageAt(path)).toBe(page);
});

test("every page has a path here", () => {
  expect([...new Set(Object.values(PATHS).filter(Boolean))].sort()).toEqual([...NAMES].sort());
});
