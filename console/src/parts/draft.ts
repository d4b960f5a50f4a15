/** What somebody is writing outlives a reload, a crash and a session that ends in the middle of it. */
import { useCallback, useEffect, useState } from "react";

const PREFIX = "limner.draft.";

export function readDraft<T>(name: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null") as T | null;
  } catch {
    return null;
  }
}

export function useDraft<T>(name: string, start: T): [T, (value: T) => void, () => void] {
  const [value, setValue] = useState<T>(() => readDraft<T>(name) ?? start);
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (touched) sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  }, [name, touched, value]);
  const write = useCallback((given: T) => {
    setTouched(true);
    setValue(given);
  }, []);
  const forget = useCallback(() => {
    setTouched(false);
    sessionStorage.removeItem(PREFIX + name);
  }, [name]);
  return [value, write, forget];
}
