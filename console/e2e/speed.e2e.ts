/** How long somebody waits: for the first page with nothing cached, and for a number after a change. `benches/console.py` tells it. */
import { writeFileSync } from "node:fs";

import type { Page } from "playwright-core";
import { test } from "vitest";

import { choose, enter, openBrowser, openContext, settle, URL_ } from "./browser";

const TIMES = 20;
const measured = process.env.LIMNER_MEASURED ?? "measured.json";

test("the first page cold, and a number after a change", { timeout: 170_000 }, async () => {
  const browser = await openBrowser();
  const took: Record<string, number[]> = { "first contentful paint": [], "first figures": [], "a tag's number": [], "a behaviour's number": [] };
  for (let turn = 0; turn < TIMES / 2; turn += 1) {
    const context = await openContext(browser, "en"); // nothing in its cache
    await enter(context);
    const page = await context.newPage();
    await page.addInitScript(watchFigures);
    await page.goto(URL_);
    await page.waitForFunction(() => window.figuresAt !== undefined);
    took["first figures"]?.push(await page.evaluate(() => window.figuresAt ?? 0));
    took["first contentful paint"]?.push(
      await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0),
    );
    await context.close();
  }
  const context = await openContext(browser, "en");
  await enter(context);
  const page = await context.newPage();
  await page.goto(`${URL_}/audiences/new`);
  await page.getByRole("button", { name: "Condition" }).click();
  await choose(page, "Choose a tag or behaviour", "Spend in 90 days");
  took["a tag's number"] = await change(page, 100);
  await page.getByRole("button", { name: "Remove" }).first().click();
  await page.getByRole("button", { name: "Condition" }).click();
  await choose(page, "Choose a tag or behaviour", "Did something");
  await choose(page, "Event", "order_paid");
  took["a behaviour's number"] = await change(page, 1);
  await browser.close();
  writeFileSync(measured, JSON.stringify(took));
});

declare global {
  interface Window {
    figuresAt?: number;
    begun?: number;
    shownAt?: number;
  }
}

/** When the number of customers is on screen. */
function watchFigures(): void {
  const look = () => {
    if (/\d/.test(document.querySelector(".figure-value")?.textContent ?? "")) window.figuresAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Milliseconds from a key to the frame in which its number is no longer dimmed. */
async function change(page: Page, from: number): Promise<number[]> {
  const took: number[] = [];
  const field = page.getByLabel("Value", { exact: true });
  await field.fill(String(from));
  await settle(page);
  for (let turn = 1; turn <= TIMES; turn += 1) {
    await page.evaluate(() => {
      delete window.shownAt;
      document.addEventListener("input", () => (window.begun = performance.now()), { once: true, capture: true });
      const look = () => {
        const dimmed = Number(document.querySelector<HTMLElement>("output.reach")?.style.opacity) < 1;
        if (dimmed) window.figuresAt = performance.now();
        if (window.begun !== undefined && !dimmed && (window.figuresAt ?? 0) > window.begun) window.shownAt = performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await field.fill(String(from + turn));
    await page.waitForFunction(() => window.shownAt !== undefined);
    took.push(await page.evaluate(() => (window.shownAt ?? 0) - (window.begun ?? 0)));
    await page.evaluate(() => delete window.begun);
  }
  return took;
}
