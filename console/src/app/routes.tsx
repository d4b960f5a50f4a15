/** Each room is brought when somebody enters it. */
import { lazy, type ComponentType } from "react";
import { Route, Routes } from "react-router";

import { Lost } from "./lost";
import { NAMES, pageAt, PAGES, type PageName } from "./pages";
import { Shell } from "./shell";
import { WithSession } from "./session";

const PARTS: Record<PageName, () => Promise<{ default: ComponentType }>> = {
  home: () => import("@/pages/home"),
  customers: () => import("@/pages/customers"),
  customer: () => import("@/pages/customers/customer"),
  tags: () => import("@/pages/tags"),
  audiences: () => import("@/pages/audiences"),
  models: () => import("@/pages/models"),
  personas: () => import("@/pages/personas"),
  data: () => import("@/pages/data"),
  system: () => import("@/pages/system"),
};

/** Has a page's own part on its way before anybody knows who is here. */
export async function bringPage(path: string): Promise<void> {
  const name = pageAt(path);
  if (name) await PARTS[name]().catch(() => undefined); // asked for again where it is shown
}

const PAGES_BROUGHT = NAMES.map((name) => [PAGES[name], lazy(PARTS[name])] as const);

export function Pages() {
  return (
    <Routes>
      <Route element={<WithSession><Shell /></WithSession>}>
        {PAGES_BROUGHT.map(([path, Page]) => (
          <Route key={path} path={path} element={<Page />} />
        ))}
        <Route path="*" element={<Lost />} />
      </Route>
    </Routes>
  );
}
