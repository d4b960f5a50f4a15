/** Who they are: how their tags differ from everybody's. */
import { Button, Card, Select } from "antd";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { AudienceRow, Difference, Insight, Rule } from "@/api/answers";
import { useAll } from "@/api/all";
import { useAnswer } from "@/api/questions";
import { DIVERGING, useShade } from "@/app/theme";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { useCatalogue } from "@/parts/catalogue";
import { later } from "@/parts/later";
import { WhenNear } from "@/parts/near";
import { Answered, Nothing } from "@/parts/states";
import { useOpened, useUrlState } from "@/parts/url";

import { CrossTable } from "./cross";
import { looksLikeProvinces, ProvinceMap } from "./map";

/** Shown first, as far as a workspace has them. */
const USUAL = ["province", "city_tier", "gender", "generation", "member_level", "value_tier", "lifecycle_stage", "favourite_category", "spend_90d", "price_sensitivity"];

/** What the address says of a tag's values beside whose they are. */
const VALUES = ["values_find", "values_page", "values_sort"];

const AllValues = later(() => import("./values").then((found) => found.AllValues));

export function InsightPage({ rule, name }: { rule: Rule; name: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const [chosen, setChosen] = useUrlState("tags");
  const [base, setBase] = useUrlState("base");
  const [whole, setWhole] = useOpened("values", VALUES);
  const audiences = useAll<AudienceRow>("/api/v1/audiences", "audiences");
  const tags = useMemo(() => {
    if (chosen) return chosen.split(",").filter((each) => catalogue.byName.has(each));
    const usual = USUAL.filter((each) => catalogue.byName.has(each));
    return (usual.length > 0 ? usual : catalogue.rows.map((row) => row.name)).slice(0, 8);
  }, [chosen, catalogue]);
  const against = audiences.data?.find((each) => each.name === base)?.rule ?? null;
  const asked = useAnswer<Insight>("/api/v1/audiences:insight", {
    body: { rule, base: against, tags },
    enabled: tags.length > 0,
    keep: true,
  });
  return (
    <div className="stack">
      <div className="row row-wrap">
        <Select
          mode="multiple"
          style={{ flex: "1 1 360px" }}
          maxTagCount="responsive"
          aria-label={t("audiences.choose_tags")}
          placeholder={t("audiences.choose_tags")}
          value={tags}
          onChange={(next: string[]) => setChosen(next.join(","))}
          showSearch={{ optionFilterProp: "label" }}
          options={catalogue.rows.map((row) => ({ value: row.name, label: catalogue.title(row.name) }))}
        />
        <span className="muted small">{t("audiences.against")}</span>
        <Select
          style={{ minWidth: 200 }}
          aria-label={t("audiences.against")}
          value={base}
          onChange={(next: string) => setBase(next)}
          options={[
            { value: "", label: t("audiences.everybody") },
            ...(audiences.data ?? [])
              .filter((each) => each.name !== name)
              .map((each) => ({ value: each.name, label: say.title(each.title, each.name) })),
          ]}
        />
      </div>
      <Answered asked={asked} rows={8}>
        {(insight) => (
          <div className="grid">
            {tags
              .filter((tag) => tag in insight.tags)
              .map((tag) => (
                <Distribution key={tag} tag={tag} insight={insight} onWhole={setWhole} />
              ))}
          </div>
        )}
      </Answered>
      <Suspense fallback={null}>
        {whole && <AllValues key={whole} tag={whole} rule={rule} base={against} onClose={() => setWhole(null)} />}
      </Suspense>
      {catalogue.ready && !asked.isLoading && (
        <WhenNear height={320}>
          <div className="grid">
            <Differences rule={rule} base={against} />
            <CrossTable rule={rule} tags={tags} />
          </div>
        </WhenNear>
      )}
    </div>
  );
}

/** Of more values the others are a list of their own. */
const FEW = 12;

function Distribution({ tag, insight, onWhole }: { tag: string; insight: Insight; onWhole: (tag: string) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const { shade } = useShade();
  const catalogue = useCatalogue();
  const told = insight.tags[tag];
  if (!told) return null;
  const values = told.values.slice(0, FEW);
  const widest = Math.max(...values.map((each) => Math.max(each.share, each.base_share)), 0.01);
  const [below, same, above] = DIVERGING[shade];
  const colour = (tgi: number | null) => (tgi === null || (tgi >= 90 && tgi <= 110) ? same : tgi > 110 ? above : below);
  const provinces = looksLikeProvinces(told.values);
  return (
    <Card
      size="small"
      className={provinces ? "span-8" : "span-4"}
      title={catalogue.title(tag)}
      extra={
        told.withheld > 0 && <span className="muted small">{t("audiences.withheld", { count: told.withheld })}</span>
      }
    >
      {values.length === 0 ? (
        <Nothing title={t("audiences.too_few")} />
      ) : (
        <div className={provinces ? "with-map" : ""}>
          {provinces && <ProvinceMap values={told.values} />}
          <div className="bars">
            {values.map((each) => (
              <Bar
                key={JSON.stringify(each.value)}
                name={each.value === null ? t("word.empty") : catalogue.value(tag, each.value)}
                share={each.share / widest}
                mark={each.base_share / widest}
                colour={colour(each.tgi)}
                figures={
                  <span title={t("audiences.tgi_says", { share: say.share(each.share), base: say.share(each.base_share) })}>
                    {say.share(each.share, 0)} · TGI {each.tgi === null ? "–" : Math.round(each.tgi)}
                  </span>
                }
              />
            ))}
            {told.values.length > FEW && (
              <Button size="small" type="link" onClick={() => onWhole(tag)}>
                {t("audiences.all_values")}
              </Button>
            )}
          </div>
        </div>
      )}
    </Card>
  );
}

function Differences({ rule, base }: { rule: Rule; base: Rule | null }) {
  const { t } = useTranslation();
  const say = useSay();
  const { shade } = useShade();
  const catalogue = useCatalogue();
  const asked = useAnswer<{ tested: number; differences: Difference[] }>("/api/v1/audiences:differences", {
    body: { rule, base, limit: 12 },
    fresh: 60_000,
  });
  const named = (each: Difference) =>
    each.kind === "share" ? t("word.pair", { name: catalogue.title(each.tag), value: each.value === null ? t("word.empty") : catalogue.value(each.tag, each.value) }) : catalogue.title(each.tag);
  return (
    <Card size="small" className="span-6" title={t("audiences.differences")}>
      <Answered asked={asked}>
        {({ differences, tested }) => (
          <>
            {differences.map((each) => {
              const more = each.kind === "share" ? (each.share ?? 0) >= (each.rest_share ?? 0) : each.effect > 0;
              return (
                <Bar
                  key={each.tag + JSON.stringify(each.value)}
                  name={named(each)}
                  share={Math.min(1, Math.abs(each.effect) / 2)}
                  colour={DIVERGING[shade][more ? 2 : 0]}
                  figures={
                    each.share !== null && each.rest_share !== null
                      ? t("audiences.against_rest", { share: say.share(each.share, 0), rest: say.share(each.rest_share, 0) })
                      : say.number(each.effect)
                  }
                />
              );
            })}
            <p className="muted small">{t("audiences.tested", { count: tested })}</p>
          </>
        )}
      </Answered>
    </Card>
  );
}
