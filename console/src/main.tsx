import "antd/dist/antd.css";
import "./style.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { App, ConfigProvider } from "antd";
import en from "antd/locale/en_GB";
import zh from "antd/locale/zh_CN";
import { StrictMode, useCallback, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { useTranslation } from "react-i18next";
import { BrowserRouter } from "react-router";

import { makeClient } from "@/api/questions";
import { askAhead } from "@/app/ahead";
import { bringPage, Pages } from "@/app/routes";
import { askEarly } from "@/app/session";
import { keepShade, keptShade, makeTheme, ShadeContext } from "@/app/theme";
import { speakDates } from "@/format/dates";
import { bringWhenIdle } from "@/parts/later";
import { startTexts } from "@/texts";

const client = makeClient();
const here = Promise.all([askEarly(), bringPage(window.location.pathname), startTexts()]);
askAhead(client, window.location);

function Console() {
  const { i18n } = useTranslation();
  const [shade, setShade] = useState(keptShade);
  const turn = useCallback(() => {
    setShade((before) => {
      const after = before === "dark" ? "light" : "dark";
      keepShade(after);
      return after;
    });
  }, []);
  useEffect(() => {
    document.documentElement.dataset.shade = shade;
    document.documentElement.style.colorScheme = shade;
  }, [shade]);
  const shaded = useMemo(() => ({ shade, turn }), [shade, turn]);
  const chinese = i18n.resolvedLanguage === "zh";
  speakDates(chinese ? "zh" : "en");
  return (
    <ShadeContext value={shaded}>
      <ConfigProvider locale={chinese ? zh : en} theme={makeTheme(shade)} button={{ autoInsertSpace: false }}>
        <App>
          <QueryClientProvider client={client}>
            <BrowserRouter>
              <Pages />
            </BrowserRouter>
          </QueryClientProvider>
        </App>
      </ConfigProvider>
    </ShadeContext>
  );
}

const root = document.getElementById("root");
if (root) {
  // Drawn once, with all there is by then; until then the document shows the frame.
  void here.then(() => {
    createRoot(root).render(
      <StrictMode>
        <Console />
      </StrictMode>,
    );
    bringWhenIdle(() => client.isFetching() > 0);
  });
}
