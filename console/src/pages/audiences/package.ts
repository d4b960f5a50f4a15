/** A package and its form: what is read into it, what is written back, and what each kind of target needs. */
import type { Json } from "@/api/answers";

export interface Parcel {
  name: string;
  audience: string;
  format: string;
  columns: string[];
  identifiers: Record<string, string>;
  mode: string;
  schedule: string | null;
  target: Target | null;
  has_secret: boolean;
  state: string;
}

export type Target = { kind: string } & Record<string, Json>;

export interface Filled {
  name: string;
  format: string;
  columns: string[];
  identifiers: string[];
  hidden: string;
  mode: string;
  /** Empty: it is fetched by hand. */
  kind: string;
  settings: Record<string, Json>;
  secret: string;
  schedule: string;
}

interface Kind {
  needed: readonly string[];
  possible: readonly string[];
  /** What is kept sealed of it. */
  secret?: "needed" | "possible";
}

export const KINDS: Record<string, Kind> = {
  folder: { needed: ["path"], possible: [] },
  s3: { needed: ["bucket"], possible: ["prefix", "endpoint", "region", "access_key"], secret: "possible" },
  sftp: { needed: ["host", "user", "host_key"], possible: ["port", "path"], secret: "needed" },
  table: { needed: ["table"], possible: ["schema"], secret: "needed" },
  webhook: { needed: ["url"], possible: ["allow_private"], secret: "possible" },
};

/** What the form cannot change is sent as it was read. */
const KEPT = ["phone", "encoding", "header", "labels"];

export function readParcel(parcel: Parcel | null, audience: string): Filled {
  const { name = audience, format = "csv", columns = [], identifiers = {}, mode = "full", schedule, target } = parcel ?? {};
  const { kind = "", ...settings } = target ?? {};
  const hidden = Object.values(identifiers)[0] ?? "masked";
  return { name, format, columns, identifiers: Object.keys(identifiers), hidden, mode, kind, settings, secret: "", schedule: schedule ?? "" };
}

/** Without the secret, which is never shown. */
export function writeParcel(filled: Filled, before: Parcel | null, audience: string, language: string): Record<string, Json> {
  const was = readParcel(before, audience);
  const kept = Object.entries(before ?? { header: language }).filter(([field]) => KEPT.includes(field));
  const way = (type: string) => (filled.hidden === was.hidden ? before?.identifiers[type] : undefined) ?? filled.hidden;
  return {
    ...(Object.fromEntries(kept) as Record<string, Json>),
    name: filled.name,
    audience,
    format: filled.format,
    columns: filled.columns,
    identifiers: Object.fromEntries(filled.identifiers.map((type) => [type, way(type)])),
    mode: filled.mode,
    target: writeTarget(filled),
    schedule: (filled.kind && filled.schedule.trim()) || null,
  };
}

function writeTarget({ kind, settings }: Filled): Target | null {
  const { needed, possible } = KINDS[kind] ?? { needed: [], possible: [] };
  const given = [...needed, ...possible].flatMap((field): [string, Json][] => {
    const value = settings[field];
    const told = typeof value === "string" ? value.trim() : value;
    return told === undefined || told === null || told === "" || told === false ? [] : [[field, told]];
  });
  return kind ? { kind, ...Object.fromEntries(given) } : null;
}

/** Does the secret that is kept still hold? It is forgotten when the target changes. */
export function keepsSecret(filled: Filled, before: Parcel | null): boolean {
  return before?.has_secret === true && spell(writeTarget(filled)) === spell(before.target);
}

function spell(target: Target | null): string {
  return JSON.stringify(Object.entries(target ?? {}).sort(([one], [other]) => one.localeCompare(other)));
}
