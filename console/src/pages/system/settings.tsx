/** What limner.toml can say, and says. It is changed there. */
import { Alert, Card, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { Answered } from "@/parts/states";

interface Setting {
  name: string;
  value: Json;
  default: Json;
  written: boolean;
}

export function Settings() {
  const { t } = useTranslation();
  const asked = useAnswer<{ settings: Setting[] }>("/api/v1/settings");
  const show = (value: Json) => (value === null || (Array.isArray(value) && value.length === 0) ? "–" : typeof value === "string" ? value : JSON.stringify(value));
  return (
    <Card title={t("system.settings")}>
      <div className="stack">
        <Alert type="info" showIcon title={t("system.settings_where")} />
        <Answered asked={asked}>
          {({ settings }) => (
            <Table<Setting>
              rowKey="name"
              size="small"
              dataSource={settings}
              pagination={false}
              scroll={{ x: "max-content" }}
              columns={[
                { title: t("word.name"), render: (_, row) => <code>{row.name}</code> },
                { title: t("system.means"), render: (_, row) => t(`setting.${row.name}`, "") },
                {
                  title: t("word.value"),
                  render: (_, row) => (
                    <>
                      {show(row.value)} {row.written && <Tag color="processing">{t("system.written")}</Tag>}
                    </>
                  ),
                },
                { title: t("system.usual"), render: (_, row) => show(row.default) },
              ]}
            />
          )}
        </Answered>
      </div>
    </Card>
  );
}
