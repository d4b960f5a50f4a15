/** The short way through: somebody comes in by the form, looks at the first page and at one customer. */
import { expect, test } from "vitest";

import { call, findBarriers, listen, openBrowser, openContext, PASSWORD, settle, URL_, USER } from "./browser";

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
