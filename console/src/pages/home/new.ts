import type { Overview } from "@/api/answers";

/** Is there something still to be done before there is a portrait? */
export function isNew(overview: Overview): boolean {
  return overview.empty || overview.tags.live === 0;
}
