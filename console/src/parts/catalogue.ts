/** The tags and events that are known, by name: everything on screen speaks of them by their titles. */
import { useMemo } from "react";

import type { EventSeen, TagRow } from "@/api/answers";
import { readAll } from "@/api/all";
import { ask } from "@/api/client";
import { useQuery } from "@tanstack/react-query";
import { useSay } from "@/format/say";

export function useTagRows(status?: readonly string[]) {
  return useQuery<TagRow[]>({
    queryKey: ["/api/v1/tags", status ?? null],
    queryFn: ({ signal }) => readAll<TagRow>("/api/v1/tags", "tags", { status }, signal), // 10,000 are ten pages
    staleTime: 60_000,
  });
}

export interface Catalogue {
  rows: readonly TagRow[];
  byName: ReadonlyMap<string, TagRow>;
  title: (name: string) => string;
  ready: boolean;
}

const indexed = new WeakMap<readonly TagRow[], ReadonlyMap<string, TagRow>>();

/** Made once for all who ask: a page shows a hundred tags, of ten thousand. */
function indexRows(rows: readonly TagRow[]): ReadonlyMap<string, TagRow> {
  const before = indexed.get(rows);
  if (before) return before;
  const byName = new Map(rows.map((row) => [row.name, row]));
  indexed.set(rows, byName);
  return byName;
}

const NONE: readonly TagRow[] = [];

export function useCatalogue(): Catalogue {
  const { data } = useTagRows();
  const say = useSay();
  const { title, language } = say;
  return useMemo(() => {
    const byName = indexRows(data ?? NONE);
    return {
      rows: data ?? NONE,
      byName,
      title: (name: string) => title(byName.get(name)?.title, name),
      ready: data !== undefined,
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- title is made anew on each render; the language tells
  }, [data, language]);
}

export function useEventTitles(): { events: readonly EventSeen[]; title: (name: string) => string } {
  const say = useSay();
  const { data } = useQuery<{ events: EventSeen[] }>({
    queryKey: ["/api/v1/events"],
    queryFn: ({ signal }) => ask<{ events: EventSeen[] }>("get", "/api/v1/events", { signal }),
    staleTime: 60_000,
  });
  return useMemo(() => {
    const titles = new Map((data?.events ?? []).map((each) => [each.name, each.title]));
    return { events: data?.events ?? [], title: (name: string) => say.title(titles.get(name), name) };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- as above
  }, [data, say.language]);
}
