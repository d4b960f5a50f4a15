/** Each page as each role that may do something, in both languages: nothing asked that is refused, no way that leads to a
 * refusal, no page without a word, and nobody's identifiers for those who may not see them. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { call, enter, listen, openBrowser, openContext, settle, URL_, type Language } from "./browser";
import { PAGES } from "./places";

const SEES_IDENTIFIERS = ["operator", "admin"];
const READS_TIMELINES = ["operator", "analyst", "admin"];
/** Characters of an identifier that cannot stand on a page by chance. */
const TELLING = 7;

let browser: Browser;
let customer: string;
let identifiers: string[];

beforeAll(async () => {
  browser = await openBrowser();
  const rule = { value_tier: ["中", "高"] };
  await call("POST", "/api/v1/audiences", { name: "e2e_worthy", rule, title: { zh: "中高价值客户", en: "Valuable customers" } });
  customer = (await call<{ customers: string[] }>("GET", "/api/v1/audiences/e2e_worthy/members?limit=1")).customers[0] ?? "c0";
  const known = await call<{ identifiers: { value: string }[] }>("GET", `/api/v1/profiles/${customer}/identities`);
  identifiers = known.identifiers.map(({ value }) => value).filter((value) => value.length >= TELLING);
});
afterAll(() => browser.close());

const ROLES = ["viewer", "operator", "analyst", "reviewer", "admin"];

describe.each(ROLES.flatMap((role) => (["zh", "en"] as Language[]).map((language) => [role, language] as const)))("as %s in %s", (role, language) => {
  let context: BrowserContext;
  let page: Page;
  let heard: string[];
  const refused: string[] = [];

  beforeAll(async () => {
    const name = `${role}_${language}_${Date.now().toString(36)}`;
    const { password } = await call<{ password: string }>("POST", "/api/v1/users", { name, role });
    context = await openContext(browser, language);
    await enter(context, name, password);
    page = await context.newPage();
    heard = listen(page);
    page.on("response", (answer) => void (answer.status() === 403 && refused.push(new URL(answer.url()).pathname)));
  });
  afterAll(() => context.close());

  const open = async (path: string) => {
    await page.goto(URL_ + path);
    await settle(page);
    return (await page.locator("main .ant-result-403, [role=main] .ant-result-403").count()) > 0;
  };

  test("every page says something, and leads nowhere this reader may not go", async () => {
    const ways = new Set<string>();
    const [silent, asked, shown]: string[][] = [[], [], []];
    for (const [name, path] of Object.entries({ ...PAGES, notes: "/customers/CUSTOMER?tab=notes" })) {
      refused.length = 0;
      const isForbidden = await open(path.replace("CUSTOMER", customer));
      const text = await page.getByRole("main").innerText();
      if (text.trim() === "") silent?.push(name);
      if (!isForbidden) asked?.push(...refused.map((each) => `${name}: ${each}`));
      if (!SEES_IDENTIFIERS.includes(role)) shown?.push(...identifiers.filter((value) => text.includes(value)).map((value) => `${name}: ${value}`));
      for (const way of await findWays(page)) ways.add(way);
    }
    const closed: string[] = [];
    for (const way of ways) if (await open(way)) closed.push(way);
    for (const tab of ["timeline", "notes"]) // whoever was sent such an address reads why there is nothing
      expect(await open(`/customers/${customer}?tab=${tab}`), tab).toBe(!READS_TIMELINES.includes(role));
    expect({ silent, asked, shown, closed, heard }).toEqual({ silent: [], asked: [], shown: [], closed: [], heard: [] });
  }, 300_000);
});

/** Where links and tabs lead, one of each kind. */
async function findWays(page: Page): Promise<string[]> {
  const found = await page.locator("a[href^='/']").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  const kinds = new Map(found.map((way) => [way.replace(/\?.*/, "?").replace(/\/(customers|tags|models|audiences)\/(?!new|reviews|compare|next-best-action).*/, "/$1/…"), way]));
  return [...kinds.values()];
}
