/** The day a portrait is looked at: dragged to, or chosen. */
import { DatePicker, Slider } from "antd";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSay } from "@/format/say";

const REACH = 395;

export function Days({ asOf, onAsOf }: { asOf: string; onAsOf: (day: string | null) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const today = dayjs().startOf("day");
  const back = asOf ? Math.max(0, today.diff(dayjs(asOf), "day")) : 0;
  const [held, setHeld] = useState(back);
  // eslint-disable-next-line react-hooks/set-state-in-effect -- the address moved: by "back", or by a link
  useEffect(() => setHeld(back), [back]);
  const choose = (days: number) => onAsOf(days <= 0 ? null : today.subtract(days, "day").format("YYYY-MM-DD"));
  return (
    <>
      <Slider
        style={{ flex: "1 1 220px", margin: "0 8px" }}
        min={0}
        max={REACH}
        reverse
        value={Math.min(held, REACH)}
        onChange={setHeld}
        onChangeComplete={choose}
        tooltip={{ formatter: (days) => say.day(today.subtract(days ?? 0, "day").format("YYYY-MM-DD")) }}
        ariaLabelForHandle={t("customers.as_of")}
      />
      <DatePicker
        value={asOf ? dayjs(asOf) : null}
        placeholder={t("word.now")}
        aria-label={t("customers.as_of")}
        disabledDate={(day) => day.isAfter(today)}
        onChange={(day) => onAsOf(day ? day.format("YYYY-MM-DD") : null)}
      />
    </>
  );
}
