/** Calendars to choose days in speak the reader's language too. */
import dayjs from "dayjs";
import "dayjs/locale/en-gb";
import "dayjs/locale/zh-cn";

export function speakDates(language: "zh" | "en"): void {
  dayjs.locale(language === "zh" ? "zh-cn" : "en-gb");
}
