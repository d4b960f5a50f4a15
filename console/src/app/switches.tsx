import { MoonOutlined, SunOutlined, TranslationOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import { speak } from "@/texts";

import { useShade } from "./theme";

export function LanguageSwitch() {
  const { i18n } = useTranslation();
  const other = i18n.resolvedLanguage === "zh" ? "en" : "zh";
  return (
    <Button className="language" type="text" aria-label={other === "zh" ? "中文" : "English"} icon={<TranslationOutlined />} onClick={() => void speak(other)} lang={other}>
      {other === "zh" ? "中文" : "English"}
    </Button>
  );
}

export function ShadeSwitch() {
  const { shade, turn } = useShade();
  const { t } = useTranslation();
  const name = t(shade === "dark" ? "app.light" : "app.dark");
  return (
    <Tooltip title={name}>
      <Button type="text" aria-label={name} icon={shade === "dark" ? <SunOutlined /> : <MoonOutlined />} onClick={turn} />
    </Tooltip>
  );
}
