/** All pages of a list that is handed out in pages. */
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { ask, type Path, type Query } from "./client";
import type { Problem } from "./problem";

export async function readAll<T>(path: Path, member: string, query: Query = {}, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Record<string, unknown> = await ask("get", path, { query: { limit: 1000, ...query, cursor }, signal });
    all.push(...(page[member] as T[]));
    cursor = (page.next ?? null) as string | null;
  } while (cursor);
  return all;
}

export function allOf<T>(path: Path, member: string) {
  return queryOptions<T[], Problem>({
    queryKey: [path, "all"],
    queryFn: ({ signal }) => readAll<T>(path, member, {}, signal),
  });
}

/** `every`: ask again every so many milliseconds. */
export function useAll<T>(path: Path, member: string, every?: number): UseQueryResult<T[], Problem> {
  return useQuery<T[], Problem>({
    ...allOf<T>(path, member),
    ...(every ? { refetchInterval: every } : {}),
  });
}
