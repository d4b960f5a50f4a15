/** The tracking plan: which events come in, and where they break it. */
import { Card, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";

import type { EventSeen, PropertySeen } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Answered, Nothing } from "@/parts/states";
import { useTable } from "@/parts/table";

import { WrittenPlan } from "./written-plan";

interface Seen extends EventSeen {
  aliases: string[];
  last_seen: string;
  last_7_days: number;
  previous_7_days: number;
}

interface Violated {
  source: string;
  event: string;
  property: string;
  fault: string;
  events: number;
}

export function Plan() {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const asked = useAnswer<{ events: Seen[] }>("/api/v1/events");
  const violated = useAnswer<{ violations: Violated[] }>("/api/v1/events:violations", { enabled: may("watch_events") });
  const broken = useTable<Violated>(20, violated.data?.violations.length ?? 0, "broken_");
  const seen = useTable<Seen>(50, asked.data?.events.length ?? 0);
  return (
    <div className="stack">
      {may("watch_events") && (
        <Card title={t("data.violations")}>
          <Answered asked={violated} rows={2}>
            {({ violations }) =>
              violations.length === 0 ? (
                <Nothing title={t("data.no_violations")} />
              ) : (
                <Table<Violated>
                  rowKey={(row) => `${row.source} ${row.event} ${row.property} ${row.fault}`}
                  size="small"
                  dataSource={violations}
                  pagination={broken.pagination}
                  onChange={broken.onChange}
                  columns={[
                    { title: t("data.source"), dataIndex: "source" },
                    { title: t("data.event"), dataIndex: "event" },
                    { title: t("data.property"), dataIndex: "property" },
                    { title: t("data.fault"), render: (_, row) => <Tag color="warning">{row.fault}</Tag> },
                    { title: t("data.count"), align: "right", render: (_, row) => say.number(row.events) },
                  ]}
                />
              )
            }
          </Answered>
        </Card>
      )}
      {may("watch_events") && <WrittenPlan />}
      <Card title={t("data.events")}>
        <Answered asked={asked}>
          {({ events }) =>
            events.length === 0 ? (
              <Nothing title={t("data.quiet")} />
            ) : (
              <Table<Seen>
                rowKey="name"
                size="small"
                dataSource={events}
                scroll={{ x: "max-content" }}
                pagination={seen.pagination}
                onChange={seen.onChange}
                expandable={{ expandedRowRender: (row) => <Properties event={row.name} /> }}
                columns={[
                  {
                    title: t("data.event"),
                    render: (_, row) => (
                      <>
                        {say.title(row.title, row.name)} {say.title(row.title, row.name) !== row.name && <span className="muted small">{row.name}</span>}
                      </>
                    ),
                  },
                  { title: t("data.count"), align: "right", render: (_, row) => say.number(row.count) },
                  { title: t("data.people"), align: "right", render: (_, row) => say.number(row.people) },
                  { title: t("data.week"), align: "right", render: (_, row) => say.number(row.last_7_days) },
                  { title: t("data.week_before"), align: "right", render: (_, row) => say.number(row.previous_7_days) },
                  { title: t("data.last_seen"), render: (_, row) => say.since(row.last_seen) },
                ]}
              />
            )
          }
        </Answered>
      </Card>
    </div>
  );
}

function Properties({ event }: { event: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const asked = useAnswer<{ properties: PropertySeen[] }>("/api/v1/events/{name}/properties", { params: { name: event } });
  return (
    <Answered asked={asked}>
      {({ properties }) => (
        <Table<PropertySeen>
          rowKey="path"
          size="small"
          dataSource={properties}
          pagination={false}
          columns={[
            { title: t("data.property"), render: (_, row) => <code>{row.path}</code> },
            { title: t("data.types"), render: (_, row) => Object.keys(row.types).join(", ") },
            { title: t("word.share"), align: "right", render: (_, row) => say.share(row.share) },
            {
              title: t("data.examples"),
              render: (_, row) =>
                row.examples
                  .slice(0, 4)
                  .map((each) => say.value(each.value))
                  .join("  ·  "),
            },
          ]}
        />
      )}
    </Answered>
  );
}
