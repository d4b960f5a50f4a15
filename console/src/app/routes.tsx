/** Paths are a contract. Each room is brought when somebody enters it. */
import { lazy } from "react";
import { createBrowserRouter } from "react-router";

import { Shell } from "./shell";
import { WithSession } from "./session";
import { Lost } from "./lost";

const PAGES = {
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
const Home = lazy(PAGES.home);
const Customers = lazy(PAGES.customers);
const Customer = lazy(PAGES.customer);
const Tags = lazy(PAGES.tags);
const Audiences = lazy(PAGES.audiences);
const Models = lazy(PAGES.models);
const Personas = lazy(PAGES.personas);
const Data = lazy(PAGES.data);
const System = lazy(PAGES.system);

export type PageName = keyof typeof PAGES;

/** The page at a path; none = there is no such page. */
export function pageAt(path: string): PageName | null {
  const [room = "", key] = path.split("/").slice(1);
  const name = room === "" ? "home" : room === "customers" && key ? "customer" : room;
  return Object.hasOwn(PAGES, name) ? (name as PageName) : null;
}

/** Has a page's own part on its way before anybody knows who is here. */
export async function bringPage(path: string): Promise<void> {
  const name = pageAt(path);
  if (name) await PAGES[name]().catch(() => undefined); // asked for again where it is shown
}

export function makeRouter() {
  return createBrowserRouter([
    {
      element: (
        <WithSession>
          <Shell />
        </WithSession>
      ),
      children: [
        { index: true, element: <Home /> },
        { path: "customers", element: <Customers /> },
        { path: "customers/:key", element: <Customer /> },
        { path: "tags/*", element: <Tags /> },
        { path: "audiences/*", element: <Audiences /> },
        { path: "models/*", element: <Models /> },
        { path: "personas/*", element: <Personas /> },
        { path: "data/*", element: <Data /> },
        { path: "system/*", element: <System /> },
        { path: "*", element: <Lost /> },
      ],
    },
  ]);
}
