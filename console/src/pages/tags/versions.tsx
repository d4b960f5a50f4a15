/** What a tag was, who changed it and why, and how two versions differ. */
import { App, Button, Card, Select, Table } from "antd";
import { useTranslation } from "react-i18next";

import type { TagShown } from "@/api/answers";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Changes, type Change } from "@/parts/changes";
import { Answered, Nothing } from "@/parts/states";
import { useTell } from "@/parts/tell";
import { useUrlState } from "@/parts/url";

interface Diff {
  before: number;
  after: number | null;
  fields: Change[];
}

type Version = TagShown["history"][number];

export function Versions({ tag, etag }: { tag: TagShown; etag: string | null }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may, session } = useSession();
  const { modal } = App.useApp();
  const tell = useTell();
  const back = useWrite(
    (version: number) =>
      ask("post", "/api/v1/tags/{name}:rollback", {
        params: { name: tag.name },
        body: { version, reason: t("tags.rolled_back", { version }) },
        match: etag,
      }),
    ["/api/v1/tags", "/api/v1/tags/{name}"],
  );
  const ask_ = (version: number) =>
    void modal.confirm({
      title: t("tags.ask_rollback", { version }),
      okText: t("word.confirm"),
      cancelText: t("word.cancel"),
      onOk: () => back.mutateAsync(version).catch(tell),
    });
  const instant = (micros: number) => say.moment(micros, session.timezone);
  return (
    <div className="stack">
      <Table<Version>
        size="small"
        rowKey="version"
        pagination={false}
        dataSource={[...tag.history].reverse()}
        scroll={{ x: "max-content" }}
        columns={[
          { title: t("word.version"), render: (_, row) => <b>v{row.version}</b> },
          { title: t("tags.published_at"), render: (_, row) => instant(row.published_at) },
          { title: t("tags.author"), dataIndex: "author" },
          { title: t("tags.reviewer"), render: (_, row) => row.reviewer ?? "–" },
          { title: t("word.reason"), dataIndex: "reason" },
          {
            key: "back",
            render: (_, row) =>
              row.version !== tag.version &&
              may("publish_tags") && (
                <Button size="small" onClick={() => ask_(row.version)}>
                  {t("tags.roll_back")}
                </Button>
              ),
          },
        ]}
      />
      <Compared tag={tag} />
      <Card size="small" title={t("tags.trail")}>
        <ol className="plain-list">
          {[...tag.trail].reverse().map((step) => (
            <li key={`${step.at}${step.action}`} className="row between row-wrap">
              <span>
                {step.who} · {t(`action.${step.action.replace("tag.", "")}`, step.action)} {step.why && <span className="muted">— {step.why}</span>}
              </span>
              <span className="muted small">{instant(step.at)}</span>
            </li>
          ))}
        </ol>
      </Card>
    </div>
  );
}

function Compared({ tag }: { tag: TagShown }) {
  const { t } = useTranslation();
  const [before, setBefore] = useUrlState("from");
  const [after, setAfter] = useUrlState("to");
  const asked = useAnswer<Diff>("/api/v1/tags/{name}:diff", { params: { name: tag.name }, query: { from: before || null, to: after || null }, keep: true });
  const options = tag.history.map((each) => ({ value: String(each.version), label: `v${each.version}` }));
  return (
    <Card
      size="small"
      title={t("tags.diff")}
      extra={
        <span className="row">
          <Select size="small" allowClear style={{ width: 90 }} aria-label={t("tags.from")} placeholder={t("tags.from")} value={before || null} onChange={(next?: string) => setBefore(next ?? null)} options={options} />
          →
          <Select size="small" allowClear style={{ width: 90 }} aria-label={t("tags.to")} placeholder={tag.draft ? t("stage.draft") : t("tags.to")} value={after || null} onChange={(next?: string) => setAfter(next ?? null)} options={options} />
        </span>
      }
    >
      <Answered asked={asked}>
        {(diff) =>
          diff.fields.length === 0 ? (
            <Nothing title={t("tags.same")} />
          ) : (
            <Changes changes={diff.fields} />
          )
        }
      </Answered>
    </Card>
  );
}
