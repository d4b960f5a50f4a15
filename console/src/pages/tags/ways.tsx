/** The next steps of a tag's way, for those who may take them. */
import { App, Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";

import type { TagShown } from "@/api/answers";
import { ask, type Path } from "@/api/client";
import { useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useAskReason } from "@/parts/reason";

const TOUCHED: Path[] = ["/api/v1/tags", "/api/v1/tags/{name}", "/api/v1/reviews", "/api/v1/overview"];
export type Step = "submit" | "withdraw" | "approve" | "refuse" | "publish" | "deprecate" | "restore" | "retire";
const RIGHT: Record<Step, string> = {
  submit: "change_tags",
  withdraw: "change_tags",
  approve: "publish_tags",
  refuse: "publish_tags",
  publish: "publish_tags",
  deprecate: "publish_tags",
  restore: "publish_tags",
  retire: "publish_tags",
};

/** ``own``: of whoever wrote or submitted the draft, which somebody else reviews and nobody else withdraws. */
export function nextSteps(status: string, stage: string | null, own: boolean): Step[] {
  const ofDraft: Record<string, Step[]> = {
    draft: ["submit"],
    previewed: ["submit"],
    submitted: own ? ["withdraw"] : ["approve", "refuse"],
    approved: own ? ["publish", "withdraw"] : ["publish", "refuse"],
  };
  const ofTag: Record<string, Step[]> = {
    published: ["deprecate", "retire"],
    deprecated: ["restore", "retire"],
    retired: ["restore"],
  };
  return [...(stage ? (ofDraft[stage] ?? []) : []), ...(ofTag[status] ?? [])];
}

export function useStep(name: string, etag: string | null) {
  return useWrite(
    ({ step, reason }: { step: Step; reason: string }) =>
      ask<TagShown>("post", `/api/v1/tags/{name}:${step}` as Path, { params: { name }, body: { reason }, match: etag }),
    TOUCHED,
  );
}

export function Ways({ tag, etag }: { tag: TagShown; etag: string | null }) {
  const { t } = useTranslation();
  const { may, session } = useSession();
  const { message } = App.useApp();
  const askReason = useAskReason();
  const write = useStep(tag.name, etag);
  const own = [tag.draft?.author, tag.draft?.submitter].includes(session.user);
  const steps = nextSteps(tag.status, tag.draft?.stage ?? null, own).filter((step) => may(RIGHT[step]));
  const [first, ...rest] = steps;
  if (!first) return null;
  const take = (step: Step) =>
    askReason({
      title: t(`tags.ask_${step}`, { name: tag.name }),
      label: t(`step.${step}`),
      needed: step === "refuse",
      act: (reason) => write.mutateAsync({ step, reason }).then(() => void message.success(t("state.saved"))),
    });
  const isDraft = tag.draft !== null;
  if (!isDraft) {
    return (
      <Dropdown menu={{ items: steps.map((step) => ({ key: step, label: t(`step.${step}`), onClick: () => take(step) })) }}>
        <Button>{t("word.more")}</Button>
      </Dropdown>
    );
  }
  return (
    <span className="row">
      <Button type="primary" onClick={() => take(first)}>
        {t(`step.${first}`)}
      </Button>
      {rest.length > 0 && (
        <Dropdown menu={{ items: rest.map((step) => ({ key: step, label: t(`step.${step}`), onClick: () => take(step) })) }}>
          <Button>{t("word.more")}</Button>
        </Dropdown>
      )}
    </span>
  );
}
