/** A session that ends in the middle of each kind of edit: what was written is saved after the password. */
import { expect, test } from "vitest";

import { enter, PASSWORD, settle, URL_ } from "./browser";
import { findCustomer, listEdits, say } from "./edits";
import { serveAlone } from "./server";
import { context, page, playIn } from "./stage";

serveAlone();
playIn("zh");

test("a session ends under each kind of edit", { timeout: 400_000 }, async () => {
  const wrong: Record<string, string> = {};
  for (const [name, { path, write, send, sent }] of Object.entries(await listEdits(await findCustomer(), Date.now().toString(36)))) {
    page.setDefaultTimeout(20_000);
    const edit = async () => {
      await enter(context);
      await page.goto(URL_ + path);
      await settle(page);
      await write(page);
      await settle(page); // else what is still asked meets the end of the session before the saving does
      await context.clearCookies();
      await send(page);
      await page.getByRole("dialog", { name: say("sign.over") }).getByLabel(say("sign.password")).fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: say("sign.over") }).waitFor({ state: "hidden" });
      await sent(page);
    };
    await edit().catch((error: Error) => (wrong[name] = error.message.slice(0, 300)));
  }
  expect(wrong).toEqual({});
});
