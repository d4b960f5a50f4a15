import i18next from "i18next";

import type { Said } from "./answers";

/** How a proxy, or a server that is only just starting, says that nobody is there; 0: not even that was said. */
export const AWAY: ReadonlySet<number> = new Set([0, 502, 503, 504]);

/** What the API answers when it does not do what was asked (RFC 9457), or that nobody answered. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: readonly Fault[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "Problem";
  }

  /** Nobody answered: the server restarts, or the line is broken. */
  get away(): boolean {
    return AWAY.has(this.status);
  }
}

export interface Fault {
  where: string;
  field: string;
  message: string;
  hint: string | null;
}

interface ProblemDocument {
  code?: string;
  message?: string;
  said?: Said;
  problems?: Fault[];
}

/** What the server says in the reader's language, or as it was written. */
export function tell(said: Said | null | undefined, written: string): string {
  return said?.[i18next.language] ?? written;
}

export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  let told: ProblemDocument = {};
  try {
    told = JSON.parse(text) as ProblemDocument;
  } catch {
    // not ours: a proxy's page
  }
  const after = Number(response.headers.get("Retry-After"));
  const message = tell(told.said, told.message ?? `${response.status} ${response.statusText}`);
  return new Problem(response.status, told.code ?? "unexpected", message, told.problems ?? [], after || null);
}

/** Any error as a `Problem`: a fetch that fails has no status. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, "away", i18next.t("state.away"));
}
