/** An empty workspace: a file is dropped, a starter taken, a portrait looked at. */
import { expect, test } from "vitest";

import { drop, enter, findBarriers, listen, openBrowser, openContext, settle, shoot, URL_ } from "./browser";
import { speaker } from "./words";

const { say, named } = speaker("en");

test("three steps to the first portrait", async () => {
  const browser = await openBrowser();
  const context = await openContext(browser, "en");
  await enter(context);
  const page = await context.newPage();
  const heard = listen(page);
  await page.goto(URL_);
  await page.getByText(say("first.welcome")).waitFor();
  expect(await findBarriers(page)).toEqual([]);

  const orders = Array.from({ length: 30 }, (_, n) => `1380000${1000 + n},2026-11-${10 + (n % 10)} 10:00:00,order_paid,${20 + n}`);
  await drop(page, ".ant-upload-drag-container", "orders.csv", `mobile,paid_at,event,amount\n${orders.join("\n")}\n`);
  await page.getByLabel(say("first.mapping")).filter({ hasText: "phone: mobile" }).waitFor();
  await shoot(page, "first-en");
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole("button", { name: named("first.import") }).click();
  await page.getByText(say("first.brought", { read: "30", accepted: "30", duplicate: "0" })).waitFor();
  await page.getByRole("button", { name: named("first.next") }).click();

  await page.getByLabel(say("first.choose")).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option").first().click();
  await page.getByRole("button", { name: named("first.apply") }).click();
  await page.getByRole("button", { name: named("first.search") }).click();
  await page.getByRole("main").getByLabel(say("app.find")).fill("13800001003");
  await page.getByRole("main").getByRole("link").first().click();
  await page.getByRole("tab", { name: say("customers.portrait") }).waitFor();
  await settle(page);
  expect(await findBarriers(page)).toEqual([]);
  expect(heard).toEqual([]);
  await browser.close();
});
