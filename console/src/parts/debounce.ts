import { useCallback, useEffect, useRef, useState } from "react";

/** The value once it has rested for so many milliseconds. */
export function useRested<T>(value: T, rest = 250): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return rested;
}

/** To be called at each change: whether it comes after a pause. */
export function usePaused(rest = 250): () => boolean {
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  return useCallback(() => {
    const at = performance.now();
    const paused = at - changedAt.current >= rest;
    changedAt.current = at;
    return paused;
  }, [rest]);
}

/** The same, but what changes after a pause counts at once: only what goes on changing waits until it rests. */
export function useSettled<T>(value: T, rest = 250): T {
  const [settled, setSettled] = useState(value);
  const isPaused = usePaused(rest);
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return undefined;
    before.current = value;
    const timer = setTimeout(() => setSettled(value), isPaused() ? 0 : rest);
    return () => clearTimeout(timer);
  }, [value, rest, isPaused]);
  return settled;
}
