/** How many a rule under construction reaches: counted while one builds. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import type { Estimate, Rule } from "@/api/answers";
import type { Problem } from "@/api/problem";
import { questionOf, useAnswer, type Wish } from "@/api/questions";
import { usePaused, useSettled } from "@/parts/debounce";

const PATH = "/api/v1/audiences:estimate";
/** Milliseconds for which a rule rests before it is counted, while somebody goes on changing it. */
const REST = 200;

function wishOf(rule: Rule): Wish {
  return { body: { rule, steps: true } };
}

export interface Counted {
  answer: Estimate | undefined;
  problem: Problem | null;
  late: boolean;
}

/** The exact number: of a change after a pause at once, of others when they rest; the one before stays until it is there. */
export function useCount(rule: Rule): Counted {
  const text = JSON.stringify(rule);
  const rested = useSettled(text, REST);
  const asked = useAnswer<Estimate>(PATH, { ...wishOf(JSON.parse(rested) as Rule), keep: true });
  return { answer: asked.data, problem: asked.error, late: rested !== text || asked.isFetching };
}

/** To be told of each change as it happens: what `useCount` is about to ask is on its way before anything is drawn anew. */
export function useCountAhead(): (rule: Rule) => void {
  const client = useQueryClient();
  const isPaused = usePaused(REST);
  return useCallback(
    (rule) => {
      if (isPaused()) void client.prefetchQuery(questionOf<Estimate>(PATH, wishOf(rule)));
    },
    [client, isPaused],
  );
}
