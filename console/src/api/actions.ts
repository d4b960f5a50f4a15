/** What may be done next about customers: `actions.yaml`, and what is decided by it. */
import type { Rule, Said } from "./answers";
import { useAnswer } from "./questions";

export interface Candidate {
  name: string;
  title: Said;
  channel: string;
  if: Rule;
  /** What doing it changes; a tag, or a number. One of the two is there. */
  effect?: string | number;
  propensity?: string | number;
  value: string | number;
  cost: number;
}

export interface Channel {
  name: string;
  consent: boolean;
  most: Record<string, number>;
  quiet: string[];
}

export interface Policy {
  actions: Candidate[];
  explore: number;
  contact: string[];
  channels: Channel[];
}

export const NOTHING = "nothing";

/** Where none is declared the answer is an error, 404. */
export function usePolicy() {
  return useAnswer<Policy>("/api/v1/actions", { fresh: 60_000 });
}
