/** What people come for, from its beginning to its end. Each journey stands alone and may be made twice. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { call, choose, enter, findBarriers, openContext, PASSWORD, settle, shoot, URL_, USER } from "./browser";
import { browser, context, page, playIn } from "./stage";

const RULE = { orders_90d: { gte: 2 } };
const RUN = Date.now().toString(36);

playIn("en");

/** Somebody new, in a browser of their own. */
async function openAs(role: string): Promise<Page> {
  const user = `${role}_${RUN}_${Math.random().toString(36).slice(2, 6)}`;
  const { password } = await call<{ password: string }>("POST", "/api/v1/users", { name: user, role });
  const other = await openContext(browser, "en");
  await enter(other, user, password);
  return other.newPage();
}

test("user name, password, Enter; a wrong one is told without saying which", async () => {
  await context.clearCookies();
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
  const name = `buyers_${RUN}`;
  await page.goto(`${URL_}/audiences/new`);
  await page.getByRole("button", { name: "Condition" }).click();
  await choose(page, "Choose a tag or behaviour", "Orders in 90 days");
  await page.getByLabel("Value", { exact: true }).fill("2");
  await page.locator(".rule-count").getByText(/people|person/).waitFor();
  const { count } = await call<{ count: number }>("POST", "/api/v1/audiences:estimate", { rule: RULE });
  expect(Number((await page.locator("output").innerText()).replace(/\D/g, ""))).toBe(count);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Title", { exact: true }).fill("Buyers");
  await page.keyboard.press("Control+s");
  await page.getByRole("heading", { name: "Buyers" }).waitFor();
  await settle(page);
  await shoot(page, "insight-en");
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole("tab", { name: "Delivery" }).click();
  await page.getByRole("button", { name: "New package" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe(`${name}.csv`);
  const lines = (await text(await file.createReadStream())).trim().split("\n");
  expect(lines.length).toBe(count + 1);
});

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

test("a session that ends in the middle of an edit keeps the draft", async () => {
  const name = `kept_${RUN}`;
  await call("POST", "/api/v1/audiences", { name, rule: RULE, title: { en: "Buyers" } });
  await page.goto(`${URL_}/audiences/${name}/edit`);
  await page.getByLabel("Title", { exact: true }).fill("Buyers of late");
  await settle(page); // else what is still asked meets the end of the session before the saving does
  await context.clearCookies();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Buyers of late", exact: true }).waitFor();
});

test("build a tag, have it reviewed by somebody else, see it live", async () => {
  const name = `coupons_${RUN}`;
  await page.goto(`${URL_}/tags/new`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Title in English").fill("Coupons taken");
  await page.getByLabel("Group", { exact: true }).fill("tests");
  await page.getByLabel("Owner", { exact: true }).fill("e2e@example.com");
  await choose(page, "Measure", "times");
  await choose(page, "Event", "paid orders");
  await page.getByText(/Tried on [\d,]+ customers/).waitFor();
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByRole("heading", { name: "Coupons taken" }).waitFor();
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Submit" }).click();
  await page.getByText("in review").first().waitFor();

  const theirs = await openAs("reviewer");
  await theirs.goto(`${URL_}/tags/reviews`);
  const review = theirs.locator(".ant-card").filter({ has: theirs.locator(`a[href="/tags/${name}"]`) });
  await review.getByRole("button", { name: "Approve" }).click();
  await review.getByRole("button", { name: "Publish" }).click();
  await review.waitFor({ state: "detached" });
  await theirs.context().close();

  await page.goto(`${URL_}/tags/${name}`);
  await page.locator(".ant-tag").getByText("published", { exact: true }).waitFor();
});

test("values and the group are given titles where a tag is built; the draft outlives the session, and is reviewed with them", async () => {
  const name = `bought_${RUN}`;
  await page.goto(`${URL_}/tags/new`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Title in English", { exact: true }).fill("Bought lately");
  await page.getByLabel("Group", { exact: true }).fill(`group_${RUN}`);
  await page.getByLabel("Group's title in English").fill("Tests of titles");
  await page.locator(".ant-segmented").getByText("Tiers", { exact: true }).click();
  await page.getByRole("button", { name: "Condition" }).first().click();
  await choose(page, "Choose a tag or behaviour", "Orders in 90 days");
  await page.getByLabel("Value", { exact: true }).fill("2");
  await page.getByLabel("it is", { exact: true }).fill("often");
  await page.getByLabel("Otherwise it is", { exact: true }).fill("rarely");
  await page.getByLabel("Title of often in English").fill("Often");
  await page.getByLabel("Title of often in Chinese").fill("经常");
  await page.locator(".preview").getByText("Often", { exact: true }).first().waitFor();
  await settle(page);
  await shoot(page, "tag-titles-en");
  await context.clearCookies();
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByRole("dialog", { name: "Your session has ended" }).getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Bought lately" }).waitFor();
  const { draft } = await call<{ draft: { definition: { values: unknown; group: unknown } } }>("GET", `/api/v1/tags/${name}`);
  expect(draft.definition.values).toEqual([{ value: "often", title: { en: "Often", zh: "经常" } }]);
  expect(draft.definition.group).toEqual({ [`group_${RUN}`]: { en: "Tests of titles" } });
  await page.goto(`${URL_}/tags/${name}/edit`);
  expect(await page.getByLabel("Title of often in Chinese").inputValue()).toBe("经常");
  expect(await findBarriers(page)).toEqual([]);
});

test("set a tag by hand: its values are offered by their titles, and the portrait says it", async () => {
  const name = `mood_${RUN}`;
  const values = { calm: { zh: "平静", en: "Calm" }, angry: { zh: "生气", en: "Angry" } };
  const { secret } = await call<{ secret: string }>("POST", "/api/v1/keys", { name: `second_${RUN}`, role: "reviewer" });
  const tag = { layer: "fact", group: "tests", owner: "e2e@example.com", title: { en: "Mood", zh: "情绪" }, hand: "text", values };
  await call("PUT", `/api/v1/tags/${name}`, tag);
  await call("POST", `/api/v1/tags/${name}:submit`, {});
  await call("POST", `/api/v1/tags/${name}:approve`, {}, secret);
  await call("POST", `/api/v1/tags/${name}:publish`, {}, secret);
  await page.goto(`${URL_}/customers/c0`);
  await page.getByRole("button", { name: "Set a tag" }).click();
  await settle(page);
  await choose(page, "Tag", "Mood");
  await choose(page, "Value", "Calm");
  await page.getByLabel("Reason", { exact: true }).fill("said so");
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: /^Mood.*Calm/ }).waitFor();
});

interface Known {
  customer_id: string;
  identifiers: { type: string; value: string }[];
}

test("split what does not belong together, and see two customers", async () => {
  const known = (key: string) => call<Known>("GET", `/api/v1/profiles/${key}`);
  await call("POST", "/api/v1/audiences", { name: `merged_${RUN}`, rule: RULE });
  const { customers } = await call<{ customers: string[] }>("GET", `/api/v1/audiences/merged_${RUN}/members?limit=20`);
  const [one = "", ...others] = customers;
  const met = (await Promise.all(others.map(known))).flatMap((other) => other.identifiers);
  const stranger = met.find((each) => each.type === "user_id")?.value ?? ""; // not everybody has signed in once
  const merged = await call<Known>("POST", "/api/v1/identities:merge", { keys: [one, `user_id:${stranger}`] });
  await page.goto(`${URL_}/customers/${merged.customer_id}?tab=identity`);
  await settle(page);
  const row = page.getByRole("row").filter({ hasText: stranger }).filter({ has: page.getByRole("button", { name: "Split off" }) });
  await row.last().getByRole("button", { name: "Split off" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("two people");
  await page.getByRole("dialog").getByRole("button", { name: "Split off" }).click();
  await page.getByText("Split off.").waitFor();
  expect((await known(`user_id:${stranger}`)).customer_id).not.toBe((await known(one)).customer_id);
});

test("bring a file, look at a portrait; mend the row that was no event, and find it too", { timeout: 120_000 }, async () => {
  const file = `till_${RUN}.csv`;
  const [good, bad] = ["0", "1"].map((last) => `139${Date.now().toString().slice(-7)}${last}`);
  const rows = `mobile,paid_at,amount\n${good},2026-11-02 10:00:00,120.5\n${bad},the other day,80\n`;
  await page.goto(`${URL_}/data/imports`);
  await page.locator("input[type=file]").setInputFiles({ name: file, mimeType: "text/csv", buffer: Buffer.from(rows) });
  await page.getByLabel("Mapping").filter({ hasText: "phone: mobile" }).waitFor();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("2 rows read: 1 became events").waitFor({ timeout: 90_000 }); // after the models a shop fits first
  await page.goto(`${URL_}/customers?q=${good}`);
  await page.getByRole("main").getByText(new RegExp(`${good}|${good?.slice(0, 3)}\\*`)).first().click();
  await page.waitForURL(/customers\/./);
  await settle(page);
  expect(await findBarriers(page)).toEqual([]);

  await page.goto(`${URL_}/data/rejects`);
  await page.getByRole("row").filter({ hasText: file }).getByRole("button", { name: "Mend" }).click();
  const row = page.getByRole("dialog").getByLabel("Row");
  await row.fill((await row.inputValue()).replace("the other day", "2026-11-03 09:00:00"));
  await page.getByRole("dialog").getByRole("button", { name: "Read it again" }).click();
  await page.getByText("1 became events, 0 are still rejects.").waitFor();
  expect((await call<Known>("GET", `/api/v1/profiles/phone:${bad}`)).identifiers.length).toBe(1);
});

test("whoever may not see a page is told what it takes", async () => {
  const theirs = await openAs("viewer");
  await theirs.goto(`${URL_}/tags/new`);
  await theirs.getByText("Your role may not see this").waitFor();
  await theirs.context().close();
});
