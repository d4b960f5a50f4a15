import i18next from "i18next";
import { afterEach, beforeAll, expect, test } from "vitest";

import { readProblem } from "@/api/problem";

const ENGLISH = "There is no tag 'citty'.";

beforeAll(() => i18next.init({ lng: "en", resources: {} }));
afterEach(() => i18next.changeLanguage("en"));

function answer(told: object): Response {
  return new Response(JSON.stringify({ code: "not_found", message: ENGLISH, ...told }), { status: 404 });
}

test.each([
  ["zh", { said: { en: ENGLISH, zh: "没有标签“citty”。" } }, "没有标签“citty”。"],
  ["en", { said: { en: ENGLISH, zh: "没有标签“citty”。" } }, ENGLISH],
  ["zh", { said: { en: ENGLISH } }, ENGLISH],
  ["zh", {}, ENGLISH],
])("a problem is told in %s where it is said", async (language, told, expected) => {
  await i18next.changeLanguage(language);
  expect((await readProblem(answer(told))).message).toBe(expected);
});

test("what is not ours is told by its status", async () => {
  expect((await readProblem(new Response("<html>", { status: 502, statusText: "Bad Gateway" }))).message).toBe("502 Bad Gateway");
});
