/** Who is there: found by any identifier, or browsed by audience. */
import { SearchOutlined } from "@ant-design/icons";
import { Card, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { AudienceRow, Found, Identifier } from "@/api/answers";
import { useAll } from "@/api/all";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { useRested } from "@/parts/debounce";
import { Answered, Needs, Nothing } from "@/parts/states";
import { useUrlStates, useUrlText } from "@/parts/url";

import { Faces } from "./faces";
import { Members } from "./members";
import { readRecent } from "./recent";

export default function Page() {
  const { t } = useTranslation();
  return (
    <Needs right="read_portraits">
      <div className="page-head">
        <div className="titles">
          <h1>{t("room.customers")}</h1>
          <p className="muted">{t("customers.motto")}</p>
        </div>
      </div>
      <Customers />
    </Needs>
  );
}

function Customers() {
  const { t } = useTranslation();
  const say = useSay();
  const [search, setSearch] = useUrlStates();
  const audience = search.get("audience") ?? "";
  const [typed, type] = useUrlText("q", "at");
  const asked = useRested(typed.trim(), 200);
  const audiences = useAll<AudienceRow>("/api/v1/audiences", "audiences");
  return (
    <div className="stack">
      <Card>
        <div className="row row-wrap">
          <Input
            size="large"
            allowClear
            autoFocus
            style={{ flex: "1 1 320px" }}
            prefix={<SearchOutlined aria-hidden />}
            placeholder={t("app.find")}
            aria-label={t("app.find")}
            value={typed}
            onChange={(event) => type(event.target.value)}
          />
          <Select
            size="large"
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            style={{ flex: "0 1 280px" }}
            placeholder={t("customers.by_audience")}
            aria-label={t("customers.by_audience")}
            value={audience || null}
            onChange={(name: string | undefined) => setSearch({ audience: name ?? null, after: null })}
            options={(audiences.data ?? []).map((each) => ({
              value: each.name,
              label: say.title(each.title, each.name),
            }))}
          />
        </div>
      </Card>
      {asked ? <Matches wanted={asked} /> : audience ? <Members audience={audience} /> : <Recent />}
    </div>
  );
}

function Matches({ wanted }: { wanted: string }) {
  const { t } = useTranslation();
  const found = useAnswer<Found>("/api/v1/customers:search", { query: { q: wanted, limit: 50 }, keep: true });
  return (
    <Card title={t("customers.found")}>
      <Answered asked={found}>
        {(answer) =>
          answer.customers.length === 0 ? (
            <Nothing title={t("customers.nobody", { wanted })} />
          ) : (
            <>
              <Faces keys={answer.customers.map((each) => each.customer_id)} matched={matchedBy(answer)} />
              {answer.more && <p className="muted small">{t("customers.more")}</p>}
            </>
          )
        }
      </Answered>
    </Card>
  );
}

function matchedBy(found: Found): Map<string, Identifier> {
  return new Map(found.customers.flatMap((each) => (each.matched ? [[each.customer_id, each.matched]] : [])));
}

function Recent() {
  const { t } = useTranslation();
  const recent = readRecent();
  return (
    <Card title={t("customers.recent")}>
      {recent.length === 0 ? <Nothing title={t("customers.recent_none")} /> : <Faces keys={recent} />}
    </Card>
  );
}
