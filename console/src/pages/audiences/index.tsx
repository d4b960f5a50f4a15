import { Route, Routes } from "react-router";

import { later } from "@/parts/later";
import { Needs } from "@/parts/states";

import { Audience } from "./audience";
import { List } from "./list";

/** What conditions are put together with, and what compares, is brought when somebody does that. */
const Compare = later(() => import("./compare").then((found) => found.Compare));
const Edit = later(() => import("./edit").then((found) => found.Edit));

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
