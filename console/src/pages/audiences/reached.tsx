/** The number a rule under construction reaches, and what the rule says in plain words. */
import { Card } from "antd";
import { useTranslation } from "react-i18next";

import type { Json, Overview, Rule, Said } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { useRested } from "@/parts/debounce";
import { FailedHere } from "@/parts/states";

import type { Counted } from "./count";

export function Reached({ counted, rule }: { counted: Counted; rule: Rule }) {
  const { t } = useTranslation();
  const say = useSay();
  const all = useAnswer<Overview>("/api/v1/overview").data?.customers;
  const rested = useRested(JSON.stringify(rule), 300);
  const said = useAnswer<Said>("/api/v1/tags:explain", {
    body: { rule: JSON.parse(rested) as Json },
    enabled: rested !== '{"all":[]}',
    keep: true,
  });
  const count = counted.answer?.count;
  return (
    <Card>
      <div className="figure-name">{t("audiences.reaches")}</div>
      <output aria-live="polite" aria-busy={counted.late} className="reach number" style={{ opacity: counted.late || counted.problem ? 0.45 : 1 }}>
        {count === undefined ? "…" : say.number(count)}
      </output>
      <div className="muted small">{count !== undefined && all ? t("home.of_all", { share: say.share(count / all) }) : ""}</div>
      {counted.problem && <FailedHere problem={counted.problem} />}
      {!counted.problem && said.data && rested !== '{"all":[]}' && (
        <p className="sentence">{say.title(said.data, "")}</p>
      )}
    </Card>
  );
}
