/** The server restarts under every page and tab at once while somebody does something there: each says so, loses nothing
 * that was written, and goes on by itself. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { call, openContext, settle, URL_ } from "./browser";
import { findCustomer, listEdits, press, say, shown, type Edit } from "./edits";
import { PAGES } from "./places";
import { serveAlone, start, stop } from "./server";
import { browser, context, playIn } from "./stage";

/** Pages that are opened at a time. */
const AT_ONCE = 4;

serveAlone();
playIn("zh");

interface Place {
  path: string;
  /** Before the server goes away. */
  open?: (page: Page) => Promise<unknown>;
  /** What somebody does while it is away. */
  act?: (page: Page) => Promise<unknown>;
  /** What they see of it once it is back. */
  then?: (page: Page) => Promise<unknown>;
}

/** What is sent while the server is away is not saved, which is said; it is still there afterwards, and is sent. */
function interrupt({ path, write, send, holds, sent }: Edit): Place {
  return {
    path,
    open: write,
    act: async (page) => {
      await send(page);
      await shown(page.getByText(say("state.not_saved")).or(page.getByText(say("state.not_done"))));
    },
    then: async (page) => {
      await holds(page);
      await send(page);
      await sent(page);
    },
  };
}

async function listLooks(customer: string): Promise<Record<string, Place>> {
  const { models } = await call<{ models: { name: string }[] }>("GET", "/api/v1/models");
  const at = (name: string) => (PAGES[name] ?? "").replace("CUSTOMER", customer);
  const tab = (key: string) => (page: Page) => page.getByRole("tab", { name: say(key), exact: true }).click();
  const value = (page: Page) => page.getByRole("spinbutton", { name: say("word.value"), exact: true }).first();
  const refused = (page: Page) => shown(page.getByText(say("state.not_done")));
  return {
    home: { path: at("home") },
    customers: { path: at("customers"), act: (page) => press(page, "customers.next_page"), then: (page) => shown(page.getByText(/^第 21–/)) },
    find: {
      path: "/customers",
      act: (page) => page.getByRole("main").getByLabel(say("app.find")).fill("VIP"),
      then: (page) => shown(page.getByRole("main").getByRole("link", { name: /^VIP/ })),
    },
    customer: { path: at("customer"), act: (page) => page.locator(".chip").first().click(), then: (page) => shown(page.getByRole("dialog").getByText(say("customers.history"))) },
    "another tab of it": { path: at("customer"), act: tab("customers.identity"), then: (page) => shown(page.locator(".chart canvas")) },
    timeline: { path: at("timeline"), act: (page) => page.locator(".ant-segmented").getByText(say("kind.order")).click(), then: (page) => shown(page.locator(".happened")) },
    tags: { path: at("tags"), act: tab("tags.lineage"), then: (page) => shown(page.locator(".chart canvas")) },
    "another tag": { path: "/tags", act: (page) => page.locator(".leaf").first().click(), then: (page) => shown(page.getByRole("tab", { name: say("tags.meaning") })) },
    audiences: { path: at("audiences"), act: (page) => page.getByRole("link", { name: "中高价值客户" }).click(), then: (page) => shown(page.getByRole("tab", { name: say("audiences.insight") })) },
    audience: { path: at("audience"), act: tab("audiences.snapshots"), then: (page) => shown(page.getByRole("button", { name: say("audiences.take") })) },
    count: {
      path: at("audience-edit"),
      act: (page) => value(page).fill("7"),
      then: async (page) => {
        expect(await value(page).inputValue()).toBe("7");
        await shown(page.locator("output").getByText(/^\d+$/));
      },
    },
    models: { path: at("models"), act: (page) => page.locator(".model-card").first().click(), then: (page) => shown(page.getByText(say("models.versions"))) },
    model: { path: `/models/${models[0]?.name ?? ""}`, act: async (page) => press(page, "models.fit").then(() => refused(page)) },
    actions: { path: at("actions"), act: async (page) => press(page, "actions.try").then(() => refused(page)) },
    personas: { path: at("personas"), act: async (page) => press(page, "personas.seek").then(() => refused(page)) },
    live: { path: "/data/live" },
    jobs: { path: at("jobs") },
    system: { path: at("system") },
    audit: {
      path: at("audit"),
      act: async (page) => {
        await page.getByLabel(say("system.subject")).fill("e2e_worthy");
        await page.keyboard.press("Enter");
      },
      then: (page) => shown(page.getByRole("cell", { name: "e2e_worthy", exact: true })),
    },
    settings: { path: at("settings"), act: tab("system.users"), then: (page) => shown(page.getByText(say("system.by_password"))) },
  };
}

test("the server restarts under every page at once", { timeout: 500_000 }, async () => {
  const customer = await findCustomer();
  const edits = await listEdits(customer, Date.now().toString(36));
  const places = { ...(await listLooks(customer)), ...Object.fromEntries(Object.entries(edits).map(([name, edit]) => [`write: ${name}`, interrupt(edit)])) };
  const storageState = await context.storageState();
  const heard: string[] = [];
  const wrong: Record<string, string> = {};
  const open = async ([name, place]: [string, Place]) => {
    const page = await (await openContext(browser, "zh", { storageState })).newPage(); // a browser has few lines to one server
    page.on("pageerror", (error) => heard.push(`${name}: ${error.message}`));
    await page.goto(URL_ + place.path);
    await settle(page);
    page.setDefaultTimeout(15_000);
    return { name, place, page };
  };
  const opened: Awaited<ReturnType<typeof open>>[] = [];
  const all = Object.entries(places);
  for (let first = 0; first < all.length; first += AT_ONCE) opened.push(...(await Promise.all(all.slice(first, first + AT_ONCE).map(open))));
  const tryAll = async (what: string, each: (page: Page, place: Place) => Promise<unknown>) => {
    for (const { name, place, page } of opened) if (!wrong[name]) await each(page, place).catch((error: Error) => (wrong[name] = `${what}: ${error.message.slice(0, 300)}`));
  };
  await tryAll("open", async (page, place) => place.open?.(page));
  await stop();
  await tryAll("act", async (page, place) => place.act?.(page));
  await tryAll("said", (page) => page.locator(".away").waitFor({ timeout: 20_000 }));
  await start();
  await tryAll("back", (page) => page.locator(".away").waitFor({ state: "detached" }));
  await tryAll("then", async (page, place) => place.then?.(page));
  await tryAll("whole", async (page) => {
    await settle(page);
    expect(await page.getByRole("main").getByText(say("state.away"), { exact: true }).count()).toBe(0);
  });
  expect({ wrong, heard }).toEqual({ wrong: {}, heard: [] });
});
