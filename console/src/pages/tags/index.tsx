import { Route, Routes } from "react-router";

import { later } from "@/parts/later";
import { Needs } from "@/parts/states";

import { Catalogue } from "./catalogue";
import { Reviews } from "./reviews";

/** What rules are put together with is brought when somebody does. */
const Edit = later(() => import("./edit").then((found) => found.Edit));

export default function Page() {
  return (
    <Needs right="read_tags">
      <Routes>
        <Route path="new" element={<Edit />} />
        <Route path="reviews" element={<Reviews />} />
        <Route path=":name/edit" element={<Edit />} />
        <Route path=":name?" element={<Catalogue />} />
      </Routes>
    </Needs>
  );
}
