/** Members by two tags at once. */
import { Card, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Cross, Json, Rule } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Answered, Nothing } from "@/parts/states";
import { useUrlState } from "@/parts/url";

export function CrossTable({ rule, tags }: { rule: Rule; tags: readonly string[] }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const [across, setAcross] = useUrlState("across", tags[1] ?? "");
  const [down, setDown] = useUrlState("down", tags[2] ?? "");
  const two = across !== "" && down !== "" && across !== down;
  const asked = useAnswer<Cross>("/api/v1/audiences:cross", {
    body: { rule, tags: [down, across] },
    enabled: two,
    keep: true,
  });
  const options = catalogue.rows.map((row) => ({ value: row.name, label: catalogue.title(row.name) }));
  return (
    <Card
      size="small"
      className="span-6"
      title={t("audiences.cross")}
      extra={
        <div className="row">
          {(
            [
              [down, setDown, t("audiences.down")],
              [across, setAcross, t("audiences.across")],
            ] as const
          ).map(([value, set, label]) => (
            <Select
              key={label}
              size="small"
              style={{ width: 150 }}
              showSearch={{ optionFilterProp: "label" }}
              aria-label={label}
              value={value || null}
              onChange={(next: string) => set(next)}
              options={options}
            />
          ))}
        </div>
      }
    >
      {two ? (
        <Answered asked={asked}>{(cross) => <Cells cross={cross} down={down} across={across} />}</Answered>
      ) : (
        <Nothing title={t("audiences.choose_two_tags")} />
      )}
    </Card>
  );
}

function Cells({ cross, down, across }: { cross: Cross; down: string; across: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const most = Math.max(1, ...cross.counts.flat().map((each) => each ?? 0));
  const catalogue = useCatalogue();
  const name = (tag: string, value: Json) => (value === null ? t("word.empty") : catalogue.value(tag, value));
  return (
    <div className="scroll">
      <table className="cross">
        <caption className="muted small">{`${catalogue.title(down)} × ${catalogue.title(across)}`}</caption>
        <thead>
          <tr>
            <td />
            {cross.columns.map((column) => (
              <th key={JSON.stringify(column)} scope="col">
                {name(across, column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cross.rows.map((row, at) => (
            <tr key={JSON.stringify(row)}>
              <th scope="row">{name(down, row)}</th>
              {cross.columns.map((column, index) => {
                const count = cross.counts[at]?.[index] ?? null;
                const depth = count === null ? 0 : Math.round((count / most) * 42);
                return (
                  <td
                    key={JSON.stringify(column)}
                    className="number"
                    style={{ background: `color-mix(in srgb, var(--ant-color-primary) ${depth}%, transparent)` }}
                  >
                    {count === null ? <span title={t("audiences.hidden")}>*</span> : say.number(count)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {cross.withheld > 0 && <p className="muted small">* {t("audiences.withheld_cells", { count: cross.withheld })}</p>}
    </div>
  );
}
