import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { call, enter, findBarriers, KEY, listen, openBrowser, openContext, settle, shoot, URL_, type Language } from "./browser";
import { PAGES } from "./places";
import { speaker } from "./words";

const AUDIENCES = [
  { name: "e2e_worthy", rule: { value_tier: ["中", "高"] }, title: { zh: "中高价值客户", en: "Valuable customers" } },
  { name: "e2e_active", rule: { orders_90d: { gte: 2 } }, title: { zh: "近期常购客户", en: "Frequent buyers of late" } },
];
const DRAFT = {
  ...{ layer: "fact", group: "browsing", owner: "growth@example.com", title: { zh: "近30天加购次数", en: "Added to cart in 30 days" } },
  fold: { count: "*", of: "add_to_cart", within: "30d" },
};
const SHOWN = { ...PAGES, compare: "/audiences/compare?with=e2e_worthy,e2e_active" };

let browser: Browser;
let customer: string;

beforeAll(async () => {
  browser = await openBrowser();
  const headers = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" };
  for (const made of AUDIENCES) await fetch(`${URL_}/api/v1/audiences`, { method: "POST", headers, body: JSON.stringify(made) });
  const members = await fetch(`${URL_}/api/v1/audiences/e2e_worthy/members?limit=1`, { headers });
  customer = ((await members.json()) as { customers: string[] }).customers[0] ?? "c0";
  await call("POST", "/api/v1/personas:fit", { count: 3 });
  const name = `cart_adds_${Date.now().toString(36)}`;
  await call("PUT", `/api/v1/tags/${name}`, DRAFT);
  await call("POST", `/api/v1/tags/${name}:submit`, {});
});
afterAll(() => browser.close());

describe.each<Language>(["zh", "en"])("in %s", (language) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await openContext(browser, language);
    await enter(context);
  });
  afterAll(() => context.close());

  test.each(Object.entries(SHOWN))("%s opens, says nothing wrong and has no barriers", async (name, path) => {
    const page = await context.newPage();
    const heard = listen(page);
    await page.goto(URL_ + path.replace("CUSTOMER", customer));
    await settle(page);
    expect(await page.locator("html").getAttribute("lang")).toBe(language === "zh" ? "zh-CN" : "en");
    expect(await page.getByRole("main").locator(".ant-result-error, .ant-result-404").count()).toBe(0);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await shoot(page, `${name}-${language}`);
    expect(await findBarriers(page)).toEqual([]);
    await turn(page, language);
    expect(await findBarriers(page)).toEqual([]);
    expect(heard).toEqual([]);
    await page.close();
  });
});

/** By how much the page is wider than the screen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** Light becomes dark, without the page being opened again. */
async function turn(page: Page, language: Language): Promise<void> {
  await page.getByRole("button", { name: speaker(language).say("app.dark") }).click();
  await page.locator('html[data-shade="dark"]').waitFor({ state: "attached" });
  await page.evaluate(() => localStorage.clear());
  await settle(page);
}

/** What of the page a phone does not show whole, and what on it is too small for a finger. */
function findUnreachable(page: Page): Promise<{ cut: string[]; small: string[] }> {
  return page.evaluate(() => {
    const FINGER = 40; // pixels
    const told = (each: Element) => `${each.tagName} ${each.className.toString()} ${each.textContent?.slice(0, 40) ?? ""}`;
    const seen = (pattern: string) => [...document.querySelectorAll(`#page ${pattern}`)].filter((each) => each.getClientRects().length > 0);
    const cut = seen("*").filter((each) => {
      const { left, right, width } = each.getBoundingClientRect();
      return width > 0 && (left < -1 || right > window.innerWidth + 1) && !each.closest(".ant-tabs-nav-operations, [aria-hidden=true]");
    });
    const small = seen("button, .ant-tabs-tab, .ant-segmented-item, .ant-select, .ant-picker").filter(
      (each) => each.getBoundingClientRect().height < FINGER && !each.matches(".ant-switch, .ant-tabs-nav-more, .ant-typography-copy, .ant-picker-clear, .ant-input-clear-icon"),
    );
    return { cut: cut.map(told), small: small.map(told) };
  });
}

test("dark, and on a phone", async () => {
  const context = await openContext(browser, "zh", { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true });
  await enter(context);
  const page = await context.newPage();
  await page.goto(`${URL_}/customers/${customer}`);
  await settle(page);
  await shoot(page, "customer-phone-zh");
  for (const tab of ["portrait", "timeline", "identity", "notes"]) {
    await page.goto(`${URL_}/customers/${customer}?tab=${tab}`);
    await settle(page);
    await shoot(page, `customer-phone-${tab}-zh`);
    expect(await overflow(page), tab).toBeLessThanOrEqual(0);
    expect(await findUnreachable(page), tab).toEqual({ cut: [], small: [] });
    expect(await findBarriers(page)).toEqual([]);
  }
  await context.close();
});
