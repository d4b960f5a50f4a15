/** The first rows of a file, and what the mapping makes of each column. */
import { Table, Tag } from "antd";
import { useTranslation } from "react-i18next";

import { Nothing } from "@/parts/states";

import type { Peeked } from "./peek";

export function MappingPreview({ seen, mapping }: { seen: Peeked; mapping: string }) {
  const { t } = useTranslation();
  if (seen.messages) return <p className="muted">{t("first.messages")}</p>;
  if (seen.columns.length === 0) return <Nothing title={t("first.unseen")} />;
  const becomes = (column: string) => {
    const line = mapping.split("\n").find((each) => new RegExp(`[:{, "']${column.replace(/\W/g, "\\$&")}([,}"'\\s]|$)`).test(each));
    return line?.split(":")[0]?.trim() ?? null;
  };
  return (
    <Table<{ key: number; cells: string[] }>
      size="small"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={seen.rows.map((cells, key) => ({ key, cells }))}
      columns={seen.columns.map((column, index) => {
        const role = becomes(column);
        return {
          key: column,
          title: (
            <div>
              {column}{" "}
              <Tag variant="filled" color={role === "identify" ? "processing" : role === "time" ? "success" : "default"}>
                {role ? t(`first.as_${role}`, role) : t("first.left_out")}
              </Tag>
            </div>
          ),
          render: (_: unknown, row: { cells: string[] }) => <span className="ellipsis">{row.cells[index]}</span>,
        };
      })}
    />
  );
}
