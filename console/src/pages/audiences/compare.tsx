/** How much audiences overlap. */
import { Card, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { AudienceRow } from "@/api/answers";
import { useAll } from "@/api/all";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { Answered, FailedHere, Nothing } from "@/parts/states";
import { useUrlState } from "@/parts/url";

interface Overlap {
  sizes: Record<string, number | null>;
  pairs: { audiences: [string, string]; both: number | null; jaccard: number | null }[];
}

export function Compare() {
  const { t } = useTranslation();
  const say = useSay();
  const [chosen, setChosen] = useUrlState("with");
  const names = chosen ? chosen.split(",") : [];
  const all = useAll<AudienceRow>("/api/v1/audiences", "audiences");
  const asked = useAnswer<Overlap>("/api/v1/audiences:overlap", {
    body: { audiences: names },
    enabled: names.length >= 2,
    keep: true,
  });
  const titles = new Map(all.data?.map((each) => [each.name, say.title(each.title, each.name)]));
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t("audiences.compare")}</h1>
          <p className="muted">{t("audiences.compare_means")}</p>
        </div>
      </div>
      <div className="stack">
        <Select
          mode="multiple"
          size="large"
          maxCount={12}
          style={{ width: "100%" }}
          aria-label={t("audiences.choose_audiences")}
          placeholder={t("audiences.choose_audiences")}
          value={names}
          onChange={(next: string[]) => setChosen(next.join(","))}
          options={(all.data ?? []).map((each) => ({ value: each.name, label: titles.get(each.name) }))}
        />
        {all.error && <FailedHere problem={all.error} again={() => void all.refetch()} />}
        <Card>
          {names.length < 2 ? (
            <Nothing title={t("audiences.choose_two")} />
          ) : (
            <Answered asked={asked}>{(overlap) => <Matrix overlap={overlap} names={names} titles={titles} />}</Answered>
          )}
        </Card>
      </div>
    </>
  );
}

function Matrix({ overlap, names, titles }: { overlap: Overlap; names: string[]; titles: Map<string, string> }) {
  const { t } = useTranslation();
  const say = useSay();
  const pair = (one: string, other: string) =>
    overlap.pairs.find(({ audiences }) => audiences.includes(one) && audiences.includes(other) && one !== other);
  return (
    <div className="scroll">
      <table className="cross">
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                {titles.get(name)}
                <div className="muted small number">{say.value(overlap.sizes[name] ?? null)}</div>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((row) => (
            <tr key={row}>
              <th scope="row">{titles.get(row)}</th>
              {names.map((column) => {
                const both = pair(row, column);
                const size = overlap.sizes[row];
                const share = both?.both != null && size ? both.both / size : null;
                return (
                  <td
                    key={column}
                    className="number"
                    style={{ background: `color-mix(in srgb, var(--ant-color-primary) ${Math.round((share ?? 0) * 45)}%, transparent)` }}
                  >
                    {row === column ? "–" : both?.both == null ? "*" : say.number(both.both)}
                    {share !== null && <div className="small">{t("audiences.of_row", { share: say.share(share, 0) })}</div>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
