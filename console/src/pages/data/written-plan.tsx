/** The tracking plan as it is written, and changed while events come in. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Input } from "antd";
import { useTranslation } from "react-i18next";

import { ask, askTagged, type Tagged } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useDraft } from "@/parts/draft";
import { Overtaken } from "@/parts/meanwhile";
import { Answered, NotDone } from "@/parts/states";

interface Written {
  text: string;
  state: string;
  applied?: boolean;
}

const PATH = "/api/v1/events:plan";
const EXAMPLE = `events:
  order_paid:
    title: {zh: 付款, en: Payment}
    mode: observe
    properties:
      amount: {type: number, required: true, min: 0}
`;

export function WrittenPlan() {
  const { t } = useTranslation();
  const asked = useQuery<Tagged<Written>, Problem>({
    queryKey: [PATH],
    queryFn: ({ signal }) => askTagged<Written>("get", PATH, { signal }),
  });
  return (
    <Card title={t("data.written_plan")}>
      <Answered asked={asked}>{(read) => <Editor read={read} />}</Answered>
    </Card>
  );
}

/** A draft outlives a reload; whoever else changed the plan meanwhile is not written over. */
function Editor({ read }: { read: Tagged<Written> }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const client = useQueryClient();
  const begun = useDraft<string>("tracking-plan", read.answer.text, read.etag);
  const { value: text, write, forget, state } = begun;
  const save = useWrite(
    (match: string | null) => ask<Written>("put", PATH, { body: { text }, match }),
    ["/api/v1/events", "/api/v1/events:violations"],
    (saved) => {
      client.setQueryData([PATH], { answer: saved, etag: `"${saved.state}"` });
      forget();
    },
  );
  const keep = (match: string | null) =>
    save.mutate(match, { onError: ({ code }) => code === "stale" && void client.invalidateQueries({ queryKey: [PATH] }) });
  const drop = () => {
    forget();
    save.reset();
  };
  const changed = text !== read.answer.text;
  return (
    <div className="stack-small">
      <p className="muted small">{t("data.written_means")}</p>
      <Input.TextArea
        className="code"
        aria-label={t("data.written_plan")}
        autoSize={{ minRows: 6, maxRows: 26 }}
        placeholder={EXAMPLE}
        readOnly={!may("manage_jobs")}
        value={text}
        onChange={(event) => write(event.target.value)}
      />
      {changed && (
        <Overtaken draft={begun} now={read.etag} keep={keep} saving={save.isPending} onTake={drop}>
          <pre className="written">{read.answer.text}</pre>
        </Overtaken>
      )}
      {save.error?.code !== "stale" && <NotDone kept problem={save.error} />}
      {save.data && !changed && (
        <Alert
          type={save.data.applied ? "success" : "info"}
          showIcon
          title={t(save.data.applied ? "data.plan_holds" : "data.plan_waits")}
        />
      )}
      {may("manage_jobs") && (
        <div className="row">
          <Button type="primary" disabled={!changed} loading={save.isPending} onClick={() => keep(state)}>
            {t("word.save")}
          </Button>
          {changed && <Button onClick={drop}>{t("word.cancel")}</Button>}
        </div>
      )}
    </div>
  );
}
