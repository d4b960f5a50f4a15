/** What the console says, in the language a test is made in. */
import en from "../src/texts/en";
import zh from "../src/texts/zh";

import type { Language } from "./browser";

type Tree = { [key: string]: string | Tree };

/** The text of a key; `named` also as buttons of two Chinese letters are drawn, with a space between them. */
export function speaker(language: Language) {
  const find = (key: string): string => {
    const found = key.split(".").reduce<string | Tree | undefined>((at, part) => (at as Tree)[part], language === "zh" ? zh : en);
    if (typeof found !== "string") throw new Error(`there is no text ${key}`);
    return found;
  };
  const say = (key: string, given: Record<string, string> = {}) => find(key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => given[name] ?? "");
  const named = (key: string) => {
    const text = say(key);
    return new RegExp(`^${/^\p{Script=Han}{2}$/u.test(text) ? [...text].join("\\s?") : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "u");
  };
  return { say, named };
}
