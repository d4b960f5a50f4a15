/** Persona cards on paper: one a page, and nothing of the console around them. */
import { expect, test } from "vitest";

import { call, enter, findBarriers, openBrowser, openContext, settle, shoot, URL_ } from "./browser";

const COUNT = 3;

test.each([
  ["light", "en"],
  ["dark", "zh"],
] as const)("each persona fits a page of its own, from a %s screen", async (colorScheme, language) => {
  await call("POST", "/api/v1/personas:fit", { count: COUNT });
  const browser = await openBrowser();
  const context = await openContext(browser, language, { colorScheme });
  await enter(context);
  const page = await context.newPage();
  await page.goto(`${URL_}/personas`);
  await settle(page);
  expect(await page.locator(".persona-card").count()).toBe(COUNT);
  expect(await findBarriers(page)).toEqual([]);

  const paper = (await page.pdf({ format: "A4", margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } })).toString("latin1");
  expect(paper.match(/\/Type\s*\/Page\b(?!s)/g)?.length).toBe(COUNT);
  await page.emulateMedia({ media: "print" });
  const shown = await page.evaluate(() =>
    [".side", ".top", ".page-head", ".no-print"].filter((each) => [...document.querySelectorAll<HTMLElement>(each)].some((found) => found.offsetHeight > 0)),
  );
  expect(shown).toEqual([]);
  const [ink, sheet] = await page.locator(".persona-card p").first().evaluate((each) => [getComputedStyle(each).color, getComputedStyle(each.closest("article") ?? each).backgroundColor]);
  expect([ink, sheet]).toEqual(["rgb(17, 17, 17)", "rgb(255, 255, 255)"]);
  await shoot(page, `print-${language}`);
  await browser.close();
}, 120_000);
