/** Drafts that wait for somebody who may let them through. */
import { App, Button, Card, Input } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Definition, Said } from "@/api/answers";
import { ask, type Path } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Changes, type Change } from "@/parts/changes";
import { Answered, Nothing } from "@/parts/states";
import { useDraft } from "@/parts/draft";
import { useTell } from "@/parts/tell";
import { useUrlState } from "@/parts/url";

interface Waiting {
  name: string;
  definition: Definition;
  stage: string;
  author: string;
  submitter: string | null;
  reason: string;
  state: string;
  fields: Change[];
}

export function Reviews() {
  const { t } = useTranslation();
  const asked = useAnswer<{ reviews: Waiting[] }>("/api/v1/reviews", { every: 10_000 });
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t("tags.reviews")}</h1>
          <p className="muted">{t("tags.reviews_mean")}</p>
        </div>
      </div>
      <Answered asked={asked}>
        {({ reviews }) =>
          reviews.length === 0 ? (
            <Card>
              <Nothing title={t("tags.no_reviews")} />
            </Card>
          ) : (
            <div className="stack">
              {reviews.map((each) => (
                <Review key={each.name} waiting={each} />
              ))}
            </div>
          )
        }
      </Answered>
    </>
  );
}

function Review({ waiting }: { waiting: Waiting }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may, session } = useSession();
  const { message } = App.useApp();
  const tell = useTell();
  const { value: reason, write: setReason, forget } = useDraft(`review.${waiting.name}`, "");
  const [seen, setSeen] = useUrlState("diff");
  const { name, definition, stage, author, submitter, reason: why, state, fields } = waiting;
  const said = useAnswer<Said>("/api/v1/tags:explain", { body: { tag: definition } });
  const own = [author, submitter].includes(session.user);
  const step = useWrite(
    (given: "approve" | "refuse" | "publish") =>
      // What was seen here, not what may have come since.
      ask("post", `/api/v1/tags/{name}:${given}` as Path, { params: { name }, body: { reason }, match: `"${state}"` }),
    ["/api/v1/reviews", "/api/v1/tags", "/api/v1/tags/{name}", "/api/v1/overview"],
    () => {
      forget();
      void message.success(t("state.saved"));
    },
  );
  const take = (given: "approve" | "refuse" | "publish") =>
    step.mutate(given, { onError: tell });
  return (
    <Card
      size="small"
      title={
        <span className="row">
          <Link to={`/tags/${name}`}>{say.title(definition.title as Said | undefined, name)}</Link>
          <span className="muted small">
            {t(`stage.${stage}`, stage)} · {author}
          </span>
        </span>
      }
    >
      <div className="stack-small">
        {said.data && <p className="says">{say.title(said.data, "")}</p>}
        {why && <p className="note">{why}</p>}
        <details open={seen === name}>
          <summary onClick={(event) => {
            event.preventDefault();
            setSeen(seen === name ? null : name);
          }}>{t("tags.see_diff")}</summary>
          <Changes changes={fields} />
        </details>
        {may("publish_tags") && (
          <div className="row row-wrap">
            <Input style={{ maxWidth: 380 }} aria-label={t("word.reason")} placeholder={t("word.reason")} value={reason} onChange={(event) => setReason(event.target.value)} />
            {stage === "submitted" ? (
              <Button type="primary" disabled={own} title={own ? t("tags.not_own") : undefined} loading={step.isPending} onClick={() => take("approve")}>
                {t("step.approve")}
              </Button>
            ) : (
              <Button type="primary" loading={step.isPending} onClick={() => take("publish")}>
                {t("step.publish")}
              </Button>
            )}
            <Button danger disabled={own || !reason.trim()} title={own ? t("tags.not_own") : reason.trim() ? undefined : t("tags.refuse_why")} onClick={() => take("refuse")}>
              {t("step.refuse")}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
