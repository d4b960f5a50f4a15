import { lazy } from "react";
import { Route, Routes } from "react-router";

import { Needs } from "@/parts/states";

import { Audience } from "./audience";
import { List } from "./list";

/** What conditions are put together with, and what compares, is brought when somebody does that. */
const Compare = lazy(() => import("./compare").then((found) => ({ default: found.Compare })));
const Edit = lazy(() => import("./edit").then((found) => ({ default: found.Edit })));

export default function Page() {
  return (
    <Needs right="count_audiences">
      <Routes>
        <Route index element={<List />} />
        <Route path="new" element={<Edit />} />
        <Route path="compare" element={<Compare />} />
        <Route path=":name" element={<Audience />} />
        <Route path=":name/edit" element={<Edit />} />
      </Routes>
    </Needs>
  );
}
