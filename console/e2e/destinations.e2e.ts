/** A destination in either language: made, tried out, told, refused, told again, changed, disabled. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { call, choose, findBarriers, settle, shoot, URL_, type Language } from "./browser";
import { expectNoComplaints, page, playIn } from "./stage";
import { speaker } from "./words";

const RUN = Date.now().toString(36);

let receiver: Server;
let answer = 200;
const heard: { id: string; type: string }[] = [];
const address = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      heard.push({ id: String(request.headers["webhook-id"]), type: (JSON.parse(body) as { type: string }).type });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
});
afterAll(() => receiver.close());

describe.each<Language>(["zh", "en"])("destinations in %s", (language) => {
  const { say, named } = speaker(language);
  playIn(language);
  expectNoComplaints();
  const name = `crm_${RUN}_${language}`;
  const row = () => page.getByRole("row").filter({ hasText: address() }).filter({ hasText: name });
  const press = (key: string) => page.getByRole("dialog").getByRole("button", { name: named(key) }).click();

  test("it is made, and its secret is shown once; private networks are refused unless allowed; it is tried out", async () => {
    answer = 200;
    await page.goto(`${URL_}/data/destinations`);
    await page.getByRole("button", { name: say("destination.new") }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel(say("word.name"), { exact: true }).fill(name);
    await form.getByLabel(say("destination.url"), { exact: true }).fill(address());
    await choose(page, say("room.tags"), language === "zh" ? "近90天订单数" : "Orders in 90 days");
    await form.locator(".ant-modal-title").click();
    expect(new URL(page.url()).searchParams.get("new")).toBe("1");
    await press("word.add");
    await form.getByRole("alert").filter({ hasText: language === "zh" ? "请允许内网地址" : "--allow-private" }).waitFor();
    await form.getByRole("switch").click();
    expect(await findBarriers(page)).toEqual([]);
    await press("word.add");
    const once = page.getByRole("dialog").filter({ hasText: say("destination.keep") });
    expect(await once.locator("code").innerText()).toMatch(/^whsec_/);
    await once.locator(".ant-modal-footer .ant-btn-primary").click();
    await row().getByText(say("data.in_use")).waitFor();
    await row().getByRole("button", { name: named("destination.test") }).click();
    await page.getByText("200 OK").first().waitFor();
    expect(heard.at(-1)?.type).toBe("limner.test");
    answer = 503;
    await row().getByRole("button", { name: named("destination.test") }).click();
    await page.getByText(say("destination.test_refused", { reason: language === "zh" ? "对方暂时不可用（503）" : "503" }), { exact: false }).waitFor();
  });

  test("what it will not take is seen with its reason, and delivered when it is tried again", async () => {
    answer = 422;
    await buy(`u_${name}`);
    await page.goto(`${URL_}/data/destinations?dead=${name}`);
    const dead = page.getByRole("row").filter({ hasText: "422" });
    await dead.first().waitFor({ timeout: 30_000 });
    await dead.first().locator(".ant-table-row-expand-icon").click();
    await page.getByText("tag.changed").first().waitFor();
    await settle(page);
    await shoot(page, `destinations-${language}`);
    expect(await findBarriers(page)).toEqual([]);
    answer = 200;
    const before = heard.length;
    await page.getByRole("button", { name: named("destination.retry_all") }).click();
    await page.getByText(say("destination.no_dead")).waitFor({ timeout: 30_000 });
    await expect.poll(() => heard.slice(before).some((each) => each.type === "tag.changed"), { timeout: 30_000 }).toBe(true);
    await row().getByText(say("destination.never")).waitFor({ state: "detached", timeout: 30_000 });
  });

  test("what it was told is sent again: how many letters is said before, how far it is afterwards", async () => {
    answer = 200;
    const { letters, last } = await call<{ letters: number; last: number }>("GET", `/api/v1/destinations/${name}:replay`);
    const before = heard.length;
    await page.goto(`${URL_}/data/destinations`);
    await row().getByRole("button", { name: named("destination.replay") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(say(letters === 1 ? "destination.replay_letters_one" : "destination.replay_letters_other", { shown: letters.toLocaleString("en") }), { exact: true }).waitFor();
    await dialog.locator(".ant-segmented").getByText(say("destination.replay_from"), { exact: true }).click();
    await dialog.locator("#replay-from").fill(String(last + 5));
    await dialog.getByRole("alert").waitFor();
    expect(await dialog.getByRole("button", { name: say("destination.replay_do") }).isDisabled()).toBe(true);
    await dialog.locator("#replay-from").fill("1");
    await page.waitForURL(/from=1(&|$)/);
    await page.reload();
    await dialog.locator("#replay-from").waitFor();
    await settle(page);
    await shoot(page, `replay-${language}`);
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole("button", { name: say("destination.replay_do") }).click();
    await page.locator(".ant-popover:visible").getByRole("button", { name: named("word.confirm") }).click();
    await dialog.getByText(say("destination.replayed")).waitFor({ timeout: 30_000 });
    expect(new Set(heard.slice(before).map((each) => each.id)).size).toBe(letters);
    expect(new URL(page.url()).searchParams.get("told")).toBe(`1-${last}`);
  });

  test("it is changed where somebody else changed it meanwhile, disabled and enabled", async () => {
    await page.goto(`${URL_}/data/destinations`);
    await row().getByRole("button", { name: named("word.edit") }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel(say("destination.url"), { exact: true }).fill(`${address()}?of=mine`);
    await call("PATCH", `/api/v1/destinations/${name}`, { url: `${address()}?of=theirs` });
    await press("word.save");
    await press("state.see_theirs");
    await form.getByText("of=theirs").first().waitFor();
    await press("state.keep_mine");
    await form.waitFor({ state: "hidden" });
    await row().getByText("of=mine").waitFor();
    await row().getByRole("button", { name: named("data.disable") }).click();
    await page.getByRole("tooltip").filter({ hasText: say("destination.disable_means") }).getByRole("button", { name: named("word.confirm") }).click();
    await row().getByRole("button", { name: named("destination.enable") }).click();
    await row().getByText(say("data.in_use")).waitFor();
    await settle(page);
    await call("POST", `/api/v1/destinations/${name}:disable`);
  });
});

/** An order of somebody new: a tag that the destination hears of changes. */
async function buy(who: string): Promise<void> {
  const { secret } = await call<{ secret: string }>("POST", "/api/v1/keys", { name: who, role: "write" });
  const told = await fetch(`${URL_}/v1/track`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${secret}:`).toString("base64")}`, "Content-Type": "application/json" },
    body: JSON.stringify({ userId: who, event: "order_paid", properties: { amount: 30 } }),
  });
  expect(told.status).toBe(200);
}
