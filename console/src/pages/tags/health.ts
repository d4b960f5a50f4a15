/** How tags are, and which of them need a look. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Health } from "@/api/answers";
import { readAll } from "@/api/all";
import type { Problem } from "@/api/problem";

export type Ailment = "zombie" | "drift" | "empty" | "constant" | "stale";

const DRIFT = 0.25;
const THIN = 0.02;
const OLD = 7 * 86_400;

/** A PSI above 0.25 is a shift worth a look, by the usual rule of thumb. */
export function ailments(health: Health | undefined): Ailment[] {
  if (!health) return [];
  const ill: Ailment[] = [];
  if (health.zombie) ill.push("zombie");
  if (health.stability !== null && health.stability > DRIFT) ill.push("drift");
  if (health.coverage < THIN) ill.push("empty");
  else if (health.distinct <= 1) ill.push("constant");
  if (health.freshness !== null && health.freshness > OLD) ill.push("stale");
  return ill;
}

export function healthOf() {
  return queryOptions<Health[], Problem>({
    queryKey: ["/api/v1/tags:health"],
    queryFn: ({ signal }) => readAll<Health>("/api/v1/tags:health", "health", { limit: 10_000 }, signal),
    staleTime: 60_000,
  });
}

export function useHealth(): ReadonlyMap<string, Health> {
  const asked = useQuery(healthOf());
  return useMemo(() => new Map((asked.data ?? []).map((each) => [each.name, each])), [asked.data]);
}
