/** Keys: one for each source that sends, and for each program that reads. */
import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Popconfirm, Table, Tag } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { later, OnceOpen } from "@/parts/later";
import { ShownOnce, type Shown } from "@/parts/once";
import { Answered, Nothing } from "@/parts/states";
import { useTable } from "@/parts/table";
import { useTell } from "@/parts/tell";
import { useOpened } from "@/parts/url";

const NewKey = later(() => import("./new-key").then((found) => found.NewKey));
const ChangeKey = later(() => import("./change-key").then((found) => found.ChangeKey));

export interface Key {
  id: string;
  name: string;
  role: string;
  source: string | null;
  rate: number | null;
  created_at: string;
  disabled_at: string | null;
  old_secret_until: string | null;
  state: string;
  secret?: string;
}

export const PATH = "/api/v1/keys";

export function Keys() {
  const { t } = useTranslation();
  const say = useSay();
  const tell = useTell();
  const [making, setMaking] = useOpened("new");
  const [opened, setOpened] = useOpened("change");
  const [shown, setShown] = useState<Shown | null>(null);
  const asked = useAnswer<{ keys: Key[] }>(PATH);
  const all = asked.data?.keys ?? [];
  const changing = all.find((each) => each.id === opened && !each.disabled_at);
  const table = useTable<Key>(50, all.length);
  const show = (key: Key) => key.secret && setShown({ name: key.name, secret: key.secret });
  const change = useWrite(
    ({ key: { id, state }, what }: { key: Key; what: "rotate" | "disable" }) =>
      ask<Key>("post", `/api/v1/keys/{id}:${what}`, { params: { id }, match: `"${state}"` }),
    [PATH],
    show,
  );
  return (
    <Card
      extra={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking("1")}>
          {t("data.new_key")}
        </Button>
      }
      title={t("data.keys")}
    >
      <Answered asked={asked}>
        {({ keys }) =>
          keys.length === 0 ? (
            <Nothing title={t("data.no_keys")} />
          ) : (
            <Table<Key>
              rowKey="id"
              size="small"
              dataSource={keys}
              scroll={{ x: "max-content" }}
              pagination={table.pagination}
              onChange={table.onChange}
              columns={[
                { title: t("word.name"), dataIndex: "name" },
                { title: t("data.role"), render: (_, key) => <Tag>{t(`data.role_${key.role}`, key.role)}</Tag> },
                { title: t("data.source"), render: (_, key) => key.source ?? "–" },
                {
                  title: t("data.rate"),
                  align: "right",
                  render: (_, key) => (key.rate === null ? "–" : say.number(key.rate)),
                },
                { title: t("data.made"), render: (_, key) => say.day(key.created_at) },
                {
                  title: t("word.status"),
                  render: (_, key) =>
                    key.disabled_at ? (
                      <Tag>{t("data.disabled")}</Tag>
                    ) : key.old_secret_until ? (
                      <Tag color="warning">{t("data.old_until", { at: say.instant(key.old_secret_until) })}</Tag>
                    ) : (
                      <Tag color="success">{t("data.in_use")}</Tag>
                    ),
                },
                {
                  key: "do",
                  render: (_, key) =>
                    !key.disabled_at && (
                      <span className="row">
                        <Button size="small" onClick={() => setOpened(key.id)}>
                          {t("word.edit")}
                        </Button>
                        <Popconfirm title={t("data.rotate_means")} okText={t("word.confirm")} cancelText={t("word.cancel")} onConfirm={() => change.mutate({ key, what: "rotate" }, { onError: tell })}>
                          <Button size="small">{t("data.rotate")}</Button>
                        </Popconfirm>
                        <Popconfirm title={t("data.disable_means")} okText={t("word.confirm")} cancelText={t("word.cancel")} onConfirm={() => change.mutate({ key, what: "disable" }, { onError: tell })}>
                          <Button size="small" danger>
                            {t("data.disable")}
                          </Button>
                        </Popconfirm>
                      </span>
                    ),
                },
              ]}
            />
          )
        }
      </Answered>
      <OnceOpen open={making !== ""}>
        <NewKey open={making !== ""} onClose={() => setMaking(null)} onMade={show} />
      </OnceOpen>
      <Suspense fallback={null}>{changing && <ChangeKey held={changing} onClose={() => setOpened(null)} />}</Suspense>
      <ShownOnce shown={shown} onClose={() => setShown(null)} />
    </Card>
  );
}
