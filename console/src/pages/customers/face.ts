/** Which tags stand in the head of a portrait: the first of each line that this workspace has. */
import type { Portrait } from "@/api/answers";

export const FACE = {
  level: ["member_level", "level", "grade"],
  stage: ["lifecycle_stage", "lifecycle", "stage", "owner_stage"],
  value: ["value_tier", "customer_value", "clv_12m", "clv", "rfm_segment", "lifetime_value"],
  risk: ["churn_risk", "churn_probability", "churn_warning", "churn"],
} as const;
export type Feature = keyof typeof FACE;

export function pickFace(tags: Portrait["tags"]): [Feature, string][] {
  return (Object.keys(FACE) as Feature[]).flatMap((feature) => {
    const name = FACE[feature].find((each) => each in tags);
    return name ? [[feature, name] as [Feature, string]] : [];
  });
}

/** Those a reader would call the customer by, best first. */
const CALLED = ["customer_no", "user_id", "phone", "email", "openid", "unionid"];

export function callCustomer(portrait: Portrait): string {
  for (const name of ["name", "full_name", "nickname"]) {
    const value = portrait.tags[name]?.value;
    if (typeof value === "string" && value) return value;
  }
  for (const type of CALLED) {
    const found = portrait.identifiers.find((each) => each.type === type);
    if (found) return found.value;
  }
  return portrait.customer_id;
}

/** What the radar compares, in this order, as far as there are such numbers. */
export const COMPARED = [
  "spend_365d",
  "spend_total",
  "orders_365d",
  "orders_total",
  "average_order",
  "active_days_30d",
  "visits_30d",
  "views_30d",
  "categories_bought",
  "coupon_share",
  "purchase_interval",
];
const PAIRS: Record<string, string> = { spend_total: "spend_365d", orders_total: "orders_365d" };

export function pickCompared(tags: Portrait["tags"]): string[] {
  const numeric = (name: string) => typeof tags[name]?.value === "number";
  const named = COMPARED.filter((name) => numeric(name) && !(PAIRS[name] && numeric(PAIRS[name])));
  const others = Object.keys(tags).filter((name) => numeric(name) && !COMPARED.includes(name));
  return [...named, ...(named.length < 3 ? others : [])].slice(0, 7);
}

interface Part {
  value: unknown;
  base_share: number;
}

/** The share of the base that lies below a value, ties by half: 0.5 is the middle of all. Null when it is unknown. */
export function rankIn(parts: readonly Part[], value: number): number | null {
  let below = 0;
  let found = false;
  for (const part of parts) {
    if (part.value === null) continue;
    if (typeof part.value === "number") {
      if (part.value < value) below += part.base_share;
      else if (part.value === value) {
        below += part.base_share / 2;
        found = true;
      }
      continue;
    }
    const { gt, gte, lt, lte } = part.value as Record<string, number | undefined>;
    const low = gte ?? gt ?? Number.NEGATIVE_INFINITY;
    const high = lt ?? lte ?? Number.POSITIVE_INFINITY;
    if (value >= high) below += part.base_share;
    else if (value >= low) {
      const width = high - low;
      below += part.base_share * (Number.isFinite(width) && width > 0 ? (value - low) / width : 0.5);
      found = true;
    }
  }
  const known = parts.reduce((sum, part) => sum + (part.value === null ? 0 : part.base_share), 0);
  return known > 0 && (found || below > 0) ? Math.min(1, below / known) : null;
}
