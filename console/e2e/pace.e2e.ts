/** At its limits, with 10,000 tags and 200,000 events of one customer: how long somebody waits for each thing they do.
 * `benches/crowded.py` tells it. */
import { writeFileSync } from "node:fs";

import { afterAll, afterEach, describe, expect, test } from "vitest";

import { settle, URL_ } from "./browser";
import { time, type Pace, type Proof } from "./pace";
import { page, playIn } from "./stage";
import { visit, type Visit } from "./visit";

const TURNS = Number(process.env.LIMNER_VISITS ?? 5);
const VISITED: Record<string, string> = {
  "/": ".figure-value",
  "/tags": '[role="treeitem"]',
  "/tags/t07777": "pre.written",
  "/audiences/new": "output.reach",
  "/audiences/registered": ".bar",
  "/customers/user_id:busy": ".chip",
  "/customers/user_id:busy?tab=timeline": ".happened",
};
const CUSTOMER = "/customers/user_id:busy";
const FIND = "Find a tag";

const visits: Record<string, Visit[]> = {};
const paces: Record<string, Pace[]> = {};
afterAll(() => writeFileSync(process.env.LIMNER_MEASURED ?? "measured.json", JSON.stringify({ visits, paces })));

test.each(Object.entries(VISITED))("%s with nothing cached", { timeout: 120_000 }, async (path, proof) => {
  for (let turn = 0; turn < TURNS; turn += 1) (visits[path] ??= []).push(await visit(path, proof));
});

/** What could not be done. The rest is measured all the same. */
const failed: string[] = [];
afterEach(() => expect(failed.splice(0)).toEqual([]));

/** The same thing several times; ``again``: what brings the page back to before it. */
async function pace(what: string, act: (turn: number) => Promise<void>, proof: (turn: number) => Proof, again?: () => Promise<void>): Promise<void> {
  try {
    for (let turn = 0; turn < TURNS; turn += 1) {
      (paces[what] ??= []).push(await time(page, () => act(turn), proof(turn)));
      await again?.();
    }
  } catch (error) {
    failed.push(`${what}: ${String(error)}`);
  }
}

const open = async (path: string) => {
  await page.goto(URL_ + path);
  await settle(page);
};
const field = (label: string) => page.getByLabel(label, { exact: true });
/** One letter after another, as somebody types. */
const type = (label: string, text: string) => field(label).pressSequentially(text, { delay: 60 });
const goTo = async (day: string) => {
  await field("Go to a day").fill(day);
  await page.keyboard.press("Enter");
};
const leave = async () => {
  await page.keyboard.press("Escape");
  await page.locator(".ant-select-dropdown:visible").waitFor({ state: "hidden" });
};
const leaveDrawer = async () => {
  await page.keyboard.press("Escape");
  await page.locator(".ant-drawer-body").waitFor({ state: "hidden" });
};

async function scroll(over: string, far: number): Promise<void> {
  await page.locator(over).first().hover();
  for (let gone = 0; gone < far; gone += 120) {
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(16);
  }
}

const OFFERED: Proof = { css: ".ant-select-item-option" };
const leaf = (title: string): Proof => ({ css: ".leaf", text: title });

describe("what somebody does", { timeout: 170_000 }, () => {
  playIn("en");

  test("in the catalogue of tags", async () => {
    await open("/tags");
    await pace("search for a tag, letter by letter", (turn) => type(FIND, `times 77${turn}7`), (turn) => leaf(`Orders times 77${turn}7`), () => field(FIND).fill(""));
    await field(FIND).fill("times 777");
    await page.getByText("Orders times 7770", { exact: true }).waitFor();
    await pace("open a tag", (turn) => page.locator(".leaf").getByText(`Orders times 777${turn}`, { exact: true }).click(), (turn) => ({ css: "h1", text: `Orders times 777${turn}` }));
    await field(FIND).fill("times 7");
    await pace("scroll the tree", () => scroll(".leaf", 1_200), () => ({ css: ".leaf" }));
    await pace("tags by layer, by group", (turn) => page.getByText(turn % 2 ? "By group" : "By layer", { exact: true }).click(), () => ({ css: ".leaf" }));
  });

  test("in the builder of audiences", async () => {
    const choose = "Choose a tag or behaviour";
    await open("/audiences/new");
    await page.getByRole("button", { name: "Condition" }).click();
    await pace("open the list of tags", () => field(choose).click(), () => OFFERED, leave);
    await pace("search the list of tags", (turn) => type(choose, `times 77${turn}7`), (turn) => ({ ...OFFERED, text: `Orders times 77${turn}7` }), leave);
  });

  test("on a customer's page", async () => {
    await open("/customers?q=busy");
    await pace("open the customer", () => page.locator("#page tbody a").first().click(), () => ({ css: ".portrait-head" }), async () => {
      await page.goBack();
    });
    await open(CUSTOMER);
    await pace("look on for 11 s", async () => {
      await page.keyboard.press("Shift");
      await page.waitForTimeout(11_000);
    }, () => ({ css: ".chip" }));
    await pace("search its tags, letter by letter", (turn) => type(FIND, `times 77${turn}7`), (turn) => ({ css: ".chip", text: `Orders times 77${turn}7` }), () => field(FIND).fill(""));
    await pace("show empty tags, or not", () => page.getByRole("switch").click(), () => ({ css: ".chip" }));
    await pace("look at a tag", (turn) => page.locator(".chip").nth(turn).click(), () => ({ css: ".ant-drawer-body .stack" }), leaveDrawer);
    await page.getByRole("slider").focus();
    const changed: Proof = { css: '.as-of[style*="0.6"]', gone: true, after: '.as-of[style*="0.6"]' };
    await pace("look at the day before", () => page.keyboard.press("ArrowLeft"), () => changed);
    await open(CUSTOMER);
    await pace("go to its timeline", () => page.getByRole("tab", { name: "Timeline" }).click(), () => ({ css: ".happened" }), () => page.getByRole("tab", { name: "Portrait" }).click());
  });

  test("on a customer's timeline", async () => {
    await open(`${CUSTOMER}?tab=timeline`);
    const kinds = ["Orders", "Visits", "All"];
    const kindAt = (turn: number) => kinds[turn % kinds.length] ?? "";
    await pace("events of a kind", (turn) => page.locator(".ant-segmented").getByText(kindAt(turn), { exact: true }).first().click(), (turn) => ({ css: ".ant-segmented-item-selected", text: kindAt(turn) }));
    await pace("go to a day", (turn) => goTo(`2026-08-0${turn + 1}`), (turn) => ({ css: ".day-head", text: `${turn + 1} Aug 2026` }));
    await pace("to the newest", () => page.getByRole("button", { name: "To the newest" }).click(), () => ({ css: ".day-head", text: "1 Nov 2026" }), () => goTo("2026-08-01"));
    await pace("scroll it", () => scroll(".happened", 3_000), () => ({ css: ".happened" }));
  });

  test("between the rooms", async () => {
    await open("/system");
    const rooms = { Home: ".figure-value", Tags: '[role="treeitem"]', Audiences: "tbody td", Customers: "input" };
    const enter = (room: string) => page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: room }).click();
    for (const [room, proof] of Object.entries(rooms))
      await pace(`go to ${room}`, () => enter(room), () => ({ css: `#page ${proof}` }), () => enter("System"));
    await open("/audiences/registered");
    await pace("choose tags to look at", () => field("Tags to look at").click(), () => OFFERED, leave);
  });
});
