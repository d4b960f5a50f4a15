/** What people do under Data, in either language: bring a file, watch, plan, mend, hand out keys. */
import { describe, expect, test } from "vitest";

import { call, drop, findBarriers, settle, shoot, URL_, type Language } from "./browser";
import { expectNoComplaints, page, playIn } from "./stage";
import { speaker } from "./words";

const RUN = Date.now().toString(36);

describe.each<Language>(["zh", "en"])("data in %s", (language) => {
  const { say, named } = speaker(language);
  playIn(language);
  expectNoComplaints();

  test("a file that is dropped is shown before it is sent; its bad row is mended and read again", async () => {
    const file = `drop_${RUN}_${language}.csv`;
    const phone = `138${Date.now().toString().slice(-8)}`;
    await page.goto(`${URL_}/data/imports`);
    await drop(page, ".ant-upload-drag-container", file, `mobile,paid_at,amount\n${phone},2026-11-02 10:00:00,120.5\n${phone},the other day,80\n`);
    await page.getByLabel(say("first.mapping")).filter({ hasText: "phone: mobile" }).waitFor();
    await page.getByRole("columnheader", { name: "mobile" }).getByText(say("first.as_identify")).waitFor();
    await shoot(page, `import-${language}`);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole("button", { name: named("first.import") }).click();
    await page.getByText(say("first.brought", { read: "2", accepted: "1", duplicate: "0" })).waitFor();
    await page.getByRole("link", { name: say(language === "zh" ? "first.rejected_other" : "first.rejected_one", { shown: "1" }) }).click();

    await page.getByRole("row").filter({ hasText: file }).getByRole("button", { name: named("data.mend") }).click();
    const row = page.getByRole("dialog").getByLabel(say("data.row"));
    await row.fill((await row.inputValue()).replace("the other day", "2026-11-03 09:00:00"));
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: say("data.retry") }).click();
    await page.getByText(say("data.retried", { accepted: "1", rejected: "0" })).waitFor();
  });

  test("a plan is written, what breaks it is seen as it comes and counted", async () => {
    const event = `e2e_${RUN}_${language}`;
    const { secret } = await call<{ secret: string }>("POST", "/api/v1/keys", { name: event, role: "write" });
    await page.goto(`${URL_}/data/plan`);
    const text = page.getByLabel(say("data.written_plan"), { exact: true });
    await text.fill("events: {x: {mode: perhaps}}");
    await page.getByRole("button", { name: named("word.save") }).click();
    await page.getByRole("alert").filter({ hasText: "mode" }).waitFor();
    await text.fill(`events:\n  ${event}:\n    mode: observe\n    properties: {paid: {required: true}}\n`);
    await page.getByRole("button", { name: named("word.save") }).click();
    await page.getByText(say("data.plan_holds")).waitFor();
    expect(await findBarriers(page)).toEqual([]);

    await page.goto(`${URL_}/data/live`);
    await page.getByRole("button", { name: say("data.pause") }).waitFor();
    await send(secret, event);
    const arrival = page.getByRole("row").filter({ hasText: event });
    await arrival.getByText(say("data.outcome_violates")).waitFor();
    await shoot(page, `live-${language}`);
    expect(await findBarriers(page)).toEqual([]);

    await page.goto(`${URL_}/data/plan`);
    await page.getByRole("row").filter({ hasText: event }).filter({ hasText: "paid" }).first().waitFor();
  });

  test("a key is made, its secret is shown once; it is rotated and disabled", async () => {
    const name = `till_${RUN}_${language}`;
    await page.goto(`${URL_}/data/keys`);
    await page.getByRole("button", { name: say("data.new_key") }).click();
    await page.getByRole("dialog").getByLabel(say("word.name"), { exact: true }).fill(name);
    await page.getByRole("dialog").getByRole("button", { name: named("word.add") }).click();
    const first = await readSecret();
    const row = page.getByRole("row").filter({ hasText: name });
    await row.getByRole("button", { name: named("word.edit") }).click();
    const form = page.getByRole("dialog").filter({ hasText: say("data.rate_none") });
    await form.getByLabel(say("data.rate")).fill("250");
    const { keys } = await call<{ keys: { id: string; name: string }[] }>("GET", "/api/v1/keys?limit=1000");
    await call("PATCH", `/api/v1/keys/${keys.find((each) => each.name === name)?.id ?? ""}`, { rate: 9 });
    await form.getByRole("button", { name: named("word.save") }).click();
    await form.getByRole("button", { name: named("state.keep_mine") }).click();
    await form.waitFor({ state: "hidden" });
    await row.getByText("250").waitFor();
    await row.getByRole("button", { name: named("word.edit") }).click();
    await form.waitFor();
    await page.goBack();
    await form.waitFor({ state: "hidden" });
    expect(new URL(page.url()).pathname).toBe("/data/keys");
    await row.getByRole("button", { name: named("data.rotate") }).click();
    await confirm("data.rotate_means");
    expect(await readSecret()).not.toBe(first);
    expect(await findBarriers(page)).toEqual([]);
    await row.getByRole("button", { name: named("data.disable") }).click();
    await confirm("data.disable_means");
    await row.getByText(say("data.disabled")).waitFor();
    await settle(page);
  });

  async function confirm(question: string): Promise<void> {
    await page.getByRole("tooltip").filter({ hasText: say(question) }).getByRole("button", { name: named("word.confirm") }).click();
  }

  /** It is shown this once; the window is closed after. */
  async function readSecret(): Promise<string> {
    const shown = page.getByRole("dialog").filter({ hasText: say("once.keep") });
    const secret = await shown.locator("code").innerText();
    await shown.locator(".ant-modal-footer .ant-btn-primary").click();
    await shown.waitFor({ state: "hidden" });
    return secret.trim();
  }
});

async function send(secret: string, event: string): Promise<void> {
  const answer = await fetch(`${URL_}/v1/track`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${secret}:`).toString("base64")}`, "Content-Type": "application/json" },
    body: JSON.stringify({ userId: `u_${event}`, event, properties: { amount: 3 } }),
  });
  expect(answer.status).toBe(200);
}
