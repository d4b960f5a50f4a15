/** The live debugger: what comes in as it comes, and what became of it. */
import { PauseCircleOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Button, Card, Input, Segmented, Table, Tag } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Identifier, Json, Said } from "@/api/answers";
import { noteBroken, writePath } from "@/api/client";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { FailedHere, Nothing } from "@/parts/states";
import { useTyped, useUrlState } from "@/parts/url";

interface Arrival {
  id: number;
  at: string;
  source: string;
  name: string | null;
  identifiers: Identifier[];
  outcome: string;
  reason: string | null;
  said: Said | null;
  message: Json;
}

const MOST = 200;
const COLOURS: Record<string, string> = { stored: "success", refused: "error", violates: "warning" };
const OUTCOMES = ["", "stored", "refused", "violates"];

export function Live() {
  const { t } = useTranslation();
  const say = useSay();
  const [source, setSource] = useUrlState("source");
  const [typed, type] = useTyped(source);
  const [outcome, setOutcome] = useUrlState("outcome");
  const [held, hold] = useUrlState("paused");
  const paused = held !== "";
  const query = { source: source || null, outcome: outcome || null };
  const before = useAnswer<{ events: Arrival[] }>("/api/v1/events:recent", { query: { ...query, limit: 50 } });
  const [heard, setHeard] = useState<{ of: string; events: Arrival[] }>({ of: "", events: [] });
  const of = `${source} ${outcome}`;
  useEffect(() => {
    if (paused) return undefined;
    const stream = new EventSource(writePath("/api/v1/events:live", {}, { source: source || null, outcome: outcome || null }));
    stream.addEventListener("arrival", (told: MessageEvent<string>) => {
      const arrival = JSON.parse(told.data) as Arrival;
      setHeard((known) => ({ of, events: [arrival, ...(known.of === of ? known.events : [])].slice(0, MOST) }));
    });
    stream.addEventListener("error", () => void noteBroken());
    return () => stream.close();
  }, [of, source, outcome, paused]);
  const fresh = heard.of === of ? heard.events : [];
  const known = new Set(fresh.map((each) => each.id));
  const earlier = [...(before.data?.events ?? [])].reverse().filter((each) => !known.has(each.id));
  const events = [...fresh, ...earlier].slice(0, MOST);
  return (
    <Card>
      <div className="stack">
        <div className="row row-wrap">
          <Segmented
            value={outcome}
            onChange={(value) => setOutcome(value)}
            options={OUTCOMES.map((value) => ({ value, label: t(value ? `data.outcome_${value}` : "word.all") }))}
          />
          <Input.Search
            allowClear
            style={{ maxWidth: 240 }}
            placeholder={t("data.source")}
            aria-label={t("data.source")}
            value={typed}
            onChange={(event) => type(event.target.value)}
            onSearch={(value) => setSource(value)}
          />
          <Button icon={paused ? <PlayCircleOutlined aria-hidden /> : <PauseCircleOutlined aria-hidden />} onClick={() => hold(paused ? null : "1")}>
            {t(paused ? "data.go_on" : "data.pause")}
          </Button>
        </div>
        {before.error && <FailedHere problem={before.error} again={() => void before.refetch()} />}
        {events.length === 0 && !before.isLoading ? (
          <Nothing title={t("data.quiet")} />
        ) : (
          <Table<Arrival>
            rowKey="id"
            size="small"
            loading={before.isLoading}
            dataSource={events}
            pagination={false}
            scroll={{ x: "max-content", y: 620 }}
            expandable={{
              expandedRowRender: (row) => (
                <pre>{typeof row.message === "string" ? row.message : JSON.stringify(row.message, null, 2)}</pre>
              ),
            }}
            columns={[
              { title: t("data.at"), render: (_, row) => <span className="number">{say.instant(row.at)}</span> },
              { title: t("data.source"), dataIndex: "source" },
              { title: t("data.event"), render: (_, row) => row.name ?? "–" },
              {
                title: t("data.who"),
                render: (_, row) => row.identifiers.map((each) => `${each.type}:${each.value}`).join("  ") || "–",
              },
              {
                title: t("data.outcome"),
                render: (_, row) => (
                  <>
                    <Tag color={COLOURS[row.outcome] ?? "default"}>{t(`data.outcome_${row.outcome}`, row.outcome)}</Tag>
                    <span className="muted small">{say.title(row.said, row.reason ?? "")}</span>
                  </>
                ),
              },
            ]}
          />
        )}
      </div>
    </Card>
  );
}
