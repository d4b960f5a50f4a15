/** The shapes of answers, as `the guide page http.md` has them. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Layer = "fact" | "prediction" | "model" | "business";
export type Said = Record<string, string>;
export type Rule = { [key: string]: Json };

export interface Session {
  user: string;
  name: string;
  role: string;
  roles: string[];
  rights: string[];
  language: "zh" | "en" | null;
  /** Of the workspace: its days are those of all its readers. */
  timezone: string;
  masks: boolean;
  by: "password" | "oidc";
  csrf_token: string;
  expires_at: string;
}

export interface Ways {
  password: boolean;
  oidc: { title: string; url: string } | null;
}

export interface Overview {
  as_of: string;
  customers: number;
  active_30d: number;
  new_30d: number;
  events: number;
  events_today: number;
  tags: { live: number; drafts: number; in_review: number };
  audiences: number;
  jobs: { running: number; waiting: number; failed: number };
  rejects: number;
  freshness_seconds: number | null;
  alarms: { kind: string; subject: string; message: string; said: Said }[];
  trend: { day: string; events: number; active: number; new: number }[];
  empty: boolean;
}

export interface Identifier {
  type: string;
  value: string;
}

export interface Found {
  customers: { customer_id: string; identifiers: Identifier[]; matched: Identifier | null }[];
  more: boolean;
}

export interface Evidence {
  events?: string[];
  count?: number;
  first?: string | null;
  last?: string | null;
  tags?: Record<string, Json>;
  [more: string]: Json | undefined;
}

export interface Worn {
  value: Json;
  confidence: number | null;
  layer: Layer;
  since: string | null;
  evidence: Evidence | null;
}

export interface Portrait {
  customer_id: string;
  as_of: string;
  identifiers: Identifier[];
  tags: Record<string, Worn>;
}

export interface Happened {
  seq: number;
  event_id: string;
  name: string;
  source: string;
  time: string;
  received_at: string;
  properties: Record<string, Json> | null;
  traits: Record<string, Json> | null;
}

export interface TagRow {
  name: string;
  title: Said;
  layer: Layer;
  group: string | null;
  /** What the group is called. */
  group_title: Said;
  owner: string | null;
  unit: string | null;
  /** What the unit is called; empty where a number is said without. */
  unit_title: Said;
  version: number;
  status: string;
  draft: string | null;
  preparing: boolean;
  /** What people enter, where they do. */
  hand: "text" | "number" | "date" | "truth" | null;
  /** Those it may have; none = any. */
  values: { value: string | number | boolean; title: Said }[];
}

export type Definition = { [key: string]: Json };

export interface TagShown {
  name: string;
  status: string;
  version: number;
  definition: Definition | null;
  says: Said | null;
  needs: { tags: string[]; events: string[]; properties: string[] };
  used_by: string[];
  history: { version: number; author: string; reason: string; published_at: number; reviewer: string | null }[];
  draft: { definition: Definition; stage: string; author: string; [more: string]: Json } | null;
  trail: { at: number; who: string; action: string; subject: string; why: string }[];
  state: string;
  preparing: boolean;
}

export interface Health {
  name: string;
  size: number;
  coverage: number;
  distinct: number;
  stability: number | null;
  power: Record<string, number>;
  twins: { tag: string; measure: string; value: number }[];
  freshness: number | null;
  zombie: string | null;
}

export interface Bucket {
  value: Json;
  count: number;
  share: number;
}

export interface Trial {
  as_of: string;
  size: number;
  coverage: number;
  values: Bucket[];
  examples: ({ customer_id: string } & Worn)[];
  warnings?: string[];
  /** The same, each by language. */
  said?: Said[] | null;
}

export interface AudienceRow {
  name: string;
  title: Said;
  rule: Rule;
  members: number | null;
  version: number;
  live: boolean;
  schedule: string | null;
  alarm: Record<string, number | null>;
  /** Bounds that are passed. */
  alarms: { alarm: "min" | "max" | "change"; bound: number; size: number; before?: number }[];
  problem: string | null;
  said: Said | null;
}

export interface AudienceShown extends AudienceRow {
  says: Said;
  used_by: string[];
  versions: { version: number; rule: Rule; author: string; saved_at: string }[];
  snapshot: Snapshot | null;
}

export interface Snapshot {
  number: number;
  as_of: string;
  taken_at: string;
  version: number;
  size: number;
}

export interface Step {
  rule: Rule;
  count: number;
  so_far: number;
  parts: Step[];
}

export interface Estimate {
  count: number;
  as_of: string;
  steps?: Step;
}

export interface Insight {
  as_of: string;
  size: number;
  base_size: number;
  tags: Record<string, { values: (Bucket & { base_share: number; tgi: number | null })[]; withheld: number }>;
}

export interface Cross {
  size: number;
  rows: Json[];
  columns: Json[];
  counts: (number | null)[][];
  withheld: number;
}

export interface Difference {
  tag: string;
  kind: string;
  value: Json;
  share: number | null;
  rest_share: number | null;
  lift: number | null;
  effect: number;
  q: number;
}

export interface EventSeen {
  name: string;
  title: Said | null;
  aliases?: string[];
  count: number;
  people: number;
}

export interface PropertySeen {
  path: string;
  types: Record<string, number>;
  share: number;
  distinct: number;
  examples: { value: Json; count: number }[];
}
