/** How long somebody waits: for each page with nothing cached, and for a number after a change. `benches/console.py` tells it. */
import { writeFileSync } from "node:fs";

import type { Page } from "playwright-core";
import { afterAll, describe, test } from "vitest";

import { choose, enter, openBrowser, openContext, settle, URL_ } from "./browser";
import { visit, type Visit } from "./visit";

const VISITS = Number(process.env.LIMNER_VISITS ?? 5);
const CHANGES = 20;
const WINDOWS = [3, 7, 14, 60, 90];
/** Between two changes: who looks at a number before they go on. */
const PAUSE = 300;
/** What each page is about. */
const PAGES: Record<string, string> = {
  "/": ".figure-value",
  "/customers": "input",
  "/customers?audience=high": "tbody td:nth-child(2)",
  "/customers/c1000": ".portrait-head",
  "/tags": '[role="treeitem"]',
  "/audiences": "tbody td",
  "/audiences/high": ".bar",
  "/models": ".stage",
  "/personas": ".persona-card",
  "/data": ".ant-card",
  "/system": ".figure-value",
};

const visits: Record<string, Visit[]> = {};
const changes: Record<string, number[]> = {};
afterAll(() => writeFileSync(process.env.LIMNER_MEASURED ?? "measured.json", JSON.stringify({ visits, changes })));

describe.each([false, true])("far away: %s", (far) => {
  test.each(Object.entries(PAGES))("%s with nothing cached", { timeout: 120_000 }, async (path, proof) => {
    const seen: Visit[] = [];
    for (let turn = 0; turn < VISITS; turn += 1) seen.push(await visit(path, proof, far));
    visits[far ? `${path} (10 Mbit/s)` : path] = seen;
  });
});

test("a number after a change", { timeout: 170_000 }, async () => {
  const browser = await openBrowser();
  const context = await openContext(browser, "en");
  await enter(context);
  const page = await context.newPage();
  await page.goto(`${URL_}/audiences/new`);
  await page.getByRole("button", { name: "Condition" }).click();
  await choose(page, "Choose a tag or behaviour", "Spend in 90 days");
  changes["a tag's number"] = await change(page, 100);
  await page.getByRole("button", { name: "Remove" }).first().click();
  await page.getByRole("button", { name: "Condition" }).click();
  await choose(page, "Choose a tag or behaviour", "Did something");
  await choose(page, "Event", "paid orders");
  await settle(page);
  changes["a behaviour's first number"] = await changeWindow(page);
  changes["a behaviour's number"] = await change(page, 1);
  await browser.close();
});

declare global {
  interface Window {
    begun?: number;
    shownAt?: number;
  }
}

/** Milliseconds from a key to the frame in which its number is no longer dimmed. */
async function change(page: Page, from: number): Promise<number[]> {
  const took: number[] = [];
  const field = page.getByLabel("Value", { exact: true });
  await field.fill(String(from));
  await settle(page);
  for (let turn = 1; turn <= CHANGES; turn += 1) took.push(await time(page, () => field.fill(String(from + turn))));
  return took;
}

/** The same for windows that nobody asked for before: everybody is folded. */
async function changeWindow(page: Page): Promise<number[]> {
  const took: number[] = [];
  for (const days of WINDOWS) {
    await page.getByLabel("Within", { exact: true }).click();
    const option = page.locator(".ant-select-dropdown:visible").getByText(`${days} days`, { exact: true }).last();
    took.push(await time(page, () => option.click()));
  }
  return took;
}

async function time(page: Page, act: () => Promise<void>): Promise<number> {
  await page.waitForTimeout(PAUSE);
  await page.evaluate(watchNumber);
  await act();
  await page.waitForFunction(() => window.shownAt !== undefined);
  return page.evaluate(() => (window.shownAt ?? 0) - (window.begun ?? 0));
}

function watchNumber(): void {
  delete window.shownAt;
  delete window.begun;
  const begin = () => (window.begun ??= performance.now());
  for (const kind of ["input", "click"]) document.addEventListener(kind, begin, { once: true, capture: true });
  let waited = false;
  new MutationObserver((_, watching) => {
    const dimmed = Number(document.querySelector<HTMLElement>("output.reach")?.style.opacity) < 1;
    waited ||= window.begun !== undefined && dimmed;
    if (!waited || dimmed) return;
    watching.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.shownAt = performance.now()))); // this frame is on screen by then
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["style"] });
}
