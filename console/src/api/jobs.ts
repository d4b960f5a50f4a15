/** Long work: the server answers with a job at once, and the console follows it to its end. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";

import { ask, type Path, type Question } from "./client";
import type { Said } from "./answers";
import { asProblem, Problem, tell as say } from "./problem";
import { questionKey, useWrite } from "./questions";

export interface Job<T = unknown> {
  id: number;
  kind: string;
  who: string;
  subject: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  asked_at: string;
  progress: { what: string; done: number; total: number } | null;
  result: T | null;
  error: string | null;
  said?: Said | null;
}

export type Tell = (job: Job | null) => void;

const PACE = 400;
/** Milliseconds between two looks at a job; they grow to ten times that. */

export function isOver(job: Pick<Job, "state">): boolean {
  return job.state === "done" || job.state === "failed" || job.state === "cancelled";
}

/** Its result. Raises Problem when it failed or was cancelled. Whoever waits no longer has it stopped. */
export async function follow<T>(begun: Job<T>, tell: Tell, signal?: AbortSignal): Promise<T> {
  let job = begun;
  for (let looks = 0; !isOver(job); looks++) {
    tell(job);
    await rest(PACE * Math.min(10, 1 + looks / 4), signal);
    if (signal?.aborted) {
      void ask("post", "/api/v1/jobs/{id}:cancel", { params: { id: job.id } }).catch(() => null);
      throw new DOMException("nobody waits for it", "AbortError");
    }
    job = await look<T>(job);
  }
  tell(job);
  if (job.state === "done") return job.result as T;
  throw new Problem(409, job.state, say(job.said, job.error ?? job.state));
}

/** A server that restarts goes on with its jobs: it is waited for. */
async function look<T>(job: Job<T>): Promise<Job<T>> {
  try {
    return await ask<Job<T>>("get", "/api/v1/jobs/{id}", { params: { id: job.id } });
  } catch (error) {
    if (asProblem(error).away) return job;
    throw error;
  }
}

function rest(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A question whose answer takes long: the answer, and meanwhile the job. */
export function useLongAnswer<T>(path: Path, body: unknown): { asked: UseQueryResult<T, Problem>; job: Job | null } {
  const [job, setJob] = useState<Job | null>(null);
  const asked = useQuery<T, Problem>({
    queryKey: questionKey(path, { body }),
    queryFn: async ({ signal }) =>
      follow<T>(await ask<Job<T>>("post", path, { query: { wait: false }, body, signal }), setJob, signal),
    staleTime: 120_000,
  });
  return { asked, job: asked.isFetching ? job : null };
}

/** A write that takes long. `job` is how far it is, or what became of it. */
export function useLongWrite<T, V>(
  begin: (given: V) => Promise<Job<T>>,
  touches: readonly Path[] = [],
  onDone?: (answer: T, given: V) => void,
) {
  const [job, setJob] = useState<Job | null>(null);
  const write = useWrite<T, V>(
    async (given) => {
      setJob(null);
      return follow<T>(await begin(given), setJob);
    },
    touches,
    onDone,
  );
  return { ...write, job };
}

/** The question that begins a job. */
export function beginJob<T>(path: Path, asked: Question = {}): Promise<Job<T>> {
  return ask<Job<T>>("post", path, { ...asked, query: { ...asked.query, wait: false } });
}
