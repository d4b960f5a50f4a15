/** One look, light and dark. Colours of charts are told apart by the colour-blind (after Okabe and Ito). */
import { theme, type ThemeConfig } from "antd";
import { createContext, useContext } from "react";

export type Shade = "light" | "dark";
const KEPT = "limner.shade";

export const SERIES: Record<Shade, readonly string[]> = {
  light: ["#2b50c8", "#c85a11", "#0a7d5f", "#a23b78", "#8a6d00", "#3a87c0", "#5c5f66"],
  dark: ["#8aa6ff", "#f2a65a", "#4fcfa4", "#e08fc0", "#e0c341", "#7cc4f0", "#a9adb8"],
};
/** Below the base, as the base, above it. */
export const DIVERGING: Record<Shade, readonly [string, string, string]> = {
  light: ["#c85a11", "#8b90a0", "#2b50c8"],
  dark: ["#f2a65a", "#7d828f", "#8aa6ff"],
};
export const LAYER_COLOUR: Record<string, Record<Shade, string>> = {
  fact: { light: "#2b50c8", dark: "#8aa6ff" },
  prediction: { light: "#a23b78", dark: "#e08fc0" },
  model: { light: "#0a7d5f", dark: "#4fcfa4" },
  business: { light: "#b04d0c", dark: "#f2a65a" },
};

const FONT =
  '"Inter", "Noto Sans SC", -apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", ' +
  '"Microsoft YaHei", "Noto Sans CJK SC", Roboto, sans-serif';

/** Lists and dialogs wait for the end of their animations: where there are to be none, the library has to know. */
const MOTION = !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Fingers need more room than a pointer. */
const TOUCH = matchMedia("(pointer: coarse)").matches;

export function makeTheme(shade: Shade): ThemeConfig {
  const dark = shade === "dark";
  return {
    zeroRuntime: true,
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      motion: MOTION,
      fontFamily: FONT,
      colorPrimary: dark ? "#8aa6ff" : "#2b50c8",
      ...(dark ? { colorPrimaryActive: "#6f86cf" } : { colorPrimaryHover: "#4064d0" }), // words on them stay legible
      colorInfo: dark ? "#8aa6ff" : "#2b50c8",
      colorLink: dark ? "#9db4ff" : "#2b50c8",
      colorBgLayout: dark ? "#0f1218" : "#f4f5f8",
      colorBgContainer: dark ? "#181c24" : "#ffffff",
      colorBgElevated: dark ? "#1f242e" : "#ffffff",
      colorText: dark ? "#e8eaf0" : "#1c2130",
      colorTextSecondary: dark ? "#aab0bf" : "#545b6b",
      colorTextTertiary: dark ? "#949bab" : "#636a7a",
      colorTextQuaternary: dark ? "#8b92a2" : "#6b7280",
      colorTextDescription: dark ? "#a3a9b8" : "#5a6172",
      colorTextPlaceholder: dark ? "#949bab" : "#6b7280",
      colorTextDisabled: dark ? "#8b92a2" : "#6b7280",
      colorBorderSecondary: dark ? "#2a303c" : "#e8eaf0",
      colorSuccess: dark ? "#4fcfa4" : "#0a7d5f",
      colorWarning: dark ? "#f2a65a" : "#a85400",
      colorError: dark ? "#ff8f8a" : "#c42b2b",
      colorSuccessBg: dark ? "#12352b" : "#e6f5ef",
      colorSuccessBorder: dark ? "#1f5546" : "#b4dfcf",
      colorWarningBg: dark ? "#3a2a17" : "#fdf2e4",
      colorWarningBorder: dark ? "#5d4424" : "#f0d2a8",
      colorErrorBg: dark ? "#3d2022" : "#fdecec",
      colorErrorBorder: dark ? "#63353a" : "#f2c0c0",
      borderRadius: 8,
      borderRadiusLG: 12,
      controlHeight: TOUCH ? 40 : 34,
      ...(TOUCH ? { controlHeightSM: 40 } : {}),
      fontSize: 14,
      wireframe: false,
    },
    components: {
      Layout: { headerHeight: 56, headerPadding: "0 20px", headerBg: dark ? "#181c24" : "#ffffff", siderBg: dark ? "#141820" : "#ffffff" },
      Menu: { itemHeight: 38, itemBorderRadius: 8, activeBarBorderWidth: 0, itemBg: "transparent", ...(dark ? { itemSelectedBg: "#26304d", itemSelectedColor: "#c3d0ff" } : {}) },
      ...(TOUCH ? { Slider: { handleSize: 20, handleSizeHover: 22, controlSize: 20 } } : {}),
      Card: { headerFontSize: 15, bodyPadding: 18, headerHeight: 48 },
      Table: { cellPaddingBlock: 11, headerBg: dark ? "#1d222b" : "#fafbfc", headerColor: dark ? "#aab0bf" : "#545b6b" },
      Button: dark ? { primaryColor: "#10131a" } : { defaultHoverColor: "#2b50c8", defaultHoverBorderColor: "#2b50c8" },
    },
  };
}

export function keptShade(): Shade {
  const kept = localStorage.getItem(KEPT);
  if (kept === "light" || kept === "dark") return kept;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function keepShade(shade: Shade): void {
  localStorage.setItem(KEPT, shade);
}

export const ShadeContext = createContext<{ shade: Shade; turn: () => void }>({ shade: "light", turn: () => undefined });
export const useShade = () => useContext(ShadeContext);
