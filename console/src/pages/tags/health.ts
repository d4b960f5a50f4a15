/** How tags are, and which of them need a look. */
import { useMemo } from "react";

import type { Health } from "@/api/answers";
import { useAnswer } from "@/api/questions";

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

export function useHealth(): ReadonlyMap<string, Health> {
  const asked = useAnswer<{ health: Health[] }>("/api/v1/tags:health", { fresh: 60_000 });
  return useMemo(() => new Map((asked.data?.health ?? []).map((each) => [each.name, each])), [asked.data]);
}
