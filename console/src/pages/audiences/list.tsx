/** All audiences that have a name. */
import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Input, Table, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import type { AudienceRow } from "@/api/answers";
import { useAll } from "@/api/all";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Answered, Nothing } from "@/parts/states";
import { useTable } from "@/parts/table";
import { useUrlText } from "@/parts/url";

export function List() {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const { may } = useSession();
  const [wanted, setWanted] = useUrlText("q", "page");
  const asked = useAll<AudienceRow>("/api/v1/audiences", "audiences", 10_000);
  const fits = (each: AudienceRow) =>
    !wanted || `${each.name} ${Object.values(each.title).join(" ")}`.toLowerCase().includes(wanted.toLowerCase());
  const shown = asked.data?.filter(fits) ?? [];
  const table = useTable<AudienceRow>(25, shown.length);
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t("room.audiences")}</h1>
          <p className="muted">{t("audiences.motto")}</p>
        </div>
        <Button onClick={() => void go("/audiences/compare")}>{t("audiences.compare")}</Button>
        {may("change_audiences") && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => void go("/audiences/new")}>
            {t("audiences.new")}
          </Button>
        )}
      </div>
      <Card>
        <Answered asked={asked}>
          {(audiences) =>
            audiences.length === 0 ? (
              <Nothing title={t("audiences.none")}>
                {may("change_audiences") && (
                  <Button type="primary" onClick={() => void go("/audiences/new")}>
                    {t("audiences.new")}
                  </Button>
                )}
              </Nothing>
            ) : (
              <div className="stack">
                <Input.Search
                  allowClear
                  style={{ maxWidth: 320 }}
                  aria-label={t("word.search")}
                  placeholder={t("word.search")}
                  value={wanted}
                  onChange={(event) => setWanted(event.target.value)}
                />
                <Table<AudienceRow>
                  rowKey="name"
                  dataSource={shown}
                  scroll={{ x: "max-content" }}
                  pagination={table.pagination}
                  onChange={table.onChange}
                  columns={[
                    {
                      title: t("audiences.audience"),
                      key: "name",
                      sorter: (one, other) => say.title(one.title, one.name).localeCompare(say.title(other.title, other.name), say.language),
                      sortOrder: table.order("name"),
                      render: (_, row) => (
                        <>
                          <Link to={`/audiences/${row.name}`}>{say.title(row.title, row.name)}</Link>
                          <div className="muted small">{row.name}</div>
                        </>
                      ),
                    },
                    {
                      title: t("audiences.members"),
                      align: "right",
                      key: "members",
                      sorter: (one, other) => (one.members ?? 0) - (other.members ?? 0),
                      sortOrder: table.order("members"),
                      render: (_, row) => <b className="number">{row.members === null ? "–" : say.number(row.members)}</b>,
                    },
                    {
                      title: t("word.status"),
                      render: (_, row) => (
                        <span className="row row-wrap">
                          {row.problem ? (
                            <Tooltip title={say.title(row.said, row.problem)}>
                              <Tag color="error">{t("audiences.invalid")}</Tag>
                            </Tooltip>
                          ) : (
                            <Tag color={row.live ? "success" : "default"}>
                              {t(row.live ? "audiences.live" : "audiences.still")}
                            </Tag>
                          )}
                          {row.alarms.length > 0 && <Tag color="warning">{t("audiences.alarm")}</Tag>}
                          {row.schedule && <Tag>{row.schedule}</Tag>}
                        </span>
                      ),
                    },
                    { title: t("word.version"), dataIndex: "version", align: "right" },
                  ]}
                />
              </div>
            )
          }
        </Answered>
      </Card>
    </>
  );
}
