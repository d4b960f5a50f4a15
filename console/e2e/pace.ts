/** How long one thing that somebody does takes: until the page stirs, and until it shows what was meant. */
import type { Page } from "playwright-core";

import { settle } from "./browser";

export interface Pace {
  /** Milliseconds: the longest from a key or click to the next frame (what browsers call INP), from the last of them to
   * the frame that shows what was meant, and the longest work without a pause. */
  stirred: number;
  shown: number;
  longest: number;
  /** What was asked for meanwhile, as sent. */
  bytes: number;
}

/** What is there once it is done, and nothing in the page waits: an element with this text in it, or none any more. */
export interface Proof {
  css: string;
  text?: string;
  gone?: boolean;
  /** What was seen meanwhile, or else nothing was done yet. */
  after?: string;
}

declare global {
  interface Window {
    pace?: { begun: number; shown: number; stirred: number; longest: number; bytes: number };
  }
}

export async function time(page: Page, act: () => Promise<void>, proof: Proof): Promise<Pace> {
  await settle(page);
  await page.evaluate(watch, proof);
  await act();
  await page.waitForFunction(() => (window.pace?.shown ?? 0) > 0, undefined, { timeout: 20_000 });
  await page.waitForTimeout(150); // what browsers tell of keys and clicks, they tell a little later
  return page.evaluate(() => {
    const { begun, shown, stirred, longest, bytes } = window.pace ?? { begun: 0, shown: 0, stirred: 0, longest: 0, bytes: 0 };
    return { stirred, shown: shown - begun, longest, bytes };
  });
}

function watch({ css, text, gone, after }: Proof): void {
  const pace = { begun: 0, shown: 0, stirred: 0, longest: 0, bytes: 0 };
  window.pace = pace;
  const begun = performance.now();
  for (const kind of ["pointerdown", "click", "keydown", "input", "wheel"])
    document.addEventListener(kind, (event) => (pace.begun = pace.shown > 0 ? pace.begun : event.timeStamp), { capture: true, passive: true });
  const hear = (type: string, note: (entry: PerformanceEntry) => void, more: object = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach((each) => each.startTime >= begun && note(each))).observe({ type, ...more });
  hear("event", (each) => (pace.stirred = Math.max(pace.stirred, each.duration)), { durationThreshold: 16 });
  hear("longtask", (each) => (pace.longest = Math.max(pace.longest, each.duration)));
  hear("resource", (each) => (pace.bytes += (each as PerformanceResourceTiming).transferSize));
  const isThere = () => {
    const found = [...document.querySelectorAll(css)].some((each) => (each.textContent ?? "").includes(text ?? "") && each.getClientRects().length > 0);
    return found !== Boolean(gone) && document.querySelector('#page [aria-busy="true"], .ant-drawer [aria-busy="true"]') === null;
  };
  let passed = after === undefined;
  const notice = () => (passed ||= pace.begun > 0 && document.querySelector(after ?? "") !== null);
  if (after) new MutationObserver(notice).observe(document.body, { subtree: true, childList: true, attributes: true });
  const look = () => {
    if (pace.begun === 0 || !passed || !isThere()) return void requestAnimationFrame(look);
    setTimeout(() => (pace.shown = performance.now())); // this frame is on screen by then
  };
  requestAnimationFrame(look);
}
