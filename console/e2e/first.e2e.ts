/** The first steps on an empty workspace, to their end: a file is dropped, seen, brought in; a starter is taken; a portrait
 * is looked at. LIMNER_LANGUAGE is the reader's. */
import { expect, test } from "vitest";

import { drop, findBarriers, type Language, settle, shoot, URL_ } from "./browser";
import { serveAlone } from "./server";
import { expectNoComplaints, page, playIn } from "./stage";
import { speaker } from "./words";

const DAYS = ["2026-11-02", "2026-11-09", "2026-11-20"];
const LINES = DAYS.flatMap((day, at) => ["13900000001", "13900000002"].map((phone) => `${phone},order_paid,${day} 10:00:00,${80 + at},A${at}`));
const FILE = `手机号,事件,支付时间,amount,商品 编号\n${LINES.join("\n")}\n13900000003,order_paid,the other day,80,A1\n13900000004,order_paid,,80,A1\n`;
const LANGUAGE: Language = process.env.LIMNER_LANGUAGE === "en" ? "en" : "zh";
const RETAIL = { en: "Retail", zh: "零售" }[LANGUAGE];
const { say, named } = speaker(LANGUAGE);

serveAlone();
playIn(LANGUAGE);
expectNoComplaints();

test("from nothing to a portrait", async () => {
  await page.goto(URL_);
  await page.getByText(say("first.welcome")).waitFor();
  await settle(page);
  await shoot(page, `first-${LANGUAGE}`);
  expect(await findBarriers(page)).toEqual([]);

  await drop(page, ".ant-upload-drag-container", "till.csv", FILE);
  await page.getByRole("columnheader", { name: "手机号" }).getByText(say("first.as_identify")).waitFor();
  await page.getByRole("columnheader", { name: "支付时间" }).getByText(say("first.as_time")).waitFor();
  const mapping = page.getByLabel(say("first.mapping"));
  expect(await mapping.inputValue()).toContain('event: {column: "事件"}');
  await settle(page);
  await shoot(page, `first-mapping-${LANGUAGE}`);
  await page.getByRole("button", { name: named("first.import") }).click();
  await page.getByText(say("first.brought", { read: "8", accepted: "6", duplicate: "0" })).waitFor();
  await page.getByRole("link", { name: say("first.rejected_other", { shown: "2" }) }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole("button", { name: named("first.next") }).click();

  await page.getByLabel(say("first.choose")).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: RETAIL }).first().click();
  await page.getByRole("button", { name: named("first.apply") }).click();
  await page.getByText(say("first.look_means")).waitFor({ timeout: 40_000 });
  const row = page.getByRole("row").filter({ hasText: /139/ }).first();
  await row.waitFor();
  await settle(page);
  await shoot(page, `first-look-${LANGUAGE}`);
  expect(await findBarriers(page)).toEqual([]);
  await row.getByRole("link").click();
  await page.waitForURL(/customers\/c\d/);
  await page.locator(".chip").first().waitFor();
  await settle(page);
  await shoot(page, `first-portrait-${LANGUAGE}`);
}, 120_000);
