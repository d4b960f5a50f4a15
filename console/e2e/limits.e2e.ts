/** Far too much of all: 300 provinces, 10,000 tags, 200,000 events of one customer, an audience of thousands; and a rule
 * whose tag is gone. What is counted is what the page draws and asks for, never how long that takes. */
import { expect, test } from "vitest";

import { choose, findBarriers, settle, shoot, URL_ } from "./browser";
import { serveAlone } from "./server";
import { expectNoComplaints, page, playIn } from "./stage";

/** Elements that a page at its limits may have; an ordinary one has some 1,500. */
const MOST = 6_000;

serveAlone();
playIn("en");
expectNoComplaints();

const drawn = (): Promise<number> => page.evaluate(() => document.querySelectorAll("*").length);

/** The addresses asked for from now on that have this in them. */
function watch(part: string): string[] {
  const asked: string[] = [];
  page.on("request", (each) => void (each.url().includes(part) && asked.push(each.url())));
  return asked;
}

test("300 provinces: all are offered, few are drawn, and one types to find", async () => {
  await page.goto(`${URL_}/audiences/new`);
  await page.getByRole("button", { name: "Condition" }).click();
  await choose(page, "Choose a tag or behaviour", "Province");
  const field = page.getByLabel("Value", { exact: true });
  await field.click();
  const offered = page.locator(".ant-select-dropdown:visible .ant-select-item-option");
  await offered.filter({ hasText: /^province \d+/ }).first().waitFor();
  expect(await offered.count()).toBeLessThan(40);
  await field.fill("province 299");
  await page.locator(".ant-select-dropdown:visible").getByText("province 299 ·").click();
  await page.locator("output").getByText("10", { exact: true }).waitFor();
});

test("300 provinces that no map knows: the largest as bars, all of them in a list of their own", async () => {
  await page.goto(`${URL_}/audiences/registered?tags=province`);
  await page.getByRole("button", { name: "All values" }).click();
  const all = page.getByRole("dialog");
  await all.getByRole("row").nth(5).waitFor();
  expect(await page.getByRole("list", { name: "China by province" }).count()).toBe(0);
  expect(await drawn()).toBeLessThan(MOST);
  await all.getByRole("searchbox").fill("province 299");
  await expect.poll(() => all.getByRole("row").count()).toBe(2);
  await all.getByRole("cell", { name: "10", exact: true }).waitFor();
  await settle(page);
  await shoot(page, "limits-values-en");
  expect(await findBarriers(page)).toEqual([]);
});

test("10,000 tags: the tree draws what is seen; it is searched, scrolled, and one is opened", async () => {
  await page.goto(`${URL_}/tags`);
  const tree = page.getByRole("tree", { name: "Tags" });
  await tree.waitFor();
  await settle(page);
  const asked = watch("/api/");
  await page.evaluate(countWork);
  await page.getByLabel("Find a tag").pressSequentially("Orders times 77");
  await page.getByText("Orders times 7770", { exact: true }).waitFor();
  expect(await page.locator(".leaf").count()).toBeLessThan(80);
  expect(await page.evaluate(() => (window as unknown as { added: number }).added)).toBeLessThan(MOST); // 15 letters
  expect(asked).toEqual([]);
  await shoot(page, "limits-tags-en");

  await page.locator(".tree-card .leaf").first().hover();
  for (let turns = 0; turns < 6; turns++) await page.mouse.wheel(0, 400);
  await expect.poll(() => page.getByText("Orders times 77", { exact: true }).count()).toBe(0); // scrolled away
  expect(await page.locator(".leaf").count()).toBeLessThan(80);

  await page.getByLabel("Find a tag").fill("Orders times 7777");
  await page.locator(".leaf").getByText("Orders times 7777", { exact: true }).click();
  await page.getByRole("heading", { name: "Orders times 7777" }).waitFor();
  await settle(page);
  expect(await drawn()).toBeLessThan(MOST);
  expect(await findBarriers(page)).toEqual([]);
  expect(new URL(page.url()).pathname).toBe("/tags/t07777");
});

/** How many elements are put into the page from now on. */
function countWork(): void {
  const counted = window as unknown as { added: number };
  counted.added = 0;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node instanceof Element) counted.added += 1 + node.querySelectorAll("*").length;
  }).observe(document.body, { childList: true, subtree: true });
}

