/** Who is there: found by any identifier, or browsed by audience. */
import { SearchOutlined } from "@ant-design/icons";
import { Card, Input, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import type { AudienceRow, Found, Identifier, Portrait } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { Needs } from "@/parts/states";
import { useSay } from "@/format/say";
import { Picture } from "@/parts/avatar";
import { useCatalogue } from "@/parts/catalogue";
import { useRested } from "@/parts/debounce";
import { Answered, Nothing } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { callCustomer, pickFace } from "./face";
import { readRecent } from "./recent";

export default function Page() {
  const { t } = useTranslation();
  return (
    <Needs right="read_portraits">
      <div className="page-head">
        <div className="titles">
          <h1>{t("room.customers")}</h1>
          <p className="muted">{t("customers.motto")}</p>
        </div>
      </div>
      <Customers />
    </Needs>
  );
}

function Customers() {
  const { t } = useTranslation();
  const say = useSay();
  const [wanted, setWanted] = useUrlState("q");
  const [audience, setAudience] = useUrlState("audience");
  const [typed, setTyped] = useState(wanted);
  const asked = useRested(typed.trim(), 200);
  const audiences = useAnswer<{ audiences: AudienceRow[] }>("/api/v1/audiences");
  return (
    <div className="stack">
      <Card>
        <div className="row row-wrap">
          <Input
            size="large"
            allowClear
            autoFocus
            style={{ flex: "1 1 320px" }}
            prefix={<SearchOutlined aria-hidden />}
            placeholder={t("app.find")}
            aria-label={t("app.find")}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setWanted(event.target.value.trim());
            }}
          />
          <Select
            size="large"
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            style={{ flex: "0 1 280px" }}
            placeholder={t("customers.by_audience")}
            aria-label={t("customers.by_audience")}
            value={audience || null}
            onChange={(name: string | undefined) => setAudience(name ?? null)}
            options={(audiences.data?.audiences ?? []).map((each) => ({
              value: each.name,
              label: say.title(each.title, each.name),
            }))}
          />
        </div>
      </Card>
      {asked ? <Matches wanted={asked} /> : audience ? <Members audience={audience} /> : <Recent />}
    </div>
  );
}

function Matches({ wanted }: { wanted: string }) {
  const { t } = useTranslation();
  const found = useAnswer<Found>("/api/v1/customers:search", { query: { q: wanted, limit: 50 }, keep: true });
  return (
    <Card title={t("customers.found")}>
      <Answered asked={found}>
        {(answer) =>
          answer.customers.length === 0 ? (
            <Nothing title={t("customers.nobody", { wanted })} />
          ) : (
            <>
              <Faces keys={answer.customers.map((each) => each.customer_id)} matched={matchedBy(answer)} />
              {answer.more && <p className="muted small">{t("customers.more")}</p>}
            </>
          )
        }
      </Answered>
    </Card>
  );
}

function matchedBy(found: Found): Map<string, Identifier> {
  return new Map(found.customers.flatMap((each) => (each.matched ? [[each.customer_id, each.matched]] : [])));
}

function Members({ audience }: { audience: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const [page, setPage] = useUrlState("page", "1");
  const members = useAnswer<{ count: number; customers: string[] }>("/api/v1/audiences/{name}/members", {
    params: { name: audience },
    query: { limit: 1000 },
    keep: true,
  });
  return (
    <Card title={t("customers.members", { count: members.data?.count ?? 0, shown: say.number(members.data?.count ?? 0) })}>
      <Answered asked={members}>
        {(answer) => <Faces keys={answer.customers} page={Number(page)} onPage={(number) => setPage(String(number))} />}
      </Answered>
    </Card>
  );
}

function Recent() {
  const { t } = useTranslation();
  const recent = readRecent();
  return (
    <Card title={t("customers.recent")}>
      {recent.length === 0 ? <Nothing title={t("customers.recent_none")} /> : <Faces keys={recent} />}
    </Card>
  );
}

interface Listed {
  keys: readonly string[];
  matched?: Map<string, Identifier>;
  page?: number;
  onPage?: (page: number) => void;
}

const PAGE = 20;

/** A row for each; only those on screen are looked up. */
function Faces({ keys, matched, page, onPage }: Listed) {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const catalogue = useCatalogue();
  const [own, setOwn] = useUrlState("at", "1");
  const at = page ?? Number(own);
  const shown = keys.slice((at - 1) * PAGE, at * PAGE);
  const faces = useAnswer<{ profiles: { key: string; profile: Portrait | null }[] }>("/api/v1/profiles:lookup", {
    body: { keys: shown },
    keep: true,
  });
  const portraits = new Map(faces.data?.profiles.map((each) => [each.key, each.profile]));
  const any = faces.data?.profiles.find((each) => each.profile)?.profile;
  const columns = any ? pickFace(any.tags) : [];
  const last = ["last_order_at", "last_seen_at", "last_event_at"].find((name) => any && name in any.tags);
  return (
    <Table<{ key: string }>
      rowKey="key"
      dataSource={keys.map((key) => ({ key }))}
      loading={false}
      scroll={{ x: "max-content" }}
      onRow={(row) => ({ onClick: () => void go(`/customers/${encodeURIComponent(row.key)}`), className: "clickable" })}
      pagination={{ current: at, pageSize: PAGE, onChange: onPage ?? ((next) => setOwn(String(next))), hideOnSinglePage: true, showSizeChanger: false }}
      columns={[
        {
          title: t("customers.customer"),
          render: (_, row) => {
            const portrait = portraits.get(row.key);
            return (
              <span className="row">
                <Picture id={row.key} size={36} />
                <span>
                  <Link to={`/customers/${encodeURIComponent(row.key)}`} onClick={(event) => event.stopPropagation()}>
                    {portrait ? callCustomer(portrait) : row.key}
                  </Link>
                  <div className="muted small">{row.key}</div>
                </span>
              </span>
            );
          },
        },
        ...(matched
          ? [
              {
                title: t("customers.matched"),
                render: (_: unknown, row: { key: string }) => {
                  const by = matched.get(row.key);
                  return by ? (
                    <>
                      {by.value} <span className="muted small">{t(`identifier.${by.type}`, by.type)}</span>
                    </>
                  ) : (
                    "–"
                  );
                },
              },
            ]
          : []),
        ...columns.map(([, name]) => ({
          title: catalogue.title(name),
          key: name,
          render: (_: unknown, row: { key: string }) =>
            say.value(portraits.get(row.key)?.tags[name]?.value, catalogue.byName.get(name)?.unit),
        })),
        ...(last
          ? [
              {
                title: catalogue.title(last),
                key: last,
                render: (_: unknown, row: { key: string }) => say.value(portraits.get(row.key)?.tags[last]?.value),
              },
            ]
          : []),
      ]}
    />
  );
}
