/** Numbers, money, shares, days and values as the reader's language writes them. */
import { useTranslation } from "react-i18next";

import type { Json, Said } from "@/api/answers";

const MONEY: Record<string, string> = { 元: "CNY", yuan: "CNY", CNY: "CNY", USD: "USD", EUR: "EUR", GBP: "GBP" };
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

export interface Sayer {
  language: string;
  number: (value: number, digits?: number) => string;
  short: (value: number) => string;
  share: (value: number, digits?: number) => string;
  money: (value: number, unit: string) => string;
  day: (iso: string) => string;
  instant: (iso: string) => string;
  /** Microseconds since 1970, on the clocks of a zone. */
  moment: (micros: number, zone: string) => string;
  ago: (seconds: number) => string;
  since: (iso: string) => string;
  title: (said: Said | null | undefined, name: string) => string;
  /** `called`: what the unit is called; empty where a number is said without. */
  value: (value: Json | undefined, unit?: string | null, called?: string) => string;
  list: (values: readonly string[]) => string;
}

/** The zone an instant was written in: days are the workspace's, wherever its reader sits. */
export function zoneOf(iso: string): string {
  const zone = INSTANT.exec(iso)?.[1];
  return zone && zone !== "Z" ? zone : "UTC";
}

/** A format takes a browser up to milliseconds to make: each is made when it is first needed, and then kept. */
function keepEach<O extends object, F>(make: (options: O) => F): (options: O) => F {
  const made = new Map<string, F>();
  return (options) => {
    const key = JSON.stringify(options);
    const format = made.get(key) ?? make(options);
    made.set(key, format);
    return format;
  };
}

export function makeSayer(language: string, yes: string, no: string): Sayer {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const numbers = keepEach((options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options));
  const dates = keepEach((options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options));
  const spans = keepEach((options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(locale, options));
  const number = (value: number, digits = 2) => numbers({ maximumFractionDigits: digits }).format(value);
  const money = (value: number, unit: string) => {
    const currency = MONEY[unit];
    if (!currency) return `${number(value)} ${unit}`;
    const digits = Math.abs(value) >= 10_000 ? 0 : 2;
    return numbers({
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      maximumFractionDigits: digits,
      minimumFractionDigits: Number.isInteger(value) ? 0 : digits,
    }).format(value);
  };
  const ago = (seconds: number) => {
    const relative = spans({ numeric: "auto" });
    const steps: [Intl.RelativeTimeFormatUnit, number][] = [
      ["year", 31_536_000],
      ["month", 2_592_000],
      ["day", 86_400],
      ["hour", 3_600],
      ["minute", 60],
    ];
    for (const [unit, size] of steps) {
      if (Math.abs(seconds) >= size) return relative.format(-Math.round(seconds / size), unit);
    }
    return relative.format(-Math.round(seconds), "second");
  };
  const day = (iso: string) =>
    DAY.test(iso)
      ? dates({ dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`))
      : dates({ dateStyle: "medium", timeZone: zoneOf(iso) }).format(new Date(iso));
  const instant = (iso: string) => dates({ dateStyle: "medium", timeStyle: "short", timeZone: zoneOf(iso) }).format(new Date(iso));
  const list = (values: readonly string[]) => values.join(language === "zh" ? "、" : ", ");
  const value = (given: Json | undefined, unit: string | null = null, called = unit ?? ""): string => {
    if (given === null || given === undefined) return "–";
    if (typeof given === "boolean") return given ? yes : no;
    if (typeof given === "number") {
      if (!unit) return number(given);
      return MONEY[unit] ? money(given, unit) : `${number(given)} ${called}`.trimEnd();
    }
    if (typeof given === "string") return DAY.test(given) ? day(given) : INSTANT.test(given) ? instant(given) : given;
    if (Array.isArray(given)) return list(given.map((each) => value(each)));
    return range(given, (each) => value(each, unit, called)) ?? JSON.stringify(given);
  };
  return {
    language,
    number,
    short: (given) => numbers({ notation: "compact", maximumFractionDigits: 1 }).format(given),
    share: (given, digits = 1) => numbers({ style: "percent", maximumFractionDigits: digits }).format(given),
    money,
    day,
    instant,
    moment: (micros, zone) => dates({ dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(micros / 1000)),
    ago,
    since: (iso) => ago((Date.now() - new Date(iso).getTime()) / 1000),
    title: (said, name) => said?.[language] ?? said?.[language === "zh" ? "en" : "zh"] ?? name,
    value,
    list,
  };
}

/** A part of a distribution, `{gte, lt}`, as people write it. */
function range(part: { [key: string]: Json }, say: (value: Json) => string): string | null {
  const low = part.gte ?? part.gt;
  const high = part.lte ?? part.lt;
  if (low !== undefined && high !== undefined) return `${say(low)} – ${say(high)}`;
  if (low !== undefined) return `≥ ${say(low)}`;
  if (high !== undefined) return `< ${say(high)}`;
  return null;
}

const made = new Map<string, Sayer>();

/** The same one for all who speak a language: it is asked for by every line of a page. */
function shareSayer(language: string, yes: string, no: string): Sayer {
  const key = [language, yes, no].join();
  const sayer = made.get(key) ?? makeSayer(language, yes, no);
  made.set(key, sayer);
  return sayer;
}

export function useSay(): Sayer {
  const { t, i18n } = useTranslation();
  return shareSayer(i18n.resolvedLanguage === "zh" ? "zh" : "en", t("word.yes"), t("word.no"));
}
