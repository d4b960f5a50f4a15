/** What a page asks first, asked while its own part is still on its way. A refusal is said where the answer is shown. */
import type { FetchQueryOptions, QueryClient, QueryKey } from "@tanstack/react-query";

import { matchPath } from "react-router";

import { allOf } from "@/api/all";
import type { Problem } from "@/api/problem";
import { questionOf } from "@/api/questions";
import { membersOf, portraitOf } from "@/pages/customers/asked";
import { healthOf } from "@/pages/tags/health";
import { tagRowsOf } from "@/parts/catalogue";

import { pageAt, type PageName } from "./pages";

interface Here {
  /** What stands in the address after the page: a customer, an audience, a tag. */
  key: string;
  search: URLSearchParams;
  ask: <T, K extends QueryKey>(question: FetchQueryOptions<T, Problem, T, K>) => void;
}

const FIRST: Record<PageName, (here: Here) => void> = {
  home: ({ ask }) => ask(questionOf("/api/v1/overview")),
  customers: ({ ask, search }) => {
    ask(allOf("/api/v1/audiences", "audiences"));
    const audience = search.get("audience");
    if (!audience || search.get("q")) return;
    ask(membersOf(audience, search.get("after")));
    ask(tagRowsOf());
  },
  customer: ({ ask, key, search }) => {
    ask(portraitOf(key, search.get("as_of") ?? ""));
    ask(tagRowsOf());
  },
  tags: ({ ask, key }) => {
    if (["new", "reviews"].includes(key)) return;
    ask(tagRowsOf());
    ask(healthOf());
    ask(questionOf("/api/v1/reviews"));
  },
  audiences: ({ ask, key }) => {
    if (["new", "compare"].includes(key)) return;
    ask(allOf("/api/v1/audiences", "audiences"));
    if (!key) return;
    ask(questionOf("/api/v1/audiences/{name}", { params: { name: key } }));
    ask(tagRowsOf());
  },
  models: ({ ask, key }) => {
    if (key) return;
    ask(questionOf("/api/v1/models"));
    ask(tagRowsOf());
  },
  personas: ({ ask }) => {
    ask(questionOf("/api/v1/personas"));
    ask(tagRowsOf());
  },
  data: () => undefined,
  system: ({ ask, key }) => {
    if (key === "" || key === "health") ask(questionOf("/api/v1/system"));
  },
};

export function askAhead(client: QueryClient, { pathname, search }: Location): void {
  const name = pageAt(pathname);
  const found = matchPath("/:room?/:key?", pathname);
  if (!name || !found) return;
  FIRST[name]({
    key: found.params.key ?? "",
    search: new URLSearchParams(search),
    ask: (question) => void client.prefetchQuery(question),
  });
}
