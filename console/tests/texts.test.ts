import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import en from "@/texts/en";
import { pickLanguage } from "@/texts";
import zh from "@/texts/zh";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): Record<string, string> {
  return Object.entries(tree).reduce<Record<string, string>>((all, [key, value]) => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === "string" ? { ...all, [here]: value } : { ...all, ...leaves(value, here) };
  }, {});
}

const ENGLISH = leaves(en);
const CHINESE = leaves(zh);
const SOURCES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes("texts"))
  .map((name) => readFileSync(join("src", name), "utf8"))
  .join("\n");

test("both languages say the same things, with the same gaps to fill", () => {
  expect(Object.keys(CHINESE).sort()).toEqual(Object.keys(ENGLISH).sort());
  const gaps = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();
  for (const [key, text] of Object.entries(ENGLISH)) {
    expect(gaps(CHINESE[key] ?? ""), key).toEqual(gaps(text));
    expect(CHINESE[key] === "", key).toBe(text === "");
  }
});

test("every text that is asked for is there", () => {
  const plural = (key: string) => `${key}_other` in ENGLISH;
  const asked = [...SOURCES.matchAll(/\bt\(\s*"([a-z_]+\.[a-zA-Z0-9_.]+)"/g)].map((each) => each[1] ?? "");
  expect(asked.filter((key) => !(key in ENGLISH) && !plural(key))).toEqual([]);
});

test("the language is the chosen one, else the browser's, else English", () => {
  expect(pickLanguage("zh", ["en"])).toBe("zh");
  expect(pickLanguage(null, ["fr-FR", "zh-TW", "en"])).toBe("zh");
  expect(pickLanguage(null, ["fr-FR"])).toBe("en");
});
