/** The languages, each brought when it is spoken; the browser's until its reader chooses. */
import i18n from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
const CHOSEN = "limner.language";

const TEXTS = {
  zh: () => import("./zh"),
  en: () => import("./en"),
} as const;

export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen === "zh" || chosen === "en") return chosen;
  for (const each of preferred) {
    if (each.toLowerCase().startsWith("zh")) return "zh";
    if (each.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

async function bring(language: Language): Promise<void> {
  if (i18n.hasResourceBundle(language, "translation")) return;
  i18n.addResourceBundle(language, "translation", (await TEXTS[language]()).default);
}

export async function startTexts(): Promise<void> {
  const language = pickLanguage(localStorage.getItem(CHOSEN), navigator.languages);
  await i18n.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: (await TEXTS[language]()).default } },
    supportedLngs: [...LANGUAGES],
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(CHOSEN, language);
  await bring(language);
  await i18n.changeLanguage(language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}
