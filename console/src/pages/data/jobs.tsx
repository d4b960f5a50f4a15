/** Long work beside the server: how far it is, and what became of it. */
import { Button, Card, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { isOver, type Job } from "@/api/jobs";
import { useAnswer, useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { JobBar } from "@/parts/job";
import { Answered, NotDone, Nothing } from "@/parts/states";
import { useTable } from "@/parts/table";

import { saySubject } from "./subject";

const PATH = "/api/v1/jobs";
const COLOURS: Record<string, string> = { running: "processing", done: "success", failed: "error", cancelled: "default" };

export function Jobs({ kind }: { kind?: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const asked = useAnswer<{ jobs: Job[] }>(PATH, { every: 2000 });
  const shown = (asked.data?.jobs ?? []).filter((job) => !kind || job.kind === kind);
  const table = useTable<Job>(25, shown.length);
  const change = useWrite(
    ({ id, what }: { id: number; what: "cancel" | "resume" }) => ask("post", `/api/v1/jobs/{id}:${what}`, { params: { id } }),
    [PATH],
  );
  return (
    <Card title={t(kind ? "data.imports_so_far" : "data.jobs")}>
      <NotDone problem={change.error} />
      <Answered asked={asked}>
        {() => {
          return shown.length === 0 ? (
            <Nothing title={t("data.no_jobs")} />
          ) : (
            <Table<Job>
              rowKey="id"
              size="small"
              dataSource={shown}
              scroll={{ x: "max-content" }}
              pagination={table.pagination}
              onChange={table.onChange}
              columns={[
                { title: "#", dataIndex: "id", align: "right" },
                { title: t("data.kind"), render: (_, job) => t(`data.kind_${job.kind}`, job.kind) },
                { title: t("data.subject"), render: (_, job) => <span style={{ maxWidth: 320, display: "block" }}>{saySubject(t, job)}</span> },
                { title: t("data.by"), render: (_, job) => t(`machine.${job.who}`, job.who) },
                { title: t("data.asked"), render: (_, job) => say.since(job.asked_at) },
                {
                  title: t("word.status"),
                  render: (_, job) =>
                    job.state === "running" && job.progress && job.progress.total > 0 ? (
                      <JobBar job={job} size="small" style={{ width: 160 }} />
                    ) : (
                      <>
                        <Tag color={COLOURS[job.state] ?? "default"}>{t(`data.state_${job.state}`, job.state)}</Tag>
                        {job.error && <div className="muted small failure">{say.title(job.said, job.error)}</div>}
                      </>
                    ),
                },
                {
                  key: "do",
                  render: (_, job) =>
                    !isOver(job) ? (
                      <Button size="small" onClick={() => change.mutate({ id: job.id, what: "cancel" })}>
                        {t("word.cancel")}
                      </Button>
                    ) : (
                      (job.state === "failed" || job.state === "cancelled") && (
                        <Button size="small" onClick={() => change.mutate({ id: job.id, what: "resume" })}>
                          {t("data.resume")}
                        </Button>
                      )
                    ),
                },
              ]}
            />
          );
        }}
      </Answered>
    </Card>
  );
}
