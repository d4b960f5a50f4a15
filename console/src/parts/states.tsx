/** What a page shows when it has nothing to show yet, at all, or to this reader. */
import { Alert, Button, Empty, Result, Skeleton, Space } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Problem } from "@/api/problem";
import { useSession } from "@/app/session";

/** The outline of the whole console, before anybody knows who is there: as the document has it before any script ran. */
export function Frame() {
  const lines = (count: number) => Array.from({ length: count }, (_, line) => <span key={line} />);
  return (
    <div className="frame" aria-busy="true">
      <div className="frame-side">{lines(8)}</div>
      <div className="frame-main">{lines(10)}</div>
    </div>
  );
}

export function Waiting({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div aria-busy="true" aria-label={t("state.loading")} role="status">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}

export function Failed({ problem, again }: { problem: Problem; again?: () => void }) {
  const { t } = useTranslation();
  if (problem.status === 403) return <Forbidden />;
  if (problem.status === 404) return <Result status="404" title={t("state.missing")} subTitle={problem.message} />;
  return (
    <Result
      status={problem.away ? "warning" : "error"}
      title={t(problem.away ? "state.away" : "state.failed")}
      subTitle={<span className="pre-line">{problem.away ? t("state.away_why") : problem.message}</span>}
      extra={again && <Button onClick={again}>{t("state.again")}</Button>}
    />
  );
}

/** The same in the room of a card. */
export function FailedHere({ problem, again }: { problem: Problem; again?: () => void }) {
  const { t } = useTranslation();
  const refused = problem.status === 403;
  const told = refused ? t("state.forbidden") : problem.away ? t("state.away") : problem.message || t("state.failed");
  return (
    <Alert
      type={refused ? "info" : "warning"}
      showIcon
      title={<span className="pre-line">{told}</span>}
      action={
        !refused &&
        again && (
          <Button size="small" onClick={again}>
            {t("state.again")}
          </Button>
        )
      }
    />
  );
}

/** Why something was not done or saved. ``kept``: what was written for it is still there. */
export function NotDone({ problem, kept = false }: { problem: Problem | null; kept?: boolean }) {
  const { t } = useTranslation();
  if (!problem) return null;
  const told = problem.away ? t(kept ? "state.not_saved" : "state.not_done") : problem.code === "unseen" ? t("state.taken") : problem.message;
  return <Alert type="error" showIcon className="not-done" title={<span className="pre-line">{told}</span>} />;
}

export function Nothing({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={<span className="muted">{title}</span>}>
      {children && <Space wrap>{children}</Space>}
    </Empty>
  );
}

export function Forbidden({ right }: { right?: string }) {
  const { t } = useTranslation();
  return (
    <Result
      status="403"
      title={t("state.forbidden")}
      subTitle={right ? t("state.forbidden_right", { right: t(`right.${right}`, right) }) : t("state.forbidden_why")}
    />
  );
}

/** Shows its children to those who may. */
export function Needs({ right, children }: { right: string; children: ReactNode }) {
  const { may } = useSession();
  return may(right) ? children : <Forbidden right={right} />;
}

interface Asked<T> {
  data: T | undefined;
  error: Problem | null;
  refetch: () => unknown;
}

/** The answer, or what stands in its place. */
export function Answered<T>({
  asked,
  rows = 4,
  children,
}: {
  asked: Asked<T>;
  rows?: number;
  children: (answer: T) => ReactNode;
}) {
  if (asked.data !== undefined) return children(asked.data);
  if (asked.error) return <FailedHere problem={asked.error} again={() => void asked.refetch()} />;
  return <Waiting rows={rows} />;
}
