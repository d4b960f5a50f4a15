/** The one way to the server: paths and their parameters are those of its OpenAPI document. */
import { asProblem, AWAY, Problem, readProblem } from "./problem";
import type { paths } from "./schema";

export type Method = "get" | "post" | "put" | "patch" | "delete";
/** Paths of this console's own rooms that are younger than the last reading of the document. */
export type Path = keyof paths | `/api/v1/${string}`;
export type Params = Record<string, string | number>;
export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

export interface Question {
  params?: Params | undefined;
  query?: Query | undefined;
  body?: unknown;
  /** The state that is changed, as it was read. */
  match?: string | null | undefined;
  signal?: AbortSignal | undefined;
}

export interface Tagged<T> {
  answer: T;
  etag: string | null;
}

let csrf: string | null = null;
let whenOver: (() => Promise<void>) | null = null;
let whenAway: (() => void) | null = null;

/** Every write carries it; the session's answers bring it. */
export function holdToken(token: string | null): void {
  csrf = token;
}

/** What to do when the session is over: wait until somebody signed in again; the question is then asked once more. */
export function onSessionOver(wait: (() => Promise<void>) | null): void {
  whenOver = wait;
}

/** Whom to tell that a question found nobody. */
export function onAway(tell: (() => void) | null): void {
  whenAway = tell;
}

export function answers(): Promise<boolean> {
  return fetch("/healthz", { cache: "no-store" }).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** A line on which the server told of changes broke: it may be away. */
export async function noteBroken(): Promise<void> {
  if (!(await answers())) whenAway?.();
}

export function writePath(path: string, params: Params = {}, query: Query = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name] ?? "")));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const each of Array.isArray(value) ? (value as string[]) : [value as string]) search.append(name, String(each));
  }
  const written = search.toString();
  return written ? `${filled}?${written}` : filled;
}

async function send(method: Method, path: Path, asked: Question): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const raw = asked.body instanceof Blob;
  if (asked.body !== undefined) headers["Content-Type"] = raw ? "application/octet-stream" : "application/json";
  if (method !== "get" && csrf) headers["X-CSRF-Token"] = csrf;
  if (asked.match) headers["If-Match"] = asked.match;
  try {
    const response = await fetch(writePath(path, asked.params, asked.query), {
      method: method.toUpperCase(),
      headers,
      body: asked.body === undefined ? null : raw ? (asked.body as Blob) : JSON.stringify(asked.body),
      credentials: "same-origin",
      signal: asked.signal ?? null,
    });
    if (AWAY.has(response.status)) whenAway?.();
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    whenAway?.();
    throw asProblem(error);
  }
}

const SESSION = "/api/v1/session";
export const OWN_PASSWORD = `${SESSION}/password` as const;

/** Is the session over? Of one's own password, 401 may be about the old one. */
async function isOver({ status }: Response, path: Path): Promise<boolean> {
  if (status !== 401) return false;
  if (path === OWN_PASSWORD) return (await send("get", SESSION, {})).status === 401;
  return !path.startsWith(SESSION);
}

/** The answer with its ETag. A session that is over is waited for; a token that is stale is fetched anew. */
export async function askTagged<T>(method: Method, path: Path, asked: Question = {}): Promise<Tagged<T>> {
  let response = await send(method, path, asked);
  if (whenOver && (await isOver(response, path))) {
    await whenOver();
    response = await send(method, path, asked);
  }
  if (!response.ok) {
    const problem = await readProblem(response);
    if (problem.code !== "csrf") throw problem;
    holdToken((await ask<{ csrf_token: string }>("get", "/api/v1/session")).csrf_token);
    response = await send(method, path, asked);
    if (!response.ok) throw await readProblem(response);
  }
  const answer = (response.status === 204 ? null : await response.json()) as T;
  return { answer, etag: response.headers.get("ETag") };
}

export async function ask<T>(method: Method, path: Path, asked: Question = {}): Promise<T> {
  return (await askTagged<T>(method, path, asked)).answer;
}

export { Problem };
