/** What people write in the console, kind by kind: where, how it is sent, and how one sees that it was. In Chinese. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

import { call, choose } from "./browser";
import { PAGES } from "./places";
import { speaker } from "./words";

export const { say, named } = speaker("zh");

export interface Edit {
  path: string;
  write: (page: Page) => Promise<unknown>;
  send: (page: Page) => Promise<unknown>;
  /** What was written is still there. */
  holds: (page: Page) => Promise<unknown>;
  sent: (page: Page) => Promise<unknown>;
}

export const dialog = (page: Page) => page.getByRole("dialog").filter({ visible: true }).first();
export const press = (at: Page | Locator, key: string) => at.getByRole("button", { name: named(key) }).filter({ visible: true }).first().click();
export const shown = (found: Locator) => found.first().waitFor();
/** A tab may be called as the field in it. */
const field = (at: Page | Locator, label: string) => at.locator("input, textarea").and(at.getByLabel(say(label), { exact: true }));
const keeps = (at: (page: Page) => Locator, text: string) => async (page: Page) => expect(await at(page).inputValue()).toBe(text);
const writes = (label: string, text: string) => ({
  write: (page: Page) => field(page, label).fill(text),
  holds: keeps((page) => field(page, label), text),
});

/** A field in a dialog, which closes when it is saved. */
function inDialog(path: string, label: string, text: string, button: string, more: (page: Page) => Promise<unknown> = () => Promise.resolve()): Edit {
  const at = (page: Page) => field(dialog(page), label);
  return {
    path,
    write: async (page) => {
      await more(page);
      await at(page).fill(text);
    },
    send: (page) => press(dialog(page), button),
    holds: keeps(at, text),
    sent: (page) => field(page, label).waitFor({ state: "hidden" }),
  };
}