test("10,000 tags of one customer: as many as one reads, the others are searched for", async () => {
  await page.goto(`${URL_}/customers/user_id:busy`);
  await page.getByText(/and [\d,]+ more: search/).waitFor();
  expect(await drawn()).toBeLessThan(MOST);
  await page.getByLabel("Find a tag", { exact: true }).fill("Orders times 7777");
  await page.getByRole("button", { name: /^Orders times 7777/ }).waitFor();
  expect(await page.locator(".chip").count()).toBe(1);
});

const scrollOn = () => page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));

test("200,000 events of one customer: scrolled far, filtered, from a day on; the page holds what is near", async () => {
  await page.goto(`${URL_}/customers/user_id:busy?tab=timeline`);
  await page.locator(".happened").first().waitFor();
  const asked = watch("/timeline");
  while (asked.length < 15) {
    const before = asked.length;
    await expect.poll(() => scrollOn().then(() => asked.length), { timeout: 30_000 }).toBeGreaterThan(before);
  }
  await page.waitForFunction(() => document.querySelectorAll('[aria-busy="true"]').length === 0);
  const cursors = asked.map((each) => new URL(each).searchParams.get("cursor"));
  expect(new Set(cursors).size).toBe(cursors.length); // each page once, each after another
  expect(await page.locator(".happened").count()).toBeLessThan(1_500);
  expect(await page.locator(".happened").count()).toBeGreaterThan(50);
  expect(await drawn()).toBeLessThan(3 * MOST);

  await page.evaluate(() => window.scrollTo(0, 0));
  await expect.poll(() => page.locator(".happened").first().isVisible()).toBe(true);
  await page.getByText("Orders", { exact: true }).first().click();
  await settle(page);
  expect(new URL(page.url()).searchParams.get("kind")).toBe("order");
  await shoot(page, "limits-timeline-en");
  await page.reload();
  await page.locator(".happened").first().waitFor();
  expect(await page.locator(".happened").filter({ hasNotText: /order/i }).count()).toBe(0);

  await page.getByLabel("Go to a day").fill("2026-08-01");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "1 Aug 2026" }).waitFor();
  expect(new URL(page.url()).searchParams.get("day")).toBe("2026-08-01");
  expect(await page.locator(".day-head").first().innerText()).toBe("1 Aug 2026");
  await page.getByRole("button", { name: "To the newest" }).click();
  await page.getByRole("heading", { name: /^(31 Oct|1 Nov) 2026$/ }).first().waitFor();
}, 120_000);

test("an audience of 3,000: page after page to its end, and back", async () => {
  await page.goto(`${URL_}/customers?audience=registered`);
  const told = page.getByRole("navigation", { name: "Pages of members" });
  await told.getByText("1–20 of 3,000").waitFor();
  await told.getByRole("button", { name: "Next page" }).click();
  await told.getByText("21–40 of 3,000").waitFor();
  await page.goBack();
  await told.getByText("1–20 of 3,000").waitFor();
  const first = new Set(await page.locator("tbody a").allInnerTexts());
  await page.goto(`${URL_}/customers?audience=registered&after=c2990`);
  await told.getByText("2,981–3,000 of 3,000").or(told.getByText(/^2,9\d\d–3,000 of 3,000/)).first().waitFor();
  expect(await told.getByRole("button", { name: "Next page" }).isDisabled()).toBe(true);
  await page.reload();
  await told.getByText(/–3,000 of 3,000/).waitFor();
  expect((await page.locator("tbody a").allInnerTexts()).filter((each) => first.has(each))).toEqual([]);
  await settle(page);
  expect(await findBarriers(page)).toEqual([]);
  await told.getByRole("button", { name: "Previous page" }).click();
  await told.getByText(/^2,9\d\d–2,99\d of 3,000/).waitFor();
  await told.getByRole("button", { name: "First page" }).click();
  await told.getByText("1–20 of 3,000").waitFor();
});

test("an audience whose tag is gone says so in the list, on its page and where it is changed", async () => {
  await page.goto(`${URL_}/audiences`);
  await page.getByRole("row").filter({ hasText: "Lost its tag" }).getByText("invalid").waitFor();
  await page.getByRole("link", { name: "Lost its tag" }).click();
  await page.getByRole("alert").filter({ hasText: "This rule cannot be counted any more" }).getByText("going").waitFor();
  await settle(page);
  await shoot(page, "limits-lost-en");
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const gone = page.getByRole("alert").filter({ hasText: "There is no tag going any more" });
  await gone.getByRole("button", { name: "take this condition out" }).click();
  await page.locator("output").getByText("3,000", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Lost its tag", exact: true }).waitFor();
  await settle(page);
  expect(await page.getByText("This rule cannot be counted any more").count()).toBe(0);
});
