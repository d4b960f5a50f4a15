/** The short way through: somebody comes in by the form, looks at the first page and at one customer. */
import { expect, test } from "vitest";

import { call, enter, findBarriers, listen, openBrowser, openContext, PASSWORD, settle, URL_, USER } from "./browser";

/** Milliseconds; some pages ask again every five seconds. */
const SOON = 4_000;

test("come in, see the first page and one customer, without barriers", async () => {
  const browser = await openBrowser();
  const page = await (await openContext(browser, "en")).newPage();
  const heard = listen(page);
  await page.goto(URL_);
  await page.getByLabel("User name").fill(USER);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  const { customers } = await call<{ customers: number }>("GET", "/api/v1/overview");
  await page.getByRole("main").getByText(customers.toLocaleString("en-GB"), { exact: true }).first().waitFor();
  await settle(page);
  expect(await findBarriers(page)).toEqual([]);
  await page.goto(`${URL_}/customers/c0`);
  await page.getByRole("tab", { name: "Portrait" }).waitFor();
  await settle(page);
  expect(await findBarriers(page)).toEqual([]);
  expect(heard).toEqual([]);
  await browser.close();
});

test("what a page asks ahead it does not ask again", async () => {
  const browser = await openBrowser();
  const context = await openContext(browser, "en");
  await enter(context);
  for (const path of ["/", "/customers/c0", "/tags", "/audiences", "/models", "/personas", "/system"]) {
    const page = await context.newPage();
    const asked = new Map<string, number>();
    const again: string[] = [];
    page.on("request", (request) => {
      if (request.method() !== "GET" || !request.url().includes("/api/")) return;
      const before = asked.get(request.url());
      if (before !== undefined && Date.now() - before < SOON) again.push(request.url());
      asked.set(request.url(), Date.now());
    });
    await page.goto(URL_ + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await settle(page);
    expect(again, path).toEqual([]);
    await page.close();
  }
  await browser.close();
});
