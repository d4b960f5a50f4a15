/** Where a file of tests plays: a browser in which somebody is signed in anew before each test. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";

import { enter, listen, openBrowser, openContext, type Language } from "./browser";

/** Whoever imports these sees what was set before the test. */
export let browser: Browser;
export let context: BrowserContext;
export let page: Page;

export function playIn(language: Language): void {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    context = await openContext(browser, language);
    await enter(context);
    page = await context.newPage();
  });
  afterEach(() => context.close());
}

/** Whatever the page complains of fails its test. After `playIn`. */
export function expectNoComplaints(): void {
  let heard: string[];
  beforeEach(() => {
    heard = listen(page);
  });
  afterEach(() => expect(heard).toEqual([]));
}
