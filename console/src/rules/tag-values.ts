/** What a tag's values are, as everybody wears them: they tell its kind and the choices. */
import type { Bucket, Insight } from "@/api/answers";
import { useAnswer } from "@/api/questions";

import { isRule, type Kind } from "./language";

/** A country has some hundreds of cities; what is rarer is typed. */
const MOST = 1000;
const EVERYBODY = { all: [] };
const INSTANT = /^\d{4}-\d\d-\d\d/;

export interface TagValues {
  kind: Kind;
  choices: { value: string; count: number }[];
}

export function readKind(values: readonly Pick<Bucket, "value">[]): Kind {
  for (const { value } of values) {
    if (typeof value === "boolean") return "flag";
    if (typeof value === "number") return "number";
    if (typeof value === "string") return INSTANT.test(value) ? "time" : "text";
    if (Array.isArray(value)) return "list";
    if (isRule(value)) {
      const edge = Object.values(value)[0];
      return typeof edge === "string" ? "time" : "number";
    }
  }
  return "text";
}

/** null until they are known. */
export function useTagValues(name: string): TagValues | null {
  const asked = useAnswer<Insight>("/api/v1/audiences:insight", {
    body: { rule: EVERYBODY, tags: [name], most: MOST },
    enabled: name !== "" && !name.endsWith(":") && name !== "~",
    fresh: 300_000,
  });
  const values = asked.data?.tags[name]?.values;
  if (!values) return asked.isError ? { kind: "text", choices: [] } : null;
  const choices = values.flatMap(({ value, count }) => (typeof value === "string" ? [{ value, count }] : []));
  return { kind: readKind(values), choices };
}
