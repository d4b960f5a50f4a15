/** A destination as the API says it, and what its form reads and writes. */
import type { Json, Said } from "@/api/answers";

export interface Destination {
  name: string;
  url: string;
  format: "standard" | "segment" | "segment_identify";
  tags: string[];
  audiences: string[];
  allow_private: boolean;
  created_at: string;
  disabled_at: string | null;
  position: number;
  behind: number;
  delivered: number;
  delivered_at: string | null;
  late: number;
  dead: number;
  failing_since: string | null;
  reason: string | null;
  said: Said | null;
  state: string;
  secret?: string;
}

export interface Tried {
  letter_id: string;
  delivered: boolean;
  status: number | null;
  reason: string;
  said: Said | null;
  seconds: number;
}

export interface Filled {
  name: string;
  url: string;
  format: Destination["format"];
  tags: string[];
  audiences: string[];
  allow_private: boolean;
  write_key?: string;
}

export const PATH = "/api/v1/destinations";
/** Milliseconds after which it is looked at again how far they are. */
export const LOOK = 5_000;

export function readDestination(held: Destination | null): Filled {
  const { name = "", url = "", format = "standard", tags = [], audiences = [], allow_private = false } = held ?? {};
  return { name, url, format, tags, audiences, allow_private };
}

/** What may be changed of one that is there. A write key that was not typed stays. */
export function writeChange({ url, tags, audiences, allow_private, write_key }: Filled): { [field: string]: Json } {
  return { url: url.trim(), tags, audiences, allow_private, ...(write_key ? { write_key } : {}) };
}

/** Segment's formats have one; letters of the other are signed. */
export const hasWriteKey = (format: string | undefined) => format?.startsWith("segment") ?? false;

export function writeNew(filled: Filled): { [field: string]: Json } {
  const { name, format, write_key = "" } = filled;
  return { name, format, ...writeChange({ ...filled, write_key: hasWriteKey(format) ? write_key : "" }) };
}

/** Positions that are told once more, both ends included. */
export interface Span {
  first: number;
  last: number;
}

export function writeSpan({ first, last }: Span): string {
  return `${first}-${last}`;
}

/** null = it says none. */
export function readSpan(text: string | null): Span | null {
  const found = /^(\d+)-(\d+)$/.exec(text ?? "");
  return found ? { first: Number(found[1]), last: Number(found[2]) } : null;
}

/** How much of a span a destination has been told, 0..1. */
export function shareTold({ position }: Pick<Destination, "position">, { first, last }: Span): number {
  if (last < first) return 1;
  return Math.min(1, Math.max(0, (position - first + 1) / (last - first + 1)));
}
