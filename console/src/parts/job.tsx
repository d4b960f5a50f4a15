/** How far long work is, in the place where somebody waits for it. */
import { Button, Progress, type ProgressProps } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { isOver, type Job } from "@/api/jobs";

import { useTell } from "./tell";

export function JobProgress({ job }: { job: Job | null }) {
  const { t } = useTranslation();
  const tell = useTell();
  if (!job || isOver(job)) return null;
  return (
    <div className="row" role="status">
      <JobBar job={job} style={{ flex: 1 }} />
      <span className="muted small">{sayJob(t, job)}</span>
      <Button size="small" onClick={() => void ask("post", "/api/v1/jobs/{id}:cancel", { params: { id: job.id } }).catch(tell)}>
        {t("word.cancel")}
      </Button>
    </div>
  );
}

/** What is not over is never drawn as done, even where all of it has been gone through. */
export function JobBar({ job, ...shape }: { job: Job } & Pick<ProgressProps, "size" | "style">) {
  const { t } = useTranslation();
  const { done, total } = job.progress ?? { done: 0, total: 0 };
  return <Progress {...shape} status="active" percent={total > 0 ? Math.round((100 * done) / total) : 0} aria-label={sayJob(t, job)} />;
}

function sayJob(t: TFunction, { kind, state }: Job): string {
  return `${t(`data.kind_${kind}`, kind)} · ${t(`data.state_${state}`, state)}`;
}
