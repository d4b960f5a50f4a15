/** How a number is spread over everybody. */
import { Card } from "antd";
import { useTranslation } from "react-i18next";

import type { Insight } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { useCatalogue } from "@/parts/catalogue";
import { Answered, Nothing } from "@/parts/states";

export function useSpread(name: string) {
  return useAnswer<Insight>("/api/v1/audiences:insight", { body: { rule: { all: [] }, tags: [name] }, fresh: 120_000 });
}

export function Spread({ name, title }: { name: string; title: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const asked = useSpread(name);
  return (
    <Card size="small" className="span-6" title={t(title, { name: catalogue.title(name) })}>
      <Answered asked={asked}>
        {(insight) => {
          const values = insight.tags[name]?.values.filter((each) => each.value !== null) ?? [];
          const widest = Math.max(0.01, ...values.map((each) => each.share));
          if (values.length === 0) return <Nothing title={t("models.no_values")} />;
          return (
            <>
              {values.map((each) => (
                <Bar key={JSON.stringify(each.value)} name={catalogue.value(name, each.value)} share={each.share / widest} figures={`${say.number(each.count)} · ${say.share(each.share, 0)}`} />
              ))}
            </>
          );
        }}
      </Answered>
    </Card>
  );
}
