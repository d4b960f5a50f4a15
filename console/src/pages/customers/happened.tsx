/** One event of a timeline: when, what, and what it said, the rest of it on hover. */
import {
  AimOutlined,
  CustomerServiceOutlined,
  EyeOutlined,
  ShoppingOutlined,
  TagOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { Popover } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Happened, Json } from "@/api/answers";
import { SERIES, useShade } from "@/app/theme";
import { useSay } from "@/format/say";
import { useEventTitles } from "@/parts/catalogue";

import { KINDS, kindOf, type Kind } from "./kinds";

export const MARKS: Record<Kind, ReactNode> = {
  visit: <EyeOutlined />,
  order: <ShoppingOutlined />,
  talk: <CustomerServiceOutlined />,
  tag: <TagOutlined />,
  trait: <UserOutlined />,
  other: <AimOutlined />,
};

export function HappenedRow({ event }: { event: Happened }) {
  const { t } = useTranslation();
  const { shade } = useShade();
  const titles = useEventTitles();
  const say = useSay();
  const kind = kindOf(event);
  const colour = SERIES[shade][KINDS.indexOf(kind)] ?? "";
  const told = Object.entries({ ...event.properties, ...event.traits }).filter(([, value]) => value !== null);
  return (
    <div className="happened" style={{ "--chip": colour } as React.CSSProperties}>
      <time dateTime={event.time}>{event.time.slice(11, 16)}</time>
      <span className="happened-mark" title={t(`kind.${kind}`)}>
        {MARKS[kind]}
      </span>
      <Popover
        trigger={["hover", "focus"]}
        mouseEnterDelay={0.3}
        placement="bottomLeft"
        content={<Properties event={event} told={told} />}
      >
        <button type="button" className="plain-button" style={{ minWidth: 0 }}>
          <b style={{ fontWeight: 560 }}>{titles.title(event.name)}</b>{" "}
          <span className="muted small">
            {told
              .filter(([name]) => !/(_id|^path|session)$/.test(name))
              .slice(0, 5)
              .map(([name, value]) => (typeof value === "number" ? `${t(`property.${name}`, name)} ${say.value(value)}` : brief(value, say.value)))
              .filter(Boolean)
              .join(" · ")}
          </span>
        </button>
      </Popover>
    </div>
  );
}

function brief(value: Json, say: (value: Json) => string): string {
  if (Array.isArray(value)) return value.length > 3 || typeof value[0] === "object" ? "" : say(value);
  if (value !== null && typeof value === "object") return "";
  const text = say(value);
  return text.length > 40 ? `${text.slice(0, 38)}…` : text;
}

function Properties({ event, told }: { event: Happened; told: [string, Json][] }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <div className="evidence">
      <dl>
        <dt>{t("customers.time")}</dt>
        <dd>{say.instant(event.time)}</dd>
        <dt>{t("customers.source")}</dt>
        <dd>{event.source}</dd>
        {told.slice(0, 24).map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{t(`property.${name}`, name)}</dt>
            <dd>{typeof value === "object" ? JSON.stringify(value) : say.value(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
