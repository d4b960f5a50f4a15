/** Rows that could not become events: mended here, and read again. Nothing that came in is lost. */
import { App, Button, Card, Drawer, Input, Table } from "antd";
import { useTranslation } from "react-i18next";

import type { Said } from "@/api/answers";
import { ask } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { useDraft } from "@/parts/draft";
import { Answered, NotDone, Nothing } from "@/parts/states";
import { useOpened, useUrlStates } from "@/parts/url";

interface Reject {
  id: number;
  file: string;
  line: number;
  reason: string;
  said: Said;
  row: string;
}

interface Outcome {
  read: number;
  accepted: number;
  rejected: number;
}

const PATH = "/api/v1/rejects";
const PAGE = 50;

export function Rejects() {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const { message } = App.useApp();
  const [url, setUrl] = useUrlStates();
  const [mended, setMended] = useOpened("mend");
  const query = { file: url.get("file"), cursor: url.get("after"), limit: PAGE };
  const asked = useAnswer<{ rejects: Reject[]; next: number | null }>(PATH, { query, keep: true });
  const chosen = may("manage_jobs") ? (asked.data?.rejects.find((each) => String(each.id) === mended) ?? null) : null;
  const close = () => setMended(null);
  const retry = useWrite(
    (rows: Record<string, string> | null) => ask<Outcome>("post", "/api/v1/rejects:retry", { body: rows ? { rows } : {} }),
    [PATH, "/api/v1/overview"],
    (told, rows) => {
      if (rows && told.rejected > 0) void message.warning(t("data.still_rejected"));
      else void message.success(t("data.retried", { accepted: told.accepted, rejected: told.rejected }));
      if (!rows || told.rejected === 0) close();
    },
  );
  return (
    <Card
      title={t("data.rejects")}
      extra={
        may("manage_jobs") && (
          <Button loading={retry.isPending && retry.variables === null} onClick={() => retry.mutate(null)}>
            {t("data.retry_all")}
          </Button>
        )
      }
    >
      {!chosen && <NotDone problem={retry.error} />}
      <Answered asked={asked}>
        {({ rejects, next }) =>
          rejects.length === 0 ? (
            <Nothing title={t("data.no_rejects")} />
          ) : (
            <div className="stack">
              <Table<Reject>
                rowKey="id"
                size="small"
                dataSource={rejects}
                pagination={false}
                scroll={{ x: "max-content" }}
                columns={[
                  {
                    title: t("data.file"),
                    render: (_, row) => (
                      <button className="plain-button" type="button" title={row.file} onClick={() => setUrl({ file: row.file, after: null })}>
                        {row.file.split("/").at(-1)}
                      </button>
                    ),
                  },
                  { title: t("data.line"), align: "right", dataIndex: "line" },
                  { title: t("word.reason"), render: (_, row) => <span style={{ maxWidth: 420, display: "block" }}>{say.title(row.said, row.reason)}</span> },
                  { title: t("data.row"), render: (_, row) => <code>{row.row.slice(0, 60)}</code> },
                  {
                    key: "mend",
                    fixed: "end",
                    render: (_, row) =>
                      may("manage_jobs") && (
                        <Button size="small" onClick={() => setMended(String(row.id))}>
                          {t("data.mend")}
                        </Button>
                      ),
                  },
                ]}
              />
              <div className="row">
                {(query.file || query.cursor) && <Button onClick={() => setUrl({ file: null, after: null })}>{t("word.all")}</Button>}
                {next !== null && <Button onClick={() => setUrl({ after: String(next) })}>{t("word.more")}</Button>}
              </div>
            </div>
          )
        }
      </Answered>
      {chosen && (
        <Mend key={chosen.id} reject={chosen} pending={retry.isPending} problem={retry.error} onClose={close} onRetry={(row) => retry.mutate({ [chosen.id]: row })} />
      )}
    </Card>
  );
}

interface Mended {
  reject: Reject;
  pending: boolean;
  problem: Problem | null;
  onClose: () => void;
  onRetry: (row: string) => void;
}

function Mend({ reject, pending, problem, onClose, onRetry }: Mended) {
  const { t } = useTranslation();
  const say = useSay();
  const { value: text, write, forget } = useDraft(`reject.${reject.id}`, pretty(reject.row));
  const leave = () => {
    forget();
    onClose();
  };
  return (
    <Drawer
      open
      size="large"
      title={t("data.mend")}
      onClose={leave}
      extra={
        <Button type="primary" loading={pending} onClick={() => onRetry(text === pretty(reject.row) ? reject.row : compact(text))}>
          {t("data.retry")}
        </Button>
      }
    >
      <div className="stack">
        <p role="alert">{say.title(reject.said, reject.reason)}</p>
        <NotDone kept problem={problem} />
        <Input.TextArea
          className="code"
          aria-label={t("data.row")}
          autoSize={{ minRows: 8, maxRows: 28 }}
          value={text}
          onChange={(event) => write(event.target.value)}
        />
      </div>
    </Drawer>
  );
}

/** JSON over several lines; anything else as it is. */
export function pretty(row: string): string {
  try {
    return JSON.stringify(JSON.parse(row), null, 2);
  } catch {
    return row;
  }
}

/** One line, as rows are kept. Numbers are left alone: JSON's own reader would round long ones. */
export function compact(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join(" ")
    .trim();
}
