/** Who may do what, who did what, and how the server stands. */
import { Rooms } from "@/parts/rooms";

import { Audit } from "./audit";
import { Health } from "./health";
import { Settings } from "./settings";
import { Users } from "./users";

export default function Page() {
  return (
    <Rooms
      base="/system"
      title="room.system"
      rooms={[
        { path: "health", title: "system.health", right: "manage_jobs", shown: <Health /> },
        { path: "users", title: "system.users", right: "manage_users", shown: <Users /> },
        { path: "audit", title: "system.audit", right: "read_audit", shown: <Audit /> },
        { path: "settings", title: "system.settings", right: "read_audit", shown: <Settings /> },
      ]}
    />
  );
}
