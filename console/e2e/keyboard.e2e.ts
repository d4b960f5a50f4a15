/** Without a mouse: a customer is found and read, an audience is built and saved. */
import { expect, test } from "vitest";

import { call, settle, URL_ } from "./browser";
import { context, page, playIn } from "./stage";

const RUN = Date.now().toString(36);

playIn("en");

/** Goes on with Tab until what has the focus answers to this name. */
async function tabTo(name: string | RegExp, role?: string): Promise<void> {
  for (let steps = 0; steps < 80; steps++) {
    await page.keyboard.press("Tab");
    const told = await page.evaluate(() => {
      const held = document.activeElement as HTMLElement | null;
      const label = held?.getAttribute("aria-label") ?? (held as HTMLInputElement | null)?.labels?.[0]?.textContent ?? held?.textContent ?? "";
      return { label: label.trim(), role: held?.getAttribute("role") ?? held?.tagName.toLowerCase() ?? "" };
    });
    if ((typeof name === "string" ? told.label === name : name.test(told.label)) && (!role || told.role === role)) return;
  }
  throw new Error(`no Tab comes to ${String(name)}`);
}

test("what has the focus is seen, and the first Tab leads past the rooms", async () => {
  await page.goto(URL_);
  await settle(page);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("To the page");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
});

test("a customer is found with the keyboard, its tags are opened and closed", async () => {
  const { identifiers } = await call<{ identifiers: { type: string; value: string }[] }>("GET", "/api/v1/profiles/c3");
  const known = identifiers.find((each) => each.type === "user_id")?.value ?? "";
  await page.goto(URL_);
  await settle(page);
  await page.keyboard.press("/");
  await page.keyboard.type(known);
  await page.getByRole("option").first().waitFor({ state: "attached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/customers\/c\d+/);
  await settle(page);
  await tabTo(/Portrait$/, "tab");
  await tabTo("Find a tag");
  const all = await page.locator(".chip").count();
  await page.keyboard.type("spen");
  expect(await page.getByLabel("Find a tag").inputValue()).toBe("spen");
  await expect.poll(() => page.locator(".chip").count()).toBeLessThan(all); // those that remain are what Tab comes to
  await tabTo(/^Spend/, "button");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("Shift+Tab");
});

test("letters typed faster than a slow machine draws are all there, and the caret stays where it is", async () => {
  await page.goto(`${URL_}/customers/c3`);
  await settle(page);
  await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const field = page.getByLabel("Find a tag");
  await field.focus();
  await page.keyboard.type("spend in");
  expect(await field.inputValue()).toBe("spend in");
  await page.waitForURL(/find=spend\+in/);
  expect(await field.inputValue()).toBe("spend in");
  for (let steps = 0; steps < 3; steps++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("90 ");
  expect(await field.inputValue()).toBe("spend90  in");
});

test("an audience is built and saved with the keyboard", async () => {
  await page.goto(`${URL_}/audiences/new`);
  await settle(page);
  await tabTo(/Condition$/, "button");
  await page.keyboard.press("Enter");
  await tabTo("Choose a tag or behaviour");
  await page.keyboard.type("Orders in 90");
  await page.getByRole("option").first().waitFor({ state: "attached" });
  await page.keyboard.press("Enter");
  await page.getByLabel("Value", { exact: true }).waitFor();
  await tabTo("Value");
  await page.keyboard.type("2");
  await page.locator(".rule-count").getByText(/people|person/).waitFor();
  await tabTo("Name");
  await page.keyboard.type(`keys_${RUN}`);
  await page.keyboard.press("Tab");
  await page.keyboard.type("By keys");
  await page.keyboard.press("Control+s");
  await page.getByRole("heading", { name: "By keys" }).waitFor();
});
