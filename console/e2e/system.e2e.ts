/** What an administrator does under System, in either language. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { choose, enter, findBarriers, listen, openBrowser, openContext, settle, shoot, URL_, type Language } from "./browser";
import { speaker } from "./words";

const RUN = Date.now().toString(36);

describe.each<Language>(["zh", "en"])("system in %s", (language) => {
  const { say, named } = speaker(language);
  const name = `eve_${RUN}_${language}`;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let heard: string[];

  beforeAll(async () => {
    browser = await openBrowser();
    context = await openContext(browser, language);
    await enter(context);
    page = await context.newPage();
    heard = listen(page);
  });
  afterAll(async () => {
    await browser.close();
    expect(heard).toEqual([]);
  });

  test("somebody is let in, given another role, signed out and kept out", async () => {
    await page.goto(`${URL_}/system/users`);
    await page.getByRole("button", { name: say("system.new_user") }).click();
    const dialog = page.getByRole("dialog").filter({ hasText: say("system.generated") });
    await dialog.getByLabel(say("sign.user")).fill(name);
    await dialog.getByRole("button", { name: named("word.add") }).click();
    const shown = page.getByRole("dialog").filter({ hasText: say("once.keep") });
    const password = (await shown.locator("code").innerText()).trim();
    await shown.locator(".ant-modal-footer .ant-btn-primary").click();
    const theirs = await openContext(browser, language);
    await enter(theirs, name, password);

    await choose(page, say("system.role_of", { name }), say("role.analyst"));
    await expect.poll(async () => (await theirs.request.get(`${URL_}/api/v1/session`)).status()).toBe(401);
    await enter(theirs, name, password);
    expect(((await (await theirs.request.get(`${URL_}/api/v1/session`)).json()) as { role: string }).role).toBe("analyst");

    const row = page.getByRole("row").filter({ hasText: name });
    await row.getByRole("button", { name: named("word.edit") }).click();
    await page.getByRole("menuitem", { name: say("system.disable") }).click();
    await page.getByRole("dialog").filter({ hasText: say("system.disable_means", { name }) }).locator(".ant-btn-primary").click();
    await row.getByText(say("data.disabled")).waitFor();
    await expect(enter(theirs, name, password)).rejects.toThrow("401");
    await theirs.close();
    await settle(page);
    await shoot(page, `users-${language}`);
    expect(await findBarriers(page)).toEqual([]);
  });

  test("the audit tells it, and finds it by its subject", async () => {
    await page.goto(`${URL_}/system/audit`);
    await page.getByRole("searchbox", { name: say("system.subject") }).fill(name);
    await page.keyboard.press("Enter");
    await page.getByRole("row").filter({ hasText: name }).nth(2).waitFor();
    expect(new URL(page.url()).searchParams.get("subject")).toBe(name);
    await settle(page);
    expect(await findBarriers(page)).toEqual([]);
  });

  test("health and settings say what they mean", async () => {
    await page.goto(`${URL_}/system/health`);
    await page.getByText(say("system.live_on"), { exact: true }).waitFor();
    await page.goto(`${URL_}/system/settings`);
    await page.getByRole("row").filter({ hasText: "timezone" }).getByText("Asia/Shanghai").first().waitFor();
    await page.getByText(say("setting.jobs_at_once")).waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });
});
