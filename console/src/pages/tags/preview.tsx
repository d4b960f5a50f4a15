/** What a draft would say of a sample of customers, as it is being built. */
import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Definition, Json, Said, Trial } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { sayValue } from "@/parts/catalogue";
import { useRested } from "@/parts/debounce";
import { FailedHere, Waiting } from "@/parts/states";

import { readTitled, readValues } from "./titles";

function readText(text: Json | undefined): string | null {
  return typeof text === "string" ? text : null;
}

/** A draft tried on a sample, as often as it rests. */
export function useTrial(definition: Definition, begun: boolean) {
  const { may } = useSession();
  const rested = useRested(JSON.stringify(definition), 350);
  const tag = JSON.parse(rested) as Json;
  const tried = useAnswer<Trial>("/api/v1/tags:preview", { body: { tag, sample: 2000 }, keep: true, enabled: begun && may("preview_tags") });
  const said = useAnswer<Said>("/api/v1/tags:explain", { body: { tag }, keep: true, enabled: begun });
  return { begun, tried, said };
}

interface Tried {
  definition: Definition;
  trial: ReturnType<typeof useTrial>;
}

export function Preview({ definition, trial }: Tried) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={t("tags.preview")} className="preview">
      {trial.begun ? <Outcome definition={definition} trial={trial} /> : <p className="muted">{t("tags.preview_waits")}</p>}
    </Card>
  );
}

function Outcome({ definition, trial: { tried, said } }: Tried) {
  const { t } = useTranslation();
  const say = useSay();
  const called = (value: Json) => sayValue(say, { unit: readText(definition.unit), values: readTitled(readValues(definition.values)) }, value);
  const trial = tried.data;
  const widest = Math.max(0.01, ...(trial?.values.map((each) => each.share) ?? []));
  const old = tried.isFetching || tried.error !== null;
  return (
    <div className="stack-small" aria-live="polite">
      {said.data && !said.error && <p className="says">{say.title(said.data, "")}</p>}
      {tried.error && <FailedHere problem={tried.error} />}
      {!trial && !tried.error && <Waiting rows={5} />}
      {trial && (
        <div className="stack-small" style={{ opacity: old ? 0.45 : 1 }}>
          <p className="muted small">
            {t("tags.tried_on", { count: trial.size, shown: say.number(trial.size), share: say.share(trial.coverage, 0) })}
          </p>
          <div>
            {trial.values.slice(0, 12).map((each) => (
              <Bar
                key={JSON.stringify(each.value)}
                name={each.value === null ? t("word.empty") : called(each.value)}
                share={each.share / widest}
                figures={`${say.share(each.share, 0)} · ${say.short(each.count)}`}
              />
            ))}
          </div>
          <h2>{t("tags.examples")}</h2>
          <ul className="plain-list small">
            {trial.examples.slice(0, 6).map((each) => (
              <li key={each.customer_id} className="row between">
                <Link to={`/customers/${each.customer_id}`} target="_blank">
                  {each.customer_id}
                </Link>
                <span className="ellipsis">{called(each.value)}</span>
                <span className="muted">{each.evidence?.count !== undefined ? t("tags.from_events", { count: each.evidence.count }) : ""}</span>
              </li>
            ))}
          </ul>
          {(trial.warnings ?? []).map((text, at) => (
            <p key={text} className="muted small">
              ⚠ {say.title(trial.said?.[at], text)}
            </p>
          ))}
        </div>
      )}
    </div>
  );
}
