/** A page opened by somebody who was never here: when it shows what it is about, and what it asked for by then. */
import type { Browser, CDPSession, Page } from "playwright-core";

import { enter, openBrowser, openContext, URL_ } from "./browser";

export interface Visit {
  /** Milliseconds from the click: anything of the page on screen, and what the page is about. */
  painted: number;
  useful: number;
  requests: number;
  /** As sent: compressed, with heads. */
  bytes: number;
  script: number;
}

/** A line of 10 Mbit/s that answers after 40 ms, as Lighthouse has it for a desk. */
const LINE = { offline: false, latency: 40, downloadThroughput: (10_240 * 1024) / 8, uploadThroughput: (10_240 * 1024) / 8 };

declare global {
  interface Window {
    usefulAt?: number;
  }
}

/** With a browser of its own, which has nothing in its cache. ``proof``: of what the page shows once it is useful. */
export async function visit(path: string, proof: string, far = false): Promise<Visit> {
  const browser = await openBrowser();
  try {
    return await look(browser, path, proof, far);
  } finally {
    await browser.close();
  }
}

async function look(browser: Browser, path: string, proof: string, far: boolean): Promise<Visit> {
  const context = await openContext(browser, "en");
  await enter(context);
  const page = await context.newPage();
  const line = await context.newCDPSession(page);
  await line.send("Network.enable");
  if (far) await line.send("Network.emulateNetworkConditions", LINE);
  const heard = hear(line);
  await page.addInitScript(watch, proof);
  await page.goto(URL_ + path, { waitUntil: "commit" });
  await page.waitForFunction(() => window.usefulAt !== undefined);
  const [painted, useful] = await readTimes(page);
  return { painted, useful, ...heard() };
}

/** When the page has its heading and the proof, and nothing in it is still on its way. Charts are drawn afterwards. */
function watch(proof: string): void {
  const look = () => {
    const shown = document.querySelector("#page");
    const waits = shown?.querySelector('[aria-busy="true"]') ?? null;
    if (shown?.querySelector("h1") && !waits && [...shown.querySelectorAll(proof)].some((each) => each.getClientRects().length > 0))
      setTimeout(() => (window.usefulAt = performance.now())); // this frame is on screen by then
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function readTimes(page: Page): Promise<[number, number]> {
  return page.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0, window.usefulAt ?? 0]);
}

function hear(line: CDPSession): () => Pick<Visit, "requests" | "bytes" | "script"> {
  const scripts = new Set<string>();
  const heard = { requests: 0, bytes: 0, script: 0 };
  line.on("Network.requestWillBeSent", ({ request }) => {
    if (!request.url.startsWith("data:")) heard.requests += 1;
  });
  line.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.mimeType.includes("javascript")) scripts.add(requestId);
  });
  line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    heard.bytes += encodedDataLength;
    if (scripts.has(requestId)) heard.script += encodedDataLength;
  });
  return () => ({ ...heard });
}
