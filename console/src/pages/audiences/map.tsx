/** China by province as a field of equal tiles, roughly where they lie: small provinces are read as well as large ones,
 * and no border is drawn. */
import { Segmented, Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import type { Insight, Json } from "@/api/answers";
import { useSay } from "@/format/say";
import { useUrlState } from "@/parts/url";

/** Column and row, from the north-west, and the letters of GB/T 2260. */
const PLACES: Record<string, [number, number, string]> = {
  黑龙江: [8, 0, "HL"],
  新疆: [1, 1, "XJ"],
  内蒙古: [6, 1, "NM"],
  吉林: [8, 1, "JL"],
  甘肃: [3, 2, "GS"],
  宁夏: [4, 2, "NX"],
  山西: [5, 2, "SX"],
  北京: [6, 2, "BJ"],
  天津: [7, 2, "TJ"],
  辽宁: [8, 2, "LN"],
  青海: [2, 3, "QH"],
  陕西: [4, 3, "SN"],
  河南: [5, 3, "HA"],
  河北: [6, 3, "HE"],
  山东: [7, 3, "SD"],
  西藏: [1, 4, "XZ"],
  四川: [3, 4, "SC"],
  湖北: [5, 4, "HB"],
  安徽: [6, 4, "AH"],
  江苏: [7, 4, "JS"],
  上海: [8, 4, "SH"],
  重庆: [4, 4, "CQ"],
  云南: [2, 5, "YN"],
  贵州: [4, 5, "GZ"],
  湖南: [5, 5, "HN"],
  江西: [6, 5, "JX"],
  浙江: [7, 5, "ZJ"],
  广西: [4, 6, "GX"],
  广东: [5, 6, "GD"],
  福建: [6, 6, "FJ"],
  台湾: [8, 6, "TW"],
  海南: [4, 7, "HI"],
  澳门: [5, 7, "MO"],
  香港: [6, 7, "HK"],
};
const ENGLISH: Record<string, string> = {
  黑龙江: "Heilongjiang", 新疆: "Xinjiang", 内蒙古: "Inner Mongolia", 吉林: "Jilin", 甘肃: "Gansu", 宁夏: "Ningxia",
  山西: "Shanxi", 北京: "Beijing", 天津: "Tianjin", 辽宁: "Liaoning", 青海: "Qinghai", 陕西: "Shaanxi", 河南: "Henan",
  河北: "Hebei", 山东: "Shandong", 西藏: "Tibet", 四川: "Sichuan", 湖北: "Hubei", 安徽: "Anhui", 江苏: "Jiangsu",
  上海: "Shanghai", 重庆: "Chongqing", 云南: "Yunnan", 贵州: "Guizhou", 湖南: "Hunan", 江西: "Jiangxi", 浙江: "Zhejiang",
  广西: "Guangxi", 广东: "Guangdong", 福建: "Fujian", 台湾: "Taiwan", 海南: "Hainan", 澳门: "Macau", 香港: "Hong Kong",
};
const SUFFIX = /(维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市)$/;

/** placeOf("广东省") is "广东", placeOf("Guangdong") too; null for what is no province. */
export function placeOf(value: Json): string | null {
  if (typeof value !== "string") return null;
  const short = value.replace(SUFFIX, "");
  if (short in PLACES) return short;
  const low = value.toLowerCase().replace(/ (province|city)$/, "");
  return Object.keys(ENGLISH).find((each) => ENGLISH[each]?.toLowerCase() === low) ?? null;
}

type Values = NonNullable<Insight["tags"][string]>["values"];

export function looksLikeProvinces(values: Values): boolean {
  const texts = values.filter((each) => typeof each.value === "string");
  return texts.length > 2 && texts.filter((each) => placeOf(each.value)).length >= texts.length * 0.8;
}

export function ProvinceMap({ values }: { values: Values }) {
  const { t } = useTranslation();
  const say = useSay();
  const [by, setBy] = useUrlState("map", "share");
  const known = new Map(values.flatMap((each) => [[placeOf(each.value), each] as const]).filter(([place]) => place));
  const most = Math.max(0.0001, ...[...known.values()].map((each) => each.share));
  const depth = (each: Values[number] | undefined) => {
    if (!each) return 0;
    return by === "share" ? (each.share / most) * 62 : Math.max(0, Math.min(62, ((each.tgi ?? 0) - 50) / 2.2));
  };
  return (
    <div>
      <Segmented
        size="small"
        value={by}
        onChange={(next) => setBy(next)}
        options={[
          { value: "share", label: t("word.share") },
          { value: "tgi", label: "TGI" },
        ]}
      />
      <div className="tiles" role="list" aria-label={t("audiences.map")} style={{ marginTop: 8 }}>
        {Object.entries(PLACES).map(([place, [column, row, letters]]) => {
          const each = known.get(place);
          const name = say.language === "zh" ? place : (ENGLISH[place] ?? place);
          const figure = !each ? "–" : by === "share" ? say.share(each.share, 0) : each.tgi === null ? "–" : String(Math.round(each.tgi));
          return (
            <Tooltip
              key={place}
              title={each ? `${name}: ${say.number(each.count)} · ${say.share(each.share)} · TGI ${Math.round(each.tgi ?? 0)}` : `${name}: ${t("audiences.hidden")}`}
            >
              <div
                className="tile"
                role="listitem"
                style={{
                  gridColumn: column + 1,
                  gridRow: row + 1,
                  background: `color-mix(in srgb, var(--ant-color-primary) ${Math.round(depth(each))}%, var(--ant-color-bg-container))`,
                }}
              >
                <span className="tile-name">{say.language === "zh" ? place : letters}</span>
                <b>{figure}</b>
              </div>
            </Tooltip>
          );
        })}
      </div>
    </div>
  );
}
