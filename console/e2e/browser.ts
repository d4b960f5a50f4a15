/** A browser, somebody signed in, and what is wrong with what they see. */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

export type Language = "zh" | "en";
const needed = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: tests/console starts these tests`);
  return value;
};
export const URL_ = needed("LIMNER_URL");
export const USER = needed("LIMNER_USER");
export const PASSWORD = needed("LIMNER_PASSWORD");
export const KEY = needed("LIMNER_KEY");
export const SHOTS = process.env.LIMNER_SHOTS ?? "shots";
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

export async function openContext(browser: Browser, language: Language, more: object = {}): Promise<BrowserContext> {
  return browser.newContext({
    locale: language === "zh" ? "zh-CN" : "en-GB",
    viewport: { width: 1366, height: 860 },
    bypassCSP: true, // axe is put into the page
    reducedMotion: "reduce",
    ...more,
  });
}

/** Signed in without the form, which has a test of its own. */
export async function enter(context: BrowserContext, user = USER, password = PASSWORD, url = URL_): Promise<void> {
  const answer = await context.request.post(`${url}/api/v1/session`, { data: { user, password } });
  if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
}

/** What the page complains of while it is looked at. Answers that are errors are what some tests ask for. */
export function listen(page: Page): string[] {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) heard.push(message.text());
  });
  return heard;
}

export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelectorAll('[aria-busy="true"], .chart .ant-skeleton').length === 0);
}

/** Chooses in one of the component library's lists, which are drawn while they are open. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.click();
  if (await field.isEditable()) await field.fill(option);
  await page.locator(".ant-select-dropdown:visible").getByText(option, { exact: true }).last().click();
}

/** Drops a file, as somebody does who drags it out of a folder. */
export async function drop(page: Page, onto: string, name: string, text: string): Promise<void> {
  const held = await page.evaluateHandle(
    ([named, written]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([written ?? ""], named ?? "", { type: "text/csv" }));
      return transfer;
    },
    [name, text],
  );
  await page.dispatchEvent(onto, "drop", { dataTransfer: held });
}

/** The API, as a program calls it: what a journey finds when it begins, and what it left behind. */
export async function call<T>(method: "GET" | "POST" | "PUT" | "PATCH", path: string, body?: unknown, key = KEY): Promise<T> {
  const answer = await fetch(URL_ + path, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      ...(method === "GET" ? {} : { "If-Match": "*" }), // whatever it is by now
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

interface Found {
  violations: { id: string; nodes: { html: string }[] }[];
}

export async function findBarriers(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(
    (rules) => (window as unknown as { axe: { run: (what: object) => Promise<Found> } }).axe.run({ runOnly: rules }),
    RULES,
  );
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
