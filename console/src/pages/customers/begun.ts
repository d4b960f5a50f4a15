/** Where each page of a timeline begins, as far as somebody scrolled. */
export interface Reached {
  next: string | null;
  /** Of the last event. */
  day: string;
}

export interface Begun {
  cursor: string | null;
  /** The day in which the stretch before ended: its heading is not said twice. */
  after: string;
}

/** After a stretch comes the one that begins where it ended. Events that came in meanwhile move that end: what was
 * begun from the old one is begun anew, or an event between the two would be lost. */
export function followOn(begun: Begun[], at: number, { next, day }: Reached): Begun[] {
  const after = begun[at + 1];
  if (next === null) return after ? begun.slice(0, at + 1) : begun;
  return after?.cursor === next ? begun : [...begun.slice(0, at + 1), { cursor: next, after: day }];
}
