/** Customers as rows: a picture, a name, and what one wants to know first. */
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import type { Identifier, Portrait } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { Picture } from "@/parts/avatar";
import { useCatalogue } from "@/parts/catalogue";
import { useUrlState } from "@/parts/url";

import { PAGE } from "./asked";
import { callCustomer, pickFace } from "./face";

interface Listed {
  keys: readonly string[];
  matched?: Map<string, Identifier>;
}

/** A row for each; only those on screen are looked up. */
export function Faces({ keys, matched }: Listed) {
  const { t } = useTranslation();
  const go = useNavigate();
  const catalogue = useCatalogue();
  const [page, setPage] = useUrlState("at", "1");
  const at = Number(page);
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
      pagination={{ current: at, pageSize: PAGE, onChange: (next) => setPage(String(next)), hideOnSinglePage: true, showSizeChanger: false }}
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
            catalogue.value(name, portraits.get(row.key)?.tags[name]?.value),
        })),
        ...(last
          ? [
              {
                title: catalogue.title(last),
                key: last,
                render: (_: unknown, row: { key: string }) => catalogue.value(last, portraits.get(row.key)?.tags[last]?.value),
              },
            ]
          : []),
      ]}
    />
  );
}