/** ``run``: what names it may use; each kind can be sent once with it. */
export async function listEdits(customer: string, run: string): Promise<Record<string, Edit>> {
  const note = `写在其间 ${run}`;
  const { secret } = await call<{ secret: string }>("POST", "/api/v1/keys", { name: `kept_${run}`, role: "analyst" });
  const draft = { layer: "fact", group: "tests", owner: "e2e@example.com", title: { zh: `待审 ${run}` }, fold: { count: "*", of: "order_paid" } };
  await call("PUT", `/api/v1/tags/reviewed_${run}`, draft, secret);
  await call("POST", `/api/v1/tags/reviewed_${run}:submit`, {}, secret);
  const { keys } = await call<{ keys: { id: string; name: string }[] }>("GET", "/api/v1/keys?limit=1000");
  const { personas } = await call<{ personas: { persona: string }[] }>("GET", "/api/v1/personas");
  const card = (page: Page) => page.locator(".ant-card").filter({ has: page.locator(`a[href="/tags/reviewed_${run}"]`) });
  const destination = async (page: Page) => {
    await field(dialog(page), "destination.url").fill("https://example.com/hook");
    await choose(page, say("room.audiences"), "中高价值客户");
    await dialog(page).locator(".ant-modal-title").click();
  };
  return {
    "set a tag": inDialog(`/customers/${customer}?do=set`, "word.reason", note, "word.save", async (page) => {
      await choose(page, say("customers.tag"), "情绪");
      await dialog(page).getByLabel(say("word.value"), { exact: true }).fill("平静");
    }),
    form: inDialog(`/customers/${customer}?do=form`, "word.reason", note, "word.save", (page) => dialog(page).getByLabel("情绪", { exact: true }).fill("平静")),
    split: {
      path: `/customers/${customer}?tab=identity`,
      write: async (page) => {
        await press(page.getByRole("table"), "customers.split");
        await field(dialog(page), "word.reason").fill(note);
      },
      send: (page) => press(dialog(page), "customers.split"),
      holds: keeps((page) => field(dialog(page), "word.reason"), note),
      sent: (page) => shown(page.getByText(say("customers.split_done"))),
    },
    note: {
      path: `/customers/${customer}?tab=notes`,
      ...writes("customers.note", note),
      send: (page) => press(page, "customers.add_note"),
      sent: (page) => expect.poll(() => field(page, "customers.note").inputValue(), { timeout: 30_000 }).toBe(""),
    },
    tag: {
      path: "/tags/spend_90d/edit",
      ...writes("tags.title_zh", note),
      send: (page) => press(page, "tags.save_draft"),
      sent: (page) => shown(page.getByText(say("tags.draft_saved"))),
    },
    review: {
      path: "/tags/reviews",
      write: (page) => field(card(page), "word.reason").fill(note),
      send: (page) => press(card(page), "step.refuse"),
      holds: keeps((page) => field(card(page), "word.reason"), note),
      sent: (page) => card(page).waitFor({ state: "detached" }),
    },
    audience: {
      path: "/audiences/e2e_worthy/edit",
      ...writes("word.title", "中高价值客户"),
      write: async (page) => {
        await field(page, "word.title").fill("改过");
        await field(page, "word.title").fill("中高价值客户");
      },
      send: (page) => press(page, "word.save"),
      sent: (page) => shown(page.getByRole("tab", { name: say("audiences.insight") })),
    },
    package: inDialog("/audiences/e2e_worthy?tab=delivery&parcel=*", "word.name", `kept_${run}`, "word.save"),
    persona: inDialog(`/personas?write=${personas[0]?.persona ?? ""}`, "personas.summary", note, "word.save"),
    key: inDialog("/data/keys?new=1", "word.name", `made_${run}`, "word.add"),
    "change of a key": inDialog(`/data/keys?change=${keys.find((each) => each.name === `kept_${run}`)?.id ?? ""}`, "word.name", `changed_${run}`, "word.save"),
    destination: inDialog("/data/destinations?new=1", "word.name", `kept_${run}`, "word.add", destination),
    user: inDialog("/system/users?new=1", "sign.user", `kept_${run}`, "word.add"),
    plan: {
      path: PAGES.plan ?? "",
      ...writes("data.written_plan", `events:\n  order_paid: {mode: observe}\n# ${run}\n`),
      send: (page) => press(page, "word.save"),
      sent: (page) => shown(page.getByText(say("data.plan_holds"))),
    },
    reject: {
      path: PAGES.rejects ?? "",
      write: async (page) => {
        await press(page.getByRole("table"), "data.mend");
        await field(dialog(page), "data.row").fill(note);
      },
      send: (page) => press(dialog(page), "data.retry"),
      holds: keeps((page) => field(dialog(page), "data.row"), note),
      sent: (page) => shown(page.getByText(say("data.still_rejected"))),
    },
    import: {
      path: PAGES.imports ?? "",
      write: async (page) => {
        const buffer = Buffer.from("mobile,paid_at,amount\n13900000009,2026-11-02 10:00:00,1\n");
        await page.locator("input[type=file]").setInputFiles({ name: `kept_${run}.csv`, mimeType: "text/csv", buffer });
        const mapping = field(page, "first.mapping");
        await mapping.fill(`${await mapping.inputValue()}# ${run}\n`);
      },
      send: (page) => press(page, "first.import"),
      holds: async (page) => expect(await field(page, "first.mapping").inputValue()).toContain(`# ${run}`),
      sent: (page) => page.getByText(say("first.brought", { read: "1", accepted: "1", duplicate: "0" })).or(page.getByText(say("first.brought", { read: "1", accepted: "0", duplicate: "1" }))).waitFor({ timeout: 90_000 }),
    },
  };
}

/** Somebody to write about, a tag that is set by hand, and cards of personas. */
export async function findCustomer(): Promise<string> {
  const rule = { value_tier: ["中", "高"] };
  await call("POST", "/api/v1/audiences", { name: "e2e_worthy", rule, title: { zh: "中高价值客户", en: "Valuable customers" } });
  await call("POST", "/api/v1/personas:fit", { count: 3 });
  return (await call<{ customers: string[] }>("GET", "/api/v1/audiences/e2e_worthy/members?limit=1")).customers[0] ?? "";
}
