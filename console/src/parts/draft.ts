/** What somebody is writing outlives a reload, a crash and a session that ends in the middle of it. */
import { useCallback, useEffect, useState } from "react";

const PREFIX = "limner.draft.";

interface Kept<T> {
  value: T;
  /** The state of what is changed, as it was when somebody began to write. */
  state: string | null;
}

function readKept<T>(name: string): Kept<T> | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null") as Kept<T> | null;
    return kept && "value" in kept ? kept : null;
  } catch {
    return null;
  }
}

export function readDraft<T>(name: string): T | null {
  return readKept<T>(name)?.value ?? null;
}

export interface Drafted<T> {
  value: T;
  write: (value: T) => void;
  /** From what it is by then; the same function for as long as the start is the same. */
  change: (how: (before: T) => T) => void;
  forget: () => void;
  /** From which state it was begun; that of now while nothing is written. */
  state: string | null;
  /** Whoever saw that the state is another by now may go on from it. */
  rebase: () => void;
}

export function useDraft<T>(name: string, start: T, now: string | null = null): Drafted<T> {
  const [kept, setKept] = useState<Kept<T> | null>(() => readKept<T>(name));
  useEffect(() => {
    if (kept) sessionStorage.setItem(PREFIX + name, JSON.stringify(kept));
  }, [name, kept]);
  const change = useCallback(
    (how: (before: T) => T) =>
      setKept((before) => (before ? { ...before, value: how(before.value) } : { value: how(start), state: now })),
    [now, start],
  );
  const write = useCallback((value: T) => change(() => value), [change]);
  const rebase = useCallback(() => setKept((before) => before && { ...before, state: now }), [now]);
  const forget = useCallback(() => {
    setKept(null);
    sessionStorage.removeItem(PREFIX + name);
  }, [name]);
  return { value: kept ? kept.value : start, write, change, forget, state: kept ? kept.state : now, rebase };
}
