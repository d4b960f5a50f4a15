/** What each page shows when it gets no answer, a slow one, or one that its reader may not have. */
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { call, enter, findBarriers, listen, openBrowser, openContext, settle, shoot, URL_ } from "./browser";
import { PAGES } from "./places";

const OF = Object.entries(PAGES).map(([name, path]) => [name, path.replace("CUSTOMER", "c0")] as const);

let browser: Browser;
let context: BrowserContext;
let page: Page;
let heard: string[];

beforeAll(async () => {
  browser = await openBrowser();
  const made = { name: "e2e_worthy", rule: { value_tier: ["中", "高"] }, title: { zh: "中高价值客户", en: "Valuable customers" } };
  await call("POST", "/api/v1/audiences", made);
});
afterAll(() => browser.close());

async function begin(user?: string, password?: string): Promise<void> {
  context = await openContext(browser, "en");
  await enter(context, user, password);
  page = await context.newPage();
  heard = listen(page);
}

/** All that a page asks, but who is there. */
async function answer(how: (route: Route) => Promise<void>): Promise<void> {
  await page.route(
    (url) => url.pathname.startsWith("/api/v1/") && !url.pathname.startsWith("/api/v1/session"),
    (route) => how(route),
  );
}

afterEach(async () => {
  expect(heard).toEqual([]);
  expect(await page.getByText("This page has broken").count()).toBe(0);
  await context.close();
});

/** Pages that have nothing to ask before somebody does something, or that show what they know without it. */
const QUIET = ["customers", "imports", "settings"];

test("the server cannot answer: each page says so, and the frame stays", async () => {
  await begin();
  const problem = { status: 500, code: "unexpected", title: "", message: "Something went wrong in the server." };
  await answer((route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) }));
  const silent: string[] = [];
  for (const [room, path] of OF) {
    await page.goto(URL_ + path);
    await settle(page);
    expect(await page.getByRole("navigation", { name: "Rooms" }).count(), room).toBe(1);
    if (!QUIET.includes(room) && (await page.getByText(problem.message).count()) === 0) silent.push(room);
  }
  expect(silent).toEqual([]);
  expect(await findBarriers(page)).toEqual([]);
}, 200_000);

test("the answer takes its time: each page shows its outline, and nothing turns over all of it", async () => {
  await begin();
  await answer(() => new Promise(() => undefined));
  for (const [, path] of OF) {
    await page.goto(URL_ + path);
    await page.getByRole("main").locator("h1, .ant-skeleton, .ant-card").first().waitFor();
    expect(await page.locator(".ant-spin-fullscreen, main > .ant-spin").count()).toBe(0);
  }
}, 200_000);

test("a viewer opens every page: what the role may not see is said, and by which right it could", async () => {
  const name = `viewer_${Date.now().toString(36)}`;
  const { password } = await call<{ password: string }>("POST", "/api/v1/users", { name, role: "viewer" });
  await begin(name, password);
  const refused: string[] = [];
  for (const [room, path] of OF) {
    await page.goto(URL_ + path);
    await settle(page);
    expect(await page.getByText("This page has broken").count(), room).toBe(0);
    if ((await page.getByText("Your role may not see this").count()) > 0) refused.push(room);
  }
  expect(refused).toEqual(expect.arrayContaining(["tag-edit", "audience-edit", "keys", "users", "audit"]));
  expect(refused).not.toEqual(expect.arrayContaining(["home", "tags"]));
  await page.goto(`${URL_}/tags/spend_90d/edit`);
  await settle(page);
  await shoot(page, "forbidden-en");
  expect(await findBarriers(page)).toEqual([]);
}, 200_000);
