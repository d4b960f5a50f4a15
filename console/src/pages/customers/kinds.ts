/** What an event is to somebody who reads a timeline. */
import type { Happened } from "@/api/answers";

export const KINDS = ["visit", "order", "talk", "tag", "trait", "other"] as const;
export type Kind = (typeof KINDS)[number];

const BY_NAME: [Kind, RegExp][] = [
  ["tag", /^(tag_|\$tag|tag[._ ])|_tagged$/],
  ["talk", /message|chat|call|dialog|ticket|complaint|survey|question|feedback|review|rating|faq|transcri/],
  ["order", /order|pay|paid|refund|purchase|checkout|cart|coupon|deliver|bought|charge|invoice|subscri/],
  ["visit", /^page|view|visit|screen|search|click|open|login|launch|browse|session|share|favourite/],
  ["trait", /^(identify|register|sign_?up|alias|group|consent|merge|split)/],
];

/** By the event's name, as shops name theirs; a trait is known by what it brings.
 *
 * kindOf({name: "order_paid", traits: null}) is "order" */
export function kindOf(event: Pick<Happened, "name" | "traits">): Kind {
  const name = event.name.toLowerCase();
  const found = BY_NAME.find(([, pattern]) => pattern.test(name));
  if (found) return found[0];
  return event.traits && Object.keys(event.traits).length > 0 ? "trait" : "other";
}
