/** What comes in: who sends it, what became of it, and what is still to be mended. */
import { Card } from "antd";

import { later } from "@/parts/later";
import { Rooms } from "@/parts/rooms";

import { Live } from "./live";

const Destinations = later(() => import("./destinations").then((found) => found.Destinations));
const Jobs = later(() => import("./jobs").then((found) => found.Jobs));
const Keys = later(() => import("./keys").then((found) => found.Keys));
const Rejects = later(() => import("./rejects").then((found) => found.Rejects));
const Plan = later(() => import("./plan").then((found) => found.Plan));
const Bring = later(() => import("@/pages/home/first-steps").then((found) => found.Bring));

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
