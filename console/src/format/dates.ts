/** Calendars to choose days in speak the reader's language too. */
import dayjs from "dayjs";
import "dayjs/locale/en-gb";
import "dayjs/locale/zh-cn";

export function speakDates(language: "zh" | "en"): void {
  dayjs.locale(language === "zh" ? "zh-cn" : "en-gb");
}

/** The last instant of a day of the workspace, as the API is asked for it; null = now, also of a day that is not over. */
export function endOf(day: string): string | null {
  return day && day < dayjs().format("YYYY-MM-DD") ? `${day}T23:59:59.999999` : null;
}
