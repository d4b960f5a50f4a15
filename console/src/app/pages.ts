/** Which page lies at a path: for the routes, for the documents that are built, and, by `documents.json`, for the server. */
import { matchPath } from "react-router";

/** Paths are a contract. Of those that fit the first counts. */
export const PAGES = {
  home: "/",
  customers: "/customers",
  customer: "/customers/:key",
  tags: "/tags/*",
  audiences: "/audiences/*",
  models: "/models/*",
  personas: "/personas/*",
  data: "/data/*",
  system: "/system/*",
} as const;

export type PageName = keyof typeof PAGES;
export const NAMES = Object.keys(PAGES) as PageName[];

/** The page at a path; none = there is no such page. */
export function pageAt(path: string): PageName | null {
  return NAMES.find((name) => matchPath(PAGES[name], path)) ?? null;
}
