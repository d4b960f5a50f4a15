/** What an administrator does under System, in either language. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { call, choose, enter, findBarriers, listen, openBrowser, openContext, settle, shoot, URL_, type Language } from "./browser";
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

  test("somebody changes their own password by keyboard: what is wrong is said, only their other sessions end", async () => {
    const own = `own_${name}`;
    const { password } = await call<{ password: string }>("POST", "/api/v1/users", { name: own, role: "viewer" });
    const fresh = `${own} has a longer one`;
    const [here, elsewhere] = [await openContext(browser, language), await openContext(browser, language)];
    await enter(here, own, password);
    await enter(elsewhere, own, password);
    const theirs = await here.newPage();
    const complaints = listen(theirs);
    await theirs.goto(`${URL_}/tags`);
    await settle(theirs);
    await theirs.getByRole("button", { name: say("app.account", { name: own }) }).focus();
    await theirs.keyboard.press("Enter");
    await theirs.getByRole("menuitem", { name: say("password.change") }).click();
    const dialog = theirs.getByRole("dialog").filter({ hasText: say("password.means") });
    await dialog.waitFor();
    await theirs.goBack();
    await dialog.waitFor({ state: "hidden" });
    await theirs.goForward();
    const fill = async (...texts: string[]) => {
      await expect.poll(() => dialog.getByLabel(say("password.old"), { exact: true }).evaluate((field) => field === document.activeElement)).toBe(true);
      for (const [at, text] of texts.entries()) {
        await theirs.keyboard.press("Control+a");
        await theirs.keyboard.type(text);
        for (let step = 0; step < 2 && at < texts.length - 1; step++) await theirs.keyboard.press("Tab"); // past what shows the letters
      }
      await theirs.keyboard.press("Enter");
    };
    await fill("not this one", fresh, fresh);
    await dialog.getByText(say("password.wrong")).waitFor();
    await shoot(theirs, `password-${language}`);
    expect(await findBarriers(theirs)).toEqual([]);
    await fill(password, fresh, fresh);
    await theirs.getByText(say("password.changed")).waitFor();
    await dialog.waitFor({ state: "hidden" });
    expect(new URL(theirs.url()).search).toBe("");
    const status = async (context: BrowserContext) => (await context.request.get(`${URL_}/api/v1/session`)).status();
    expect([await status(here), await status(elsewhere)]).toEqual([200, 401]);
    await enter(elsewhere, own, fresh);
    expect(complaints).toEqual([]);
    await here.close();
    await elsewhere.close();
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
