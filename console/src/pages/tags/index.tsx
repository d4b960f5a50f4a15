import { Route, Routes } from "react-router";

import { Needs } from "@/parts/states";

import { Catalogue } from "./catalogue";
import { Edit } from "./edit";
import { Reviews } from "./reviews";

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
