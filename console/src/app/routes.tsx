/** Paths are a contract. Each room is brought when somebody enters it. */
import { lazy } from "react";
import { createBrowserRouter } from "react-router";

import { Shell } from "./shell";
import { WithSession } from "./session";
import { Lost } from "./lost";

const Home = lazy(() => import("@/pages/home"));
const Customers = lazy(() => import("@/pages/customers"));
const Customer = lazy(() => import("@/pages/customers/customer"));
const Tags = lazy(() => import("@/pages/tags"));
const Audiences = lazy(() => import("@/pages/audiences"));
const Models = lazy(() => import("@/pages/models"));
const Personas = lazy(() => import("@/pages/personas"));
const Data = lazy(() => import("@/pages/data"));
const System = lazy(() => import("@/pages/system"));

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
