/** How far long work is, in the place where somebody waits for it. */
import { Button, Progress } from "antd";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { isOver, type Job } from "@/api/jobs";

import { useTell } from "./tell";

export function JobProgress({ job }: { job: Job | null }) {
  const { t } = useTranslation();
  const tell = useTell();
  if (!job || isOver(job)) return null;
  const { done, total } = job.progress ?? { done: 0, total: 0 };
  const kind = t(`data.kind_${job.kind}`, job.kind);
  const told = `${kind} · ${t(`data.state_${job.state}`, job.state)}`;
  return (
    <div className="row" role="status">
      <Progress
        style={{ flex: 1 }}
        status="active"
        percent={total > 0 ? Math.round((100 * done) / total) : 0}
        aria-label={told}
      />
      <span className="muted small">{told}</span>
      <Button size="small" onClick={() => void ask("post", "/api/v1/jobs/{id}:cancel", { params: { id: job.id } }).catch(tell)}>
        {t("word.cancel")}
      </Button>
    </div>
  );
}
