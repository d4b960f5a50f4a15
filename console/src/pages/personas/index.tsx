/** Typical customers, as cards one can hang on a wall. */
import { PrinterOutlined } from "@ant-design/icons";
import { Button, Card, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Said } from "@/api/answers";
import { ask } from "@/api/client";
import { beginJob, useLongWrite } from "@/api/jobs";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { useCatalogue } from "@/parts/catalogue";
import { JobProgress } from "@/parts/job";
import { Answered, Needs, Nothing } from "@/parts/states";
import { useTell } from "@/parts/tell";
import { useOpened, useUrlState } from "@/parts/url";

import { Write } from "./write";

interface Trait {
  tag: string;
  value: string | boolean;
  share: number;
  base_share: number;
  tgi: number;
}

export interface Persona {
  persona: string;
  size: number;
  members?: number | null;
  share: number;
  traits: Trait[];
  demographics: Trait[];
  worth: { tag: string; mean: number; base_mean: number; index: number; share: number } | null;
  name: Said;
  summary: Said;
  scene: Said;
  motives: string[];
  goals: string[];
  quotes: string[];
  state: string;
}

interface Personas {
  personas: Persona[];
  fit: Record<string, unknown> | null;
  published: boolean;
}

export const PATH = "/api/v1/personas";

/** How many may be sought; 0 = as many as the data have. */
const COUNTS = [0, 3, 4, 5, 6, 7, 8];

export default function Page() {
  return (
    <Needs right="count_audiences">
      <Wall />
    </Needs>
  );
}

function Wall() {
  const { t } = useTranslation();
  const { may } = useSession();
  const asked = useAnswer<Personas>(PATH);
  const [opened, setOpened] = useOpened("write");
  const writing = asked.data?.personas.find((each) => each.persona === opened);
  const seek = useLongWrite((count: number | null) => beginJob("/api/v1/personas:fit", { body: { count } }), [PATH]);
  const publish = useWrite(() => ask("post", "/api/v1/personas:publish", { body: {} }), [PATH, "/api/v1/tags"]);
  const [wanted, setWanted] = useUrlState("count");
  const count = COUNTS.includes(Number(wanted)) ? Number(wanted) : 0;
  const told = useTell();
  return (
    <>
      <div className="page-head no-print">
        <div className="titles">
          <h1>{t("room.personas")}</h1>
          <p className="muted">{t("personas.motto")}</p>
        </div>
        <span className="row row-wrap">
          {may("change_tags") && (
            <>
              <Select
                aria-label={t("personas.how_many")}
                style={{ minWidth: 130 }}
                value={count}
                onChange={(next: number) => setWanted(next ? String(next) : null)}
                options={COUNTS.map((each) => ({ value: each, label: each ? t("personas.count", { count: each }) : t("personas.by_data") }))}
              />
              <Button loading={seek.isPending} onClick={() => seek.mutate(count || null, { onError: told })}>
                {t("personas.seek")}
              </Button>
            </>
          )}
          {may("publish_tags") && (asked.data?.personas.length ?? 0) > 0 && !asked.data?.published && (
            <Button onClick={() => publish.mutate(undefined, { onError: told })}>{t("personas.publish")}</Button>
          )}
          {(asked.data?.personas.length ?? 0) > 0 && (
            <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
              {t("word.print")}
            </Button>
          )}
        </span>
      </div>
      <JobProgress job={seek.job} />
      <Answered asked={asked} rows={10}>
        {(wall) =>
          wall.personas.length === 0 ? (
            <Card>
              <Nothing title={t("personas.none")} />
            </Card>
          ) : (
            <div className="personas">
              {wall.personas.map((persona) => (
                <PersonaCard key={persona.persona} persona={persona} onWrite={may("change_tags") ? ({ persona: name }) => setOpened(name) : null} />
              ))}
            </div>
          )
        }
      </Answered>
      {writing && may("change_tags") && <Write persona={writing} onClose={() => setOpened(null)} />}
    </>
  );
}

function PersonaCard({ persona, onWrite }: { persona: Persona; onWrite: ((persona: Persona) => void) | null }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const catalogue = useCatalogue();
  const name = say.title(persona.name, persona.persona);
  const widest = Math.max(0.01, ...persona.traits.slice(0, 6).map((each) => each.share));
  const valued = (trait: Trait) => t("word.pair", { name: catalogue.title(trait.tag), value: catalogue.value(trait.tag, trait.value) });
  return (
    <article className="persona-card">
      <div className="row" style={{ alignItems: "flex-start", gap: 16 }}>
        <img src={`/api/v1/personas/${encodeURIComponent(persona.persona)}/picture`} alt="" width={96} height={96} className="persona-picture" />
        <div className="grow">
          <h2>{name}</h2>
          <div className="muted small">
            {t("personas.members", { shown: say.number(persona.members ?? persona.size), share: say.share(persona.share, 0) })}
          </div>
          <div className="muted small">{persona.demographics.map(valued).join(" · ")}</div>
        </div>
        {onWrite && (
          <Button size="small" className="no-print" onClick={() => onWrite(persona)}>
            {t("word.edit")}
          </Button>
        )}
      </div>
      {persona.quotes[0] && <blockquote>“{persona.quotes[0]}”</blockquote>}
      <p>{say.title(persona.summary, "")}</p>
      {say.title(persona.scene, "") && (
        <section>
          <h3>{t("personas.scene")}</h3>
          <p>{say.title(persona.scene, "")}</p>
        </section>
      )}
      {(
        [
          ["goals", persona.goals],
          ["motives", persona.motives],
        ] as const
      ).map(
        ([what, those]) =>
          those.length > 0 && (
            <section key={what}>
              <h3>{t(`personas.${what}`)}</h3>
              <ul>
                {those.slice(0, 4).map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </section>
          ),
      )}
      <section>
        <h3>{t("personas.traits")}</h3>
        {persona.traits.slice(0, 6).map((each) => (
          <Bar key={each.tag + String(each.value)} name={valued(each)} share={each.share / widest} mark={each.base_share / widest} figures={`${say.share(each.share, 0)} · TGI ${Math.round(each.tgi)}`} />
        ))}
      </section>
      {persona.worth && (
        <p className="small">
          {t("personas.worth", {
            name: catalogue.title(persona.worth.tag),
            mean: catalogue.value(persona.worth.tag, persona.worth.mean),
            index: Math.round(persona.worth.index),
          })}
        </p>
      )}
      {catalogue.byName.has("persona") && may("change_audiences") && (
        <Link className="no-print" to={`/audiences/new?rule=${encodeURIComponent(JSON.stringify({ persona: persona.persona }))}`}>
          {t("models.to_audience")}
        </Link>
      )}
    </article>
  );
}
