/** What happened, latest first, as far back as somebody scrolls, or from a day on that is chosen. */
import { Button, Card, DatePicker, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { useEventTitles } from "@/parts/catalogue";
import { useUrlState } from "@/parts/url";

import { followOn, type Begun, type Reached } from "./begun";
import { MARKS } from "./happened";
import { KINDS, kindOf } from "./kinds";
import { Stretch } from "./stretch";

export function Timeline({ customer, asOf }: { customer: string; asOf: string }) {
  const { t } = useTranslation();
  const titles = useEventTitles();
  const [kind, setKind] = useUrlState("kind");
  const [name, setName] = useUrlState("event");
  const [day, setDay] = useUrlState("day");
  const until = day && (!asOf || day < asOf) ? day : asOf;
  const ofKind = titles.events.filter((each) => !kind || kindOf({ name: each.name, traits: null }) === kind);
  const names = name || (kind ? ofKind.map((each) => each.name).join() : "");
  return (
    <Card>
      <div className="row row-wrap" style={{ marginBottom: 8 }}>
        <Segmented
          className="kinds"
          value={kind}
          onChange={(next) => {
            setName(null);
            setKind(next);
          }}
          options={[
            { value: "", label: t("word.all") },
            ...KINDS.map((each) => ({ value: each, label: t(`kind.${each}`), icon: MARKS[each] })),
          ]}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          style={{ minWidth: 180 }}
          placeholder={t("customers.event")}
          aria-label={t("customers.event")}
          value={name || null}
          onChange={(next: string | undefined) => setName(next ?? null)}
          options={ofKind.map((each) => ({ value: each.name, label: titles.title(each.name) }))}
        />
        <DatePicker
          placeholder={t("customers.go_to_day")}
          aria-label={t("customers.go_to_day")}
          value={day ? dayjs(day) : null}
          disabledDate={(each) => each.isAfter(asOf ? dayjs(asOf) : dayjs(), "day")}
          onChange={(next) => setDay(next ? next.format("YYYY-MM-DD") : null)}
        />
        {day && <Button onClick={() => setDay(null)}>{t("customers.to_newest")}</Button>}
      </div>
      {/* A kind that no event of this workspace is of has no names to ask for. */}
      <Stretches key={`${names} ${until}`} customer={customer} names={kind && !names ? "," : names} asOf={until} />
    </Card>
  );
}

/** As many as have been scrolled to. What is far from the screen keeps its height and lets its events go: a customer
 * may have 200,000. */
function Stretches({ customer, names, asOf }: { customer: string; names: string; asOf: string }) {
  const [begun, setBegun] = useState<Begun[]>([{ cursor: null, after: "" }]);
  const onReached = useCallback((at: number, reached: Reached) => {
    setBegun((before) => followOn(before, at, reached));
  }, []);
  return begun.map(({ cursor, after }, at) => (
    <Stretch
      key={cursor ?? "newest"}
      at={at}
      asked={{ customer, names, asOf, cursor }}
      after={after}
      last={at === begun.length - 1}
      onReached={onReached}
    />
  ));
}
