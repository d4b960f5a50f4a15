/** What comes in: who sends it, what became of it, and what is still to be mended. */
import { Card } from "antd";
import { lazy } from "react";

import { Rooms } from "@/parts/rooms";

import { Live } from "./live";

const Destinations = lazy(() => import("./destinations").then((found) => ({ default: found.Destinations })));
const Jobs = lazy(() => import("./jobs").then((found) => ({ default: found.Jobs })));
const Keys = lazy(() => import("./keys").then((found) => ({ default: found.Keys })));
const Rejects = lazy(() => import("./rejects").then((found) => ({ default: found.Rejects })));
const Plan = lazy(() => import("./plan").then((found) => ({ default: found.Plan })));
const Bring = lazy(() => import("@/pages/home/first-steps").then((found) => ({ default: found.Bring })));

export default function Page() {
  return (
    <Rooms
      base="/data"
      title="room.data"
      rooms={[
        { path: "live", title: "data.live", right: "watch_events", shown: <Live /> },
        { path: "keys", title: "data.keys", right: "manage_keys", shown: <Keys /> },
        { path: "destinations", title: "destination.all", right: "manage_keys", shown: <Destinations /> },
        { path: "plan", title: "data.plan", right: "read_tags", shown: <Plan /> },
        { path: "rejects", title: "data.rejects", right: "watch_events", shown: <Rejects /> },
        { path: "imports", title: "data.imports", right: "manage_jobs", shown: <Imports /> },
        { path: "jobs", title: "data.jobs", right: "manage_jobs", shown: <Jobs /> },
      ]}
    />
  );
}

function Imports() {
  return (
    <div className="stack">
      <Card>
        <Bring />
      </Card>
      <Jobs kind="import" />
    </div>
  );
}
