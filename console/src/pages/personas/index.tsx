import { useTranslation } from "react-i18next";

import { Nothing } from "@/parts/states";

export default function Page() {
  const { t } = useTranslation();
  return <Nothing title={t("room.personas")} />;
}
