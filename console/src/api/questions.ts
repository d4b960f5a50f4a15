/** Questions as hooks: what was answered stays on screen while a newer answer is on its way. */
import {
  keepPreviousData,
  QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";

import { ask, type Method, type Path, type Question } from "./client";
import { asProblem, type Problem } from "./problem";

export interface Wish extends Omit<Question, "signal"> {
  /** A question that changes nothing but has a body. */
  method?: Method;
  enabled?: boolean;
  /** Keep showing the answer before, as when a filter changed. */
  keep?: boolean;
  /** Ask again every so many milliseconds. */
  every?: number;
  fresh?: number;
}

export function questionKey(path: Path, wish: Wish = {}): readonly unknown[] {
  return [path, wish.params ?? {}, wish.query ?? {}, wish.body ?? null];
}

/** What is asked, and under which name its answer is kept. */
export function questionOf<T>(path: Path, wish: Wish = {}) {
  const { method = wish.body === undefined ? "get" : "post", params, query, body, match } = wish;
  return queryOptions<T, Problem>({
    queryKey: questionKey(path, wish),
    queryFn: ({ signal }) => ask<T>(method, path, { params, query, body, match, signal }),
  });
}

export function useAnswer<T>(path: Path, wish: Wish = {}): UseQueryResult<T, Problem> {
  const { enabled = true, keep, every, fresh } = wish;
  return useQuery<T, Problem>({
    ...questionOf<T>(path, wish),
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...(every ? { refetchInterval: every } : {}),
    ...(fresh ? { staleTime: fresh } : {}),
  });
}

/** A write; what it touches is asked anew afterwards. */
export function useWrite<T, V>(
  write: (given: V) => Promise<T>,
  touches: readonly Path[] = [],
  onDone?: (answer: T, given: V) => void,
): UseMutationResult<T, Problem, V> {
  const client = useQueryClient();
  return useMutation<T, Problem, V>({
    mutationFn: write,
    onSuccess: (answer, given) => {
      onDone?.(answer, given);
      return Promise.all(touches.map((path) => client.invalidateQueries({ queryKey: [path] })));
    },
  });
}

export function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A server that restarts is waited for; what is wrong with the question stays wrong.
        retry: (count, error) => asProblem(error).away && count < 6,
        retryDelay: (count) => Math.min(500 * 2 ** count, 4_000),
        refetchOnWindowFocus: false,
      },
      mutations: { retry: false },
    },
  });
}
