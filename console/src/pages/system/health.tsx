/** How the server stands. */
import { Alert, Card, Descriptions } from "antd";
import { useTranslation } from "react-i18next";

import type { Overview } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { Figure } from "@/parts/figure";
import { Answered } from "@/parts/states";

interface System {
  version: string;
  timezone: string;
  seq: number;
  live: boolean;
  live_as_of: string | null;
  behind_bytes: number;
  rejects: number;
  held: { heavy?: number; blocked?: number };
  parity: { checked_at: string; compared: number; differing: number } | null;
  bytes: Record<string, number>;
  alarms: Overview["alarms"];
}

const STEPS = ["B", "kB", "MB", "GB", "TB"];

/** sized(1536) is 1.5 kB */
export function sized(bytes: number, number: (value: number, digits?: number) => string): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), STEPS.length - 1);
  return `${number(bytes / 1024 ** step, 1)} ${STEPS[step] ?? ""}`;
}

export function Health() {
  const { t } = useTranslation();
  const say = useSay();
  const asked = useAnswer<System>("/api/v1/system", { every: 5000 });
  return (
    <Answered asked={asked}>
      {(system) => (
        <div className="stack">
          {system.alarms.map((alarm) => (
            <Alert key={`${alarm.kind} ${alarm.subject} ${alarm.message}`} type="warning" showIcon title={`${alarm.subject} ${say.title(alarm.said, alarm.message)}`} />
          ))}
          <div className="figures">
            <Figure
              name={t("system.live")}
              value={t(system.live ? "system.live_on" : "system.live_off")}
              more={system.live_as_of && t("system.live_as_of", { at: say.instant(system.live_as_of) })}
            />
            <Figure name={t("system.behind")} value={sized(system.behind_bytes, say.number)} />
            <Figure name={t("data.rejects")} value={say.number(system.rejects)} to="/data/rejects" />
            <Figure
              name={t("system.held")}
              value={say.number((system.held.heavy ?? 0) + (system.held.blocked ?? 0))}
              more={t("system.held_of", { heavy: system.held.heavy ?? 0, blocked: system.held.blocked ?? 0 })}
            />
            <Figure
              name={t("system.parity")}
              value={system.parity ? say.number(system.parity.differing) : "–"}
              more={
                system.parity
                  ? t("system.parity_of", { shown: say.number(system.parity.compared), at: say.since(system.parity.checked_at) })
                  : t("system.parity_none")
              }
            />
          </div>
          <Card>
            <Descriptions
              column={{ xs: 1, md: 2 }}
              items={[
                { key: "version", label: t("word.version"), children: system.version },
                { key: "zone", label: t("system.zone"), children: system.timezone },
                { key: "seq", label: t("system.seq"), children: say.number(system.seq) },
                ...Object.entries(system.bytes).map(([name, size]) => ({
                  key: name,
                  label: t(`system.bytes_${name}`, name),
                  children: sized(size, say.number),
                })),
              ]}
            />
          </Card>
        </div>
      )}
    </Answered>
  );
}
