import { Navigate, Route, Routes } from "react-router";

import { Needs } from "@/parts/states";

import { Actions } from "./actions";
import { Boards } from "./boards";
import { Model } from "./model";

export default function Page() {
  return (
    <Needs right="read_tags">
      <Routes>
        <Route index element={<Boards />} />
        <Route path="next-best-action" element={<Actions />} />
        <Route path=":name" element={<Model />} />
        <Route path="*" element={<Navigate to="/models" replace />} />
      </Routes>
    </Needs>
  );
}
