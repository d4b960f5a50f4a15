/** What happens under an open page: the server restarts, the session ends, a tag goes that a rule asks for. */
import { expect, test } from "vitest";

import { choose, findBarriers, PASSWORD, settle, shoot, URL_ } from "./browser";
import { serveAlone, start, stop } from "./server";
import { context, page, playIn } from "./stage";

serveAlone();
playIn("en");

test("the server restarts under an open page: that is said, the draft is there, the page goes on", async () => {
  await page.goto(`${URL_}/audiences/new`);
  await page.getByLabel("Name", { exact: true }).fill("restarted");
  await page.getByLabel("Title", { exact: true }).fill("Written before");
  await settle(page);
  await stop();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The server does not answer", { exact: true }).waitFor();
  await page.getByText("Not saved: the server does not answer.", { exact: false }).waitFor();
  await shoot(page, "limits-away-en");
  expect(await findBarriers(page)).toEqual([]);
  await page.getByLabel("Title", { exact: true }).fill("Written while it was away");
  await start();
  await page.getByText("The server does not answer", { exact: true }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Written while it was away", exact: true }).waitFor();
});

test("a room entered while the server is away says so, and opens by itself when it is back", async () => {
  await page.goto(`${URL_}/`);
  await settle(page);
  await stop();
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Models" }).click();
  const main = page.getByRole("main");
  await main.getByText("The server does not answer", { exact: true }).waitFor();
  await shoot(page, "limits-away-room-en");
  expect(await main.getByText("upgraded").count()).toBe(0);
  await start();
  await main.getByRole("heading", { name: "Models", exact: true }).waitFor();
});

test("a session that ends under the editor of tags or under a note: what was written is saved after the password", async () => {
  const signIn = async () => {
    await page.getByRole("dialog", { name: "Your session has ended" }).getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
  };
  await page.goto(`${URL_}/tags/new`);
  await page.getByLabel("Name", { exact: true }).fill("kept");
  await page.getByLabel("Title in English").fill("Kept through it");
  await choose(page, "Measure", "times");
  await settle(page);
  await context.clearCookies();
  await page.getByRole("button", { name: "Save the draft" }).click();
  await signIn();
  await page.getByRole("heading", { name: "Kept through it" }).waitFor();
  await page.goto(`${URL_}/customers/user_id:U1?tab=notes`);
  await page.getByLabel("Note", { exact: true }).fill("Written before it ended");
  await context.clearCookies();
  await page.keyboard.press("Control+Enter");
  await signIn();
  await expect.poll(() => page.getByLabel("Note", { exact: true }).inputValue(), { timeout: 30_000 }).toBe(""); // saved
  await page.reload();
  await page.getByRole("article").getByText("Written before it ended").waitFor();
});

test("a rule whose tag is gone says which condition it is, and lets it be taken out", async () => {
  const rule = { all: [{ did: "order_paid" }, { renamed_long_ago: { gte: 3 } }] };
  await page.goto(`${URL_}/audiences/new?rule=${encodeURIComponent(JSON.stringify(rule))}`);
  const gone = page.getByRole("alert").filter({ hasText: "There is no tag renamed_long_ago any more" });
  await gone.waitFor();
  await settle(page);
  await shoot(page, "limits-gone-en");
  expect(await findBarriers(page)).toEqual([]);
  await gone.getByRole("button", { name: "take this condition out" }).click();
  await gone.waitFor({ state: "detached" });
  await page.locator("output").getByText("1", { exact: true }).waitFor();
});
