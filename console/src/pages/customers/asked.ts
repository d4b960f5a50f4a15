/** What the pages of customers ask. */
import type { Portrait } from "@/api/answers";
import { questionOf } from "@/api/questions";
import { endOf } from "@/format/dates";

export interface MemberPage {
  count: number;
  before: number;
  customers: string[];
  next: string | null;
  previous: string | null;
}

/** Customers listed at once. */
export const PAGE = 20;

export function membersOf(audience: string, after: string | null) {
  return questionOf<MemberPage>("/api/v1/audiences/{name}/members", {
    params: { name: audience },
    query: { limit: PAGE, cursor: after || null },
  });
}

/** As the customer was at the end of a day; of none, as it is. */
export function portraitOf(key: string, asOf: string) {
  return questionOf<Portrait>("/api/v1/profiles/{key}", { params: { key }, query: { as_of: endOf(asOf) } });
}
