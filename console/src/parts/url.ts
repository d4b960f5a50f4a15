/** Every state of a page lies in its address: reload, go back, send a link. */
import { useCallback, useState } from "react";
import { NavigationType, useLocation, useNavigate, useNavigationType, useSearchParams } from "react-router";

type Setter = (value: string | null, options?: { push?: boolean }) => void;

export function useUrlState(name: string, usual = ""): [string, Setter] {
  const [search, setSearch] = useSearchParams();
  const from: unknown = useLocation().state;
  const set: Setter = useCallback(
    (value, options) => {
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === null || value === "" || value === usual) after.delete(name);
          else after.set(name, value);
          return after;
        },
        options?.push ? {} : { replace: true, state: from },
      );
    },
    [name, setSearch, usual, from],
  );
  return [search.get(name) ?? usual, set];
}

const NONE: readonly string[] = [];

/** What lies open over a page, as a drawer does: going back closes it, and closing it goes back. ``within``: what else
 * the address says of it, which goes with it. */
export function useOpened(name: string, within = NONE): [string, (value: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  const go = useNavigate();
  const from = useLocation().state as { opened?: string } | null;
  const set = (value: string | null) => {
    if (value === null && from?.opened === name) return void go(-1);
    const after = new URLSearchParams(search);
    if (value === null) [name, ...within].forEach((each) => after.delete(each));
    else after.set(name, value);
    setSearch(after, value === null || search.has(name) ? { replace: true, state: from } : { state: { opened: name } });
  };
  return [search.get(name) ?? "", set];
}

/** Several at once, in one step of the history. */
export function useUrlStates(): [URLSearchParams, (given: Record<string, string | null>) => void] {
  const [search, setSearch] = useSearchParams();
  const from: unknown = useLocation().state; // what is open stays what going back closes
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
        { replace: true, state: from },
      );
    },
    [setSearch, from],
  );
  return [search, set];
}

/** Text that is typed: the field holds it at once and the address follows, for an address that changes is drawn when
 * there is time, and a field that waited for it would lose letters. ``page``: what says which page of what is found is
 * shown; another text begins with the first. */
export function useUrlText(name: string, page?: string): [text: string, type: (text: string) => void] {
  const [search, set] = useUrlStates();
  const [text, setText] = useTyped(search.get(name) ?? "");
  const type = useCallback(
    (typed: string) => {
      setText(typed);
      set({ [name]: typed, ...(page ? { [page]: null } : {}) });
    },
    [name, page, set, setText],
  );
  return [text, type];
}

/** What a field holds whose text goes into the address; going back, or a link, puts the address's text in. */
export function useTyped(kept: string): [text: string, type: (text: string) => void] {
  const how = useNavigationType();
  const [seen, setSeen] = useState(kept);
  const [text, setText] = useState(kept);
  if (kept !== seen) {
    setSeen(kept);
    if (how !== NavigationType.Replace) setText(kept);
  }
  return [text, setText];
}
