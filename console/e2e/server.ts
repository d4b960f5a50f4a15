/** A server of a test's own, which it may stop and start: LIMNER_COMMAND. */
import { spawn, type ChildProcess } from "node:child_process";

import { afterAll, beforeAll } from "vitest";

import { URL_ } from "./browser";

const COMMAND = JSON.parse(process.env.LIMNER_COMMAND ?? "[]") as [string, ...string[]];
/** Milliseconds. */
const PATIENCE = 150_000;
let server: ChildProcess | undefined;

export async function start(): Promise<void> {
  server = spawn(COMMAND[0], COMMAND.slice(1), { stdio: "ignore" });
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    if (await fetch(`${URL_}/readyz`).then((answer) => answer.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the server did not become ready");
}

export async function stop(): Promise<void> {
  const stopped = server;
  if (!stopped) return;
  const over = new Promise((resolve) => stopped.once("exit", resolve));
  stopped.kill("SIGKILL");
  await over;
}

/** It runs while the tests of a file do. Before `playIn`: a browser is signed in to it. */
export function serveAlone(): void {
  beforeAll(start, PATIENCE + 10_000);
  afterAll(stop);
}
