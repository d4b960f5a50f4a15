/** A page of several rooms: a tab each, and a path each. */
import { Tabs } from "antd";
import { Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Route, Routes, useLocation, useNavigate } from "react-router";

import { useSession } from "@/app/session";
import { Forbidden, Waiting } from "@/parts/states";

export interface Room {
  path: string;
  title: string;
  right: string;
  shown: ReactNode;
}

export function Rooms({ base, title, rooms }: { base: string; title: string; rooms: readonly Room[] }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const go = useNavigate();
  const here = useLocation().pathname.slice(base.length + 1).split("/")[0] ?? "";
  const open = rooms.filter((room) => may(room.right));
  const first = open[0];
  if (!first) return <Forbidden {...(rooms[0] ? { right: rooms[0].right } : {})} />;
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t(title)}</h1>
        </div>
      </div>
      <Tabs
        activeKey={rooms.some((room) => room.path === here) ? here : first.path}
        onChange={(path) => void go(`${base}/${path}`)}
        items={open.map((room) => ({ key: room.path, label: t(room.title) }))}
      />
      <Suspense fallback={<Waiting rows={8} />}>
        <Routes>
          <Route index element={<Navigate to={first.path} replace />} />
          {rooms.map((room) => (
            <Route key={room.path} path={room.path} element={may(room.right) ? room.shown : <Forbidden right={room.right} />} />
          ))}
          <Route path="*" element={<Navigate to={first.path} replace />} />
        </Routes>
      </Suspense>
    </>
  );
}
