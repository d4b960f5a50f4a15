import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { enter, findBarriers, KEY, openBrowser, openContext, PASSWORD, settle, shoot, URL_, USER } from "./browser";

let browser: Browser;
let context: BrowserContext;
let page: Page;
const headers = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" };
const post = (path: string, body: unknown) => fetch(URL_ + path, { method: "POST", headers, body: JSON.stringify(body) });

beforeAll(async () => {
  browser = await openBrowser();
  context = await openContext(browser, "en");
  page = await context.newPage();
});
afterAll(() => browser.close());

/** Chooses in one of the component library's lists, which are drawn while they are open. */
async function choose(label: string, option: string, at = 0): Promise<void> {
  await page.getByLabel(label, { exact: true }).nth(at).click();
  await page.keyboard.type(option);
  await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option").getByText(option, { exact: true }).first().click();
}

test("user name, password, Enter; a wrong one is told without saying which", async () => {
  await page.goto(`${URL_}/audiences?q=x`);
  await page.getByLabel("User name").fill(USER);
  await page.getByLabel("Password").fill("wrong-password");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("The user name or the password is wrong.").waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await shoot(page, "sign-in-en");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Audiences" }).waitFor();
  expect(new URL(page.url()).search).toBe("?q=x");
});

test("build an audience, see it counted, look at it, take it away", async () => {
  await page.goto(`${URL_}/audiences/new`);
  await page.getByRole("button", { name: "Condition" }).click();
  await choose("Choose a tag or behaviour", "Orders in 90 days");
  await page.getByLabel("Value", { exact: true }).fill("2");
  await page.locator(".rule-count").getByText(/people|person/).waitFor();
  const counted = Number((await page.locator("output").innerText()).replace(/\D/g, ""));
  const asked = await post("/api/v1/audiences:estimate", { rule: { orders_90d: { gte: 2 } } });
  expect(counted).toBe(((await asked.json()) as { count: number }).count);
  await page.getByLabel("Name", { exact: true }).fill("e2e_buyers");
  await page.getByLabel("Title", { exact: true }).fill("Buyers");
  await page.keyboard.press("Control+s");
  await page.getByRole("heading", { name: "Buyers" }).waitFor();
  await settle(page);
  await page.getByRole("tab", { name: "Delivery" }).click();
  await page.getByRole("button", { name: "New package" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  expect((await file).suggestedFilename()).toBe("e2e_buyers.csv");
});

test("a session that ends in the middle of an edit keeps the draft", async () => {
  await page.goto(`${URL_}/audiences/e2e_buyers/edit`);
  await page.getByLabel("Title", { exact: true }).fill("Buyers of late");
  await context.clearCookies();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Buyers of late" }).waitFor();
});

test("build a tag, have it reviewed by somebody else, see it live", async () => {
  await page.goto(`${URL_}/tags/new`);
  await page.getByLabel("Name", { exact: true }).fill("e2e_coupons");
  await page.getByLabel("Title in English").fill("Coupons taken");
  await page.getByLabel("Group", { exact: true }).fill("tests");
  await page.getByLabel("Owner", { exact: true }).fill("e2e@example.com");
  await choose("Measure", "times");
  await choose("Event", "paid orders");
  await page.getByText(/Tried on [\d,]+ customers/).waitFor();
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByRole("heading", { name: "Coupons taken" }).waitFor();
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Submit" }).click();
  await page.getByText("in review").first().waitFor();

  const made = await post("/api/v1/users", { name: "e2e_reviewer", role: "reviewer" });
  const { password } = (await made.json()) as { password: string };
  const other = await openContext(browser, "en");
  await enter(other, "e2e_reviewer", password);
  const theirs = await other.newPage();
  await theirs.goto(`${URL_}/tags/reviews`);
  await theirs.getByRole("button", { name: "Approve" }).click();
  await theirs.getByRole("button", { name: "Publish" }).click();
  await theirs.getByText("Nothing waits for a review.").waitFor();
  await other.close();

  await page.goto(`${URL_}/tags/e2e_coupons`);
  await page.locator(".ant-tag").getByText("published", { exact: true }).waitFor();
});

test("split what does not belong together, and see two customers", async () => {
  const graphOf = async (key: string) =>
    (await (await fetch(`${URL_}/api/v1/profiles/${key}`, { headers })).json()) as { customer_id: string; identifiers: { type: string; value: string }[] };
  const members = (await (await fetch(`${URL_}/api/v1/audiences/e2e_buyers/members?limit=2`, { headers })).json()) as { customers: string[] };
  const [one, two] = members.customers;
  const stranger = (await graphOf(two ?? "")).identifiers.find((each) => each.type === "user_id");
  const merged = (await (await post("/api/v1/identities:merge", { keys: [one, `user_id:${stranger?.value}`] })).json()) as { customer_id: string };
  await page.goto(`${URL_}/customers/${merged.customer_id}?tab=identity`);
  await settle(page);
  const row = page.getByRole("row").filter({ hasText: stranger?.value ?? "" }).filter({ has: page.getByRole("button", { name: "Split off" }) });
  await row.last().getByRole("button", { name: "Split off" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("two people");
  await page.getByRole("dialog").getByRole("button", { name: "Split off" }).click();
  await page.getByText("Split off.").waitFor();
  const after = await graphOf(`user_id:${stranger?.value}`);
  expect(after.customer_id).not.toBe(merged.customer_id);
});

test("whoever may not see a page is told what it takes", async () => {
  const made = await post("/api/v1/users", { name: "e2e_viewer", role: "viewer" });
  const { password } = (await made.json()) as { password: string };
  const other = await openContext(browser, "en");
  await enter(other, "e2e_viewer", password);
  const theirs = await other.newPage();
  await theirs.goto(`${URL_}/tags/new`);
  await theirs.getByText("Your role may not see this").waitFor();
  await other.close();
});
