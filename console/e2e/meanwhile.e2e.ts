/** Two people at one thing: whoever saves second sees what the other saved, and loses nothing. */
import { expect, test } from "vitest";

import { call, choose, findBarriers, settle, shoot, URL_ } from "./browser";
import { expectNoComplaints, page, playIn } from "./stage";

const RULE = { orders_90d: { gte: 2 } };
const RUN = Date.now().toString(36);
const TAG = { layer: "fact", group: "tests", owner: "e2e@example.com", fold: { count: "*", of: "order_paid" } };

playIn("en");
expectNoComplaints();

const met = () => page.getByRole("alert").filter({ hasText: "Somebody else saved it meanwhile" });
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

async function open(path: string): Promise<void> {
  await page.goto(URL_ + path);
  await settle(page);
}

test("an audience: theirs is seen beside mine, and mine is saved over it", async () => {
  const name = `both_${RUN}`;
  await call("POST", "/api/v1/audiences", { name, rule: RULE, title: { en: "Before", zh: "之前" } });
  await open(`/audiences/${name}/edit`);
  await page.getByLabel("Title", { exact: true }).fill("Mine");
  await call("POST", "/api/v1/audiences", { name, rule: RULE, title: { en: "Theirs", zh: "他们的" }, alarm: { change: 0.5 } });
  await press("Save");
  await met().waitFor();
  await press("See theirs");
  await page.getByRole("row").filter({ hasText: "title" }).getByText(/Theirs/).first().waitFor();
  await settle(page);
  await shoot(page, "meanwhile-en");
  expect(await findBarriers(page)).toEqual([]);
  await press("Save mine over it");
  await page.getByRole("heading", { name: "Mine", exact: true }).waitFor();
  const saved = await call<{ title: object; alarm: { change: number } }>("GET", `/api/v1/audiences/${name}`);
  expect([saved.title, saved.alarm.change]).toEqual([{ en: "Mine", zh: "他们的" }, 0.5]);
});

test("a draft that is found again after a reload knows that somebody else saved since; theirs is taken", async () => {
  const name = `again_${RUN}`;
  await call("POST", "/api/v1/audiences", { name, rule: RULE, title: { en: "Before" } });
  await open(`/audiences/${name}/edit`);
  await page.getByLabel("Title", { exact: true }).fill("Mine");
  await call("POST", "/api/v1/audiences", { name, rule: RULE, title: { en: "Theirs" } });
  await page.reload();
  await met().waitFor();
  expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("Mine");
  await press("See theirs");
  await press("Take theirs");
  await met().waitFor({ state: "detached" });
  expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("Theirs");
});

test("a tag's draft, and a name that is taken already", async () => {
  const name = `draft_${RUN}`;
  await call("PUT", `/api/v1/tags/${name}`, { ...TAG, title: { en: "Before" } });
  await open(`/tags/${name}/edit`);
  await page.getByLabel("Title in English", { exact: true }).fill("Mine");
  await call("PUT", `/api/v1/tags/${name}`, { ...TAG, title: { en: "Theirs" } });
  await press("Save the draft");
  await met().waitFor();
  await press("Save mine over it");
  await page.getByRole("heading", { name: "Mine", exact: true }).waitFor();

  await open("/tags/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await choose(page, "Measure", "times");
  await press("Save the draft");
  await page.getByText("There is one of this name already.").waitFor();
});

test("a package is changed; what its form does not show stays", async () => {
  const name = `letter_${RUN}`;
  const made = { name, audience: `parcels_${RUN}`, format: "csv", identifiers: { phone: "sha256" }, phone: "e164" };
  await call("POST", "/api/v1/audiences", { name: made.audience, rule: RULE });
  await call("POST", "/api/v1/packages", made);
  await open(`/audiences/${made.audience}?tab=delivery`);
  await page.getByRole("row").filter({ hasText: name }).getByRole("button", { name: "Change" }).click();
  await choose(page, "Format", "XLSX");
  await call("POST", "/api/v1/packages", { ...made, format: "ndjson" });
  await press("Save");
  await met().waitFor();
  await press("Save mine over it");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const { packages } = await call<{ packages: (typeof made)[] }>("GET", "/api/v1/packages");
  expect(packages.find((each) => each.name === name)).toMatchObject({ ...made, format: "xlsx" });
});

test("a package gets a target and a schedule, and loses them again", async () => {
  const name = `brought_${RUN}`;
  await call("POST", "/api/v1/audiences", { name, rule: RULE });
  await call("POST", "/api/v1/packages", { name, audience: name, identifiers: { phone: "md5" } });
  const stored = async () =>
    (await call<{ packages: { name: string; target: unknown; schedule: unknown }[] }>("GET", "/api/v1/packages")).packages.find((each) => each.name === name);
  const row = () => page.getByRole("row").filter({ hasText: name });
  await open(`/audiences/${name}?tab=delivery`);
  await row().getByRole("button", { name: "Change" }).click();
  await choose(page, "To", "a folder");
  await page.getByLabel("Schedule").fill("every now and then");
  await press("Save");
  await page.getByText("This is needed.").waitFor();
  await page.getByLabel("Path", { exact: true }).fill("/tmp/limner-parcels");
  await press("Save");
  await page.getByText("is no schedule").waitFor();
  await page.getByLabel("Schedule").fill("30 2 * * *");
  await settle(page);
  expect(await findBarriers(page)).toEqual([]);
  await press("Save");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await stored()).toMatchObject({ target: { kind: "folder", path: "/tmp/limner-parcels" }, schedule: "30 2 * * *" });
  await row().getByText("a folder").waitFor();
  await row().getByRole("button", { name: "Change" }).click();
  await choose(page, "To", "fetched by hand");
  await press("Save");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await stored()).toMatchObject({ target: null, schedule: null });
});

test("a reviewer approves what was shown, not what came since", async () => {
  const name = `shown_${RUN}`;
  const { secret } = await call<{ secret: string }>("POST", "/api/v1/keys", { name: `author_${RUN}`, role: "analyst" });
  const propose = async (title: string) => {
    await call("PUT", `/api/v1/tags/${name}`, { ...TAG, title: { en: title } }, secret);
    await call("POST", `/api/v1/tags/${name}:submit`, {}, secret);
  };
  await propose("Seen");
  await open("/tags/reviews");
  const review = page.locator(".ant-card").filter({ has: page.locator(`a[href="/tags/${name}"]`) });
  await review.getByText("What changes").click();
  await review.getByRole("row").filter({ hasText: "Title in English" }).getByText("Seen").waitFor();
  await page.route("**/api/v1/reviews", (route) => route.abort()); // the page does not look again by itself
  await call("POST", `/api/v1/tags/${name}:withdraw`, {}, secret);
  await propose("Unseen");
  await review.getByRole("button", { name: "Approve" }).click();
  await page.getByText("Somebody else changed it meanwhile.", { exact: false }).waitFor();
  const shown = await call<{ draft: { stage: string } }>("GET", `/api/v1/tags/${name}`);
  expect(shown.draft.stage).toBe("submitted");
});
