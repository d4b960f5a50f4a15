/** All values of one tag in an audience: a country has 300 cities. */
import { Drawer, Input, Table } from "antd";
import { useTranslation } from "react-i18next";

import type { Insight, Json, Rule } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Answered } from "@/parts/states";
import { useTable } from "@/parts/table";
import { useUrlText } from "@/parts/url";

type Value = Insight["tags"][string]["values"][number];

/** As many as are asked for at once. */
const MOST = 1000;
const PAGE = 25;

export function AllValues({ tag, rule, base, onClose }: { tag: string; rule: Rule; base: Rule | null; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const [wanted, setWanted] = useUrlText("values_find", "values_page");
  const asked = useAnswer<Insight>("/api/v1/audiences:insight", { body: { rule, base, tags: [tag], most: MOST } });
  const told = (value: Json) => (value === null ? t("word.empty") : catalogue.value(tag, value));
  const low = wanted.trim().toLowerCase();
  const shown = (asked.data?.tags[tag]?.values ?? []).filter((each) => told(each.value).toLowerCase().includes(low));
  const table = useTable<Value>(PAGE, shown.length, "values_");
  return (
    <Drawer open onClose={onClose} size={560} title={catalogue.title(tag)}>
      <Answered asked={asked}>
        {() => (
          <div className="stack">
            <Input.Search
              allowClear
              aria-label={t("word.search")}
              placeholder={t("word.search")}
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
            <Table<Value>
              size="small"
              rowKey={(row) => JSON.stringify(row.value)}
              dataSource={shown}
              pagination={table.pagination}
              onChange={table.onChange}
              columns={[
                { title: t("word.value"), render: (_, row) => told(row.value) },
                { title: t("word.count"), align: "right", key: "count", sorter: (one, other) => one.count - other.count, sortOrder: table.order("count"), render: (_, row) => say.number(row.count) },
                { title: t("word.share"), align: "right", render: (_, row) => say.share(row.share) },
                { title: t("word.base"), align: "right", render: (_, row) => say.share(row.base_share) },
                {
                  title: "TGI",
                  align: "right",
                  key: "tgi",
                  sortOrder: table.order("tgi"),
                  sorter: (one, other) => (one.tgi ?? -1) - (other.tgi ?? -1),
                  render: (_, row) => (row.tgi === null ? "–" : Math.round(row.tgi)),
                },
              ]}
            />
          </div>
        )}
      </Answered>
    </Drawer>
  );
}
