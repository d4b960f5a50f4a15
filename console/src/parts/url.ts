/** Every state of a page lies in its address: reload, go back, send a link. */
import { useCallback } from "react";
import { useSearchParams } from "react-router";

type Setter = (value: string | null, options?: { push?: boolean }) => void;

export function useUrlState(name: string, usual = ""): [string, Setter] {
  const [search, setSearch] = useSearchParams();
  const set: Setter = useCallback(
    (value, options) => {
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === null || value === "" || value === usual) after.delete(name);
          else after.set(name, value);
          return after;
        },
        { replace: !options?.push },
      );
    },
    [name, setSearch, usual],
  );
  return [search.get(name) ?? usual, set];
}

/** Several at once, in one step of the history. */
export function useUrlStates(): [URLSearchParams, (given: Record<string, string | null>) => void] {
  const [search, setSearch] = useSearchParams();
  const set = useCallback(
    (given: Record<string, string | null>) => {
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(given)) {
            if (value) after.set(name, value);
            else after.delete(name);
          }
          return after;
        },
        { replace: true },
      );
    },
    [setSearch],
  );
  return [search, set];
}
