/** The tags and events that are known, by name: everything on screen speaks of them by their titles. */
import { useMemo } from "react";

import type { EventSeen, Json, Said, TagRow } from "@/api/answers";
import { readAll } from "@/api/all";
import { ask } from "@/api/client";
import type { Problem } from "@/api/problem";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSay, type Sayer } from "@/format/say";

/** Drafts have no published row yet: they are asked for by their stage. */
const EVERY_STAGE = ["published", "deprecated", "draft", "previewed", "submitted", "approved"];
const IN_USE: ReadonlySet<string> = new Set(["published", "deprecated"]);

export function isInUse(row: TagRow): boolean {
  return IN_USE.has(row.status);
}

/** All there are, drafts too: one list for all pages, for ten thousand tags are not brought twice. */
export function tagRowsOf() {
  return queryOptions<TagRow[], Problem>({
    queryKey: ["/api/v1/tags"],
    queryFn: ({ signal }) => readAll<TagRow>("/api/v1/tags", "tags", { status: EVERY_STAGE, limit: 10_000 }, signal),
    staleTime: 60_000,
  });
}

export function useTagRows() {
  return useQuery(tagRowsOf());
}

export interface Catalogue {
  rows: readonly TagRow[];
  byName: ReadonlyMap<string, TagRow>;
  title: (name: string) => string;
  /** What a group of tags is called; of none, null. */
  group: (name: string | null | undefined) => string | null;
  /** What the unit of a tag is called; null = it has none, or none in this language. */
  unit: (name: string) => string | null;
  /** A value of a tag: by its title where it has one, in its unit. */
  value: (name: string, value: Json | undefined) => string;
  ready: boolean;
}

interface Indexed {
  rows: readonly TagRow[];
  byName: ReadonlyMap<string, TagRow>;
  groups: ReadonlyMap<string | null, Said>;
}

const indexed = new WeakMap<readonly TagRow[], Indexed>();

/** Those in use, made once for all who ask: a page shows a hundred tags, of ten thousand. */
function indexRows(every: readonly TagRow[]): Indexed {
  const before = indexed.get(every);
  if (before) return before;
  const rows = every.filter(isInUse);
  const index = {
    rows,
    byName: new Map(rows.map((row) => [row.name, row])),
    groups: new Map(rows.map((row) => [row.group, row.group_title])),
  };
  indexed.set(every, index);
  return index;
}

const NONE: readonly TagRow[] = [];

type Worded = Pick<TagRow, "unit" | "values"> & { unit_title?: Said };

function sayUnit(say: Sayer, tag: Worded | undefined): string {
  return say.title(tag?.unit_title, tag?.unit ?? "");
}

/** A value of a tag, be it known or only drafted. */
export function sayValue(say: Sayer, tag: Worded | undefined, value: Json | undefined): string {
  if (Array.isArray(value)) return say.list(value.map((each) => sayValue(say, tag, each)));
  const choice = tag?.values.find((each) => each.value === value);
  return choice ? say.title(choice.title, say.value(value)) : say.value(value, tag?.unit, sayUnit(say, tag));
}

export function useCatalogue(): Catalogue {
  const { data } = useTagRows();
  const say = useSay();
  return useMemo(() => {
    const { rows, byName, groups } = indexRows(data ?? NONE);
    return {
      rows,
      byName,
      title: (name: string) => say.title(byName.get(name)?.title, name),
      group: (name) => (name ? say.title(groups.get(name), name) : null),
      unit: (name) => sayUnit(say, byName.get(name)) || null,
      value: (name: string, value: Json | undefined) => sayValue(say, byName.get(name), value),
      ready: data !== undefined,
    };
  }, [data, say]);
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
  }, [data, say]);
}
