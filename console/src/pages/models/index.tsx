import { Navigate, Route, Routes } from "react-router";

import { Needs } from "@/parts/states";

import { Boards } from "./boards";
import { Model } from "./model";

export default function Page() {
  return (
    <Needs right="read_tags">
      <Routes>
        <Route index element={<Boards />} />
        <Route path=":name" element={<Model />} />
        <Route path="*" element={<Navigate to="/models" replace />} />
      </Routes>
    </Needs>
  );
}
