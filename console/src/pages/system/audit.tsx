/** Who did what, when and why: endlessly backwards. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Card, Input, Table, Tag } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import type { Said } from "@/api/answers";
import { ask } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSay } from "@/format/say";
import { More } from "@/parts/more";
import { Answered, Nothing } from "@/parts/states";
import { useTyped, useUrlState } from "@/parts/url";

import { saySubject } from "../data/subject";

interface Entry {
  id: number;
  at: string;
  who: string;
  action: string;
  subject: string;
  why: string;
  said: Said;
}

interface Page {
  entries: Entry[];
  next: number | null;
}

const PATH = "/api/v1/audit";

export function Audit() {
  const { t } = useTranslation();
  const say = useSay();
  const [subject, setSubject] = useUrlState("subject");
  const [who, setWho] = useUrlState("who");
  const [subjectTyped, typeSubject] = useTyped(subject);
  const [whoTyped, typeWho] = useTyped(who);
  const asked = useInfiniteQuery<Page, Problem, Page[], readonly unknown[], number | null>({
    queryKey: [PATH, subject, who],
    queryFn: ({ pageParam, signal }) =>
      ask<Page>("get", PATH, { query: { subject: subject || null, who: who || null, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    select: (data) => data.pages,
  });
  return (
    <Card title={t("system.audit")}>
      <div className="stack">
        <div className="row row-wrap">
          <Input.Search
            allowClear
            style={{ maxWidth: 260 }}
            placeholder={t("system.subject")}
            aria-label={t("system.subject")}
            value={subjectTyped}
            onChange={(event) => typeSubject(event.target.value)}
            onSearch={(value) => setSubject(value)}
          />
          <Input.Search
            allowClear
            style={{ maxWidth: 260 }}
            placeholder={t("system.who")}
            aria-label={t("system.who")}
            value={whoTyped}
            onChange={(event) => typeWho(event.target.value)}
            onSearch={(value) => setWho(value)}
          />
        </div>
        <Answered asked={asked}>
          {(pages) => {
            const entries = pages.flatMap((page) => page.entries);
            return entries.length === 0 ? (
              <Nothing title={t("system.no_entries")} />
            ) : (
              <Table<Entry>
                rowKey="id"
                size="small"
                dataSource={entries}
                pagination={false}
                scroll={{ x: "max-content" }}
                columns={[
                  { title: t("data.at"), render: (_, entry) => <span className="number">{say.instant(entry.at)}</span> },
                  { title: t("system.who"), render: (_, entry) => t(`machine.${entry.who}`, entry.who) },
                  { title: t("system.action"), render: (_, entry) => <Tag title={entry.action}>{sayAction(t, entry.action)}</Tag> },
                  { title: t("system.subject"), render: (_, { action, subject: about }) => (action.startsWith("job.") ? saySubject(t, { kind: action.slice(4), subject: about }) : about) },
                  { title: t("word.reason"), render: (_, entry) => say.title(entry.said, entry.why) },
                ]}
              />
            );
          }}
        </Answered>
        <More asked={asked} />
      </div>
    </Card>
  );
}

/** `tag.publish` as a sentence; one that has no words stays as it is. */
export function sayAction(t: TFunction, action: string): string {
  const [what = "", did = ""] = action.split(".");
  if (what === "job") return t("audit.job", { kind: t(`data.kind_${did}`, did) });
  const [noun, verb] = [t(`audit.what.${what}`, ""), t(`audit.did.${did}`, "")];
  return noun && verb ? t("audit.says", { what: noun, did: verb }) : action;
}
